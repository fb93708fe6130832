"""Parties are found however their names are written, and put right with a trace of who did it."""

from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from threading import Barrier
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import select, text

from chassis.errors import Forbidden, Invalid, Refused, Stale
from services.intake.models import Party
from services.intake.service import IntakeService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.intake_samples import statements_of
from tests.service.parties_desk import REASON, merge, party, read

NOWHERE = "0193c5a0-7c00-7000-8000-000000000001"


MORE = text("""
    INSERT INTO party_identifiers (kind, value, party_id, created_at)
    SELECT 'phone', '+4477009' || lpad(n::text, 5, '0'), CAST(:party AS uuid), now() FROM generate_series(2, 100) n
""")


@pytest.fixture
def intake(desk: MakeDesk) -> Desk:
    """Intake at work on a database of its own."""
    return desk(IntakeService)


def names(intake: Desk, **filters: Any) -> list[str]:
    """The names of the parties listed."""
    return [one["name"] for one in intake.ask("list_parties", body=filters)["items"]]


def test_a_name_is_found_in_any_form_and_shown_as_it_was_typed(intake: Desk) -> None:
    typed = ["Siân  O’Neill-Jones", "Sean Mac Dhòmhnaill", "Aber Trust"]
    for number, name in enumerate(typed):
        party(intake, name=name, email=f"{number}@example.org")

    for q in ("sian o'neill jones", "SIA\u0302N", "jones oneill", "neill", "Ó Néill"):
        assert names(intake, q=q) == typed[:1], q
    assert names(intake, q="MacDhomhnaill") == typed[1:2]
    assert names(intake, q="?!") == names(intake, q="Bob") == names(intake, q="s%n_zz") == []
    assert names(intake) == typed[::-1]


def test_parties_of_the_release_before_are_found_too(intake: Desk) -> None:
    """The migration folds the names that are there, and the bodies of their first enquiries."""
    jane = party(intake, name="Siân Ó Néill", email="jane@example.org", organisation="The Aber Trust")
    party(intake, email="nobody@example.org")
    with intake.session() as session:
        stored = session.scalars(select(Party).where(Party.id == jane)).one()
        folded = (stored.folded_name, stored.organisation_key)
        session.execute(text("UPDATE parties SET folded_name = NULL, organisation_key = NULL"))
    migration = import_module("services.intake.migrations.versions.0006_parties")

    with intake.database.engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
        migration._fold()

    with intake.session() as session:
        found = session.execute(select(Party.folded_name, Party.organisation_key).where(Party.id == jane)).one()
    assert tuple(found) == folded == ("sian oneill", "aber trust")


def test_a_body_that_speaks_in_its_own_name_is_an_organisation(intake: Desk) -> None:
    party(intake, organisation="Aber Trust", email="info@example.org", kind="public_sector_body")
    party(intake, organisation="Aber Trust", email="jane@example.org", name="Jane")

    assert names(intake, kind="organisation") == ["Aber Trust"]
    assert names(intake, kind="person") == ["Jane"]


def test_a_walk_through_parties_skips_and_repeats_nobody(intake: Desk) -> None:
    made = [party(intake, name=f"Jane {number}", email=f"{number}@example.org") for number in range(5)]

    seen, after = [], None
    while True:
        page = intake.ask("list_parties", body={"limit": 2, "q": "jane", "after": after})
        seen += [one["id"] for one in page["items"]]
        party(intake, name="Jane Later", email=f"later{len(seen)}@example.org")
        after = page["next"]
        if after is None:
            break

    assert seen == made[::-1]


def test_an_address_a_number_and_a_name_are_searched_in_a_body_and_all_must_hold(intake: Desk) -> None:
    jane = party(intake, name="Jane", email="Jane@Example.org", phone="07700 900123")
    other = party(intake, name="J. Smith", email="j.smith@example.org")
    merge(intake, other, jane)

    for wanted in (
        {"email": "JANE@example.org"},
        {"phone": "+44 7700 900123", "name": "jane"},
        {"email": "j.smith@example.org"},
        {"name": "smith", "phone": "07700900123"},
    ):
        found = intake.ask("search_parties", body=wanted)
        assert ([one["id"] for one in found["items"]], found["more"]) == ([jane], False), wanted
    assert intake.ask("search_parties", body={"email": "jane@example.org", "name": "bob"})["items"] == []
    for nothing in ({}, {"name": None}):
        with pytest.raises(Invalid):
            intake.ask("search_parties", body=nothing)


def test_a_party_is_shown_with_its_enquiries_and_what_leads_to_it(intake: Desk) -> None:
    jane = party(intake, name="Jane", email="jane@example.org", organisation="Old Trust")
    party(intake, name="Jane S.", email="jane@example.org", phone="07700 900123", organisation="Aber Trust")
    sent = statements_of(intake)

    shown = read(intake, jane)

    assert len(sent) < 10, "as many ways as there are kinds of thing to show, however many things"
    assert (shown["name"], shown["organisation"], shown["survivor"]) == ("Jane", "Aber Trust", jane)
    assert [one["value"] for one in shown["identifiers"]] == ["jane@example.org", "+447700900123"]
    assert [one["status"] for one in shown["enquiries"]] == ["received", "received"]
    assert (shown["merged"], shown["merged_into"], shown["history"]) == ([], None, [])
    enquiry = intake.ask("read_enquiry", reference=shown["enquiries"][0]["reference"])
    assert enquiry["links"]["party"] == f"/v1/parties/{jane}" == shown["links"]["self"]


