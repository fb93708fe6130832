"""A criteria version's life: drafted, agreed by another person, in force from a date, superseded, withdrawn."""

import copy
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from chassis.errors import Conflict, Invalid, NotAllowedNow, NotFound, Stale
from services.triage.domain import fingerprint
from services.triage.errors import CriteriaChanged, CriteriaExist, OwnCriteria
from services.triage.service import TriageService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.triage_desk import FIRST, heard, load

LEAD = ("triage_lead",)
SECOND: dict[str, Any] = {**FIRST, "version": "2026-12", "title": "Second set"}
WHY = {"reason": "Agreed at the panel of November"}


@pytest.fixture
def triage(desk: MakeDesk) -> Desk:
    """Triage with the first set in force."""
    made = desk(TriageService)
    load(made)
    return made


def ask(triage: Desk, method: str, subject: str = "lead-2", **arguments: Any) -> Any:
    """Ask as one of the triage leads; the second, unless named."""
    return triage.ask(method, roles=LEAD, subject=subject, **arguments)


def draft(triage: Desk, document: dict[str, Any] = SECOND) -> Any:
    """A draft by the first triage lead."""
    return ask(triage, "draft_criteria", "lead-1", body=document)


def schedule(triage: Desk, version: str) -> Any:
    """What a version is once it is told to come into force in an hour."""
    moment = datetime.now(UTC) + timedelta(hours=1)
    return ask(triage, "activate_criteria", version=version, body={**WHY, "from": moment.isoformat()})


def come(triage: Desk, version: str) -> None:
    """Let the hour that a scheduled version waits for be over."""
    with triage.database.change() as session:
        session.execute(
            text("UPDATE criteria_versions SET active_from = active_from - interval '1 hour' WHERE version = :version"),
            {"version": version},
        )


def in_force(triage: Desk) -> list[str]:
    """The versions that are active."""
    return [line["version"] for line in ask(triage, "list_criteria", body={"state": "active"})["items"]]


def states(triage: Desk) -> list[tuple[str, str]]:
    """What was told of criteria: versions and states, in the order of telling."""
    return [(event.subject, event.data["state"]) for event in triage.told() if event.type == "criteria_state_changed"]


def test_a_version_is_drafted_by_one_agreed_by_another_and_then_in_force(triage: Desk) -> None:
    drafted = draft(triage)
    ask(triage, "agree_criteria", version="2026-12", body=WHY)
    active = ask(triage, "activate_criteria", version="2026-12", body=WHY)

    assert (drafted["state"], drafted["author"], drafted["sha256"]) == ("draft", "lead-1", fingerprint(SECOND))
    assert [(step["state"], step["by"], step["reason"]) for step in active["history"]] == [
        ("draft", "lead-1", None),
        ("agreed", "lead-2", WHY["reason"]),
        ("active", "lead-2", WHY["reason"]),
    ]
    assert in_force(triage) == ["2026-12"]
    assert states(triage) == [
        ("2026-12", "draft"),
        ("2026-12", "agreed"),
        ("2026-11", "superseded"),
        ("2026-12", "active"),
    ]


@pytest.mark.parametrize("action", ["agree_criteria", "withdraw_criteria"])
def test_a_version_is_changed_by_who_has_seen_it_as_it_is(triage: Desk, action: str) -> None:
    drafted = draft(triage)
    ask(triage, "agree_criteria", version="2026-12", body=WHY, if_match=drafted["revision"])

    with pytest.raises(Stale):
        ask(triage, action, version="2026-12", body=WHY, if_match=drafted["revision"])


def test_nobody_agrees_what_they_wrote_themselves(triage: Desk) -> None:
    draft(triage)

    with pytest.raises(OwnCriteria):
        ask(triage, "agree_criteria", "lead-1", version="2026-12", body=WHY)

    assert ask(triage, "read_criteria", version="2026-12")["state"] == "draft"


def test_every_fault_of_a_draft_is_told_at_once_with_its_place(triage: Desk) -> None:
    faulty = copy.deepcopy(SECOND)
    faulty["criteria"][0]["weight"] += 1
    faulty["bands"][1]["below"] -= 5
    faulty["gates"][2]["fact"] = "gates.public_origin"

    with pytest.raises(Invalid) as refusal:
        draft(triage, faulty)

    assert [fault.pointer for fault in refusal.value.errors] == ["/bands/1/below", "/criteria", "/gates/2/fact"]
    with pytest.raises(NotFound):
        ask(triage, "read_criteria", version="2026-12")


def test_a_number_written_as_a_fraction_is_refused_because_it_would_be_another_document(triage: Desk) -> None:
    fractional = copy.deepcopy(SECOND)
    fractional["criteria"][0]["weight"] = float(fractional["criteria"][0]["weight"])

    with pytest.raises(Invalid) as refusal:
        draft(triage, fractional)

    assert [fault.pointer for fault in refusal.value.errors] == ["/criteria/0/weight"]


