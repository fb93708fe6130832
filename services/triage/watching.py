"""What is watched of the criteria in force: a challenger beside them, and whether those who ask have changed.

Both read what was assessed, in chunks and a while later: live triage neither waits for them nor fails with them.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.fields import new_id
from chassis.work import Work
from services.triage import events, store
from services.triage.domain import population
from services.triage.domain.back_test import Tally, figures
from services.triage.domain.measures import DRIFTED
from services.triage.jobs import steps
from services.triage.jobs.back_tests import tried
from services.triage.models import Challenger, Drift

LONDON = ZoneInfo("Europe/London")
# Drift is looked for in the answers of so many days, for a day of few enquiries says nothing.
WINDOW = timedelta(days=28)
# How many days are told one by one.
DAYS_TOLD = 92
# What of a back-test's figures means something of a shadow: those whom it refers have no decision yet, and it scores
# every version of an enquiry's facts, where the population on which a version rests has the last of each.
_MEANT = ("funnel", "moved", "moved_enquiries", "groups")


def set_challenger(work: Work, version: str | None) -> dict[str, Any]:
    """Score this version in the shadow from now on, or none. The one until now ends; the same one goes on.

    Raises CriteriaNotFound, or Stale when somebody else set another one meanwhile.
    """
    store.lock_criteria(work.session)
    work.expect(store.challengers_version(work.session))
    present = store.challenger(work.session)
    if version is not None:
        store.find_criteria(work.session, version)
    if present is not None and present.criteria_version != version:
        end_challenge(work, present.criteria_version)
        work.session.flush()
    if version is not None and (present is None or present.criteria_version != version):
        _begin(work, version)
    return read_challenger(work)


def read_challenger(work: Work) -> dict[str, Any]:
    """Which version is scored in the shadow, and how it has compared so far, day by day and all together."""
    present = store.challenger(work.session)
    answer: dict[str, Any] = {"version": store.challengers_version(work.session), "criteria_version": None}
    if present is None:
        return answer
    days = [(one.day, Tally.of_json(one.tally)) for one in store.challenger_days(work.session, present)]
    whole = Tally()
    for _, tally in days:
        whole.merge(tally)
    found = figures(whole, None)
    same = {name: getattr(present, name) for name in ("criteria_version", "set_by", "set_at")}
    result = {"assessments": whole.seen, **{name: found[name] for name in _MEANT}}
    return {**answer, **same, "days": [_day(*one) for one in days[:DAYS_TOLD]], "result": result}


def end_challenge(work: Work, version: str) -> None:
    """End the challenger if it is this version, which came into force or was withdrawn."""
    present = store.challenger(work.session)
    if present is not None and present.criteria_version == version:
        present.ended_at, present.revision = work.now, present.revision + 1
        work.tell(events.challenger_changed(present))


def follow(work: Work, rules: store.RulesInProcess) -> int:
    """Let the challenger score what was assessed since; return how many assessments that were."""
    present = store.challenger(work.session, lock=True)
    if present is None:
        return 0
    rows = store.settled_rows(work.session, present, work.now - steps.SETTLED, steps.CHUNK)
    if not rows:
        return 0
    version = rules.named(work.session, present.criteria_version)
    for day, of_day in groupby(rows, key=lambda row: row.triaged_at.astimezone(LONDON).date()):
        kept = store.challenger_day(work.session, present, day)
        tally = Tally.of_json(kept.tally)
        tally.add(tried(list(of_day), version))
        kept.tally = tally.as_json()
    present.place_at, present.place_id = rows[-1].triaged_at, rows[-1].id
    return len(rows)


def is_drift_due(today: date, measured: date | None) -> bool:
    """Whether the day before today has not been looked at."""
    return measured is None or measured < today - timedelta(days=1)


def look_for_drift(work: Work) -> int:
    """Hold the answers of the last weeks, up to yesterday, against those on which the version in force rests.

    Returns how many criteria were looked at: none while the version rests on fewer answers than say something. Tells
    of those that have passed the mark since the last day that was looked at.
    """
    today, active = london_day(work.now), store.active_criteria(work.session)
    if active is None:
        return 0
    criteria = {one["id"]: one["fact"].removeprefix("criteria.") for one in active.document["criteria"]}
    rests_on = active.population
    if rests_on is None or rests_on["seen"] < population.FEWEST:
        rests_on = store.first_population(work.session, active.version, criteria)
    if rests_on is None:
        return 0
    end = datetime.combine(today, datetime.min.time(), LONDON)
    seen = store.population_between(work.session, end - WINDOW, end, criteria)
    # Counting takes long where there are many; nobody who changes a version's state should wait for it.
    store.lock_criteria(work.session)
    last = store.last_drift_day(work.session)
    if not is_drift_due(today, last):
        return 0
    active.population = active.population or rests_on
    rows = _measured(active.version, today - timedelta(days=1), population.drift(rests_on, seen), seen)
    known = store.warned_last(work.session, active.version, last)
    work.session.add_all(rows)
    fresh = [row for row in rows if row.warns and row.criterion not in known]
    if fresh:
        work.tell(events.criteria_drifted(active.version, rows[0].day, fresh))
    return len(rows)


def london_day(moment: datetime) -> date:
    """The day that a moment falls on, in London."""
    return moment.astimezone(LONDON).date()


def _day(day: date, tally: Tally) -> dict[str, Any]:
    told = figures(tally, None)
    return {"day": day, "assessments": tally.seen, "funnel": told["funnel"], "moved": told["moved"]}


def _measured(version: str, day: date, indexes: Mapping[str, float | None], seen: Mapping[str, Any]) -> list[Drift]:
    return [
        Drift(
            day=day,
            criterion=criterion,
            criteria_version=version,
            stability_index=index,
            seen=seen["seen"],
            warns=index is not None and index > DRIFTED,
        )
        for criterion, index in indexes.items()
    ]


def _begin(work: Work, version: str) -> None:
    begun = Challenger(
        id=new_id(),
        criteria_version=version,
        set_by=work.caller.subject,
        set_at=work.now,
        place_at=work.now,
        place_id=UUID(int=0),
        revision=1,
    )
    work.session.add(begun)
    work.tell(events.challenger_changed(begun))
    work.session.flush()
