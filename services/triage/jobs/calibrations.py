"""Calibrations: weights and thresholds proposed from what was decided, as a draft for people to agree.

The period is walked twice: for the cases that were decided, from which the weights are fitted; then for everybody, of
whom the draft refers the wished share, and on whom it rests.
"""

import copy
import logging
import subprocess
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row

from chassis.work import Work
from services.triage import domain, events, fitting, store
from services.triage.documents import faults_in
from services.triage.domain import calibration, measures, population
from services.triage.domain.back_test import REFER
from services.triage.domain.calibration import Uncalibrated
from services.triage.domain.lifecycle import State
from services.triage.domain.rules import FULL_SCORE
from services.triage.errors import NoActiveCriteria
from services.triage.jobs import steps
from services.triage.models import Job

KIND = "calibration"
_log = logging.getLogger(__name__)
# The cases that are kept to be fitted. The service decides some dozens a year.
MOST_DECIDED = 5_000


def ask(work: Work, body: dict[str, Any]) -> Job:
    """Ask for the version in force to be calibrated. Raises NoActiveCriteria, or Invalid for an empty period."""
    active = store.active_criteria(work.session)
    if active is None:
        raise NoActiveCriteria
    period = body["period_from"], body["period_to"] or work.now
    wishes = {name: body[name] for name in ("share", "precision") if body[name] is not None}
    job = steps.ask(work, KIND, active.version, period, wishes=wishes)
    job.total *= 2
    return job


def run(work: Work, job: Job, rules: store.RulesInProcess) -> bool:
    """Walk on; at the end of the first walk fit the weights, at the end of the second store the draft."""
    base = store.find_criteria(work.session, job.criteria_version).document
    try:
        if "draft" in job.tally:
            _count_everybody(work, job, base)
        else:
            _collect_decided(work, job, base)
    except Uncalibrated as error:
        job.result = {"refused": str(error)}
        steps.move(work, job, "refused")
    return True


def _collect_decided(work: Work, job: Job, base: Mapping[str, Any]) -> None:
    rows = steps.next_rows(work.session, job)
    cases, left_out = list(job.tally.get("cases", [])), job.tally.get("left_out", 0)
    for row in rows:
        if row.decision is not None:
            points = [row.facts["criteria"].get(name) for name in _facts_of(base).values()]
            if None in points or len(cases) >= MOST_DECIDED:
                left_out += 1
            else:
                cases.append([*points, int(row.decision == "accepted")])
    job.tally = {"cases": cases, "left_out": left_out}
    if len(rows) < steps.CHUNK:
        _fit(job, base)


def _fit(job: Job, base: Mapping[str, Any]) -> None:
    """Put a draft with fitted weights into the tally, and begin the second walk. Raises Uncalibrated."""
    points = [case[:-1] for case in job.tally["cases"]]
    decided = [bool(case[-1]) for case in job.tally["cases"]]
    calibration.check_enough(sum(decided), len(decided) - sum(decided))
    fitted = _fitted(points, decided)
    weights = calibration.whole_weights(fitted.weights)
    drafted = calibration.draft(base, f"calibrated-{job.asked_at:%Y-%m-%d}-{job.id.hex[-8:]}", weights)
    scores = [_score(weights, one) for one in points]
    before = [one["weight"] for one in base["criteria"]]
    if "precision" in job.wishes:
        # By weights fitted without each case, for on its own cases every fit looks better than it is.
        counts = calibration.counted(fitted.scores or scores, decided)
        calibration.set_threshold(drafted, calibration.threshold_for_precision(*counts, job.wishes["precision"]))
    report = {
        "decided": len(decided),
        "accepted": sum(decided),
        "rejected": len(decided) - sum(decided),
        "left_out": job.tally["left_out"],
        "weights": [
            {"id": one["id"], "before": old, "after": new, "fitted": found}
            for one, old, new, found in zip(base["criteria"], before, weights, fitted.weights, strict=True)
        ],
        "before": calibration.quality([_score(before, one) for one in points], decided),
        "after": calibration.quality(scores, decided),
        "after_on_others": calibration.quality(fitted.scores, decided) if fitted.scores else None,
    }
    job.tally = {
        "draft": drafted,
        "report": report,
        "population": population.empty(_facts_of(drafted)),
        "referable": [0] * (FULL_SCORE + 1),
        "referred_before": 0,
    }
    job.place_at = job.place_id = None