def test_a_version_that_exists_is_neither_drafted_again_nor_changed(triage: Desk) -> None:
    draft(triage)

    with pytest.raises(CriteriaExist):
        draft(triage)
    with pytest.raises(CriteriaChanged):
        draft(triage, {**SECOND, "title": "Changed"})


@pytest.mark.parametrize(
    ("steps", "action", "allowed"),
    [
        ([], "activate", ["agree", "withdraw"]),
        (["agree"], "agree", ["activate", "withdraw"]),
        (["agree", "activate"], "withdraw", []),
        (["agree", "activate"], "activate", []),
        (["withdraw"], "agree", []),
    ],
)
def test_what_the_state_does_not_allow_is_refused_with_what_it_does(
    triage: Desk, steps: list[str], action: str, allowed: list[str]
) -> None:
    draft(triage)
    for step in steps:
        ask(triage, f"{step}_criteria", version="2026-12", body=WHY)

    with pytest.raises(NotAllowedNow) as refusal:
        ask(triage, f"{action}_criteria", version="2026-12", body=WHY)

    assert refusal.value.allowed == allowed


def test_a_superseded_version_can_be_brought_back(triage: Desk) -> None:
    draft(triage)
    ask(triage, "agree_criteria", version="2026-12", body=WHY)
    ask(triage, "activate_criteria", version="2026-12", body=WHY)

    back = ask(triage, "activate_criteria", version="2026-11", body=WHY)

    assert in_force(triage) == ["2026-11"]
    assert (back["superseded_at"], [step["state"] for step in back["history"]][-2:]) == (None, ["superseded", "active"])


def test_a_scheduled_version_comes_into_force_at_its_moment_and_not_before(triage: Desk) -> None:
    draft(triage)
    ask(triage, "agree_criteria", version="2026-12", body=WHY)
    waiting = schedule(triage, "2026-12")
    early = TriageService().activate_scheduled(triage.database)
    come(triage, "2026-12")

    activated = TriageService().activate_scheduled(triage.database)

    assert (waiting["state"], waiting["history"][-1]["state"], early, activated) == ("agreed", "scheduled", 0, 1)
    assert in_force(triage) == ["2026-12"]
    assert states(triage)[-2:] == [("2026-11", "superseded"), ("2026-12", "active")]
    assert TriageService().activate_scheduled(triage.database) == 0


def test_a_superseded_version_can_be_scheduled_too(triage: Desk) -> None:
    draft(triage)
    ask(triage, "agree_criteria", version="2026-12", body=WHY)
    ask(triage, "activate_criteria", version="2026-12", body=WHY)
    schedule(triage, "2026-11")
    come(triage, "2026-11")

    TriageService().activate_scheduled(triage.database)

    assert in_force(triage) == ["2026-11"]


def test_a_withdrawn_version_never_comes_into_force(triage: Desk) -> None:
    draft(triage)
    ask(triage, "agree_criteria", version="2026-12", body=WHY)
    schedule(triage, "2026-12")
    ask(triage, "withdraw_criteria", version="2026-12", body=WHY)
    come(triage, "2026-12")

    assert TriageService().activate_scheduled(triage.database) == 0
    assert in_force(triage) == ["2026-11"]


def test_criteria_come_into_force_at_no_moment_that_has_passed(triage: Desk) -> None:
    draft(triage)
    ask(triage, "agree_criteria", version="2026-12", body=WHY)

    with pytest.raises(Invalid) as refusal:
        ask(triage, "activate_criteria", version="2026-12", body={**WHY, "from": "2026-01-01T00:00:00Z"})

    assert [fault.pointer for fault in refusal.value.errors] == ["/from"]


def test_whoever_races_one_version_is_in_force_and_every_assessment_names_one(triage: Desk) -> None:
    versions = [f"2027-{number}" for number in range(4)]
    for version in versions:
        draft(triage, {**SECOND, "version": version})
        ask(triage, "agree_criteria", version=version, body=WHY)
    start = threading.Barrier(len(versions) + 1)

    def bring_into_force(version: str) -> None:
        start.wait()
        for _ in range(5):
            try:
                ask(triage, "activate_criteria", version=version, body=WHY)
            except Conflict:
                continue

    racers = [threading.Thread(target=bring_into_force, args=(version,)) for version in versions]
    for racer in racers:
        racer.start()
    start.wait()
    for number in range(40):
        triage.hear("intake", "enquiry_received", subject=f"ENQ-{number}", sequence=1, data=heard(f"ENQ-{number}"))
    for racer in racers:
        racer.join()

    assert len(in_force(triage)) == 1
    told = [event.data for event in triage.told() if event.type == "enquiry_triaged"]
    prints = {"2026-11": fingerprint(FIRST), **{one: fingerprint({**SECOND, "version": one}) for one in versions}}
    assert len(told) == 40
    assert all(prints[one["criteria_version"]] == one["criteria_sha256"] for one in told)