def test_a_name_is_corrected_with_a_trace_and_found_by_the_new_one(intake: Desk) -> None:
    jane = party(intake, name="Jnae", email="jane@example.org")

    shown = intake.ask("change_party", party_id=jane, body={"name": "Jäne"}, if_match=1, subject="ann")
    again = intake.ask("change_party", party_id=jane, body={"name": "Jäne", "kind": "person"})
    for number, kind in enumerate(("organisation", "person"), start=3):
        changed = intake.ask("change_party", party_id=jane, body={"kind": kind})
        assert (changed["kind"], changed["version"]) == (kind, number)

    assert (shown["version"], shown["name"], again["version"]) == (2, "Jäne", 2)
    [change] = shown["history"]
    assert (change["change"], change["before"], change["made_by"]) == ("name", "Jnae", "ann")
    assert names(intake, q="jane") == ["Jäne"]
    told = [event.data for event in intake.told() if event.type == "party_changed"]
    assert told == [{"party": jane, "changed": [what]} for what in ("name", "kind", "kind")]
    with pytest.raises(Stale):
        intake.ask("change_party", party_id=jane, body={"name": "Bob"}, if_match=1)


def test_an_identifier_is_added_verified_and_removed_by_its_id(intake: Desk) -> None:
    jane = party(intake, name="Jane", email="jane@example.org")
    intake.ask("add_identifier", party_id=jane, body={"phone": "020 7946 0001"}, key="k")
    phone = read(intake, jane)["identifiers"][1]
    named = {"party_id": jane, "identifier_id": phone["id"]}

    verified = intake.ask("verify_identifier", **named, body={"how": "rang_back", "on": "2026-11-20"}, subject="ann")
    removed = intake.ask("remove_identifier", **named, body=REASON)

    assert (phone["value"], phone["verified_on"]) == ("+442079460001", None)
    [_, seen] = verified["identifiers"]
    assert [seen[f"verified_{what}"] for what in ("on", "by", "how")] == ["2026-11-20", "ann", "rang_back"]
    assert [one["kind"] for one in removed["identifiers"]] == ["email"]
    assert removed["history"][0]["before"] == "+442079460001"
    assert [one["change"] for one in removed["history"]] == [
        "identifier_removed",
        "identifier_verified",
        "identifier_added",
    ]
    assert party(intake, phone="020 7946 0001") != jane, "what was wrong leads to them no more"
    told = [event for event in intake.told() if event.type == "party_changed"]
    assert [(event.sequence, *event.data["changed"]) for event in told] == [
        (2, "identifier_added"),
        (3, "identifier_verified"),
        (4, "identifier_removed"),
    ]


def refusal(intake: Desk, method: str, **options: Any) -> str:
    """The code of the refusal of a request."""
    with pytest.raises(Refused) as refused:
        intake.ask(method, **options)
    return refused.value.code


def test_what_cannot_be_done_to_a_party_is_refused_by_name(intake: Desk) -> None:
    jane = party(intake, name="Jane", email="jane@example.org")
    bob = party(intake, name="Bob", email="bob@example.org")
    add, verify = "add_identifier", "verify_identifier"
    named = {"party_id": jane, "identifier_id": read(intake, bob)["identifiers"][0]["id"]}

    assert refusal(intake, add, party_id=jane, body={"email": "jane@EXAMPLE.org"}) == "identifier_known"
    assert refusal(intake, add, party_id=jane, body={"email": "bob@example.org"}) == "identifier_taken"
    assert refusal(intake, add, party_id=jane, body={}) == "invalid"
    assert refusal(intake, add, party_id=jane, body={"email": "a@example.org", "phone": "020 7946 0001"}) == "invalid"
    assert refusal(intake, verify, **named, body={"how": "published"}) == "identifier_not_found"
    own = {**named, "identifier_id": read(intake, jane)["identifiers"][0]["id"]}
    assert refusal(intake, verify, **own, body={"how": "guessed"}) == "invalid"
    for day in ("2999-01-01", "1999-01-01", "20261120", "2026-02-30"):
        assert refusal(intake, verify, **own, body={"how": "published", "on": day}) == "invalid"
    for nowhere in (NOWHERE, "jane"):
        assert refusal(intake, "read_party", party_id=nowhere) == "party_not_found"
        assert refusal(intake, verify, party_id=jane, identifier_id=nowhere, body={"how": "published"}) == (
            "identifier_not_found"
        )
    with pytest.raises(Forbidden):
        intake.ask("list_parties", roles=("portal",), body={})


def test_of_two_parties_that_are_given_one_number_at_once_one_has_it_and_the_other_is_refused(intake: Desk) -> None:
    pair = [party(intake, email=f"{number}@example.org") for number in range(2)]
    together = Barrier(2)

    def add(party_id: str) -> str:
        together.wait()
        try:
            return str(intake.ask("add_identifier", party_id=party_id, body={"phone": "020 7946 0001"})["id"])
        except Refused as refused:
            return refused.code

    with ThreadPoolExecutor(2) as threads:
        ends = {*threads.map(add, pair)}

    assert "identifier_taken" in ends
    assert len(ends & {*pair}) == 1


def test_a_party_has_so_many_identifiers_and_no_more(intake: Desk) -> None:
    jane = party(intake, email="jane@example.org")
    with intake.session() as session:
        session.execute(MORE, {"party": jane})

    assert refusal(intake, "add_identifier", party_id=jane, body={"phone": "020 7946 0001"}) == "too_many_identifiers"
