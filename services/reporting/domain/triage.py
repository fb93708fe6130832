"""What triage's events say about an enquiry's journey."""

from services.reporting.domain.clock import ENGLAND_AND_WALES, division_of
from services.reporting.domain.folding import Change, Row, Told, latest
from services.reporting.domain.readmodels import JOURNEYS


def enquiry_triaged(told: Told) -> tuple[Change, ...]:
    """An enquiry was triaged, for the first time or again. The latest verdict counts; the clock, the first."""
    triaged_at = told.data["triaged_at"]
    values = {
        "outcome": told.data["outcome"],
        "scored_outcome": told.data["scored_outcome"] or told.data["outcome"],
        "criteria_version": told.data["criteria_version"],
        "triaged_at": triaged_at,
        "division": division_of((told.data["profile"] or {}).get("region")),
    } | score_range(told.data["score"])
    row = {
        "enquiry": told.data["enquiry"],
        "first_triaged_at": triaged_at,
        "first_triaged_worked": ENGLAND_AND_WALES.worked(triaged_at),
    }
    return (Change(JOURNEYS, row | latest(told, JOURNEYS, "triage", values)),)


def score_range(score: Row | None) -> Row:
    """The ends of a score, 0 to 100. They are equal when it is exact; both None when there is no score."""
    told = score or {}
    exact = told.get("value")
    return {"score_low": told.get("low", exact), "score_high": told.get("high", exact)}
