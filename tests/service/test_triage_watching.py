"""What is watched of the criteria in force: a challenger in the shadow, and whether those who ask have changed."""

import copy
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from chassis.errors import Invalid, NotFound, Stale
from chassis.work import Caller, Work, new_trace
from services.triage import store, watching
from services.triage.domain import population
from services.triage.jobs import steps
from services.triage.models import Assessment
from services.triage.service import TriageService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.triage_desk import FIRST, heard, load

LEAD = ("triage_lead",)


@pytest.fixture
def triage(desk: MakeDesk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Triage with a stricter version drafted, where nobody waits for commits, and ten are enough to say something."""
    monkeypatch.setattr(steps, "SETTLED", timedelta(0))
    monkeypatch.setattr(population, "FEWEST", 10)
    made = desk(TriageService)
    load(made)
    strict = copy.deepcopy(FIRST)
    strict["version"] = "strict"
    strict["bands"][0]["at_least"] = strict["bands"][1]["below"] = 100
    ask(made, "draft_criteria", subject="lead-1", body=strict)
    return made


def ask(triage: Desk, method: str, **arguments: Any) -> Any:
    """Ask as a triage lead."""
    return triage.ask(method, roles=LEAD, **arguments)


def assess(triage: Desk, first: int, last: int, points: int | None = None, at: datetime | None = None) -> None:
    """Have enquiries assessed, as if at this moment."""
    for number in range(first, last):
        data = heard(f"ENQ-{number}", points=number % 5 if points is None else points)
        triage.hear("intake", "enquiry_received", subject=data["enquiry"], sequence=1, data=data)
    if at is not None:
        names = [f"ENQ-{number}" for number in range(first, last)]
        with triage.session() as session:
            session.execute(update(Assessment).where(Assessment.enquiry.in_(names)).values(triaged_at=at))


def follow(triage: Desk) -> int:
    """Let the challenger catch up; how many assessments it scored."""
    scored = 0
    while chunk := TriageService().follow_challenger(triage.database):
        scored += chunk
    return scored


def challenge(triage: Desk, version: str | None, if_match: int) -> dict[str, Any]:
    """Set the challenger."""
    answer: dict[str, Any] = ask(triage, "set_challenger", body={"version": version}, if_match=if_match)
    return answer


def look(triage: Desk, now: datetime) -> int:
    """Look for drift, as if it were this moment; how many criteria were looked at."""
    with triage.session() as session:
        work = Work(session, "triage", Caller("schedule", "triage"), now, new_trace(), "look_for_drift")
        looked_at = watching.look_for_drift(work)
        work.record()
    return looked_at


def test_a_challenger_scores_what_comes_from_now_on_without_effect(triage: Desk) -> None:
    assess(triage, 0, 5)
    challenge(triage, "strict", 0)
    assess(triage, 5, 10)
    assert (follow(triage), follow(triage)) == (5, 0)

    found = ask(triage, "read_challenger")

    assert (found["criteria_version"], found["version"], found["result"]["assessments"]) == ("strict", 1, 5)
    assert found["result"]["moved"] == [{"from": "refer", "to": "develop", "count": 1}]
    assert [(day["assessments"], day["moved"]) for day in found["days"]] == [(5, found["result"]["moved"])]
    assert "decisions" not in found["result"]
    versions = {event.data["criteria_version"] for event in triage.told() if event.type == "enquiry_triaged"}
    assert versions == {"2026-11"}


def test_the_comparison_grows_day_by_day(triage: Desk) -> None:
    challenge(triage, "strict", 0)
    noon = datetime.now(UTC).replace(hour=12) + timedelta(days=1)
    assess(triage, 0, 3, at=noon)
    assess(triage, 3, 5, at=noon + timedelta(days=1))
    with triage.session() as session:
        later = noon + timedelta(days=2)
        work = Work(session, "triage", Caller("schedule", "triage"), later, new_trace(), "follow_challenger")
        watching.follow(work, TriageService.rules)

    found = ask(triage, "read_challenger")

    assert [day["assessments"] for day in found["days"]] == [2, 3]
    assert found["result"]["assessments"] == 5


def test_one_challenger_ends_where_another_begins_and_none_is_none(triage: Desk) -> None:
    challenge(triage, "strict", 0)
    assert challenge(triage, "strict", 1)["version"] == 1
    assert challenge(triage, "2026-11", 1)["version"] == 3
    assess(triage, 0, 3)

    ended = challenge(triage, None, 3)

    assert (ended["version"], ended["criteria_version"], follow(triage)) == (4, None, 0)
    told = [(event.data["version"], event.data["state"]) for event in triage.told() if "challenger" in event.type]
    assert told == [("strict", "set"), ("strict", "ended"), ("2026-11", "set"), ("2026-11", "ended")]


def test_of_two_who_set_a_challenger_the_second_looks_again(triage: Desk) -> None:
    challenge(triage, "strict", 0)

    with pytest.raises(Stale):
        challenge(triage, "2026-11", 0)


@pytest.mark.parametrize(
    ("body", "refusal"), [({"version": "none"}, NotFound), ({}, Invalid), ({"version": 1}, Invalid)]
)
def test_what_cannot_be_a_challenger_is_refused(triage: Desk, body: dict[str, Any], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        ask(triage, "set_challenger", body=body, if_match=0)


def test_what_may_still_be_under_way_is_not_scored_yet(triage: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "SETTLED", timedelta(seconds=30))
    challenge(triage, "strict", 0)
    assess(triage, 0, 2)

    assert follow(triage) == 0


def test_a_challenger_that_another_process_is_at_is_left_to_it(triage: Desk) -> None:
    challenge(triage, "strict", 0)
    assess(triage, 0, 2)
    with triage.session() as session:
        store.challenger(session, lock=True)
        assert follow(triage) == 0

    assert follow(triage) == 2


@pytest.mark.parametrize("step", ["activate_criteria", "withdraw_criteria"])
def test_a_challenger_ends_when_it_comes_into_force_or_is_withdrawn(triage: Desk, step: str) -> None:
    ask(triage, "agree_criteria", subject="lead-2", version="strict", body={"reason": "Read."})
    challenge(triage, "strict", 0)

    ask(triage, step, version="strict", body={"reason": "Decided."})

    assert ask(triage, "read_challenger")["criteria_version"] is None


def test_those_who_ask_in_the_same_way_every_day_have_not_drifted(triage: Desk) -> None:
    start = datetime(2026, 3, 2, 12, tzinfo=UTC)
    for number in range(10):
        for version, points in ((1, None), (2, 3)):
            data = heard(f"ENQ-{number}", facts_version=version)
            data["facts"]["criteria"] = {} if points is None else data["facts"]["criteria"]
            triage.hear("intake", "enquiry_changed", subject=data["enquiry"], sequence=version, data=data)
    with triage.session() as session:
        session.execute(update(Assessment).values(triaged_at=start))

    assert look(triage, start + timedelta(days=1)) == 9

    assert {one["stability_index"] for one in ask(triage, "list_drift", body={})["items"]} == {0}


def test_answers_that_have_moved_far_are_warned_of_once(triage: Desk) -> None:
    start = datetime(2026, 3, 2, 12, tzinfo=UTC)
    assess(triage, 0, 10, points=1, at=start)
    assess(triage, 10, 25, points=4, at=start + timedelta(days=40))

    looks = [look(triage, start + timedelta(days=days)) for days in (1, 1, 41, 42)]

    assert looks == [9, 0, 9, 9]
    warnings = ask(triage, "list_drift", body={"warns": True, "criterion": "promise"})["items"]
    assert [one["day"] for one in warnings] == ["2026-04-12", "2026-04-11"]
    [told] = [event for event in triage.told() if event.type == "criteria_drifted"]
    assert (told.data["day"], len(told.data["criteria"])) == ("2026-04-11", 9)
    steady = ask(triage, "list_drift", body={"criterion": "promise"})["items"][-1]
    assert (steady["day"], steady["stability_index"], steady["seen"], steady["warns"]) == ("2026-03-02", 0, 10, False)


def test_with_too_few_answers_nothing_is_measured(triage: Desk) -> None:
    start = datetime(2026, 3, 2, 12, tzinfo=UTC)
    assess(triage, 0, 9, at=start)
    assert look(triage, start + timedelta(days=1)) == 0

    assess(triage, 9, 10, at=start)
    look(triage, start + timedelta(days=60))

    assert {one["stability_index"] for one in ask(triage, "list_drift", body={})["items"]} == {None}


def test_a_version_that_was_fitted_to_few_is_held_against_the_first_who_met_it(triage: Desk) -> None:
    start = datetime(2026, 3, 2, 12, tzinfo=UTC)
    with triage.session() as session:
        active = store.active_criteria(session)
        assert active is not None
        active.population = {**population.empty([one["id"] for one in FIRST["criteria"]]), "seen": 9}
    assess(triage, 0, 10, at=start)

    assert look(triage, start + timedelta(days=1)) == 9

    assert {one["stability_index"] for one in ask(triage, "list_drift", body={})["items"]} == {0}


def test_each_day_is_looked_at_once_by_whoever_comes_first(triage: Desk) -> None:
    assess(triage, 0, 10, at=datetime.now(UTC) - timedelta(days=1))

    looks = [TriageService().look_for_drift(triage.database) for _ in range(3)]

    assert looks == [9, 0, 0]


def test_a_day_ends_at_midnight_in_london() -> None:
    assert watching.london_day(datetime(2026, 6, 30, 23, 30, tzinfo=UTC)) == date(2026, 7, 1)
    assert watching.london_day(datetime(2026, 12, 31, 23, 30, tzinfo=UTC)) == date(2026, 12, 31)


def test_without_criteria_in_force_there_is_nothing_to_look_at(desk: MakeDesk) -> None:
    assert look(desk(TriageService), datetime.now(UTC)) == 0
