"""Events as reporting hears them: kept in the log, and folded by the database as the domain folds them."""

import random
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from chassis.work import Event
from services.reporting.domain.fold import fold
from services.reporting.domain.folding import Row, merge
from services.reporting.domain.readmodels import READ_MODELS
from services.reporting.models import Base, LoggedEvent
from services.reporting.service import ReportingService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.unit.reporting.hearing import hear
from tests.unit.reporting.stories import as_read, received, told_by, whole_story


@pytest.fixture
def reporting(desk: MakeDesk) -> Desk:
    """Reporting at work on a database of its own."""
    return desk(ReportingService)


def stored(desk: Desk, enquiry: str) -> dict[str, list[Row]]:
    """The rows of an enquiry in every read model, sorted by their keys."""
    with desk.session() as session:
        return {model.name: _rows(session, model.name, enquiry) for model in READ_MODELS}


def _rows(session: Any, name: str, enquiry: str) -> list[Row]:
    table = Base.metadata.tables[name]
    found = session.execute(select(table).where(table.c.enquiry == enquiry)).mappings()
    return sorted(map(dict, found), key=lambda row: tuple(row[column.name] for column in table.primary_key))


def folded(events: list[Event]) -> dict[str, list[Row]]:
    """The rows that the domain makes of the events."""
    rows: dict[str, dict[Any, Row]] = {model.name: {} for model in READ_MODELS}
    for change in (change for event in events for change in fold(as_read(event))):
        key = tuple(change.row[name] for name in change.model.key)
        known = rows[change.model.name].get(key)
        rows[change.model.name][key] = merge(change.model, known, change.row) if known else change.row
    return {name: [known[key] for key in sorted(known)] for name, known in rows.items()}


def assert_same(desk: Desk, enquiry: str, events: list[Event]) -> None:
    """The database holds what the domain made; fields that no event told of have their defaults."""
    for name, wanted in folded(events).items():
        found = stored(desk, enquiry)[name]
        assert len(found) == len(wanted), name
        for row, want in zip(found, wanted, strict=True):
            assert {field: row[field] for field in want} == want
            untold = [row[field] for field in row.keys() - want.keys() if not field.endswith(("_sequence", "_event"))]
            assert set(untold) <= {None}


def test_a_whole_story_becomes_one_journey(reporting: Desk) -> None:
    story = whole_story("ENQ-1")

    outcomes = {hear(reporting, event) for event in story}

    rows = stored(reporting, "ENQ-1")
    [journey] = rows["journeys"]
    assert outcomes == {"done"}
    assert (journey["outcome"], journey["case_status"], journey["case_outcome"]) == ("refer", "closed", "spun_out")
    assert [row["decision"] for row in rows["referrals"]] == ["rejected", "accepted"]
    assert {row["stage"] for row in rows["stages_reached"]} == {"exploring", "making_the_case", "planning"}
    assert_same(reporting, "ENQ-1", story)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_any_order_with_repeats_gives_the_rows_of_the_domain(reporting: Desk, seed: int) -> None:
    chance = random.Random(seed)
    enquiry = f"ENQ-{seed}"
    story = whole_story(enquiry)
    told = chance.sample(story, chance.randint(1, len(story)))

    for event in told + chance.sample(told, len(told) // 3):
        hear(reporting, event)

    assert_same(reporting, enquiry, told)


def test_an_event_is_logged_once_with_all_of_its_data(reporting: Desk) -> None:
    event = told_by("triage", "criteria_loaded", "2026-1", 1, "2026-03-01T00:00:00Z", version="2026-1", sha256="ab")

    heard = [hear(reporting, event), hear(reporting, event)]

    with reporting.session() as session:
        [logged] = session.scalars(select(LoggedEvent))
    assert heard == ["done", "repeat"]
    assert (logged.id, logged.source, logged.type, logged.enquiry) == (event.id, "triage", "criteria_loaded", None)
    assert logged.data == {"version": "2026-1", "sha256": "ab"}


def test_an_event_that_cannot_be_read_is_parked_and_not_logged(reporting: Desk) -> None:
    story = whole_story("ENQ-1")
    del story[0].data["profile"]["received_at"]
    story[2].data["note"] = "a NUL\0"
    story[4].data["triaged_at"] = "soon"

    outcomes = [hear(reporting, event) for event in (story[0], story[2], story[4])]

    with reporting.session() as session:
        logged = session.scalar(select(func.count()).select_from(LoggedEvent))
    assert outcomes == ["parked", "parked", "parked"]
    assert logged == 0


def test_an_event_whose_time_is_none_is_parked(reporting: Desk) -> None:
    data = {"version": "2026-1"}

    outcome = reporting.hear("triage", "criteria_loaded", subject="2026-1", sequence=1, data=data, time="yesterday")

    assert outcome == "parked"


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_a_strange_moment_is_kept_all_the_same(reporting: Desk, moment: str) -> None:
    assert hear(reporting, received("ENQ-1", received_at=moment)) == "done"


EXAMPLES = [
    pytest.param(path.parent.name, path.name.partition(".")[0], example, id=path.stem)
    for path in sorted((Path(__file__).parents[2] / "contracts" / "events").glob("*/*.json"))
    for example in orjson.loads(path.read_bytes())["examples"]
]


@pytest.mark.parametrize(("source", "type", "example"), EXAMPLES)
def test_every_event_is_heard_as_its_contract_shows_it(
    reporting: Desk, source: str, type: str, example: dict[str, Any]
) -> None:
    newer = example | {"added_later": {"and": ["ignored"]}}

    assert reporting.hear(source, type, subject="SUBJECT-1", sequence=1, data=newer) == "done"
