"""Who may be the same: what speaks for it, what against, and that it is the same from either side."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.duplicates import (
    LISTED,
    SHOWN,
    Likeness,
    Reason,
    Traits,
    likely,
    likeness,
    name_likeness,
)

ONE, OTHER, THIRD = (UUID(int=number) for number in (1, 2, 3))
some = st.frozensets(st.sampled_from(["jane smith", "j smith", "sian jones", "bob", "aber trust"]), max_size=3)
emails = st.frozensets(st.sampled_from(["jane@a.example", "jane+x@b.example", "info@a.example"]), max_size=2)
known = st.builds(Traits, st.just(ONE), st.sampled_from(["person", "organisation"]), some, some, some, emails)


def party(name: str | None, id: UUID = ONE, kind: str = "person", **more: str) -> Traits:
    """A party that is known by one thing of each kind at most."""
    given = {
        field: frozenset({more[field]} if field in more else ()) for field in ("organisations", "numbers", "emails")
    }
    return Traits(id, kind, frozenset({name} if name else ()), **given)


def found(one: Traits, other: Traits) -> tuple[int, set[Reason]]:
    """The score, and what speaks for it."""
    alike = likeness(one, other)
    return (0, set()) if alike is None else (alike.score, set(alike.reasons))


NUMBER: dict[str, Any] = {"numbers": "+447700900123"}
TRUST: dict[str, Any] = {"organisations": "aber trust"}


@pytest.mark.parametrize(
    ("one", "other", "reasons"),
    [
        (party("jane smith", **NUMBER), party("smith jane", **NUMBER), {Reason.SAME_NAME, Reason.SAME_NUMBER}),
        (party("jane smith", **NUMBER), party("j smith", **NUMBER), {Reason.SIMILAR_NAME, Reason.SAME_NUMBER}),
        (
            party("sian jones", **TRUST),
            party("sian jones evans", **TRUST),
            {Reason.SIMILAR_NAME, Reason.SAME_ORGANISATION},
        ),
        (
            party("jane smith", emails="jane.smith@aber.example"),
            party("jane smith", emails="jane.smith+home@other.example"),
            {Reason.SAME_NAME, Reason.SAME_MAILBOX},
        ),
        (
            party("jane smith", emails="jane@aber.example"),
            party("jane brown", emails="jane@aber.example", **NUMBER, **TRUST),
            {Reason.SAME_EMAIL},
        ),
        (
            party("aber trust", kind="organisation", **TRUST, **NUMBER),
            party("aber trust", kind="organisation", **TRUST, **NUMBER),
            {Reason.SAME_NAME, Reason.SAME_NUMBER},
        ),
    ],
)
def test_what_two_have_in_common_speaks_for_one(one: Traits, other: Traits, reasons: set[Reason]) -> None:
    score, said = found(one, other)

    assert said == reasons
    assert score >= (SHOWN if reasons == {Reason.SAME_EMAIL} else LISTED)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (party("jane smith", **NUMBER, **TRUST), party("bob smith", **NUMBER, **TRUST)),
        (party("jane smith", **NUMBER), party("jane smith", kind="organisation", **NUMBER)),
        (party(None), party(None)),
        (party(None, **NUMBER), party("jane smith")),
        (party(None, emails="info@aber.example"), party(None, emails="info@other.example")),
        (party(None, emails="jo@aber.example"), party(None, emails="jo@other.example")),
    ],
)
def test_colleagues_families_bodies_and_shared_mailboxes_are_not_one_person(one: Traits, other: Traits) -> None:
    assert likeness(one, other) is None


def test_a_name_alone_is_shown_of_one_party_and_not_listed_of_all() -> None:
    score, reasons = found(party("jane smith"), party("jane smith"))

    assert reasons == {Reason.SAME_NAME}
    assert SHOWN <= score < LISTED


def test_who_gave_no_name_is_shown_by_a_number() -> None:
    score, _ = found(party(None, **NUMBER), party("jane smith", **NUMBER))

    assert SHOWN <= score < LISTED


@given(known, known)
def test_one_is_as_like_another_as_the_other_way_round(one: Traits, other: Traits) -> None:
    assert found(one, other) == found(other, one)
    assert 0 <= found(one, other)[0] <= 100


@given(known)
def test_nobody_is_liker_than_oneself(one: Traits) -> None:
    score, reasons = found(one, one)

    assert Reason.SIMILAR_NAME not in reasons
    assert score == 0 or not one.names or Reason.SAME_NAME in reasons


def test_the_likeliest_come_first_and_those_below_the_least_score_not_at_all() -> None:
    asked = party("jane smith", **NUMBER)
    others = [party("jane smith", OTHER), party("jane smith", THIRD, **NUMBER), party("bob", UUID(int=4))]

    assert [one.party for one in likely(asked, others, SHOWN)] == [THIRD, OTHER]
    assert likely(asked, others, LISTED) == (Likeness(THIRD, 75, (Reason.SAME_NAME, Reason.SAME_NUMBER)),)


@pytest.mark.parametrize(
    ("ones", "others", "alike"),
    [
        (["jane smith"], ["smith jane"], 100),
        ([], ["jane"], None),
        (["a"], [], None),
        (["x", "jane"], ["jane", "y"], 100),
    ],
)
def test_names_are_compared_whatever_the_order_of_their_words(
    ones: list[str], others: list[str], alike: int | None
) -> None:
    assert name_likeness(ones, others) == alike
