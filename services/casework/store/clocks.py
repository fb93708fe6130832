"""The clocks of a case as they are stored: started, laid out anew after each change, and read."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.casework.domain import clock as rules
from services.casework.domain.calendar import working_time
from services.casework.domain.case import Pause, Status, first_reached_at, pause_reason
from services.casework.models import Case, Clock, Contact, Referral


def first_contact(case: Case) -> Clock:
    """The clock that a new case starts with, not stored yet. The case's due time is set to the clock's."""
    clock = _started(case, rules.FIRST_CONTACT, case.reference, case.opened_at)
    _lay(clock, case)
    case.due_at = clock.due_at
    return clock


def note_contact(session: Session, case: Case, contact: Contact) -> None:
    """End the clock `first_contact` by a contact that succeeded, if none that came earlier has ended it."""
    reached_at = first_reached_at(case.opened_at, contact.started_at, contact.ended_at)
    clock = session.get_one(Clock, (case.reference, rules.FIRST_CONTACT, case.reference))
    if reached_at is not None and (clock.ended_at is None or reached_at < clock.ended_at):
        clock.ended_at, clock.reached = reached_at, True
        lay_all(session, case)


def time_referral(session: Session, case: Case, referral: Referral) -> None:
    """Bring the two clocks of a referral in line with what was heard of it, in whatever order."""
    if referral.sent_at is None:
        return
    acknowledged_at = referral.acknowledged_at
    for name, ended_at, reached in (
        (rules.ACKNOWLEDGEMENT, acknowledged_at or referral.ended_at, acknowledged_at is not None),
        (rules.DECISION, referral.ended_at, referral.decided),
    ):
        clock = session.get(Clock, (case.reference, name, referral.reference))
        if clock is None:
            clock = _started(case, name, referral.reference, referral.sent_at)
            session.add(clock)
        clock.ended_at, clock.reached = ended_at, reached
        _lay(clock, case)
    lay_all(session, case)


def settle(session: Session, case: Case, at: datetime) -> None:
    """Let the clocks rest or run by who owes the next action since a moment, and lay them all out anew."""
    pauses = rules.change_pause(_pauses(case), pause_reason(case.status, case.requires_action_by), at)
    case.pauses = [pause.document() for pause in pauses]
    lay_all(session, case)


def waits_for_enquirer(case: Case, told_at: datetime) -> bool:
    """Whether the clocks rest for the enquirer, and did so when something was told: what came after it stands above."""
    return rules.rests_since(_pauses(case), Pause.ENQUIRER, told_at)


def lay_all(session: Session, case: Case) -> None:
    """Lay out every clock of the case anew, and the case's due time: the earliest of those that are open.

    Nothing is due on a closed case: what had run out by then shows on the clock, and nobody has to act on it.
    """
    clocks = _clocks(session, case)
    for clock in clocks:
        _lay(clock, case)
    is_closed = case.status == Status.CLOSED
    due = [clock.due_at for clock in clocks if clock.ended_at is None and clock.due_at is not None and not is_closed]
    case.due_at = min(due, default=None)


def readings(session: Session, case: Case, now: datetime) -> list[dict[str, Any]]:
    """Every clock of the case as it reads at a moment."""
    return [_reading(clock, case, now) for clock in _clocks(session, case)]


def _reading(clock: Clock, case: Case, now: datetime) -> dict[str, Any]:
    segments = [rules.segment_from(document) for document in clock.segments]
    worked = rules.elapsed(segments, working_time(case.division), now)
    return {
        "name": clock.name,
        "subject": clock.subject,
        "state": rules.state_of(segments, clock.ended_at),
        "result": rules.result_of(clock.due_at, clock.ended_at, now, reached=clock.reached),
        "target_seconds": clock.target_seconds,
        "elapsed_seconds": int(worked.total_seconds()),
        "started_at": clock.started_at,
        "ended_at": clock.ended_at,
        "due_at": clock.due_at,
        "segments": segments,
    }


def _clocks(session: Session, case: Case) -> Sequence[Clock]:
    of_case = select(Clock).where(Clock.case == case.reference)
    return session.scalars(of_case.order_by(Clock.started_at, Clock.name, Clock.subject)).all()


def _started(case: Case, name: str, subject: str, at: datetime) -> Clock:
    target = rules.targets()[name]
    return Clock(
        case=case.reference,
        name=name,
        subject=subject,
        target_seconds=int(target.total_seconds()),
        started_at=at,
        reached=False,
    )


def _lay(clock: Clock, case: Case) -> None:
    pauses = _pauses(case)
    if clock.name != rules.FIRST_CONTACT:
        # Our closing the case, while a referral of it is on its way, gives the Cabinet Office no more time.
        pauses = [pause for pause in pauses if pause.why == Pause.ENQUIRER]
    segments = rules.lay_out(clock.started_at, clock.ended_at, pauses)
    clock.segments = [segment.document() for segment in segments]
    clock.due_at = rules.due_at(segments, timedelta(seconds=clock.target_seconds), working_time(case.division))


def _pauses(case: Case) -> list[rules.Segment]:
    return [rules.segment_from(document) for document in case.pauses]
