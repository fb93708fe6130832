"""Promising callbacks, keeping them or trying to, and giving them up."""

import uuid
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.database import Page, page
from chassis.errors import FieldError, Invalid, NotAllowedNow
from chassis.fields import new_id
from chassis.work import Work
from services.intake import changing, events, store
from services.intake.domain.callbacks import (
    CAPACITY,
    SLOT,
    CallbackAction,
    CallbackStatus,
    Result,
    after_attempt,
    allowed,
    slot_fault,
    slot_number,
)
from services.intake.domain.facts import may_have_happened
from services.intake.domain.reaching import REASONS, Obstacle, obstacle_to_ringing
from services.intake.domain.states import Action
from services.intake.errors import (
    CallbackPromised,
    ContactRefused,
    NoNumber,
    NoSuchCallback,
    NotSafeToRing,
    SlotFull,
)
from services.intake.models import Callback, CallbackAttempt, Enquiry

_REFUSALS = {Obstacle.NO_CONSENT: ContactRefused, Obstacle.NOT_SAFE: NotSafeToRing}
# Sets these locks apart from others of two numbers.
_LOCKS_OF_SLOTS = 1


def promise(work: Work, reference: str, body: dict[str, Any]) -> Callback:
    """Promise to ring the enquirer in a slot.

    Raises Invalid for a slot in which nobody works, ContactRefused, NotSafeToRing, SlotFull, NoNumber, and
    CallbackPromised while one is open.
    """
    enquiry = changing.take(work, reference, Action.PROMISE_CALLBACK)
    fault = slot_fault(body["window_from"], work.now)
    if fault:
        raise Invalid([FieldError("/window_from", fault)])
    obstacle = obstacle_to_ringing(enquiry.consent, enquiry.words.safe_to_contact)
    if obstacle is not None:
        raise _REFUSALS[obstacle]
    if enquiry.words.enquirer.phone is None:
        raise NoNumber
    _take_place(work.session, reference, body)
    callback = Callback(
        id=new_id(),
        enquiry=reference,
        version=1,
        owner=body["owner"] or work.caller.subject,
        status=CallbackStatus.PROMISED,
        window_from=body["window_from"],
        window_to=body["window_from"] + SLOT,
        note=body["note"],
        created_by=work.caller.subject,
        created_at=work.now,
        attempts=[],
    )
    work.session.add(callback)
    work.tell(events.callback_promised(callback))
    return callback


def attempt(work: Work, callback_id: str, body: dict[str, Any]) -> Callback:
    """Record an attempt to ring. After the third in vain an e-mail is queued, where there is a way and consent."""
    if body["at"] is not None and not may_have_happened(body["at"], work.now):
        raise Invalid([FieldError("/at", "Must not be in the future, nor before 2011.")])
    callback = _take(work, callback_id, CallbackAction.ATTEMPT)
    number = len(callback.attempts) + 1
    made = CallbackAttempt(
        id=new_id(),
        callback_id=callback.id,
        number=number,
        result=body["result"],
        at=body["at"] or work.now,
        note=body["note"],
        recorded_by=work.caller.subject,
        recorded_at=work.now,
    )
    callback.attempts.append(made)
    _move(work, callback, after_attempt(Result(body["result"]), number))
    if callback.status == CallbackStatus.NOT_REACHED:
        _write_instead(work, callback)
    work.tell(events.callback_attempted(callback, made))
    return callback


def cancel(work: Work, callback_id: str, body: dict[str, Any]) -> Callback:
    """Give a callback up. Its place in the slot is free again."""
    callback = _take(work, callback_id, CallbackAction.CANCEL)
    callback.ended_reason = body["reason"]
    _move(work, callback, CallbackStatus.CANCELLED)
    work.tell(events.callback_cancelled(callback))
    return callback


def give_up_where_barred(work: Work, enquiry: Enquiry) -> None:
    """Give up what was promised of a locked enquiry if its enquirer may be rung no longer."""
    obstacle = obstacle_to_ringing(enquiry.consent, enquiry.words.safe_to_contact)
    if obstacle is None:
        return
    promised = select(Callback).where(Callback.enquiry == enquiry.reference)
    promised = promised.where(Callback.status == CallbackStatus.PROMISED).with_for_update()
    for callback in work.session.scalars(promised):
        callback.ended_reason = REASONS[obstacle]
        _move(work, callback, CallbackStatus.CANCELLED)
        work.tell(events.callback_cancelled(callback))


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
    """A page of the callbacks of an enquiry. Raises NoSuchEnquiry."""
    enquiry = store.find_enquiry(session, reference)
    statement = select(Callback).where(Callback.enquiry == enquiry.reference)
    return page(session, statement, (Callback.window_from, Callback.id), wanted)


def list_all(work: Work, wanted: dict[str, Any]) -> Page:
    """A page of callbacks: whose, and whether the window of those still promised has begun."""
    statement = select(Callback)
    if "owner" in wanted:
        statement = statement.where(Callback.owner == wanted["owner"])
    if "due" in wanted:
        begun = Callback.window_from <= work.now
        statement = statement.where(Callback.status == CallbackStatus.PROMISED)
        statement = statement.where(begun if wanted["due"] else ~begun)
    return page(work.session, statement, (Callback.window_from, Callback.id), wanted)


def _take_place(session: Session, reference: str, body: dict[str, Any]) -> None:
    """Let nobody else promise this slot until the transaction ends, and make sure that it has a place."""
    promised = select(func.count()).select_from(Callback).where(Callback.status == CallbackStatus.PROMISED)
    if session.scalar(promised.where(Callback.enquiry == reference)):
        raise CallbackPromised
    session.execute(select(func.pg_advisory_xact_lock(_LOCKS_OF_SLOTS, slot_number(body["window_from"]))))
    taken = session.scalar(promised.where(Callback.window_from == body["window_from"])) or 0
    if taken >= CAPACITY:
        raise SlotFull


def _take(work: Work, callback_id: str, action: CallbackAction) -> Callback:
    """The callback, locked for an action. Raises NoSuchCallback, Stale or NotAllowedNow."""
    statement = select(Callback).where(Callback.id == find(work.session, callback_id).id)
    callback = work.session.scalars(statement.with_for_update().execution_options(populate_existing=True)).one()
    work.expect(callback.version)
    possible = allowed(CallbackStatus(callback.status))
    if action not in possible:
        raise NotAllowedNow(action.value, callback.status, [other.value for other in possible])
    return callback


def _move(work: Work, callback: Callback, status: CallbackStatus) -> None:
    callback.status = status
    callback.version += 1
    if status is not CallbackStatus.PROMISED:
        callback.ended_at = work.now


def _write_instead(work: Work, callback: Callback) -> None:
    enquiry = work.session.scalars(select(Enquiry).where(Enquiry.reference == callback.enquiry)).one()
    work.session.add_all(store.messages(enquiry, "callback_not_reached", work.now))
