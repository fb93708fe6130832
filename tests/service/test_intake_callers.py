"""Who may be ringing is looked up while the telephone rings."""

from typing import Any

import pytest

from chassis.errors import Forbidden, Invalid
from services.intake.service import IntakeService
from services.intake.telephony import callers
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.intake_samples import enquiry, statements_of
from tests.service.parties_desk import party

NUMBER = "020 7946 0123"


@pytest.fixture
def intake(desk: MakeDesk) -> Desk:
    """Intake at work on a database of its own."""
    return desk(IntakeService)


def ring(intake: Desk, phone: str = "+442079460123") -> dict[str, Any]:
    """What is shown when this number rings."""
    answer: dict[str, Any] = intake.ask("find_callers", body={"phone": phone})
    return answer


def test_a_party_is_found_with_why_and_with_what_is_open_of_theirs(intake: Desk) -> None:
    asked = [
        intake.ask("create_enquiry", body=enquiry(name=name, phone=NUMBER, organisation="Aber Trust"))["reference"]
        for name in ("Sian", "Siân")
    ]
    intake.ask("close_enquiry", reference=asked[0], body={"reason": "Done."})
    intake.hear("casework", "case_opened", subject="CAS-1", sequence=1, data={"case": "CAS-1", "enquiry": asked[1]})

    answer = ring(intake)

    [one] = answer["candidates"]
    assert (answer["number"], answer["more"]) == ("readable", False)
    assert (one["name"], one["organisation"], one["confidence"]) == ("Siân", "Aber Trust", "known")
    assert [reason["code"] for reason in one["reasons"]] == ["gave_number", "own_number"]
    assert all(reason["words"].startswith("The") for reason in one["reasons"])
    assert [(open_["reference"], open_["subject"]) for open_ in one["enquiries"]] == [(asked[1], "Pensions")]
    assert one["cases"] == ["CAS-1"]


def test_none_of_several_is_chosen(intake: Desk) -> None:
    for name in ("jane", "bob"):
        given = {"name": name, "email": f"{name}@example.org", "phone": NUMBER}
        intake.ask("create_enquiry", body=enquiry(**given))

    answer = ring(intake)

    assert [(one["name"], one["confidence"]) for one in answer["candidates"]] == [("jane", "likely"), ("bob", "maybe")]
    assert "before you choose" in answer["explanation"]


@pytest.mark.parametrize(
    ("typed", "ringing"),
    [
        ("Tel: 020 7946 0000", "+442079460000"),
        ("Mobile 07700 900 124", "+447700900124"),
        ("Ex-directory: 01632 960002", "+441632960002"),
        ("020 7946 0000 ext 12", "+442079460000"),
        ("020 7946 0000 x12", "+442079460000"),
        ("020 7946 0000 #12", "+442079460000"),
        ("Home 01632 960 001 extension 4", "+441632960001"),
        ("020 7946 0018 int 5", "+442079460018"),
        ("020 7946 0018 доб 5", "+442079460018"),
        ("020 7946 0018,,5", "+442079460018"),
        ("020 7946 0018;5", "+442079460018"),
        ("020 7946 0018 5#", "+442079460018"),
        ("０２０ ７９４６ ００１８", "+442079460018"),
    ],
)
def test_a_number_is_found_however_it_was_typed(intake: Desk, typed: str, ringing: str) -> None:
    # Known by her address, for the number and the extension are already others': only what was typed leads to her.
    for name, phone in (("Bob", ringing), ("Ann", typed), ("Sian", typed)):
        intake.ask("create_enquiry", body=enquiry(name=name, email=f"{name}@example.org", phone=phone))

    for asked in (ringing, typed):
        assert {one["name"] for one in ring(intake, asked)["candidates"]} == {"Bob", "Ann", "Sian"}


def test_who_gave_an_extension_is_found_when_the_switchboard_rings(intake: Desk) -> None:
    intake.ask("create_enquiry", body=enquiry(name="Sian", phone=f"{NUMBER} ext. 12"))

    [one] = ring(intake)["candidates"]

    assert (one["name"], one["confidence"]) == ("Sian", "maybe")
    assert [reason["code"] for reason in one["reasons"]] == ["same_switchboard"]


