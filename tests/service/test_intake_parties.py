"""A party is stored once, however often, however typed and however many at once it asks."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select

from services.intake.models import Enquiry, Party, PartyIdentifier
from services.intake.service import IntakeService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.intake_samples import enquiry
from tests.service.parties_desk import merge, unmerge


@pytest.fixture
def intake(desk: MakeDesk) -> Desk:
    """Intake at work on a database of its own."""
    return desk(IntakeService)


def ask(intake: Desk, **enquirer: Any) -> Any:
    """The party behind a new enquiry of this enquirer."""
    reference = intake.ask("create_enquiry", body=enquiry(**enquirer))["reference"]
    with intake.session() as session:
        return session.scalar(select(Enquiry.party_id).where(Enquiry.reference == reference))


def identifiers(intake: Desk, party: Any) -> list[tuple[str, str]]:
    """What the party is known by."""
    found = select(PartyIdentifier.kind, PartyIdentifier.value).where(PartyIdentifier.party_id == party)
    with intake.session() as session:
        return sorted((kind, value) for kind, value in session.execute(found))


def test_one_address_however_typed_is_one_party(intake: Desk) -> None:
    first = ask(intake, email="Jane@Bücher.example", name="Jane")
    assert ask(intake, email="jane@xn--bcher-kva.EXAMPLE", name="J. Doe") == first
    assert identifiers(intake, first) == [("email", "jane@xn--bcher-kva.example")]


def test_one_number_however_typed_is_one_party(intake: Desk) -> None:
    first = ask(intake, phone="07700 900123")
    assert ask(intake, phone="+44 (0)7700-900123") == first
    assert identifiers(intake, first) == [("phone", "+447700900123")]


def test_a_party_learns_what_else_leads_to_it(intake: Desk) -> None:
    first = ask(intake, phone="07700 900123")
    assert ask(intake, phone="07700 900123", email="jane@example.org") == first
    assert ask(intake, email="jane@example.org", phone="020 7946 0001") == first
    assert identifiers(intake, first) == [
        ("email", "jane@example.org"),
        ("phone", "+442079460001"),
        ("phone", "+447700900123"),
    ]


def test_colleagues_who_share_a_telephone_are_two_parties(intake: Desk) -> None:
    jane = ask(intake, email="jane@example.org", phone="020 7946 0001")
    bob = ask(intake, email="bob@example.org", phone="020 7946 0001")
    assert bob != jane
    assert identifiers(intake, bob) == [("email", "bob@example.org")]


@pytest.mark.parametrize("number_survives", [True, False])
def test_whoever_shares_the_telephone_of_a_merged_party_is_not_taken_for_the_one_who_has_an_address(
    intake: Desk, number_survives: bool
) -> None:
    rang, wrote = ask(intake, phone="020 7946 0001"), ask(intake, email="jane@example.org")
    absorbed = wrote if number_survives else rang
    merge(intake, str(absorbed), str(rang if number_survives else wrote))

    bob = ask(intake, email="bob@example.org", phone="020 7946 0001")
    assert bob not in (rang, wrote)
    assert (identifiers(intake, bob), len(identifiers(intake, rang))) == ([("email", "bob@example.org")], 1)

    unmerge(intake, str(absorbed))
    assert ask(intake, email="bob@example.org", phone="020 7946 0001") == bob
    assert ask(intake, email="third@example.org", phone="020 7946 0001") == rang


def test_of_a_family_of_numbers_alone_each_number_still_leads_to_its_own_party(intake: Desk) -> None:
    mobile, office = ask(intake, phone="07700 900123"), ask(intake, phone="020 7946 0001")
    merge(intake, str(mobile), str(office))

    assert ask(intake, email="jane@example.org", phone="07700 900123") == mobile
    assert ask(intake, email="jane.work@example.org", phone="020 7946 0001") not in (mobile, office)


def test_whoever_leaves_no_address_and_no_number_is_no_party(intake: Desk) -> None:
    assert ask(intake, name="Jane") is None


def test_each_enquiry_keeps_the_name_that_was_typed_for_it(intake: Desk) -> None:
    names = ["Jane Smith", "Jane  SMITH-Jones"]
    for name in names:
        ask(intake, name=name, email="jane@example.org")
    items = intake.ask("list_enquiries", body={})["items"]
    assert [item["enquirer"]["name"] for item in items] == names[::-1]


def test_many_first_enquiries_of_one_party_at_once_make_one_party(intake: Desk) -> None:
    together = Barrier(20)

    def first_enquiry(number: int) -> Any:
        together.wait()
        typed = "jane@example.org" if number % 2 else "JANE@example.org"
        body = enquiry(email=typed, phone="07700 900123" if number % 3 else None)
        return intake.ask("create_enquiry", body=body, key=f"k{number}")

    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(first_enquiry, range(20)))
    with intake.session() as session:
        assert session.scalar(select(func.count()).select_from(Party)) == 1
        assert session.scalar(select(func.count(Enquiry.party_id.distinct()))) == 1
        assert session.scalar(select(func.count()).select_from(Enquiry)) == len({a["reference"] for a in answers}) == 20
    assert len(intake.told()) == 20
