"""Counting those on whom a version rests, and how far others have moved from them."""

from hypothesis import given
from hypothesis import strategies as st

from services.triage.domain import population
from services.triage.domain.back_test import Tally, Tried
from services.triage.domain.population import FEWEST
from services.triage.domain.verdicts import MOST_FACTS_VERSIONS, MOST_VERDICTS, sequence_of

answers = st.none() | st.integers(0, 4)
people = st.lists(st.tuples(st.integers(0, 400), answers, answers), max_size=40)


def counted(some: list[tuple[int, int | None, int | None]]) -> population.Population:
    """These people, counted."""
    found = population.empty(["promise", "scale"])
    for low, promise, scale in some:
        population.add(found, low, {"promise": promise} | ({} if scale is None else {"scale": scale}))
    return found


@given(people)
def test_everybody_is_counted_once_in_everything(some: list[tuple[int, int | None, int | None]]) -> None:
    found = counted(some)

    assert found["seen"] == sum(found["tenths"]) == len(some)
    assert all(sum(counts) == len(some) for counts in found["criteria"].values())
    assert found["criteria"]["scale"][0] == sum(scale is None for *_, scale in some)


def test_a_population_has_not_drifted_from_itself() -> None:
    found = counted([(200, number % 5, None) for number in range(FEWEST)])

    assert population.drift(found, found) == {"promise": 0, "scale": 0}


def test_with_too_few_nothing_is_said() -> None:
    enough, few = ([(200, 1, 1)] * count for count in (FEWEST, FEWEST - 1))

    assert population.drift(counted(enough), counted(few)) == {"promise": None, "scale": None}
    assert population.drift(counted(few), counted(enough)) == {"promise": None, "scale": None}


def test_answers_that_have_moved_far_are_above_the_mark() -> None:
    then = counted([(200, number % 5, 1) for number in range(FEWEST)])
    now = counted([(200, 4, 1)] * FEWEST)

    found = population.drift(then, now)

    assert (found["promise"] or 0) > 0.25
    assert found["scale"] == 0


@given(st.integers(0, MOST_FACTS_VERSIONS - 1), st.integers(0, MOST_VERDICTS - 1), st.integers(0, MOST_VERDICTS - 1))
def test_verdicts_on_newer_facts_come_after_all_on_older_ones(facts: int, verdict: int, later: int) -> None:
    assert sequence_of(facts, verdict) < sequence_of(facts + 1, later)
    assert (sequence_of(facts, verdict) < sequence_of(facts, later)) == (verdict < later)
    assert sequence_of(MOST_FACTS_VERSIONS, MOST_VERDICTS - 1) < 2**31


def tried(number: int) -> Tried:
    """One that moves, is decided, and has a trait."""
    return Tried(f"ENQ-{number}", "refer", "develop", 200, 200, {"scale": number % 5}, "accepted", "became_a_mutual")


@given(st.integers(0, 20), st.integers(0, 20))
def test_two_tallies_together_are_the_tally_of_both(first: int, second: int) -> None:
    whole, part = Tally(), Tally()
    whole.add(tried(number) for number in range(first))
    part.add(tried(number) for number in range(first, first + second))

    whole.merge(part)

    at_once = Tally()
    at_once.add(tried(number) for number in range(first + second))
    assert whole == at_once
