"""Which of the calls that bear one id of the exchange something belongs to that is told under it."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.calls import LONGEST, CallEvent, Heard, Span, nearest, span_of, together

BEGAN = datetime(2026, 11, 20, 9, 4, tzinfo=UTC)

# What is heard of a call that lasts its longest at most, each thing once.
whole_calls = st.lists(
    st.tuples(st.sampled_from(CallEvent), st.sampled_from(["", "anna", "ben"]), st.timedeltas(timedelta(), LONGEST)),
    min_size=1,
    max_size=5,
)
gaps = st.timedeltas(timedelta(microseconds=1), timedelta(days=2))


def kept_apart(seen: list[Heard]) -> list[tuple[Heard, ...]]:
    """The calls that are kept of what arrives under one id of the exchange, in the order of their beginning."""
    calls: list[tuple[Heard, ...]] = []
    for one in seen:
        place = nearest([span_of(call) for call in calls], one.at)
        if place is None:
            calls.append(together([one]))
        else:
            calls[place] = together((*calls[place], one))
    return sorted(calls, key=lambda call: span_of(call).first)


@given(st.lists(st.tuples(whole_calls, gaps), min_size=1, max_size=4), st.randoms())
def test_calls_that_bear_one_id_are_kept_apart_whatever_the_order_and_however_often(
    told: list[tuple[list[tuple[CallEvent, str, timedelta]], timedelta]], chance: object
) -> None:
    calls, begins = [], BEGAN
    for heard_of_it, gap in told:
        calls.append([Heard(event, user, begins + after) for event, user, after in heard_of_it])
        begins = max(one.at for one in calls[-1]) + LONGEST + gap
    again = [one for call in calls for one in (*call, call[0])]
    chance.shuffle(again)  # type: ignore[attr-defined]

    assert kept_apart(again) == [together(call) for call in calls]


@given(
    st.lists(
        st.integers(0, 40).map(lambda hours: Heard(CallEvent.ANSWER, str(hours), BEGAN + timedelta(hours=hours))),
        min_size=1,
    )
)
def test_whatever_is_heard_belongs_to_one_call_and_no_two_calls_overlap(seen: list[Heard]) -> None:
    calls = kept_apart(seen)

    assert sorted(one.at for call in calls for one in call) == sorted({one.at for one in seen})
    spans = [span_of(call) for call in calls]
    assert all(before.last < after.first for before, after in pairwise(spans))
    assert kept_apart([*seen, *seen]) == calls


def test_an_event_is_of_the_call_that_it_is_nearest_to_or_of_a_new_one() -> None:
    early, late = (Span(BEGAN + timedelta(hours=hours), BEGAN + timedelta(hours=hours)) for hours in (0, 7))

    def place(hours: float) -> int | None:
        return nearest([early, late], BEGAN + timedelta(hours=hours))

    assert [place(hours) for hours in (-4.1, -4, 3, 3.5, 4, 11, 11.1)] == [None, 0, 0, 0, 1, 1, None]
