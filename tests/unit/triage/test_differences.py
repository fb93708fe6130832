"""What one criteria document says otherwise than another is said in sentences, and nothing is left out."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings

from services.triage.domain.differences import differences
from tests.unit.triage.examples import FIRST
from tests.unit.triage.random_documents import any_document

Document = dict[str, Any]


def edited(*path: str | int, to: Any) -> Document:
    """The first document with another value at one place; None takes it away."""
    document = copy.deepcopy(FIRST)
    *way, last = path
    part: Any = document
    for step in way:
        part = part[step]
    if to is None:
        del part[last]
    else:
        part[last] = to
    return document


def places(part: Any, *path: str | int) -> Iterator[tuple[str | int, ...]]:
    """The way to every text and number of a document."""
    inner = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else None
    if inner is None:
        yield path
    for step, value in inner or ():
        yield from places(value, *path, step)


@pytest.mark.parametrize(
    ("after", "sentence"),
    [
        (edited("version", to="2027-01"), "The version of the document is now “2027-01”; it was “2026-11”."),
        (edited("criteria", 0, "weight", to=16), "The weight of the criterion “promise” rises from 14 to 16 points."),
        (edited("criteria", 8, "weight", to=3), "The weight of the criterion “scale” falls from 4 to 3 points."),
        (edited("bands", 0, "at_least", to=72), "The threshold of the band “refer” rises from 70 to 72 points."),
        (edited("bands", 1, "below", to=72), "The upper end of the band “develop” rises from 70 to 72 points."),
        (
            edited("gates", 6, "no", "leads_to", to="go_on"),
            "What “no” leads to at the gate “consent_to_share” is now going on to the score; it was out of scope.",
        ),
        (
            edited("gates", 5, "applies", to={"op": "is", "fact": "spin_out_stage", "value": "live"}),
            "The condition under which the gate “early_life” is asked is now spin_out_stage is “live”; "
            "it was spin_out_stage is one of “live”, “growing”.",
        ),
        (
            edited("gates", 0, "yes", "reason", to="Yes."),
            "The reason given for “yes” at the gate “public_origin” is now “Yes.”; "
            "it was “The team or service is in the public sector now, or is a mutual that left it.”.",
        ),
        (
            edited("criteria", 8, "anchors", "0", to="None."),
            "The anchor for 0 points of the criterion “scale” is now “None.”; "
            "it was “Fewer than five staff, and few people reached.”.",
        ),
        (
            edited("limits", 0, "otherwise", to="advise"),
            "The band that the limit “far_enough” gives instead is now “advise”; it was “develop”.",
        ),
        (
            edited("gates", 5, "not_applicable", to=None),
            "What is said where the gate “early_life” is not asked is gone: it was “Asked of live mutuals only.”.",
        ),
        (edited("gates", 4, to=None), "The gate “senior_sponsor” is gone: “A named senior sponsor in the parent body”, "
         "where “no” leads to out of scope."),
        (edited("criteria", 8, to=None), "The criterion “scale” is gone: “Scale: staff, turnover and reach”, "
         "with a weight of 4 points."),
        (edited("facts", 0, to=None), "The fact “spin_out_stage” is gone: “Spin-out stage”."),
        (edited("limits", 0, to=None), "The limit “far_enough” is gone: “Far enough to be referred”, "
         "“develop” instead of “refer”."),
        (
            edited("facts", 0, "values", to=["live"]),
            "The list of values of the fact “spin_out_stage” is now “live”; it was “exploring”, “making_the_case”, "
            "“planning”, “implementing”, “live”, “growing”, “dormant”, “withdrawn”, “failed”.",
        ),
    ],
)  # fmt: skip
def test_a_difference_is_said_in_a_sentence(after: Document, sentence: str) -> None:
    assert differences(FIRST, after) == [sentence]


def test_what_is_new_is_said_with_what_hangs_on_it() -> None:
    assert differences(edited("bands", 3, to=None), FIRST) == [
        "The band “inform” is new: “There is too little to build on yet: give information and point to the resource "
        "library.”, from 0 points."
    ]
    assert differences(edited("gates", 5, "applies", to=None), FIRST) == [
        "The condition under which the gate “early_life” is asked is new: spin_out_stage is one of “live”, “growing”."
    ]


def test_conditions_within_conditions_are_said_with_brackets() -> None:
    inner = {"op": "is", "fact": "gates.england", "value": "yes"}
    needs = {"op": "all", "of": [{"op": "not", "of": inner}, {"op": "any", "of": [inner]}]}

    [sentence] = differences(FIRST, edited("limits", 0, "needs", to=needs))

    assert "is now all of (not (gates.england is “yes”); any of (gates.england is “yes”)); it was" in sentence


def test_another_order_is_said() -> None:
    [sentence] = differences(FIRST, edited("criteria", to=FIRST["criteria"][::-1]))

    assert sentence.startswith("The criteria come in another order: “scale”, “support_need”")


def test_two_limits_of_one_name_are_told_apart() -> None:
    limit = FIRST["limits"][0]
    twice, other = [limit, limit], [limit, limit | {"otherwise": "advise"}]

    assert len(differences(edited("limits", to=twice), edited("limits", to=other))) == 1


@pytest.mark.parametrize(
    "path", [path for path in places(FIRST) if path[-1] != "op"], ids=lambda path: "/".join(map(str, path))
)
def test_whatever_is_changed_is_said(path: tuple[str | int, ...]) -> None:
    if path[-1] == "id":
        assert len(differences(FIRST, edited(*path, to="another"))) == 2
        return

    after = edited(*path, to=7 if path[-1] in ("weight", "at_least", "below") else "another")
    [sentence] = differences(FIRST, after)

    assert "another" in sentence or "7 points" in sentence


@settings(max_examples=50)
@given(any_document(), any_document())
def test_two_documents_without_a_difference_are_the_same(one: Document, other: Document) -> None:
    assert differences(one, one) == []
    assert bool(differences(one, other)) == (one != other)
    assert bool(differences(other, one)) == (one != other)
