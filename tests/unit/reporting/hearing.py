"""Handing a told event to a service at its desk."""

from chassis.work import Event
from tests.fixtures.desk import Desk


def hear(desk: Desk, event: Event) -> str:
    """Let the service hear the event as it is, id and time included; return what became of it."""
    return desk.hear(
        event.source,
        event.type,
        subject=event.subject,
        sequence=event.sequence,
        data=event.data,
        id=event.id,
        time=event.time,
    )
