"""Cases: when one opens, who owes the next action, and what its state allows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from services.casework.domain.calendar import EARLIEST, LONDON
from services.casework.domain.referral import WAITS_FOR_DECISION

# How far a caller's clock may run ahead of ours before we say that a moment lies in the future.
CLOCK_SKEW = timedelta(minutes=5)
# What triage finds: the first two are worked as cases, the others stay with the enquiry.
OPENING_OUTCOMES = ("refer", "develop")
OTHER_OUTCOMES = ("advise", "inform", "out_of_scope", "information_needed")
# The purpose of consent that decides whether a case may be referred.
SHARE = "share_with_cabinet_office"
# What a list is asked for instead of an assignee, for the cases that have none. No account is called so.
NOBODY = "none"
# The dispositions of a contact in which the two sides really spoke.
_REACHED = frozenset({"answered", "signposted", "information_requested", "callback_promised", "referred_onward"})


class Status(StrEnum):
    """Where a case stands. Not the team's own progress: that is the spin-out stage."""

    OPEN = "open"
    ON_HOLD = "on_hold"
    CLOSED = "closed"


class Party(StrEnum):
    """The parties to whom the rules here hand the next action; people may name others of the closed list."""

    ADVISER = "adviser"
    ENQUIRER = "enquirer"
    CABINET_OFFICE = "cabinet_office"


class Pause(StrEnum):
    """Why the clocks of a case rest."""

    ENQUIRER = "enquirer_owes_next_action"
    CLOSED = "case_closed"


class Action(StrEnum):
    """What people do to a case."""

    CHANGE = "change"
    ADD_NOTE = "add_note"
    RECORD_CONTACT = "record_contact"
    ADD_TASK = "add_task"
    COMPLETE_TASK = "complete_task"
    RECORD_EVIDENCE = "record_evidence"
    CLOSE = "close"
    REOPEN = "reopen"


# What became of a team is often learnt after the case was closed: word and evidence are always welcome.
_ALLOWED_WHEN_CLOSED = (Action.ADD_NOTE, Action.RECORD_EVIDENCE, Action.REOPEN)
_ALLOWED_WHEN_OPEN = tuple(action for action in Action if action is not Action.REOPEN)


def allowed(status: str) -> tuple[Action, ...]:
    """The actions that a status allows."""
    return _ALLOWED_WHEN_CLOSED if status == Status.CLOSED else _ALLOWED_WHEN_OPEN


def opens_case(outcome: str) -> bool:
    """Whether an enquiry with this outcome of triage is worked as a case."""
    return outcome in OPENING_OUTCOMES


def columns_of(change: Mapping[str, Any]) -> dict[str, Any]:
    """A change of a case as it is sent, as the columns that it sets: being on hold is a status."""
    columns = {name: value for name, value in change.items() if name != "on_hold"}
    if "on_hold" in change:
        columns["status"] = Status.ON_HOLD if change["on_hold"] else Status.OPEN
    return columns


def fields_of(columns: Iterable[str]) -> list[str]:
    """The names under which callers know these columns."""
    return ["on_hold" if column == "status" else column for column in columns]


def may_assign(assignee: str | None, caller: str, *, is_manager: bool) -> bool:
    """Whether the caller may name another assignee: a manager always, others unless it is a colleague's case."""
    return is_manager or assignee is None or assignee == caller


def stage_after(stage: str | None, assessed_before: str | None, assessed_now: str | None) -> str | None:
    """The case's spin-out stage after a newer assessment: an adviser's own word for it stands, else it follows."""
    return assessed_now if stage == assessed_before else stage


@dataclass(frozen=True, slots=True)
class Assessed:
    """What the newest assessment heard knew of consent, and of which version of the facts it was."""

    facts_version: int
    facts: Mapping[str, Any]
    profile: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Consent:
    """What stood after the newest act of consent to share that was heard of, and the facts that know of it."""

    facts_version: int
    given: bool | None


def consents_to_share(assessed: Assessed, told: Consent | None) -> bool | None:
    """Whether the enquirer lets us share with the Cabinet Office; None when nobody has asked.

    The newest act decides. An act that the assessment could not know of yet stands above all that it says. Else the
    enquiry's refusal does, then the gate's answer, then the enquiry's consent.
    """
    if told is not None and told.facts_version > assessed.facts_version:
        return told.given
    consent: bool | None = assessed.profile.get("consent_to_share")
    if consent is False:
        return False
    gate = assessed.facts.get("gates", {}).get("consent_to_share")
    return {"yes": True, "no": False}.get(gate, consent)


def pause_reason(status: str, requires_action_by: str) -> Pause | None:
    """Why the clocks of the case rest now; None when they run."""
    if status == Status.CLOSED:
        return Pause.CLOSED
    return Pause.ENQUIRER if requires_action_by == Party.ENQUIRER else None


def has_reached(disposition: str) -> bool:
    """Whether a contact with this disposition succeeded."""
    return disposition in _REACHED


def first_reached_at(opened_at: datetime, started_at: datetime, ended_at: datetime | None) -> datetime | None:
    """When a contact that succeeded counts as made; None when it was over before the case was opened.

    A case often opens during a call. Such a call counts from the opening on.
    """
    return max(started_at, opened_at) if (ended_at or started_at) >= opened_at else None


def may_have_happened(moment: datetime, now: datetime) -> bool:
    """Whether a moment that somebody gave can be true: not further ahead than clocks differ, nor too long ago."""
    return EARLIEST <= moment <= now + CLOCK_SKEW


def may_have_been_observed(day: date, now: datetime) -> bool:
    """Whether a day that somebody gave can be true: neither ahead in London, nor too long ago for any report."""
    return EARLIEST.date() <= day <= (now + CLOCK_SKEW).astimezone(LONDON).date()


def turn(referral_statuses: Iterable[str], *, withdrawn: bool) -> Party:
    """Who owes the next action, going by the statuses of the case's referrals.

    The Cabinet Office while it has one to decide; else, or when the enquirer has withdrawn, the adviser.
    """
    is_waiting = not WAITS_FOR_DECISION.isdisjoint(referral_statuses)
    return Party.CABINET_OFFICE if is_waiting and not withdrawn else Party.ADVISER
