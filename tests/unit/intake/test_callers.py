"""Who may be ringing: what a number is worth, and that none of several is chosen."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.callers import (
    Confidence,
    NumberState,
    Reason,
    Trace,
    candidates,
    read_number,
    reason_of,
)

ONE, OTHER = UUID(int=1), UUID(int=2)
THEN = datetime(2026, 11, 20, 9, 4, tzinfo=UTC)
SWITCHBOARD = "+442079460123"

traces = st.builds(
    Trace,
    st.integers(1, 4).map(lambda number: UUID(int=number)),
    st.sampled_from(Reason),
    st.integers(0, 5).map(lambda days: THEN + timedelta(days=days)),
)


def found(*seen: tuple[UUID, Reason]) -> dict[UUID, Confidence]:
    """How sure each party is, by what was seen."""
    return {one.party: one.confidence for one in candidates(Trace(party, reason, THEN) for party, reason in seen)}


@pytest.mark.parametrize(
    "given_as",
    [
        *("07700 900123", "+447700900123", "0044 7700 900 123", " 447700900123", "(07700) 900123", "tel:+447700900123"),
        *("sip:07700900123@pbx.example", "SIPS:+447700900123;user=phone@pbx", "sip:+447700900123@[2001:db8::1]:5060"),
    ],
)
def test_a_number_is_read_however_it_is_written(given_as: str) -> None:
    assert read_number(given_as) == (NumberState.READABLE, "+447700900123")


@pytest.mark.parametrize(
    "given_as",
    ["", "  ", "anonymous", "Anonymous", "sip:anonymous@anonymous.invalid", "WITHHELD", "unknown", "restricted"],
)
def test_a_number_that_is_kept_back_is_withheld(given_as: str) -> None:
    assert read_number(given_as) == (NumberState.WITHHELD, "")


@pytest.mark.parametrize(
    "given_as",
    ["Jane", "12", "+", "sip:jane@example.org", "sip:200@pbx.example", "0" * 300, "07700 900123 07700 900124"],
)
def test_what_is_no_number_is_malformed(given_as: str) -> None:
    assert read_number(given_as) == (NumberState.MALFORMED, "")


@given(st.text(max_size=320))
def test_whatever_an_exchange_sends_is_read(text: str) -> None:
    state, number = read_number(text)

    assert bool(number) is (state is NumberState.READABLE)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("020 7946 0123", Reason.GAVE_NUMBER),
        ("020 7946 0123 ext. 12", Reason.SAME_SWITCHBOARD),
        ("020 7946 0124", None),
        ("none", None),
    ],
)
def test_a_number_typed_once_leads_to_whoever_gave_it(typed: str, reason: Reason | None) -> None:
    assert reason_of(typed, SWITCHBOARD) is reason


def test_who_has_the_number_alone_is_known() -> None:
    assert found((ONE, Reason.OWN_NUMBER), (ONE, Reason.GAVE_NUMBER)) == {ONE: Confidence.KNOWN}


def test_who_gave_a_number_that_is_nobodys_is_likely() -> None:
    assert found((ONE, Reason.GAVE_NUMBER)) == {ONE: Confidence.LIKELY}


def test_nobody_is_known_by_a_number_that_several_gave() -> None:
    seen = found((ONE, Reason.OWN_NUMBER), (OTHER, Reason.GAVE_NUMBER))

    assert seen == {ONE: Confidence.LIKELY, OTHER: Confidence.MAYBE}


def test_nobody_is_known_by_a_number_that_others_gave_who_were_not_looked_through() -> None:
    for reason, confidence in ((Reason.OWN_NUMBER, Confidence.LIKELY), (Reason.GAVE_NUMBER, Confidence.MAYBE)):
        [one] = candidates([Trace(ONE, reason, THEN)], more=True)
        assert one.confidence is confidence


def test_an_extension_behind_a_switchboard_says_no_more_than_maybe_and_takes_nothing_from_others() -> None:
    seen = found((ONE, Reason.OWN_NUMBER), (OTHER, Reason.SAME_SWITCHBOARD))

    assert seen == {ONE: Confidence.KNOWN, OTHER: Confidence.MAYBE}


@given(st.lists(traces), st.randoms())
def test_who_is_found_depends_neither_on_order_nor_on_repetition(seen: list[Trace], chance: object) -> None:
    again = [*seen, *seen[:3]]
    chance.shuffle(again)  # type: ignore[attr-defined]

    assert candidates(again) == candidates(seen)


@given(st.lists(traces))
def test_everybody_is_shown_with_a_reason_and_at_most_one_is_known(seen: list[Trace]) -> None:
    shown = candidates(seen)

    assert {one.party for one in shown} == {trace.party for trace in seen}
    assert all(trace.party == one.party for one in shown for trace in one.traces)
    assert all(one.traces for one in shown)
    assert sum(one.confidence is Confidence.KNOWN for one in shown) <= 1
    assert [one.confidence for one in shown] == sorted((one.confidence for one in shown), key=list(Confidence).index)
