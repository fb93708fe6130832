"""Counting in pieces, each put away as JSON in between, gives the figures of counting at once."""

import json

from hypothesis import given
from hypothesis import strategies as st

from services.triage.domain.back_test import MOST_NAMED, Tally, Tried, figures

outcomes = st.sampled_from(["refer", "develop", "advise", "inform", "out_of_scope", "information_needed"])


@st.composite
def tried(draw: st.DrawFn) -> Tried:
    """One enquiry, however it came out."""
    low = draw(st.integers(0, 400))
    return Tried(
        enquiry=draw(st.sampled_from(["ENQ-1", "ENQ-2"])),
        before=draw(outcomes),
        after=draw(outcomes),
        low=low,
        high=draw(st.integers(low, 400)),
        traits=draw(
            st.dictionaries(st.sampled_from(["region", "service_sector", "scale"]), st.sampled_from(["a", 0, None]))
        ),
        decision=draw(st.none() | st.sampled_from(["accepted", "rejected"])),
        case_outcome=draw(st.none() | st.just("became_a_mutual")),
    )


@given(st.lists(tried(), max_size=30), st.integers(0, 30))
def test_in_pieces_or_at_once_the_figures_are_the_same(some: list[Tried], cut: int) -> None:
    at_once, first = Tally(), Tally()
    at_once.add(some)
    first.add(some[:cut])
    second = Tally.of_json(json.loads(json.dumps(first.as_json())))
    second.add(some[cut:])

    assert figures(second, None) == figures(at_once, None)


@given(st.lists(tried(), max_size=30))
def test_everybody_is_counted_once_everywhere(some: list[Tried]) -> None:
    tally = Tally()
    tally.add(some)

    found = figures(tally, None)

    assert found["enquiries"] == len(some)
    assert sum(found["funnel"]["before"].values()) == sum(found["funnel"]["after"].values()) == len(some)
    assert sum(one["count"] for one in found["moved"]) == sum(one.before != one.after for one in some)
    for group in found["groups"].values():
        assert sum(one["of"] for one in group) == len(some)
        assert sum(one["hits"] for one in group) == sum(one.after == "refer" for one in some)
    decisions = found["decisions"]
    decided = sum(
        decisions[f"{place}_{decision}"]
        for place in ("referred", "not_referred")
        for decision in ("accepted", "rejected")
    )
    assert decided == sum(one.decision is not None for one in some)


def test_a_decision_on_an_open_score_says_nothing_of_any_score() -> None:
    tally = Tally()
    tally.add(Tried("ENQ-1", "refer", "refer", 100, high, {}, "accepted", None) for high in (100, 200))

    assert figures(tally, None)["decisions"]["referred_accepted"] == 2
    assert (sum(tally.accepted), tally.accepted[100]) == (1, 1)


def test_no_more_enquiries_are_named_than_can_be_looked_at() -> None:
    tally = Tally()
    tally.add(Tried("ENQ-1", "refer", "inform", 0, 0, {}, None, None) for _ in range(MOST_NAMED + 5))

    found = figures(tally, None)

    assert (len(found["moved_enquiries"]), found["moved"][0]["count"]) == (MOST_NAMED, MOST_NAMED + 5)
