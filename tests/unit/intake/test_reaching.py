"""By which ways an enquirer may be reached."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.domain.reaching import (
    REASONS,
    Obstacle,
    Said,
    Standing,
    may_be_written_to,
    obstacle_to_ringing,
    signed,
    standing,
    still_stands,
)

NOW = datetime(2026, 11, 21, 9, 4, tzinfo=UTC)
UNASKED: dict[str, Any] = dict.fromkeys(("phone", "email", "post"))

answers = st.sampled_from([None, True, False])
notes = st.none() | st.fixed_dictionaries({"phone": answers, "email": answers})
histories = st.lists(st.tuples(answers, notes), max_size=5)


def said(minutes: int, contact: bool | None = None, **safe: Any) -> Said:
    """What was said with an enquiry so many minutes after nine."""
    at = NOW + timedelta(minutes=minutes)
    return Said(contact, at, {**UNASKED, **safe, "recorded_by": "ann", "recorded_at": at.isoformat()} if safe else None)


@pytest.mark.parametrize("safe", [None, {}, UNASKED, {**UNASKED, "phone": True, "email": True}])
@pytest.mark.parametrize("contact", [None, True])
def test_who_has_not_said_otherwise_may_be_reached(contact: bool | None, safe: dict[str, Any] | None) -> None:
    assert obstacle_to_ringing(Standing(contact, safe)) is None
    assert may_be_written_to(Standing(contact, safe))


@pytest.mark.parametrize("safe", [None, {**UNASKED, "phone": True, "email": True}, {**UNASKED, "phone": False}])
def test_who_refuses_contact_is_reached_by_no_way(safe: dict[str, Any] | None) -> None:
    assert obstacle_to_ringing(Standing(False, safe)) is Obstacle.NO_CONSENT
    assert not may_be_written_to(Standing(False, safe))


def test_a_way_that_is_not_safe_is_not_taken_and_the_other_one_is_open() -> None:
    ring, write = (Standing(None, {**UNASKED, way: False}) for way in ("email", "phone"))
    assert obstacle_to_ringing(write) is Obstacle.NOT_SAFE
    assert may_be_written_to(write)
    assert not may_be_written_to(ring)
    assert obstacle_to_ringing(ring) is None


def test_who_said_nothing_has_nothing_standing() -> None:
    assert standing([]) == standing([said(0)]) == Standing(None, None)


def test_a_later_note_about_one_way_hides_no_earlier_one_about_another() -> None:
    for known in permutations([said(0, phone=False, leave_message="nowhere"), said(1, email=True), said(2)]):
        stands = standing(known)
        assert stands.safe == {
            "phone": False, "email": True, "post": None, "leave_message": "nowhere", "recorded_by": "ann",
            "recorded_at": "2026-11-21T09:05:00+00:00",
        }  # fmt: skip
        assert obstacle_to_ringing(stands) is Obstacle.NOT_SAFE


def test_a_refusal_of_contact_stands_until_contact_is_given_again() -> None:
    refused, given_again = said(1, contact=False), said(2, contact=True)
    assert standing([said(0, contact=True), refused, said(3)]).contact is False
    assert standing([given_again, refused]).contact is True
    assert standing([refused, said(1, contact=True)]).contact is False


def by_portal(one: Said) -> Said:
    """The same, said on the portal."""
    return replace(one, contact_by_portal=True, safe_by_portal=True)


def test_what_is_said_on_the_portal_lifts_no_refusal_of_another_enquiry_and_refuses_for_all() -> None:
    refused, formed = said(0, contact=False), by_portal(said(1, contact=True))
    assert standing([refused, formed]).contact is False
    assert standing([refused, formed, said(2, contact=True)]).contact is True
    assert standing([formed]).contact is standing([said(0, contact=True), formed]).contact is True
    assert standing([said(0, contact=True), by_portal(said(1, contact=False))]).contact is False


def test_what_is_said_on_the_portal_is_added_to_what_is_safe_and_lifts_no_warning_of_another_enquiry() -> None:
    noted = said(0, phone=False, leave_message="nowhere", announce="first_name_only")
    formed = by_portal(said(1, phone=True, email=True, leave_message="anywhere", announce="nothing"))
    for known in ([noted, formed], [formed, noted]):
        safe = standing(known).safe
        assert safe is not None
        assert {name: safe[name] for name in ("phone", "email", "leave_message", "announce")} == {
            "phone": False, "email": True, "leave_message": "nowhere", "announce": "nothing",
        }  # fmt: skip
    lifted = standing([noted, formed, said(2, phone=True)])
    assert obstacle_to_ringing(lifted) is None


def test_a_form_that_adds_nothing_leaves_the_signature_of_whoever_noted_what_stands() -> None:
    noted, formed = said(0, phone=False), by_portal(said(1, phone=True))
    assert standing([noted, formed]).safe == noted.safe
    assert standing([formed]).safe == formed.safe


@given(histories)
@settings(max_examples=200, deadline=None)
def test_of_each_way_the_newest_answer_decides_in_whatever_order_it_is_read(history: list[Any]) -> None:
    known = [said(number, contact, **(safe or {})) for number, (contact, safe) in enumerate(history)]

    stands = standing(known[::-1])

    for way in ("phone", "email"):
        told = [safe[way] for _, safe in history if safe and safe[way] is not None]
        assert (stands.safe or {}).get(way) == (told[-1] if told else None)
    acts = [contact for contact, _ in history if contact is not None]
    assert stands.contact == (acts[-1] if acts else None)


def test_an_answer_stands_until_another_is_given_and_no_answer_is_none() -> None:
    stands = standing([said(1, phone=False, email=True), said(2, phone=True)])

    assert still_stands({"phone": None, "email": True}, stands)
    assert not still_stands({"phone": False, "email": True}, stands)
    assert still_stands({"phone": None}, standing([]))


def test_every_obstacle_has_words() -> None:
    assert set(REASONS) == set(Obstacle)


def test_what_was_said_is_kept_with_who_wrote_it_down() -> None:
    assert signed({"phone": False}, "adviser-1", "2026-11-21T09:04:00Z") == {
        "phone": False, "recorded_by": "adviser-1", "recorded_at": "2026-11-21T09:04:00Z",
    }  # fmt: skip
    assert signed(None, "adviser-1", "2026-11-21T09:04:00Z") is None
