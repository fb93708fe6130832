"""Triage hears of enquiries, assesses their facts once, keeps the assessment and tells of it."""

import json
from typing import Any

import pytest

from chassis.errors import Forbidden, Invalid, NotFound
from chassis.fields import new_reference
from services.triage import store
from services.triage.service import TriageService
from tests.contract.documents import faults_of
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.triage_desk import PROFILE, ROOT, STRONG, heard, load

TRIAGED = json.loads((ROOT / "contracts" / "events" / "triage" / "enquiry_triaged.v1.json").read_text())


@pytest.fixture
def triage(desk: MakeDesk) -> Desk:
    """Triage with the first criteria set in force."""
    made = desk(TriageService)
    load(made)
    return made


def triaged(desk: Desk) -> list[dict[str, Any]]:
    """The data of every assessment told of, oldest first."""
    return [event.data for event in desk.told() if event.type == "enquiry_triaged"]


def kept(desk: Desk, enquiry: str, **query: Any) -> dict[str, Any]:
    """A page of an enquiry's assessments."""
    answer: dict[str, Any] = desk.ask("list_assessments", reference=enquiry, body=query)
    return answer


def test_an_enquiry_that_is_received_is_assessed_kept_and_told_of(triage: Desk) -> None:
    enquiry = new_reference("ENQ")

    outcome = triage.hear("intake", "enquiry_received", subject=enquiry, sequence=1, data=heard(enquiry))

    [told], [row] = triaged(triage), kept(triage, enquiry)["items"]
    assert outcome == "done"
    assert (told["outcome"], told["score"], told["criteria_version"]) == ("refer", {"value": 75.0}, "2026-11")
    assert told["profile"] == PROFILE
    assert {name: told[name] for name in row if name not in ("id", "triaged_at", "verdict")} == {
        name: value for name, value in row.items() if name not in ("id", "triaged_at", "verdict")
    }
    assert row["id"] == told["assessment"]


def test_what_is_told_is_what_the_contract_says(triage: Desk) -> None:
    enquiry = new_reference("ENQ")
    triage.hear("intake", "enquiry_received", subject=enquiry, sequence=1, data=heard(enquiry))
    triage.hear(
        "intake",
        "enquiry_changed",
        subject=enquiry,
        sequence=2,
        data=heard(enquiry, facts_version=2, gates={}, stage=None),
    )

    for data in triaged(triage):
        assert faults_of(TRIAGED, data) == []
    assert [event.sequence for event in triage.told() if event.type == "enquiry_triaged"] == [1000, 2000]
    assert triaged(triage)[1]["outcome"] == "information_needed"


@pytest.mark.parametrize("type_", ["enquiry_received", "enquiry_changed"])
def test_every_example_of_intake_is_understood_with_a_field_more(triage: Desk, type_: str) -> None:
    contract = json.loads((ROOT / "contracts" / "events" / "intake" / f"{type_}.v1.json").read_text())

    for sequence, example in enumerate(contract["examples"]):
        more = {**example, "weather": "fine day", "facts": {**example["facts"], "mood": "good"}}
        more["profile"] = {**example["profile"], "hobby": "free words, perhaps a name"}
        outcome = triage.hear("intake", type_, subject=example["enquiry"], sequence=sequence, data=more)
        assert outcome == "done"
    assert "hobby" not in json.dumps(triaged(triage))


def test_the_same_facts_are_assessed_once_whichever_events_bring_them(triage: Desk) -> None:
    enquiry = new_reference("ENQ")

    triage.hear("intake", "enquiry_changed", subject=enquiry, sequence=2, data=heard(enquiry))
    triage.hear("intake", "enquiry_received", subject=enquiry, sequence=1, data=heard(enquiry))

    assert len(triaged(triage)) == len(kept(triage, enquiry)["items"]) == 1


def test_older_facts_that_arrive_later_are_kept_and_told_of_under_their_own_sequence(triage: Desk) -> None:
    enquiry = new_reference("ENQ")

    triage.hear("intake", "enquiry_changed", subject=enquiry, sequence=2, data=heard(enquiry, facts_version=2))
    triage.hear("intake", "enquiry_received", subject=enquiry, sequence=1, data=heard(enquiry, facts_version=1))

    assert [event.sequence for event in triage.told() if event.type == "enquiry_triaged"] == [2000, 1000]
    assert len(kept(triage, enquiry)["items"]) == 2


def test_an_enquiry_waits_while_no_criteria_are_active(desk: MakeDesk) -> None:
    triage, enquiry = desk(TriageService), new_reference("ENQ")

    outcome = triage.hear("intake", "enquiry_received", subject=enquiry, sequence=1, data=heard(enquiry))

    assert outcome == "retry"
    assert triaged(triage) == []


