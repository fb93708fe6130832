"""What can go wrong, and what of it crosses the bus."""

import orjson
import pytest

from chassis import errors
from chassis.errors import (
    Conflict,
    DeadlineExceeded,
    FieldError,
    Forbidden,
    Incident,
    Invalid,
    KeyReused,
    KeyRunning,
    NotAllowedNow,
    NotFound,
    Refused,
    RemoteRefusal,
    Stale,
    Unavailable,
)

REFUSALS = [
    Invalid([FieldError("/name", "Must be text."), FieldError("", "Must be an object.")]),
    Forbidden("Your roles do not allow this."),
    NotFound("There is no such enquiry."),
    Conflict("Close it first."),
    NotAllowedNow("withdraw", "closed", ("reopen",)),
    Stale(),
    KeyReused(),
    KeyRunning(),
    Unavailable(),
    DeadlineExceeded(),
]
KINDS = {"invalid", "not_found", "forbidden", "conflict", "stale", "unavailable", "key_reused", "key_running"}


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: type(refusal).__name__)
def test_a_refusal_is_the_same_on_the_other_side_of_the_bus(refusal: Refused) -> None:
    there = RemoteRefusal(orjson.loads(orjson.dumps(refusal.as_dict())))

    assert there.as_dict() == refusal.as_dict()
    assert str(there) == refusal.detail
    assert there.kind in KINDS


def test_a_refusal_that_says_no_more_than_it_must_is_understood() -> None:
    there = RemoteRefusal({"kind": "conflict", "code": "closed", "detail": "It is closed.", "errors": None})

    assert (there.errors, there.allowed) == ([], None)


def test_an_action_that_the_state_does_not_allow_comes_with_those_that_it_does() -> None:
    refusal = NotAllowedNow("withdraw", "closed", ("reopen",))

    assert refusal.allowed == ["reopen"]
    assert refusal.detail == "“withdraw” is not possible while the status is “closed”."


def test_every_refusal_is_drawn_in_the_tree() -> None:
    drawing = errors.__doc__ or ""

    for name, found in vars(errors).items():
        if isinstance(found, type) and issubclass(found, Exception):
            assert f"{name}  " in drawing or f"{name}\n" in drawing, name


def test_of_an_incident_nothing_is_told_but_its_id() -> None:
    assert str(Incident("0192f0c1")) == Incident("0192f0c1").incident == "0192f0c1"
