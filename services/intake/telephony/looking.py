"""Looking callbacks up, and the half hours for which they can be promised."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.database import Page, page
from chassis.errors import FieldError, Invalid
from chassis.work import Work
from services.intake import store
from services.intake.domain.callbacks import CAPACITY, FARTHEST, SLOT, CallbackStatus, slots_between
from services.intake.errors import NoSuchCallback
from services.intake.models import Callback

# What is shown of the slots ahead where nobody says how much.
_USUAL_PERIOD = timedelta(days=7)


def slots(session: Session, wanted: dict[str, Any], now: datetime) -> list[dict[str, Any]]:
    """The slots of a period for which a callback can be promised, each with the places that are left. Raises Invalid.

    Those that are full are among them: they say so.
    """
    since = wanted["since"] or now
    if since > now + FARTHEST:
        raise Invalid([FieldError("/from", f"Must be within {FARTHEST.days} days.")])
    until = wanted["until"] or since + _USUAL_PERIOD
    if not since < until <= since + FARTHEST:
        raise Invalid([FieldError("/to", f"Must be later than “from”, and by {FARTHEST.days} days at most.")])
    begins = list(slots_between(since, until, now))
    counted = select(Callback.window_from, func.count()).where(Callback.status == CallbackStatus.PROMISED)
    counted = counted.where(Callback.window_from >= since, Callback.window_from < until)
    taken = dict(session.execute(counted.group_by(Callback.window_from)).all())
    return [
        {"window_from": one, "window_to": one + SLOT, "room": max(CAPACITY - taken.get(one, 0), 0)} for one in begins
    ]


def find(session: Session, callback_id: str) -> Callback:
    """The callback of an id. Raises NoSuchCallback."""
    try:
        wanted = uuid.UUID(callback_id)
    except ValueError:
        raise NoSuchCallback from None
    callback = session.get(Callback, wanted)
    if callback is None:
        raise NoSuchCallback
    return callback


def list_of_enquiry(session: Session, reference: str, wanted: dict[str, Any]) -> Page:
    """A page of the callbacks of an enquiry, in the order of `list_all`. Raises NoSuchEnquiry."""
    enquiry = store.find_enquiry(session, reference)
    statement = select(Callback).where(Callback.enquiry == enquiry.reference)
    return page(session, statement, (Callback.created_at, Callback.id), wanted)


def list_all(work: Work, wanted: dict[str, Any]) -> Page:
    """A page of callbacks: whose, and whether the window of those still promised has begun.

    Those promised last come first, for a window may be rebooked while somebody walks the list.
    """
    statement = select(Callback)
    if "owner" in wanted:
        statement = statement.where(Callback.owner == wanted["owner"])
    if "due" in wanted:
        begun = Callback.window_from <= work.now
        statement = statement.where(Callback.status == CallbackStatus.PROMISED)
        statement = statement.where(begun if wanted["due"] else ~begun)
    return page(work.session, statement, (Callback.created_at, Callback.id), wanted)
