"""Who may be the same is suggested with reasons, and a person's judgement is final."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from chassis.errors import Refused
from services.intake.models import Party, PartyIdentifier, PartySuggestion
from services.intake.parties import duplicates
from services.intake.service import IntakeService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.intake_samples import statements_of
from tests.service.parties_desk import REASON, merge, party, unmerge

NUMBER = "07700 900123"


@pytest.fixture
def intake(desk: MakeDesk) -> Desk:
    """Intake at work on a database of its own."""
    return desk(IntakeService)


def alike(intake: Desk, party_id: str) -> dict[str, set[str]]:
    """Who may be the same as a party, each with the reasons."""
    items = intake.ask("read_duplicates", party_id=party_id)["items"]
    return {one["party"]["id"]: {reason["code"] for reason in one["reasons"]} for one in items}


def examine(intake: Desk, later: timedelta = timedelta(seconds=1)) -> None:
    """Let everybody who is due be held against the others."""
    while duplicates.examine(intake.database, datetime.now(UTC) + later):
        pass


def pairs(intake: Desk) -> list[set[str]]:
    """The pairs that are listed."""
    items = intake.ask("list_duplicates", body={})["items"]
    return [{one["one"]["id"], one["other"]["id"]} for one in items]


def janes(intake: Desk) -> tuple[str, str]:
    """Two parties that are the same: another address, the same number and name."""
    return (
        party(intake, name="Siân O’Neill", email="sian@example.org", phone=NUMBER),
        party(intake, name="SIAN ONEILL", email="sian.oneill@example.com", phone=NUMBER),
    )


def test_at_registration_it_is_told_who_may_be_the_same_and_why_from_either_side(intake: Desk) -> None:
    first, second = janes(intake)
    party(intake, name="Bob Neal", email="bob@example.org", phone=NUMBER)
    sent = statements_of(intake)

    found = alike(intake, second)

    assert len(sent) < 20
    assert found == {first: {"same_name", "same_number"}}
    assert alike(intake, first) == {second: {"same_name", "same_number"}}
    [one] = intake.ask("read_duplicates", party_id=first)["items"]
    assert (one["party"]["name"], one["score"]) == ("SIAN ONEILL", 75)
    assert all(reason["words"].startswith("Both") for reason in one["reasons"])


@pytest.mark.parametrize(
    ("one", "other", "reasons"),
    [
        (
            {"name": "Jane Smith", "email": "jane.smith@aber.example"},
            {"name": "J Smith", "email": "jane.smith@example.org"},
            {"similar_name", "same_mailbox"},
        ),
        (
            {"name": "Jane Smith", "email": "1@example.org", "organisation": "The Aber Trust"},
            {"name": "Jane Smith-Jones", "email": "2@example.org", "organisation": "Aber Trust Ltd"},
            {"similar_name", "same_organisation"},
        ),
        (
            {"organisation": "Aber Trust", "email": "info@aber.example", "kind": "public_sector_body"},
            {"organisation": "Aber Trust Ltd", "email": "office@aber.example", "kind": "existing_mutual"},
            {"same_name"},
        ),
    ],
)
def test_each_block_finds_its_own(intake: Desk, one: dict[str, Any], other: dict[str, Any], reasons: set[str]) -> None:
    first, second = (party(intake, **enquirer) for enquirer in (one, other))

    assert alike(intake, first) == {second: reasons}


def test_an_address_that_was_taken_from_one_party_leads_back_to_it(intake: Desk) -> None:
    jane = party(intake, name="Jane", email="office@example.org")
    with intake.session() as session:
        identifier = session.scalars(select(PartyIdentifier.id)).one()
    intake.ask("remove_identifier", party_id=jane, identifier_id=str(identifier), body=REASON)
    bob = party(intake, name="Bob", email="office@example.org")

    assert alike(intake, jane) == {bob: {"same_email"}}


def test_pairs_are_listed_the_latest_first_and_found_once(intake: Desk) -> None:
    janes_ = {*janes(intake)}
    examine(intake)
    smiths = {
        party(intake, name=name, email=f"{len(name)}@example.org", organisation="Aber Trust")
        for name in ("Anna Smith", "Ana Smith")
    }
    examine(intake)
    examine(intake)

    listed = intake.ask("list_duplicates", body={"limit": 1})
    # While somebody walks the list, all are found anew, and score otherwise.
    with intake.session() as session:
        session.execute(text("UPDATE party_suggestions SET score = 125 - score"))
    examine(intake, timedelta(days=30))
    following = intake.ask("list_duplicates", body={"limit": 1, "after": listed["next"]})

    assert pairs(intake) == [smiths, janes_]
    assert [{one["one"]["id"], one["other"]["id"]} for one in following["items"]] == [janes_]
    assert following["next"] is None
    assert [event for event in intake.told() if event.type != "enquiry_received"] == []


def test_who_was_judged_to_be_another_never_comes_back_even_by_way_of_a_merged_one(intake: Desk) -> None:
    first, second = janes(intake)
    third = party(intake, name="Sian O'Neill", email="s.oneill@example.net", phone=NUMBER)
    examine(intake)

    left = intake.ask("keep_parties_apart", party_id=first, other_id=second, body=REASON, if_match=1)
    intake.ask("keep_parties_apart", party_id=second, other_id=first, body=REASON)
    examine(intake, timedelta(days=30))

    assert [one["party"]["id"] for one in left["items"]] == [third]
    assert {first, second} not in pairs(intake)
    assert {*alike(intake, first)} == {third}
    [told] = [event for event in intake.told() if event.type == "parties_kept_apart"]
    assert {told.data["party"], told.data["other"]} == {first, second}
    merge(intake, third, second)
    examine(intake)
    assert (alike(intake, first), alike(intake, third), pairs(intake)) == ({}, {}, [])


def test_a_pair_that_was_merged_is_none_until_it_is_released(intake: Desk) -> None:
    first, second = janes(intake)
    examine(intake)
    merge(intake, second, first)
    examine(intake)
    assert (pairs(intake), alike(intake, second)) == ([], {})
    with pytest.raises(Refused) as refusal:
        intake.ask("keep_parties_apart", party_id=first, other_id=second, body=REASON)
    assert refusal.value.code == "parties_seen_as_one"

    unmerge(intake, second)
    examine(intake)

    assert pairs(intake) == [{first, second}]


def test_a_pair_whose_names_were_put_right_is_listed_no_more(intake: Desk) -> None:
    first, second = janes(intake)
    examine(intake)
    with intake.session() as session:
        session.execute(text("UPDATE enquiry_words SET enquirer_name = 'Bob Brown' WHERE enquirer_name ~ 'SIAN'"))
    intake.ask("change_party", party_id=second, body={"name": "Bob Brown"})
    examine(intake)

    assert (pairs(intake), alike(intake, first)) == ([], {})


def test_who_is_new_or_has_changed_is_examined_before_those_who_wait_their_turn(
    intake: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = [party(intake, name=f"Jane {number}", email=f"{number}@example.org") for number in range(3)]
    examine(intake)
    with intake.session() as session:
        session.execute(text("UPDATE parties SET examine_at = now() - interval '1 year'"))
    intake.ask("change_party", party_id=waiting[2], body={"name": "Bob"})
    new = party(intake, name="Sian", email="sian@example.org")

    monkeypatch.setattr(duplicates, "CHUNK", 2)
    duplicates.examine(intake.database, datetime.now(UTC))

    with intake.session() as session:
        examined = session.scalars(select(Party.id).where(Party.examine_at > datetime.now(UTC)))
        assert {str(one) for one in examined} == {waiting[2], new}


def test_few_are_examined_at_a_time_and_those_whom_somebody_holds_are_left_for_later(intake: Desk) -> None:
    janes(intake)
    with intake.session() as session:
        session.execute(text("SELECT FROM parties FOR UPDATE"))
        assert duplicates.examine(intake.database, datetime.now(UTC) + timedelta(seconds=1)) == 0

    assert IntakeService().look_for_duplicates(intake.database) == 0
    examine(intake)
    with intake.session() as session:
        assert len(session.scalars(select(PartySuggestion)).all()) == 1
