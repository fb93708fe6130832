"""The facts that triage is given, and how they are changed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.domain.facts import (
    CONSENT_GATE,
    Facts,
    effective,
    is_refusal_to_share,
    may_have_happened,
    merged,
    without_consent_gate,
)

NOW = datetime(2026, 11, 21, 9, 4, tzinfo=UTC)

ids = st.sampled_from(["public_origin", "england", "consent_to_share"])
gates = st.dictionaries(ids, st.sampled_from(["yes", "no", "unknown"]))
facts = st.fixed_dictionaries({"gates": gates, "criteria": st.dictionaries(ids, st.integers(0, 4))})


@pytest.mark.parametrize(("share", "gate"), [(True, "yes"), (False, "no")])
@pytest.mark.parametrize("given_gates", [{}, {"consent_to_share": "unknown"}])
def test_consent_answers_its_gate_where_the_gate_was_left_open(
    share: bool, gate: str, given_gates: dict[str, str]
) -> None:
    found = effective({"gates": given_gates, "criteria": {}}, {"share_with_cabinet_office": share})
    assert found["gates"] == {"consent_to_share": gate}


@pytest.mark.parametrize("answer", ["yes", "no"])
@pytest.mark.parametrize("share", [True, None])
def test_a_gate_that_was_answered_stays_where_nobody_refused(answer: str, share: bool | None) -> None:
    given_facts: Facts = {"gates": {"consent_to_share": answer}, "criteria": {}}
    assert effective(given_facts, {"share_with_cabinet_office": share}) == given_facts


@settings(deadline=None)
@given(facts)
def test_against_a_refusal_no_answer_counts(before: Facts) -> None:
    assert effective(before, {"share_with_cabinet_office": False})["gates"]["consent_to_share"] == "no"


steps = st.lists(st.sampled_from(["yes", "no", "unknown", None, "given", "withdrawn"]), max_size=12)


@settings(deadline=None)
@given(st.sampled_from([None, "no"]), steps)
def test_whatever_was_said_before_a_no_shuts_the_gate_until_consent_is_given_on_the_record(
    kept: str | None, said: list[str | None]
) -> None:
    # The release before kept a no that came first as an answer alone.
    known = merged({"gates": {}, "criteria": {}}, {"gates": {CONSENT_GATE: kept}})
    share, refused, told = None, kept == "no", 0
    for step in said:
        if step in ("given", "withdrawn"):
            known, share, refused = without_consent_gate(known), step == "given", step == "withdrawn"
        else:
            after = merged(known, {"gates": {CONSENT_GATE: step}})
            if is_refusal_to_share(known, after, {"share_with_cabinet_office": share}):
                share, told = False, told + 1
            known, refused = after, refused or step == "no"
        gate = effective(known, {"share_with_cabinet_office": share})["gates"].get(CONSENT_GATE)
        assert (gate == "no") is refused, "no is what was said last on the record, and nothing else is"
    assert told <= [kept, *said].count("no")


@settings(deadline=None)
@given(facts)
def test_without_an_answer_to_its_gate_consent_decides_and_all_else_stays(before: Facts) -> None:
    after = without_consent_gate(before)
    assert effective(after, {"share_with_cabinet_office": True})["gates"]["consent_to_share"] == "yes"
    assert merged(after, {"gates": {CONSENT_GATE: None}}) == after
    assert {**after["gates"], CONSENT_GATE: None} == {**before["gates"], CONSENT_GATE: None}
    assert after["criteria"] == before["criteria"]


@pytest.mark.parametrize("consent", [{}, {"share_with_cabinet_office": None}])
def test_consent_that_was_not_asked_answers_nothing(consent: dict[str, None]) -> None:
    no_facts: Facts = {"gates": {}, "criteria": {}}
    assert effective(no_facts, consent) == no_facts


@settings(deadline=None)
@given(facts)
def test_working_out_the_effective_facts_leaves_the_given_ones_alone(before: Facts) -> None:
    copy = {part: dict(answers) for part, answers in before.items()}
    effective(before, {"share_with_cabinet_office": True})
    assert before == copy


@settings(deadline=None)
@given(facts, facts)
def test_a_change_sets_what_it_names_and_leaves_the_rest(before: Facts, change: Facts) -> None:
    after = merged(before, change)
    for part in ("gates", "criteria"):
        assert after[part] == {**before[part], **change[part]}


@settings(deadline=None)
@given(facts)
def test_the_same_change_twice_changes_nothing_more(before: Facts) -> None:
    change = {"gates": {"england": None}, "criteria": {"england": 2}}
    assert merged(merged(before, change), change) == merged(before, change)


def test_null_takes_an_answer_away() -> None:
    before: Facts = {"gates": {"england": "yes"}, "criteria": {"promise": 0}}
    assert merged(before, {"gates": {"england": None}}) == {"gates": {}, "criteria": {"promise": 0}}


@pytest.mark.parametrize("away", [timedelta(0), timedelta(minutes=5), -timedelta(days=3000)])
def test_a_moment_may_be_past_or_a_few_minutes_ahead_of_our_clock(away: timedelta) -> None:
    assert may_have_happened(NOW + away, NOW)


@pytest.mark.parametrize("away", [timedelta(minutes=5, microseconds=1), timedelta(days=9000), -timedelta(days=6000)])
def test_a_moment_that_cannot_be_is_not_believed(away: timedelta) -> None:
    assert not may_have_happened(NOW + away, NOW)


@pytest.mark.parametrize(
    ("before", "after", "consent", "is_one"),
    [
        ("yes", "no", None, True),
        (None, "no", True, True),
        ("unknown", "no", True, True),
        ("yes", "unknown", None, False),
        ("unknown", "no", None, True),
        (None, "no", None, True),
        ("no", "no", None, False),
        ("no", "no", True, False),
        ("yes", "no", False, False),
        ("no", "yes", None, True),
        ("no", None, None, True),
        ("no", "yes", True, False),
        ("no", "yes", False, False),
    ],
)
def test_to_answer_no_to_sharing_is_to_refuse_it_and_it_is_on_record_before_anything_else_is_answered(
    before: str | None, after: str | None, consent: bool | None, is_one: bool
) -> None:
    was, is_now = ({"gates": {"consent_to_share": one} if one else {}, "criteria": {}} for one in (before, after))
    assert is_refusal_to_share(was, is_now, {"share_with_cabinet_office": consent}) is is_one