@pytest.mark.parametrize(
    "fault",
    [
        {"facts": {"gates": {"england": "perhaps"}, "criteria": {}}},
        {"facts": {"gates": {}, "criteria": {"promise": 5}}},
        {"facts": {"gates": {}, "criteria": {"promise": True}}},
        {"facts": {"gates": {"a\0": "yes"}, "criteria": {}}},
        {"facts_version": "1"},
        {"facts_version": 2**40},
        {"enquiry": "a\0"},
        {"spin_out_stage": "flying"},
        {"profile": "none"},
    ],
)
def test_an_event_that_can_never_be_assessed_is_parked_at_once(triage: Desk, fault: dict[str, Any]) -> None:
    enquiry = new_reference("ENQ")

    data = {**heard(enquiry), **fault}

    assert triage.hear("intake", "enquiry_received", subject=enquiry, sequence=1, data=data) == "parked"


def test_assessments_come_newest_first_in_pages(triage: Desk) -> None:
    enquiry = new_reference("ENQ")
    for number in range(1, 6):
        data = heard(enquiry, facts_version=number)
        triage.hear("intake", "enquiry_changed", subject=enquiry, sequence=number, data=data)

    first = kept(triage, enquiry, limit=3)
    second = kept(triage, enquiry, limit=3, after=first["next"])

    versions = [row["facts_version"] for page in (first, second) for row in page["items"]]
    assert (versions, second["next"]) == ([5, 4, 3, 2, 1], None)


def test_a_what_if_says_the_same_as_an_assessment_and_stores_nothing(triage: Desk) -> None:
    enquiry = new_reference("ENQ")
    triage.hear("intake", "enquiry_received", subject=enquiry, sequence=1, data=heard(enquiry))
    [row] = kept(triage, enquiry)["items"]

    answer = triage.ask("what_if", roles=("triage_lead",), body={"facts": STRONG, "spin_out_stage": "planning"})

    assert answer == {name: row[name] for name in answer}
    assert len(kept(triage, enquiry)["items"]) == 1


def test_a_what_if_without_facts_asks_for_them(triage: Desk) -> None:
    answer = triage.ask("what_if", body={})

    assert (answer["outcome"], answer["score"]) == ("information_needed", {"low": 0.0, "high": 100.0})
    assert len(answer["explanation"]) == len(answer["questions"]) == 16


def test_a_what_if_refuses_facts_that_the_criteria_do_not_read(triage: Desk) -> None:
    with pytest.raises(Invalid) as refused:
        triage.ask("what_if", body={"facts": {"gates": {"engalnd": "yes"}, "criteria": {"scale": 1, "luck": 4}}})

    assert [fault.pointer for fault in refused.value.errors] == ["/facts/gates/engalnd", "/facts/criteria/luck"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"facts": {"criteria": {"scale": "1"}}}, "/facts/criteria/scale"),
        ({"facts": {"criteria": {"scale": 1.0}}}, "/facts/criteria/scale"),
        ({"facts": {"criteria": {"scale": 5}}}, "/facts/criteria/scale"),
        ({"facts": {"gates": {"england": True}}}, "/facts/gates/england"),
        ({"facts": {"gates": []}}, "/facts/gates"),
        ({"facts": {"gates": {"Odd Name": "yes"}}}, "/facts/gates"),
        ({"facts": {"gates": {f"a{number}": "yes" for number in range(51)}}}, "/facts/gates"),
        ({"facts": {"colour": {}}}, "/facts/colour"),
        ({"facts": None}, "/facts"),
        ({"spin_out_stage": "flying"}, "/spin_out_stage"),
        ({"criteria_version": 2026}, "/criteria_version"),
        ({"weather": "fine"}, "/weather"),
    ],
)
def test_a_what_if_names_the_place_of_every_fault(triage: Desk, body: dict[str, Any], pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        triage.ask("what_if", body=body)

    assert [fault.pointer for fault in refused.value.errors] == [pointer]


def test_a_what_if_under_a_version_that_does_not_exist_is_refused(triage: Desk) -> None:
    with pytest.raises(NotFound):
        triage.ask("what_if", body={"criteria_version": "2011-10"})


def test_only_advisers_see_assessments(triage: Desk) -> None:
    with pytest.raises(Forbidden):
        triage.ask("list_assessments", reference=new_reference("ENQ"), body={}, roles=("portal",))


def test_an_assessment_made_again_under_its_own_version_is_the_same(triage: Desk) -> None:
    enquiry = new_reference("ENQ")
    triage.hear("intake", "enquiry_received", subject=enquiry, sequence=1, data=heard(enquiry, points=2))
    [row] = kept(triage, enquiry)["items"]

    body = {"criteria_version": row["criteria_version"], "facts": row["facts"], "spin_out_stage": row["spin_out_stage"]}
    again = triage.ask("what_if", body=body)

    assert json.dumps(again, sort_keys=True) == json.dumps({name: row[name] for name in again}, sort_keys=True)


def test_a_row_that_was_assessed_before_is_not_kept_twice(triage: Desk) -> None:
    enquiry = new_reference("ENQ")
    triage.hear("intake", "enquiry_received", subject=enquiry, sequence=1, data=heard(enquiry))

    with triage.session() as session:
        [row] = store.list_assessments(session, enquiry, {"limit": 1, "after": None}).items
        assert not store.keep_assessment(session, row)
