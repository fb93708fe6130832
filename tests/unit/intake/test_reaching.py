"""By which ways an enquirer may be reached."""

from typing import Any

import pytest

from services.intake.domain.reaching import REASONS, Obstacle, may_be_written_to, obstacle_to_ringing, signed

UNASKED: dict[str, Any] = dict.fromkeys(("phone", "email", "post"))


@pytest.mark.parametrize("safe", [None, {}, UNASKED, {**UNASKED, "phone": True, "email": True}])
@pytest.mark.parametrize("contact", [None, True])
def test_who_has_not_said_otherwise_may_be_reached(contact: bool | None, safe: dict[str, Any] | None) -> None:
    assert obstacle_to_ringing({"contact": contact}, safe) is None
    assert may_be_written_to({"contact": contact}, safe)


@pytest.mark.parametrize("safe", [None, {**UNASKED, "phone": True, "email": True}, {**UNASKED, "phone": False}])
def test_who_refuses_contact_is_reached_by_no_way(safe: dict[str, Any] | None) -> None:
    assert obstacle_to_ringing({"contact": False}, safe) is Obstacle.NO_CONSENT
    assert not may_be_written_to({"contact": False}, safe)


def test_a_way_that_is_not_safe_is_not_taken_and_the_other_one_is_open() -> None:
    assert obstacle_to_ringing({}, {**UNASKED, "phone": False}) is Obstacle.NOT_SAFE
    assert may_be_written_to({}, {**UNASKED, "phone": False})
    assert not may_be_written_to({}, {**UNASKED, "email": False})
    assert obstacle_to_ringing({}, {**UNASKED, "email": False}) is None


def test_every_obstacle_has_words() -> None:
    assert set(REASONS) == set(Obstacle)


def test_what_was_said_is_kept_with_who_wrote_it_down() -> None:
    assert signed({"phone": False}, "adviser-1", "2026-11-21T09:04:00Z") == {
        "phone": False, "recorded_by": "adviser-1", "recorded_at": "2026-11-21T09:04:00Z",
    }  # fmt: skip
    assert signed(None, "adviser-1", "2026-11-21T09:04:00Z") is None
