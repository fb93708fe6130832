"""What casework's events say about a journey, and the evidence they bring."""

from typing import Any

from services.reporting.domain.clock import worked_everywhere
from services.reporting.domain.folding import Change, Row, Told, latest
from services.reporting.domain.readmodels import EVIDENCE, JOURNEYS
from services.reporting.domain.stages import stage_reached


def case_opened(told: Told) -> tuple[Change, ...]:
    """A case was opened for an enquiry."""
    data = told.data
    opening = {"case_reference": data["case"], "case_opened_at": data["opened_at"]}
    row = (
        {"enquiry": data["enquiry"]}
        | latest(told, JOURNEYS, "opening", opening)
        | _standing(told, "open")
        | _progress(told, on_hold=False)
    )
    return Change(JOURNEYS, row), *stage_reached(told, data["opened_at"])


def case_changed(told: Told) -> tuple[Change, ...]:
    """The case moved on: its stage, who owes the next action, or whether it is on hold."""
    row = {"enquiry": told.data["enquiry"]} | _progress(told, on_hold=told.data["on_hold"]) | _pauses(told)
    return Change(JOURNEYS, row), *stage_reached(told, told.time)


def case_closed(told: Told) -> tuple[Change, ...]:
    """The case ended, with an outcome."""
    row = _standing(told, "closed", outcome=told.data["outcome"], closed_at=told.time)
    return (Change(JOURNEYS, {"enquiry": told.data["enquiry"]} | row | _pauses(told)),)


def case_reopened(told: Told) -> tuple[Change, ...]:
    """The case goes on: it has no outcome any more."""
    return (Change(JOURNEYS, {"enquiry": told.data["enquiry"]} | _standing(told, "open") | _pauses(told)),)


def evidence_recorded(told: Told) -> tuple[Change, ...]:
    """An item of evidence was recorded with a case."""
    data = told.data
    named = ("kind", "category", "grade", "spin_out_stage", "service_sector", "region", "observed_on")
    values = {name: data[name] for name in named} | {"case_reference": data["case"]}
    key = {"enquiry": data["enquiry"], "evidence": data["evidence"]}
    return (Change(EVIDENCE, key | latest(told, EVIDENCE, "item", values)),)


def _standing(told: Told, status: str, outcome: str | None = None, closed_at: Any = None) -> Row:
    values = {"case_status": status, "case_outcome": outcome, "case_closed_at": closed_at}
    return latest(told, JOURNEYS, "standing", values)


def _pauses(told: Told) -> Row:
    """When the enquirer owed the next action. Nothing where an event, one of long ago, does not tell."""
    pauses = told.data["pauses"]
    if pauses is None:
        return {}
    moments = [moment for pause in pauses for moment in (pause["begin"], pause["end"]) if moment is not None]
    # Pauses begin and end between ticks of work: the one that a moment after hours adds is for clocks that stop.
    paused = [ticks & ~1 for moment in moments for ticks in worked_everywhere(moment)]
    return latest(told, JOURNEYS, "pauses", {"paused_worked": paused})


def _progress(told: Told, *, on_hold: bool) -> Row:
    values = {
        "case_stage": told.data["spin_out_stage"],
        "requires_action_by": told.data["requires_action_by"],
        "on_hold": on_hold,
    }
    return latest(told, JOURNEYS, "progress", values)
