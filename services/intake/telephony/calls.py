"""Keeping what the exchange tells of calls, and writing calls up."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from chassis.database import Page, page
from chassis.errors import FieldError, Invalid
from chassis.fields import instant, new_id
from chassis.work import Work
from services.intake.domain.callers import read_number
from services.intake.domain.calls import (
    DIRECTIONS,
    LONGEST,
    CallEvent,
    CallStatus,
    Heard,
    Span,
    fold,
    nearest,
    span_of,
    together,
)
from services.intake.domain.facts import may_have_happened
from services.intake.errors import CallWrittenUp, NoSuchCall
from services.intake.models import Call
from services.intake.telephony import events

# Sets these locks apart from others of two numbers.
_LOCKS_OF_IDS = 2
_SAID = ("direction", "caller", "called", "queue")


def hear(work: Work, body: dict[str, Any]) -> None:
    """Keep one thing that the exchange told of a call. What changes nothing of the call is not told.

    Of the calls that bore its id it is of the one nearest in time, and of a new one where none is near (`nearest`).
    Raises Invalid when it cannot have happened at the moment that it names.
    """
    if body["at"] is not None and not may_have_happened(body["at"], work.now):
        raise Invalid([FieldError("/at", "Must not be in the future, nor before 2011.")])
    new = _heard(body, work.now)
    call = _locked(work, body["call_id"], new.at)
    known = together(_read(call.heard))
    heard = together((*known, new))
    if heard == known:
        return
    told = fold(heard)
    call.heard = [_written(one) for one in heard]
    if known and told == fold(known):
        return  # a repeat, or what may matter when more is heard of
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


def _locked(work: Work, exchange_id: str, moment: datetime) -> Call:
    """The call that bore the exchange's id at this moment, made if it is new.

    Two events of a new call may arrive at once, so that whoever hears of an id waits for others who do.
    """
    work.session.execute(select(func.pg_advisory_xact_lock(_LOCKS_OF_IDS, func.hashtext(exchange_id))))
    ids = select(Call.id).where(func.coalesce(Call.exchange_id, Call.former_exchange_id) == exchange_id)
    # No two calls of an id overlap: the nearest is one of those that began next to the moment, before it or after.
    before = ids.where(Call.began_at <= moment).order_by(Call.began_at.desc()).limit(1).scalar_subquery()
    after = ids.where(Call.began_at > moment).order_by(Call.began_at).limit(1).scalar_subquery()
    beside = select(Call).where(or_(Call.id == before, Call.id == after)).order_by(Call.began_at).with_for_update()
    calls = work.session.scalars(beside).all()
    place = nearest([_span(call) for call in calls], moment)
    return _new(work, exchange_id) if place is None else calls[place]


def _span(call: Call) -> Span:
    """Of a call whose retention is over only the columns are left."""
    heard = tuple(_read(call.heard))
    return span_of(heard) if heard else Span(call.began_at, call.ended_at or call.began_at)


def _new(work: Work, exchange_id: str) -> Call:
    """A call of which nothing was heard yet. It takes the id over from whichever call bears it now."""
    bearer = update(Call).where(Call.exchange_id == exchange_id)
    work.session.execute(bearer.values(exchange_id=None, former_exchange_id=exchange_id))
    call = Call(id=new_id(), exchange_id=exchange_id, version=0, heard=[], created_at=work.now)
    work.session.add(call)
    return call


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