def test_an_extension_that_an_adviser_noted_is_found_when_the_switchboard_rings(intake: Desk) -> None:
    sian = party(intake, name="Sian", email="sian@example.org")
    intake.ask("add_identifier", party_id=sian, body={"phone": f"{NUMBER} ext. 12"})
    party(intake, name="Bob", phone=NUMBER)

    assert {one["name"]: one["confidence"] for one in ring(intake)["candidates"]} == {"Bob": "known", "Sian": "maybe"}
    assert [one["confidence"] for one in ring(intake, f"{NUMBER} ext. 12")["candidates"]] == ["known", "maybe"]


def test_a_number_that_ends_alike_is_another_number(intake: Desk) -> None:
    intake.ask("create_enquiry", body=enquiry(phone="0117 946 0123"))

    assert ring(intake)["candidates"] == []


@pytest.mark.parametrize("phone", ["0800 1111", "+33 1 23 45 67 89", "+44 (0)20 7946 0123"])
def test_numbers_of_all_lengths_and_lands_are_found_as_they_were_typed(intake: Desk, phone: str) -> None:
    intake.ask("create_enquiry", body=enquiry(name="Sian", phone=phone))

    assert [one["confidence"] for one in ring(intake, phone)["candidates"]] == ["known"]


@pytest.mark.parametrize(("phone", "state"), [("", "withheld"), ("anonymous", "withheld"), ("12", "malformed")])
def test_a_number_that_finds_nobody_says_why_and_asks_the_database_nothing(
    intake: Desk, phone: str, state: str
) -> None:
    sent = statements_of(intake)

    answer = ring(intake, phone)

    assert (answer["number"], answer["candidates"], sent) == (state, [], [])
    assert answer["explanation"].endswith("Ask for the name.")


def test_a_switchboard_of_many_shows_ten_and_says_that_there_are_more(intake: Desk) -> None:
    for number in range(11):
        intake.ask("create_enquiry", body=enquiry(email=f"{number}@example.org", phone=NUMBER))

    answer = ring(intake)

    assert (len(answer["candidates"]), answer["more"]) == (10, True)


def test_who_asks_often_hides_nobody_who_once_gave_the_same_number(intake: Desk) -> None:
    for name in ("jane", "bob", *["jane"] * callers.MOST_GIVEN):
        intake.ask("create_enquiry", body=enquiry(name=name, email=f"{name}@example.org", phone=NUMBER))

    answer = ring(intake)

    assert {one["name"]: one["confidence"] for one in answer["candidates"]} == {"jane": "likely", "bob": "maybe"}
    assert answer["more"] is False


def test_nobody_is_known_by_a_number_that_more_gave_than_are_looked_through(intake: Desk) -> None:
    for number in range(callers.MOST_GIVEN + 1):
        typed = f"{NUMBER} ext. {number}" if number else NUMBER
        intake.ask("create_enquiry", body=enquiry(name=f"{number}", email=f"{number}@example.org", phone=typed))

    answer = ring(intake)

    assert (answer["candidates"][0]["name"], answer["candidates"][0]["confidence"]) == ("0", "likely")
    assert answer["more"] is True
    assert answer["explanation"].startswith("More have given")


def test_a_look_up_leaves_no_trace_and_is_for_advisers(intake: Desk) -> None:
    ring(intake)

    assert intake.told() == []
    with pytest.raises(Forbidden):
        intake.ask("find_callers", roles=("portal",), body={"phone": NUMBER})


@pytest.mark.parametrize("body", [{}, {"phone": None}, {"phone": "0" * 321}, {"phone": "\x07"}])
def test_what_cannot_be_a_question_is_refused_without_repeating_it(intake: Desk, body: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refusal:
        intake.ask("find_callers", body=body)

    assert [error.pointer for error in refusal.value.errors] == ["/phone"]
    assert "000" not in str(refusal.value.as_dict())
