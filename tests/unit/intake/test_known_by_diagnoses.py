"""What is known of an enquiry once it was diagnosed, and diagnosed again."""

from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.walks import Found, known_with, known_without


def found(gates: dict[str, str], stage: str | None = None, *matters: str) -> Found:
    """What is known by these answers."""
    return Found({"gates": gates, "criteria": {}}, stage, matters)


def test_a_diagnosis_after_another_takes_the_place_of_what_that_found() -> None:
    before = found({"england": "unknown", "scale": "yes"}, "planning")
    first = found({"england": "yes", "sponsor": "yes", "early_life": "no", "scale": "yes"}, "live", "pensions")
    since = {"england": "yes", "sponsor": "unknown", "early_life": "no", "scale": "yes", "public": "yes"}

    known = known_without(found(since, "live", "pensions"), first, before)

    assert known == found(
        {"england": "unknown", "sponsor": "unknown", "scale": "yes", "public": "yes"}, "planning", "pensions"
    )
    assert known_with(known, found({"england": "no"}, None, "other")) == found(
        {"england": "no", "sponsor": "unknown", "scale": "yes", "public": "yes"}, "planning", "pensions", "other"
    )


def test_a_first_diagnosis_takes_nothing_away() -> None:
    assert known_with(found({"public": "yes"}, "live"), found({"england": "no"})) == found(
        {"public": "yes", "england": "no"}, "live"
    )


any_found = st.builds(
    Found,
    st.fixed_dictionaries(
        {
            "gates": st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["yes", "no", "unknown"])),
            "criteria": st.dictionaries(st.sampled_from("abcd"), st.integers(0, 4)),
        }
    ),
    st.sampled_from([None, "live", "exploring"]),
    st.lists(st.sampled_from(["pensions", "other"]), unique=True).map(tuple),
)


@given(any_found, any_found, any_found)
def test_after_two_diagnoses_it_is_as_if_the_first_had_never_been_but_for_matters(
    known: Found, first: Found, second: Found
) -> None:
    between = known_with(known, first)
    without = known_without(between, first, known)
    after = known_with(without, second)

    assert (without.facts, without.spin_out_stage) == (known.facts, known.spin_out_stage)
    once = known_with(known, second)
    assert (after.facts, after.spin_out_stage) == (once.facts, once.spin_out_stage)
    assert {*after.matters} == {*known.matters, *first.matters, *second.matters}
    assert known_with(known_without(after, second, without), second) == after, "the same once more is nothing new"


@given(any_found, any_found, any_found)
def test_what_somebody_said_since_a_diagnosis_stays(known: Found, first: Found, since: Found) -> None:
    after = known_without(known_with(known_with(known, first), since), first, known)

    for part, answers in since.facts.items():
        for id_, answer in answers.items():
            if first.facts[part].get(id_) != answer:
                assert after.facts[part][id_] == answer
