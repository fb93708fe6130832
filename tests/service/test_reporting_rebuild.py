"""The read models made again from the log, which must be the same as those that were folded as events came."""

import random
import threading
import uuid
from contextlib import suppress

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import OperationalError

from services.reporting.commands import rebuild_all, reporting
from services.reporting.domain.folding import Row
from services.reporting.domain.readmodels import READ_MODELS
from services.reporting.models import Base, Journey, LoggedEvent, Referral, StageReached
from services.reporting.service import ReportingService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.race import wait_until_somebody_waits
from tests.unit.reporting.hearing import hear
from tests.unit.reporting.stories import received, whole_story

ENQUIRIES = [f"ENQ-{number}" for number in range(12)]


@pytest.fixture
def live(desk: MakeDesk) -> Desk:
    """Reporting that has heard parts of several stories, mixed, out of order and with repeats."""
    heard = desk(ReportingService)
    chance = random.Random(7)
    told = [event for enquiry in ENQUIRIES for event in chance.sample(whole_story(enquiry), 14)]
    chance.shuffle(told)
    for event in told + told[:30]:
        hear(heard, event)
    return heard


def everything(desk: Desk) -> dict[str, list[Row]]:
    """Every row of every read model, sorted."""
    with desk.session() as session:
        return {
            model.name: sorted(
                map(dict, session.execute(select(Base.metadata.tables[model.name])).mappings()),
                key=lambda row, key=model.key: tuple(row[name] for name in key),
            )
            for model in READ_MODELS
        }


def test_a_rebuild_gives_what_live_folding_gave(live: Desk) -> None:
    before = everything(live)

    rebuilt = rebuild_all(live.database)

    assert rebuilt == len(ENQUIRIES)
    assert everything(live) == before


def test_a_rebuild_mends_what_was_damaged(live: Desk) -> None:
    before = everything(live)
    with live.session() as session:
        session.execute(delete(Referral))
        session.execute(update(Journey).values(outcome="inform", triage_sequence=99))
        session.execute(insert(StageReached).values(enquiry="ENQ-0", stage="growing"))
        session.execute(insert(Journey).values(enquiry="ENQ-nobody-told-of"))

    rebuild_all(live.database)

    assert everything(live) == before


def test_a_rebuild_while_events_are_heard_loses_none_of_them(live: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.reporting.commands.AT_ONCE", 3)
    rest = [event for enquiry in ENQUIRIES[:6] for event in whole_story(enquiry)]
    random.Random(8).shuffle(rest)
    outcomes: dict[uuid.UUID, str] = {}
    hearing = threading.Thread(target=lambda: outcomes.update({event.id: hear(live, event) for event in rest}))

    hearing.start()
    while hearing.is_alive():
        rebuild_all(live.database)
    hearing.join()

    heard = everything(live)
    rebuild_all(live.database)
    assert everything(live) == heard
    with live.session() as session:
        logged = set(session.scalars(select(LoggedEvent.id)))
    assert {event for event, outcome in outcomes.items() if outcome == "done"} == logged & {event.id for event in rest}
    assert list(outcomes.values()).count("done") > len(rest) * 0.9


def test_a_rebuild_that_stands_in_an_event_s_way_gives_way_and_tries_again(desk: MakeDesk) -> None:
    heard = desk(ReportingService)
    for enquiry in ("ENQ-0", "ENQ-1"):
        hear(heard, received(enquiry))
    change = update(Journey).values(portal=True)
    rebuilding = threading.Thread(target=rebuild_all, args=(heard.database,))

    with heard.session() as session:
        session.execute(change.where(Journey.enquiry == "ENQ-1"))
        rebuilding.start()
        wait_until_somebody_waits(heard)
        # The rebuild holds it: one of the two must yield, and that is the rebuild unless the machine stands still.
        with suppress(OperationalError):
            session.execute(change.where(Journey.enquiry == "ENQ-0"))
    rebuilding.join()

    assert [row["portal"] for row in everything(heard)["journeys"]] == [False, False]


def test_the_command_says_what_it_did(live: Desk) -> None:
    url = live.database.engine.url.render_as_string(hide_password=False)

    result = CliRunner().invoke(reporting, ["rebuild", "--database-url", url])

    assert (result.exit_code, result.output) == (0, "Rebuilt 12 enquiries from the log.\n")


def test_a_log_that_cannot_be_read_any_more_leaves_the_rows_as_they_were(live: Desk) -> None:
    before = everything(live)
    with live.session() as session:
        session.execute(
            update(LoggedEvent).where(LoggedEvent.type == "enquiry_triaged").values(data={"enquiry": "ENQ-1"})
        )
    url = live.database.engine.url.render_as_string(hide_password=False)

    result = CliRunner().invoke(reporting, ["rebuild", "--database-url", url])

    assert result.exit_code == 1
    assert "can no longer be read: /criteria_version, /outcome, /triaged_at" in result.output
    assert everything(live) == before


def test_the_command_says_when_there_is_no_database() -> None:
    result = CliRunner().invoke(
        reporting, ["rebuild", "--database-url", "postgresql+psycopg2://nobody@127.0.0.1:1/none"]
    )

    assert result.exit_code == 1
    assert "The database cannot be reached" in result.output
