"""Tells an event on the bus, and to every endpoint that wants it, in the transaction of the change."""

import uuid
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import cast, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB

from chassis.fields import instant, new_id
from chassis.work import Event, Work
from services.referrals.domain.consent import CONSENT_WITHDRAWN
from services.referrals.domain.delivery import CARRIES_PROFILE, DeliveryStatus, types_that_want, webhook_type
from services.referrals.models import Delivery, Endpoint


def announce(work: Work, event: Event) -> None:
    """Tell the event, and write one delivery for each endpoint that wants its type."""
    work.tell(event)
    type_ = webhook_type(event.type)
    # The lock keeps an endpoint from being disabled between this and our commit: its deliveries would wait for ever.
    wanting = (
        select(Endpoint)
        .where(Endpoint.enabled, or_(*(Endpoint.event_types.contains([one]) for one in types_that_want(type_))))
        .order_by(Endpoint.id)
        .with_for_update(read=True)
    )
    envelope = {
        "id": str(event.id),
        "source": work.service,
        "version": event.version,
        "subject": event.subject,
        "sequence": event.sequence,
    }
    body = webhook_body(type_, work.now, {**event.data, **envelope})
    for endpoint in work.session.scalars(wanting):
        work.session.add(new_delivery(endpoint.id, event.id, type_, body, work.now))


def give_up_profile(work: Work, referral: str) -> None:
    """End the deliveries that have yet to carry the profile of a referral, once it is no longer to be shared.

    One that is under way ends by itself.
    """
    carries = (Delivery.type == CARRIES_PROFILE) & (cast(Delivery.body, JSONB)["data"]["referral"].astext == referral)
    work.session.execute(
        update(Delivery)
        .where(Delivery.status == DeliveryStatus.PENDING, carries)
        .values(
            status=DeliveryStatus.FAILED,
            last_fault=CONSENT_WITHDRAWN,
            next_attempt_at=None,
            lease=None,
            version=Delivery.version + 1,
        )
        .execution_options(synchronize_session=False)
    )


def webhook_body(type_: str, at: datetime, data: dict[str, Any]) -> str:
    """The payload as Standard Webhooks wants it."""
    return orjson.dumps({"type": type_, "timestamp": instant(at), "data": data}).decode()


def new_delivery(endpoint: uuid.UUID, event: uuid.UUID, type_: str, body: str, at: datetime) -> Delivery:
    """A delivery that is due at once."""
    return Delivery(
        id=new_id(),
        version=1,
        endpoint_id=endpoint,
        event_id=event,
        type=type_,
        body=body,
        status=DeliveryStatus.PENDING,
        attempts=0,
        next_attempt_at=at,
        created_at=at,
    )
