"""Back-tests: a criteria version tried on what was assessed before. Asked for, run chunk by chunk, cancelled.

A chunk and its counts are one transaction that holds the back-test's row: whoever dies leaves it where the last chunk
ended, and any process of the service goes on from there. Live triage waits for a chunk at most.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, and_, exists, func, select, tuple_
from sqlalchemy.orm import Session, aliased

from chassis.errors import FieldError, Invalid, NotAllowedNow
from chassis.fields import new_id
from chassis.work import Work
from services.triage import domain, events, store
from services.triage.domain.back_test import Tally, Tried, figures
from services.triage.models import Assessment, BackTest, CaseResult

# Some 20 milliseconds of work, for which an enquiry that comes in may have to wait.
CHUNK = 500
_OPEN = ("queued", "running")
_COLUMNS = (
    Assessment.id,
    Assessment.enquiry,
    Assessment.triaged_at,
    Assessment.outcome,
    Assessment.score_low,
    Assessment.facts,
    Assessment.spin_out_stage,
    Assessment.profile,
    CaseResult.decision,
    CaseResult.case_outcome,
)


def ask(work: Work, version: str, body: dict[str, Any]) -> BackTest:
    """Ask for a back-test of a version. Raises CriteriaNotFound, or Invalid for a period without a moment in it."""
    store.find_criteria(work.session, version)
    if body["against"] is not None:
        store.find_criteria(work.session, body["against"])
    period_to = body["period_to"] or work.now
    if body["period_from"] >= period_to:
        raise Invalid([FieldError("/from", "Must be before the end of the period.")])
    asked = BackTest(
        id=new_id(),
        criteria_version=version,
        against=body["against"],
        period_from=body["period_from"],
        period_to=period_to,
        state="queued",
        asked_by=work.caller.subject,
        asked_at=work.now,
        total=0,
        seen=0,
        tally=Tally().as_json(),
        revision=1,
    )
    asked.total = work.session.scalar(select(func.count()).select_from(_last_of_each(asked).subquery())) or 0
    work.session.add(asked)
    work.tell(events.back_test_state_changed(asked))
    return asked


def cancel(work: Work, back_test_id: str) -> BackTest:
    """End a back-test that has not ended. Raises BackTestNotFound or NotAllowedNow."""
    found = store.find_back_test(work.session, back_test_id, lock=True)
    if found.state not in _OPEN:
        raise NotAllowedNow("cancel", found.state, [])
    _end(work, found, "cancelled")
    return found


def run_chunk(work: Work, rules: store.RulesInProcess) -> int:
    """Try the next chunk of the oldest open back-test that no other process is at; return 0 when there is none."""
    found = store.next_back_test(work.session)
    if found is None:
        return 0
    rows = _next_rows(work.session, found)
    tally = Tally.of_json(found.tally)
    tally.add(_tried(work.session, found, rows, rules))
    found.state, found.tally, found.seen = "running", tally.as_json(), tally.seen
    if rows:
        found.place_at, found.place_id = rows[-1].triaged_at, rows[-1].id
    if len(rows) < CHUNK:
        found.result = figures(tally)
        _end(work, found, "done")
    return 1


def _end(work: Work, back_test: BackTest, state: str) -> None:
    back_test.state, back_test.ended_at = state, work.now
    back_test.revision += 1
    work.tell(events.back_test_state_changed(back_test))


def _last_of_each(back_test: BackTest) -> Any:
    """The last assessment of each enquiry within the period, with what became of it."""
    later = aliased(Assessment)
    is_superseded = exists().where(
        later.enquiry == Assessment.enquiry,
        later.facts_version > Assessment.facts_version,
        later.triaged_at < back_test.period_to,
    )
    of_enquiry = CaseResult.enquiry == Assessment.enquiry
    within = and_(Assessment.triaged_at >= back_test.period_from, Assessment.triaged_at < back_test.period_to)
    return select(*_COLUMNS).outerjoin(CaseResult, of_enquiry).where(within, ~is_superseded)


def _next_rows(session: Session, back_test: BackTest) -> Sequence[Row[Any]]:
    order = (Assessment.triaged_at, Assessment.id)
    statement = _last_of_each(back_test).order_by(*order).limit(CHUNK)
    if back_test.place_at is not None:
        statement = statement.where(tuple_(*order) > tuple_(back_test.place_at, back_test.place_id))
    return session.execute(statement).all()


def _tried(session: Session, back_test: BackTest, rows: Sequence[Row[Any]], rules: store.RulesInProcess) -> list[Tried]:
    facts = [
        domain.snapshot(row.facts["gates"], row.facts["criteria"], {"spin_out_stage": row.spin_out_stage})
        for row in rows
    ]
    after = _rescored(rules.named(session, back_test.criteria_version), facts)
    before = [(row.outcome, row.score_low, row.score_low) for row in rows]
    if back_test.against is not None:
        before = _rescored(rules.named(session, back_test.against), facts)
    return [
        Tried(row.enquiry, then[0], now[0], then[1], now[1], now[2], row.profile, row.decision, row.case_outcome)
        for row, then, now in zip(rows, before, after, strict=True)
    ]


def _rescored(rules: domain.Rules, facts: Sequence[domain.Facts]) -> list[tuple[str, int, int]]:
    """Outcome, worst and best score of each snapshot."""
    # Loaded here: a process that never runs a back-test needs no NumPy.
    from services.triage.domain.columns import in_columns
    from services.triage.domain.rescoring import Rescoring

    rescoring = Rescoring(rules)
    return [
        (rescoring.outcomes[outcome], low, high)
        for chunk in rescoring.all(in_columns(rules, facts))
        for outcome, low, high in zip(chunk.outcome.tolist(), chunk.low.tolist(), chunk.high.tolist(), strict=True)
    ]


def is_waiting(session: Session) -> bool:
    """Whether there is a back-test to run."""
    return bool(session.scalar(select(exists().where(BackTest.state.in_(_OPEN)))))
