"""Keeping what the exchange tells of calls, and writing calls up."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.database import Page, page
from chassis.errors import FieldError, Invalid
from chassis.fields import instant, new_id
from chassis.work import Work
from services.intake import events
from services.intake.domain.callers import read_number
from services.intake.domain.calls import DIRECTIONS, CallEvent, CallStatus, Heard, fold, together
from services.intake.domain.facts import may_have_happened
from services.intake.errors import CallWrittenUp, NoSuchCall
from services.intake.models import Call

# A call that began longer ago is over, though no hang-up was heard: exchanges lose some.
LONGEST = timedelta(hours=4)

_SAID = ("direction", "caller", "called", "queue")


def hear(work: Work, body: dict[str, Any]) -> None:
    """Keep one thing that the exchange told of a call. What changes nothing of the call is not told.

    Raises Invalid when it cannot have happened at the moment that it names.
    """
    if body["at"] is not None and not may_have_happened(body["at"], work.now):
        raise Invalid([FieldError("/at", "Must not be in the future, nor before 2011.")])
    call = _locked(work, body["call_id"])
    known = together(_read(call.heard))
    heard = together((*known, _heard(body, work.now)))
    if heard == known:
        return
    told = fold(heard)
    call.heard = [_written(one) for one in heard]
    if known and told == fold(known):
        return  # a hang-up that may matter when an answer is heard of, or a repeat of one
    call.status, call.users = told.status, list(told.users)
    call.direction, call.number, call.queue = told.direction or None, told.number or None, told.queue or None
    call.began_at, call.answered_at, call.ended_at = told.began_at, told.answered_at, told.ended_at
    call.version += 1
    work.tell(events.call_changed(call))


def write_up(work: Work, call_id: uuid.UUID | None, reference: str, contact: uuid.UUID | None = None) -> None:
    """Note by which enquiry, and which contact with it, a call was written up; nothing where no call is named.

    Raises Invalid when there is no such call or the caller takes none, CallWrittenUp when it was written up before.
    """
    if call_id is None:
        return
    statement = select(Call).where(Call.id == call_id).with_for_update()
    call = work.session.scalar(statement) if work.may("adviser") else None
    if call is None:
        raise Invalid([FieldError("/call", "Must be the id of a call that is known here.")])
    if call.written_up_at is not None:
        raise CallWrittenUp
    call.enquiry, call.contact_id = reference, contact
    call.written_up_by, call.written_up_at = work.caller.subject, work.now
    call.version += 1
    work.tell(events.call_written_up(call))


def find(session: Session, call_id: str) -> Call:
    """The call of an id. Raises NoSuchCall."""
    try:
        wanted = uuid.UUID(call_id)
    except ValueError:
        raise NoSuchCall from None
    call = session.get(Call, wanted)
    if call is None:
        raise NoSuchCall
    return call


def list_calls(session: Session, wanted: dict[str, Any], now: datetime) -> Page:
    """A page of calls, the newest first. Not written up are those without a record that ended, or must have."""
    statement = select(Call)
    if "written_up" in wanted:
        over = (Call.status == CallStatus.ENDED) | (Call.began_at < now - LONGEST)
        open_ = Call.written_up_at.is_(None) & over
        statement = statement.where(Call.written_up_at.is_not(None) if wanted["written_up"] else open_)
    return page(session, statement, (Call.created_at, Call.id), wanted)


def _locked(work: Work, exchange_id: str) -> Call:
    """The call of the exchange's id, made if it is new. Two events of a new call may arrive at once."""
    new = {
        "id": new_id(),
        "exchange_id": exchange_id,
        "version": 0,
        "heard": [],
        "status": CallStatus.RINGING,
        "users": [],
        "began_at": work.now,
        "created_at": work.now,
    }
    work.session.execute(insert(Call).values(new).on_conflict_do_nothing(index_elements=["exchange_id"]))
    return work.session.scalars(select(Call).where(Call.exchange_id == exchange_id).with_for_update()).one()


def _heard(body: dict[str, Any], now: datetime) -> Heard:
    return Heard(
        event=CallEvent(body["event"]),
        user=body["user"] or "",
        at=body["at"] or now,
        direction=DIRECTIONS[body["direction"]] if body["direction"] else "",
        caller=read_number(body["caller"] or "")[1],
        called=read_number(body["called"] or "")[1],
        queue=body["queue"] or "",
    )


def _read(kept: Iterable[dict[str, Any]]) -> Iterable[Heard]:
    for one in kept:
        said = {name: one[name] for name in _SAID}
        yield Heard(CallEvent(one["event"]), one["user"], datetime.fromisoformat(one["at"]), **said)


def _written(one: Heard) -> dict[str, Any]:
    said = {name: getattr(one, name) for name in _SAID}
    return {"event": one.event.value, "user": one.user, "at": instant(one.at), **said}
