"""What a party is, and which may be merged into which: no circle, and everything as it was when a merge is undone."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.intake.domain.parties import (
    MOST_TOGETHER,
    MergeFault,
    NewParty,
    PartyKind,
    Standing,
    merge_fault,
    new_party,
)

ONE, OTHER, THIRD = (UUID(int=number) for number in (1, 2, 3))
JANE = Standing(ONE, "person", None)
SIAN = Standing(OTHER, "person", None)

Links = dict[int, int | None]
steps = st.lists(st.tuples(st.booleans(), st.integers(0, 6), st.integers(0, 6)), max_size=40)


def survivor(links: Links, party: int) -> int:
    """The end of a party's links. A circle would be walked for ever: it is given up after as many steps as parties."""
    for _ in links:
        following = links[party]
        if following is None:
            return party
        party = following
    raise AssertionError("a circle")


def merged(links: Links, party: int, into: int) -> Links:
    """The links after a merge, if it is allowed."""
    ones = (Standing(UUID(int=number), "person", _id(links[number])) for number in (party, into))
    return links if merge_fault(*ones) else {**links, party: into}


def _id(number: int | None) -> UUID | None:
    return None if number is None else UUID(int=number)


@given(steps)
def test_no_sequence_of_merges_and_unmerges_closes_a_circle(taken: list[tuple[bool, int, int]]) -> None:
    links: Links = dict.fromkeys(range(7))
    for is_merge, party, other in taken:
        links = merged(links, party, other) if is_merge else {**links, party: None}

        assert links[survivor(links, party)] is None
        assert all(survivor(links, one) in links for one in links)


@given(steps, st.integers(0, 6), st.integers(0, 6), steps)
def test_undoing_a_merge_restores_exactly_whatever_was_merged_since(
    before: list[tuple[bool, int, int]], party: int, into: int, after: list[tuple[bool, int, int]]
) -> None:
    links: Links = dict.fromkeys(range(7))
    for _, *pair in before:
        links = merged(links, *pair)
    own = {one for one in links if survivor(links, one) == party}
    since = merged(links, party, into)
    assume(since != links)
    assert {**since, party: None} == links
    for _, *pair in after:
        since = merged(since, *pair)

    undone = {**since, party: None}

    assert {one for one in undone if survivor(undone, one) == party} == own


@pytest.mark.parametrize(
    ("absorbed", "into", "fault"),
    [
        (JANE, SIAN, None),
        (JANE, JANE, MergeFault.ITSELF),
        (replace(JANE, merged_into=OTHER), SIAN, MergeFault.ALREADY_MERGED),
        (replace(JANE, merged_into=THIRD), SIAN, MergeFault.ALREADY_MERGED),
        (JANE, replace(SIAN, merged_into=ONE), MergeFault.INTO_MERGED),
        (JANE, replace(SIAN, kind="organisation"), MergeFault.KINDS_DIFFER),
        (replace(JANE, together=MOST_TOGETHER - 1), SIAN, None),
        (replace(JANE, together=MOST_TOGETHER), SIAN, MergeFault.TOO_MANY),
    ],
)
def test_a_merge_that_cannot_be_says_why(absorbed: Standing, into: Standing, fault: MergeFault | None) -> None:
    assert merge_fault(absorbed, into) == fault


@pytest.mark.parametrize(
    ("enquirer", "party"),
    [
        ({"name": "Siân O’Neill"}, NewParty("Siân O’Neill", PartyKind.PERSON, "sian oneill", None)),
        ({}, NewParty(None, PartyKind.PERSON, None, None)),
        ({"name": "?", "organisation": "-"}, NewParty("?", PartyKind.PERSON, None, None)),
        (
            {"name": "Jane", "organisation": "The Aber Trust", "kind": "public_sector_body"},
            NewParty("Jane", PartyKind.PERSON, "jane", "aber trust"),
        ),
        (
            {"organisation": "The Aber Trust", "kind": "public_sector_body"},
            NewParty("The Aber Trust", PartyKind.ORGANISATION, "the aber trust", "aber trust"),
        ),
        (
            {"name": "Aber Trust", "organisation": "Aber Trust Ltd", "kind": "existing_mutual"},
            NewParty("Aber Trust", PartyKind.ORGANISATION, "aber trust", "aber trust"),
        ),
        ({"kind": "existing_mutual"}, NewParty(None, PartyKind.PERSON, None, None)),
    ],
)
def test_a_new_party_is_a_person_unless_a_body_speaks_in_its_own_name(
    enquirer: dict[str, Any], party: NewParty
) -> None:
    assert new_party({"name": None, "organisation": None, "kind": "other", **enquirer}) == party
