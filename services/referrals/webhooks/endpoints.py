"""What reviewers may do with webhook endpoints and deliveries."""

import uuid
from typing import Any, TypeVar

import orjson
from sqlalchemy import select, update
from sqlalchemy.orm import Session, defer

from chassis.database import Page, page
from chassis.errors import FieldError, Invalid, NotAllowedNow, NotFound
from chassis.fields import new_id
from chassis.work import Work
from services.referrals import store
from services.referrals.domain.consent import hides
from services.referrals.domain.delivery import CARRIES_PROFILE, SECRET_OVERLAP, TEST_TYPE, DeliveryStatus
from services.referrals.errors import EndpointDisabled, NoLongerShared
from services.referrals.events import webhook_delivery_replayed, webhook_endpoint_changed
from services.referrals.models import Delivery, Endpoint
from services.referrals.webhooks.addresses import AddressRules
from services.referrals.webhooks.fanout import new_delivery, webhook_body
from services.referrals.webhooks.signing import new_secret

Row = TypeVar("Row", Endpoint, Delivery)


def create(work: Work, rules: AddressRules, wanted: dict[str, Any]) -> Endpoint:
    """A new endpoint with a secret of its own. Raises Invalid when nothing may be sent to its address."""
    _check(rules, wanted["url"])
    endpoint = Endpoint(
        id=new_id(),
        version=1,
        enabled=True,
        secret=new_secret(),
        created_at=work.now,
        created_by=work.caller.subject,
        **wanted,
    )
    work.session.add(endpoint)
    work.tell(webhook_endpoint_changed(endpoint, "created"))
    return endpoint


def listed(work: Work, wanted: dict[str, Any]) -> Page:
    """A page of endpoints, newest first."""
    return page(work.session, select(Endpoint), (Endpoint.created_at, Endpoint.id), wanted)


def found(work: Work, endpoint_id: str) -> Endpoint:
    """The endpoint. Raises NotFound."""
    return _there(work.session.get(Endpoint, _id(endpoint_id)))


def locked(work: Work, endpoint_id: str) -> Endpoint:
    """The endpoint, its row locked until the transaction ends. Raises NotFound, Stale."""
    endpoint = _there(work.session.get(Endpoint, _id(endpoint_id), with_for_update=True))
    work.expect(endpoint.version)
    return endpoint


def change(work: Work, rules: AddressRules, endpoint_id: str, wanted: dict[str, Any]) -> Endpoint:
    """Change what is named. Raises NotFound, Stale, and Invalid when nothing may be sent to the address."""
    endpoint = locked(work, endpoint_id)
    if not wanted:
        return endpoint
    if "url" in wanted:
        _check(rules, wanted["url"])
    for name, value in wanted.items():
        setattr(endpoint, name, value)
    endpoint.version += 1
    if endpoint.enabled:
        endpoint.disabled_because = None
    elif endpoint.disabled_because is None:
        disable(work.session, endpoint, "by_hand")
    work.tell(webhook_endpoint_changed(endpoint, "changed"))
    return endpoint


def disable(session: Session, endpoint: Endpoint, reason: str) -> None:
    """Send nothing more to a locked endpoint. What is pending is given up, and can be replayed later."""
    endpoint.enabled = False
    endpoint.disabled_because = reason
    session.execute(
        update(Delivery)
        .where(Delivery.endpoint_id == endpoint.id, Delivery.status == DeliveryStatus.PENDING)
        .values(
            status=DeliveryStatus.FAILED,
            last_fault="endpoint_disabled",
            next_attempt_at=None,
            lease=None,
            version=Delivery.version + 1,
        )
    )


def delete(work: Work, endpoint_id: str) -> None:
    """Forget the endpoint, its secrets and its deliveries. Raises NotFound, Stale."""
    endpoint = locked(work, endpoint_id)
    work.session.delete(endpoint)
    endpoint.version += 1
    work.tell(webhook_endpoint_changed(endpoint, "deleted"))


def rotate(work: Work, endpoint_id: str) -> Endpoint:
    """A new secret. The one before it signs too for another 24 hours; one before that stops at once."""
    endpoint = locked(work, endpoint_id)
    endpoint.previous_secret = endpoint.secret
    endpoint.previous_secret_until = work.now + SECRET_OVERLAP
    endpoint.secret = new_secret()
    endpoint.version += 1
    work.tell(webhook_endpoint_changed(endpoint, "secret_rotated"))
    return endpoint


def test(work: Work, endpoint_id: str) -> Delivery:
    """Send a test event to this endpoint alone. Raises NotFound, Stale, EndpointDisabled."""
    endpoint = _enabled(locked(work, endpoint_id))
    event = new_id()
    body = webhook_body(TEST_TYPE, work.now, {"id": str(event), "endpoint": str(endpoint.id)})
    delivery = new_delivery(endpoint.id, event, TEST_TYPE, body, work.now)
    work.session.add(delivery)
    work.tell(webhook_endpoint_changed(endpoint, "tested"))
    return delivery


def deliveries(work: Work, wanted: dict[str, Any]) -> Page:
    """A page of deliveries, newest first. `wanted` holds the filters and the place of the page."""
    statement = select(Delivery).options(defer(Delivery.body))
    if "endpoint" in wanted:
        statement = statement.where(Delivery.endpoint_id == wanted["endpoint"])
    if "status" in wanted:
        statement = statement.where(Delivery.status == wanted["status"])
    if "from_" in wanted:
        statement = statement.where(Delivery.created_at >= wanted["from_"])
    if "to" in wanted:
        statement = statement.where(Delivery.created_at < wanted["to"])
    return page(work.session, statement, (Delivery.created_at, Delivery.id), wanted)


def replay(work: Work, delivery_id: str) -> Delivery:
    """Send a delivery again under the same webhook-id, with the whole schedule before it.

    Raises NotFound, Stale, EndpointDisabled, NoLongerShared, and NotAllowedNow while it is still being tried.
    """
    unlocked = _there(work.session.get(Delivery, _id(delivery_id)))
    _check_shared(work, unlocked)
    # The endpoint first of the two, as everywhere, so that nobody waits for us while we wait for them.
    endpoint = _there(work.session.get(Endpoint, unlocked.endpoint_id, with_for_update={"read": True}))
    delivery = work.session.get_one(Delivery, unlocked.id, with_for_update=True, populate_existing=True)
    work.expect(delivery.version)
    if delivery.status == DeliveryStatus.PENDING:
        raise NotAllowedNow("replay", delivery.status, [])
    _enabled(endpoint)
    delivery.status, delivery.attempts, delivery.next_attempt_at = DeliveryStatus.PENDING, 0, work.now
    delivery.version += 1
    work.tell(webhook_delivery_replayed(endpoint, delivery))
    return delivery


def _check_shared(work: Work, delivery: Delivery) -> None:
    """Raise NoLongerShared where it carries what is not to be shared. Its referral is locked, before the endpoint."""
    if delivery.type == CARRIES_PROFILE:
        referral = store.locked_referral(work, orjson.loads(delivery.body)["data"]["referral"])
        if hides(referral.consent_withdrawn_at, referral.decision):
            raise NoLongerShared


def _enabled(endpoint: Endpoint) -> Endpoint:
    if not endpoint.enabled:
        raise EndpointDisabled
    return endpoint


def _check(rules: AddressRules, url: str) -> None:
    fault = rules.fault_of(url)
    if fault is not None:
        raise Invalid([FieldError("/url", fault)])


def _there(row: Row | None) -> Row:
    if row is None:
        raise NotFound("There is no such endpoint or delivery.")
    return row


def _id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise NotFound("There is no such endpoint or delivery.") from None