def _fitted(points: list[list[int]], decided: list[bool]) -> fitting.Fitted:
    """What the fit found. Raises Uncalibrated when it failed or took too long."""
    try:
        return fitting.fit(points, decided)
    except subprocess.TimeoutExpired as error:
        raise Uncalibrated("The fit took too long. Try a shorter period.") from error
    except subprocess.CalledProcessError as error:
        _log.error("A fit failed", extra={"said": (error.stderr or "").strip().splitlines()[-1:]})
        raise Uncalibrated("The fit failed. The log of triage says why.") from error


def _count_everybody(work: Work, job: Job, base: Mapping[str, Any]) -> None:
    rows = steps.next_rows(work.session, job)
    tally = copy.deepcopy(job.tally)
    _count(tally, rows)
    job.tally = tally
    if len(rows) < steps.CHUNK:
        _propose(work, job, base)


def _count(tally: dict[str, Any], rows: Sequence[Row[Any]]) -> None:
    # Loaded here: a process that never runs a job needs no NumPy.
    from services.triage.domain.columns import in_columns
    from services.triage.domain.rescoring import Rescoring

    rescoring = Rescoring(domain.compile_rules(tally["draft"]))
    facts_of = _facts_of(tally["draft"])
    low: list[int] = []
    for chunk in in_columns(rescoring.rules, steps.snapshots_of(rows)):
        scores = rescoring.chunk(chunk).low.tolist()
        for score, may in zip(scores, rescoring.may_have(REFER, chunk).tolist(), strict=True):
            tally["referable"][score] += may
        low += scores
    for row, score in zip(rows, low, strict=True):
        answers = {criterion: row.facts["criteria"].get(fact) for criterion, fact in facts_of.items()}
        population.add(tally["population"], score, answers)
        tally["referred_before"] += row.outcome == REFER


def _propose(work: Work, job: Job, base: Mapping[str, Any]) -> None:
    """Store the draft and its report. Raises Uncalibrated."""
    tally, document = job.tally, copy.deepcopy(job.tally["draft"])
    seen = tally["population"]["seen"]
    if "share" in job.wishes:
        points = calibration.threshold_for_share(tally["referable"], seen, job.wishes["share"])
        calibration.set_threshold(document, points)
    faults = faults_in(document)
    if faults:
        raise Uncalibrated(" ".join(f"{fault.pointer}: {fault.message}" for fault in faults))
    store.lock_criteria(work.session)
    criteria = store.add_draft(work.session, document, job.asked_by, work.now)
    criteria.population = tally["population"]
    work.tell(events.criteria_state_changed(criteria, State.DRAFT))
    from_points = document["bands"][0]["at_least"]
    referred = measures.rate(sum(tally["referable"][from_points * 4 :]), seen)
    job.result = {
        **tally["report"],
        "criteria_version": criteria.version,
        "thresholds": [
            {"id": new["id"], "before": old["at_least"], "after": new["at_least"]}
            for old, new in zip(base["bands"], document["bands"], strict=True)
        ],
        "enquiries": seen,
        "referred": {
            "before": measures.rate(tally["referred_before"], seen).data(),
            "after": {**referred.data(), "usual": measures.is_referred_share_usual(referred)},
        },
    }
    steps.move(work, job, "done")


def _facts_of(document: Mapping[str, Any]) -> dict[str, str]:
    """The name of the answer that each criterion reads, by the criterion's id."""
    return {one["id"]: one["fact"].removeprefix("criteria.") for one in document["criteria"]}


def _score(weights: Sequence[int], points: Sequence[int]) -> int:
    return sum(weight * one for weight, one in zip(weights, points, strict=True))
