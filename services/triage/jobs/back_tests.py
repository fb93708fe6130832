"""Back-tests: a criteria version tried on what was assessed before."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from chassis.work import Work
from services.triage import domain, store
from services.triage.domain.back_test import Tally, Tried, figures
from services.triage.jobs import steps
from services.triage.models import Job

KIND = "back_test"


def ask(work: Work, version: str, body: dict[str, Any]) -> Job:
    """Ask for a back-test of a version. Raises CriteriaNotFound, or Invalid for a period without a moment in it."""
    period = body["period_from"], body["period_to"] or work.now
    return steps.ask(work, KIND, version, period, against=body["against"])


def run(work: Work, job: Job, rules: store.RulesInProcess) -> bool:
    """Try the next chunk; once there is none, put the counts into figures."""
    rows = steps.next_rows(work.session, job)
    against = rules.named(work.session, job.against) if job.against else None
    tally = Tally.of_json(job.tally)
    tally.add(tried(rows, rules.named(work.session, job.criteria_version), against))
    job.tally = tally.as_json()
    if len(rows) < steps.CHUNK:
        job.result = figures(tally, store.find_criteria(work.session, job.criteria_version).population)
        steps.move(work, job, "done")
    return True


def tried(rows: Sequence[Row[Any]], rules: domain.Rules, against: domain.Rules | None = None) -> list[Tried]:
    """Assessments as another version would have had them, beside a third one's outcome or what was found."""
    facts = steps.snapshots_of(rows)
    before = [one[0] for one in steps.rescored(against, facts)] if against else [row.outcome for row in rows]
    return [
        Tried(row.enquiry, then, *now, _traits(row), row.decision, row.case_outcome)
        for row, then, now in zip(rows, before, steps.rescored(rules, facts), strict=True)
    ]


def _traits(row: Row[Any]) -> dict[str, Any]:
    """The codes by which rates are compared. How large a service is, is known by the answer to `scale` alone."""
    return {**row.profile, "scale": row.facts["criteria"].get("scale")}
