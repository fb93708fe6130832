"""Tells an event on the bus, and to every endpoint that wants it, in the transaction of the change."""

import uuid
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select

from chassis.fields import instant, new_id
from chassis.work import Event, Work
from services.referrals.domain.delivery import DeliveryStatus, webhook_type
from services.referrals.models import Delivery, Endpoint


def announce(work: Work, event: Event) -> None:
    """Tell the event, and write one delivery for each endpoint that wants its type."""
    work.tell(event)
    type_ = webhook_type(event.type)
    # The lock keeps an endpoint from being disabled between this and our commit: its deliveries would wait for ever.
    wanting = (
        select(Endpoint)
        .where(Endpoint.enabled, Endpoint.event_types.contains([type_]))
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
