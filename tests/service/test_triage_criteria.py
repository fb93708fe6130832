"""Criteria versions: loaded once, never changed, at most one in force, and the newest in force everywhere at once."""

import copy
import json
import threading
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from chassis.errors import Forbidden, NotFound, Unavailable
from chassis.fields import new_reference
from services.triage import store
from services.triage.domain import fingerprint
from services.triage.errors import CriteriaChanged
from services.triage.models import CriteriaVersion
from services.triage.service import TriageService
from services.triage.store.criteria import LIFETIME, CriteriaTampered, RulesInProcess
from tests.contract.documents import faults_of
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.triage_desk import FIRST, ROOT, heard, load

NOW = datetime(2026, 11, 21, tzinfo=UTC)
LEAD = ("triage_lead",)
LOADED = json.loads((ROOT / "contracts" / "events" / "triage" / "criteria_loaded.v1.json").read_text())


@pytest.fixture
def triage(desk: MakeDesk) -> Desk:
    """Triage without criteria."""
    return desk(TriageService)


def strict() -> list[dict[str, Any]]:
    """The bands of a set that refers only what is perfect."""
    bands = copy.deepcopy(FIRST["bands"])
    bands[0]["at_least"] = bands[1]["below"] = 100
    return bands


def test_a_loaded_version_is_active_and_told_of(triage: Desk) -> None:
    load(triage)

    shown = triage.ask("read_criteria", version="2026-11")
    [told] = triage.told()
    assert (shown["state"], shown["document"], shown["sha256"]) == ("active", FIRST, fingerprint(FIRST))
    assert [(step["state"], step["by"]) for step in shown["history"]] == [
        ("draft", "spinout"),
        ("agreed", "operator"),
        ("active", "operator"),
    ]
    assert (told.type, told.subject, told.data["sha256"]) == ("criteria_loaded", "2026-11", shown["sha256"])
    assert faults_of(LOADED, told.data) == []


def test_loading_twice_changes_nothing(triage: Desk) -> None:
    load(triage)

    assert "Nothing was changed" in load(triage)
    assert len(triage.told()) == 1


def test_a_new_version_supersedes_the_one_before(triage: Desk) -> None:
    load(triage)
    load(triage, version="2026-12")

    lines = triage.ask("list_criteria", roles=LEAD, body={})["items"]
    assert [(line["version"], line["state"], line["revision"]) for line in lines] == [
        ("2026-12", "active", 3),
        ("2026-11", "superseded", 4),
    ]
    assert "document" not in lines[0]
    assert triage.ask("read_criteria", version="2026-11")["history"][-1]["state"] == "superseded"
    assert len(triage.ask("list_criteria", roles=LEAD, body={"state": "active"})["items"]) == 1


def test_loading_an_old_file_does_not_bring_an_old_version_back(triage: Desk) -> None:
    load(triage)
    load(triage, version="2026-12")

    assert "is superseded" in load(triage)
    assert triage.ask("read_criteria", version="2026-12")["state"] == "active"


def test_a_version_never_changes(triage: Desk) -> None:
    load(triage)

    with pytest.raises(CriteriaChanged):
        load(triage, title="The same name with another content")


def test_the_database_itself_holds_one_active_version_at_most(triage: Desk) -> None:
    load(triage)

    with pytest.raises(IntegrityError), triage.session() as session:
        store.note_step(store.add_draft(session, FIRST | {"version": "2026-12"}, "lead-1", NOW), "active", None, NOW)


def test_of_many_that_load_at_once_one_version_is_active(triage: Desk) -> None:
    start = threading.Barrier(8)

    def race(number: int) -> None:
        start.wait()
        load(triage, version=f"2027-0{number % 4}")

    racers = [threading.Thread(target=race, args=(number,)) for number in range(8)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()

    lines = triage.ask("list_criteria", roles=LEAD, body={})["items"]
    assert sorted(line["state"] for line in lines) == ["active", "superseded", "superseded", "superseded"]


def test_a_new_version_is_in_force_within_a_second(triage: Desk) -> None:
    load(triage)
    enquiry = new_reference("ENQ")
    triage.hear("intake", "enquiry_received", subject=enquiry, sequence=1, data=heard(enquiry, facts_version=1))

    load(triage, version="2026-12", bands=strict())
    time.sleep(1)
    triage.hear("intake", "enquiry_changed", subject=enquiry, sequence=2, data=heard(enquiry, facts_version=2))

    rows = triage.ask("list_assessments", reference=enquiry, body={})["items"]
    assert [(row["criteria_version"], row["outcome"]) for row in rows] == [("2026-12", "develop"), ("2026-11", "refer")]
    assert rows[0]["criteria_sha256"] != rows[1]["criteria_sha256"]


def test_within_its_lifetime_the_active_version_is_not_asked_for_again(triage: Desk) -> None:
    now = [100.0]
    rules = RulesInProcess(clock=lambda: now[0])
    load(triage)

    with triage.session() as session:
        first = rules.active(session)
    load(triage, version="2026-12")
    with triage.session() as session:
        now[0] += LIFETIME / 2
        assert rules.active(session) is first
        now[0] += LIFETIME / 2
        later = rules.active(session)
    assert later is not None
    assert later.version == "2026-12"


def test_that_no_criteria_are_active_is_never_remembered(triage: Desk) -> None:
    rules = RulesInProcess(clock=lambda: 0.0)
    with triage.session() as session:
        assert rules.active(session) is None

    load(triage)

    with triage.session() as session:
        assert rules.active(session) is not None


def test_a_document_that_was_tampered_with_decides_nothing(triage: Desk) -> None:
    load(triage)
    with triage.session() as session:
        session.execute(update(CriteriaVersion).values(document=FIRST | {"bands": strict()}))

    with triage.session() as session, pytest.raises(CriteriaTampered):
        RulesInProcess().active(session)


def test_only_so_many_documents_are_kept_ready(triage: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.triage.store.criteria.MOST_COMPILED", 1)
    load(triage)
    load(triage, version="2026-12")
    rules = RulesInProcess()

    with triage.session() as session:
        first = rules.named(session, "2026-11")
        assert rules.named(session, "2026-11") is first
        rules.named(session, "2026-12")
        assert rules.named(session, "2026-11") is not first


def test_a_what_if_can_name_an_old_version(triage: Desk) -> None:
    load(triage)
    load(triage, version="2026-12", bands=strict())
    facts = heard("ENQ")["facts"]

    old = triage.ask("what_if", body={"facts": facts, "spin_out_stage": "live", "criteria_version": "2026-11"})
    new = triage.ask("what_if", body={"facts": facts, "spin_out_stage": "live", "criteria_version": "2026-12"})

    assert (old["outcome"], new["outcome"]) == ("refer", "develop")


def test_without_criteria_a_what_if_is_unavailable(triage: Desk) -> None:
    with pytest.raises(Unavailable):
        triage.ask("what_if", body={})


def test_a_version_that_does_not_exist_is_not_found(triage: Desk) -> None:
    with pytest.raises(NotFound):
        triage.ask("read_criteria", version="2011-10")


def test_only_the_triage_lead_lists_criteria(triage: Desk) -> None:
    with pytest.raises(Forbidden):
        triage.ask("list_criteria", body={})
