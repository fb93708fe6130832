"""Promising callbacks, keeping them or trying to, and giving them up."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.errors import FieldError, Invalid, NotAllowedNow
from chassis.fields import new_id
from chassis.work import Work
from services.intake import changing, standing, store
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
from services.intake.domain.post import OVER
from services.intake.domain.reaching import REASONS, Obstacle, Standing, obstacle_to_ringing
from services.intake.domain.states import Action
from services.intake.errors import (
    CallbackPromised,
    ContactRefused,
    NoNumber,
    NotSafeToRing,
    SlotFull,
)
from services.intake.models import Callback, CallbackAttempt, Enquiry
from services.intake.parties import families
from services.intake.telephony import events, looking

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
    _permit_ringing(standing.held(work.session, enquiry))
    if enquiry.words.enquirer.phone is None:
        raise NoNumber
    promised = select(Callback.id).where(Callback.enquiry == reference, Callback.status == CallbackStatus.PROMISED)
    if work.session.scalar(promised) is not None:
        raise CallbackPromised
    _take_place(work.session, body["window_from"])
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
    """Record an attempt to ring. After the third in vain an e-mail is queued, where there is a way and consent.

    Raises Invalid for a moment that is ahead, or before the callback was promised.
    """
    if body["at"] is not None and not may_have_happened(body["at"], work.now):
        raise Invalid([FieldError("/at", "Must not be in the future, nor before 2011.")])
    _hold_enquiry(work.session, callback_id)
    callback = _take(work, callback_id, CallbackAction.ATTEMPT)
    if body["at"] is not None and body["at"] < callback.created_at:
        raise Invalid([FieldError("/at", "Must not be before the callback was promised.")])
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
    """Give up what was promised to the enquirer of a locked enquiry, about any of theirs, if they may not be rung."""
    obstacle = obstacle_to_ringing(standing.held(work.session, enquiry))
    if obstacle is not None:
        _give_up(work, families.enquiries_beside(work.session, enquiry), REASONS[obstacle])


def give_up_where_party_barred(work: Work, party: uuid.UUID) -> None:
    """Give up what was promised to whoever is seen as one with a locked party, if they may not be rung."""
    obstacle = obstacle_to_ringing(standing.of_parties(work.session, [party])[party])
    if obstacle is not None:
        _give_up(work, families.enquiries_of(work.session, party), REASONS[obstacle])


def rebook(work: Work, callback_id: str, body: dict[str, Any]) -> Callback:
    """Promise another slot in place of the present one, whose place is free again. What was tried so far counts on.

    Raises Invalid for a slot in which nobody works or that is the present one, ContactRefused, NotSafeToRing, SlotFull.
    """
    enquiry = store.find_enquiry(work.session, looking.find(work.session, callback_id).enquiry)
    stands = standing.held(work.session, enquiry)  # before the callback: whoever gives it up locks them in this order
    callback = _take(work, callback_id, CallbackAction.REBOOK)
    begins = body["window_from"]
    fault = "Must be another half hour than now." if begins == callback.window_from else slot_fault(begins, work.now)
    if fault:
        raise Invalid([FieldError("/window_from", fault)])
    _permit_ringing(stands)
    _take_place(work.session, begins)
    callback.window_from, callback.window_to = begins, begins + SLOT
    _move(work, callback, CallbackStatus.PROMISED)
    work.tell(events.callback_rebooked(callback))
    return callback


def follow_enquiry(work: Work, enquiry: Enquiry) -> None:
    """Give up what is still promised about a locked enquiry that is over: nobody waits for it."""
    if enquiry.status in OVER:
        _give_up(work, [enquiry.reference], f"The enquiry is over: {enquiry.status}.")


def _give_up(work: Work, enquiries: Sequence[str], reason: str) -> None:
    promised = select(Callback).where(Callback.enquiry.in_(enquiries), Callback.status == CallbackStatus.PROMISED)
    for callback in work.session.scalars(promised.order_by(Callback.id).with_for_update()):
        callback.ended_reason = reason
        _move(work, callback, CallbackStatus.CANCELLED)
        work.tell(events.callback_cancelled(callback))


def _permit_ringing(stands: Standing) -> None:
    """Raise ContactRefused or NotSafeToRing where the enquirer may not be rung."""
    obstacle = obstacle_to_ringing(stands)
    if obstacle is not None:
        raise _REFUSALS[obstacle]


def _take_place(session: Session, begins: datetime) -> None:
    """Let nobody else promise this slot until the transaction ends, and make sure that it has a place."""
    session.execute(select(func.pg_advisory_xact_lock(_LOCKS_OF_SLOTS, slot_number(begins))))
    promised = select(func.count()).select_from(Callback).where(Callback.status == CallbackStatus.PROMISED)
    if (session.scalar(promised.where(Callback.window_from == begins)) or 0) >= CAPACITY:
        raise SlotFull


def _hold_enquiry(session: Session, callback_id: str) -> None:
    """Hold the enquiry of a callback as a message about it will. Raises NoSuchCallback.

    Enquiries are locked before callbacks: whoever gives this one up holds the enquiry when they come to it.
    """
    of_callback = select(Enquiry.id).where(Enquiry.reference == looking.find(session, callback_id).enquiry)
    session.execute(of_callback.with_for_update(read=True, key_share=True))


def _take(work: Work, callback_id: str, action: CallbackAction) -> Callback:
    """The callback, locked for an action. Raises NoSuchCallback, Stale or NotAllowedNow."""
    statement = select(Callback).where(Callback.id == looking.find(work.session, callback_id).id)
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
    stands = standing.of_enquiry(work.session, enquiry)
    work.session.add_all(store.messages(enquiry, stands, "callback_not_reached", work.now))
