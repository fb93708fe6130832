"""Clocks: segments, what they come to, and when they run out."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import compress, count, islice, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.casework.domain.calendar import WORKING_DAY, WorkingTime, working_time
from services.casework.domain.clock import (
    ACKNOWLEDGEMENT,
    DECISION,
    FIRST_CONTACT,
    Result,
    Segment,
    State,
    change_pause,
    due_at,
    elapsed,
    lay_out,
    rests_since,
    result_of,
    segment_from,
    state_of,
    targets,
)
from tests.unit.casework.oracle import DIVISIONS, SPRING, WINTER, Pause, Season, season

DAY = 24 * 60
ENGLAND = working_time("england_and_wales")
MONDAY = datetime(2026, 11, 16, 9, tzinfo=UTC)
WAITING, CLOSED = "enquirer_owes_next_action", "case_closed"


@dataclass(frozen=True)
class Course:
    """What happened to one clock, on whole minutes of some season."""

    calendar: WorkingTime
    season: Season
    start: datetime
    end: datetime | None
    pauses: list[Pause]

    def segments(self) -> tuple[Segment, ...]:
        """The clock as the domain lays it out."""
        return lay_out(self.start, self.end, [pause(*each) for each in self.pauses])


def pause(start: datetime, end: datetime | None) -> Segment:
    """A stretch during which clocks rest."""
    return Segment(State.PAUSED, start, end, WAITING)


def on_day(number: int, hour: float = 9) -> datetime:
    """An hour of the working week's day with this number, Monday being 0."""
    return MONDAY + timedelta(days=number, hours=hour - 9)


@st.composite
def courses(draw: st.DrawFn) -> Course:
    """A clock that starts, may end, and rests now and then, perhaps for good."""
    division = draw(st.sampled_from(DIVISIONS))
    months = season(division, *draw(st.sampled_from((SPRING, WINTER))))
    start = draw(st.integers(0, 20 * DAY))
    end = draw(st.none() | st.integers(start, start + 25 * DAY))
    bounds = [months.moment(minute) for minute in sorted(draw(st.lists(st.integers(0, 45 * DAY), max_size=8)))]
    pauses: list[Pause] = list(zip(bounds[::2], bounds[1::2], strict=False))
    if len(bounds) % 2:
        pauses.append((bounds[-1], None))
    ended = None if end is None else months.moment(end)
    return Course(working_time(division), months, months.moment(start), ended, pauses)


@settings(max_examples=1000, deadline=None)
@given(courses(), st.integers(0, 70 * DAY))
def test_a_clock_shows_the_working_time_that_one_counts_minute_by_minute(course: Course, minute: int) -> None:
    running = course.season.running(course.start, course.end, course.pauses)

    shown = elapsed(course.segments(), course.calendar, course.season.moment(minute))

    assert shown == timedelta(minutes=sum(running[:minute]))


@settings(max_examples=1000, deadline=None)
@given(courses(), st.integers(1, 15 * 510))
def test_a_clock_runs_out_at_the_minute_that_one_counts_to(course: Course, target: int) -> None:
    segments = course.segments()
    rests_at_its_end = not segments or segments[-1].state is State.PAUSED
    before_end = [each for each in course.pauses if course.end is None or each[0] < course.end]
    running = course.season.running(course.start, course.end if rests_at_its_end else None, before_end)
    counted = next(islice(compress(count(1), running), target - 1, None), None)

    due = due_at(segments, timedelta(minutes=target), course.calendar)

    assert due == (course.season.moment(counted) if counted else None)


@given(courses())
def test_segments_touch_and_cover_the_whole_course_of_a_clock(course: Course) -> None:
    segments = course.segments()

    assert all(one.end == other.start for one, other in pairwise(segments))
    if segments:
        assert (segments[0].start, segments[-1].end) == (course.start, course.end)
    else:
        assert course.start == course.end


@given(courses())
def test_segments_are_the_same_after_they_were_stored(course: Course) -> None:
    assert [segment_from(each.document()) for each in course.segments()] == list(course.segments())


@given(st.lists(st.tuples(st.sampled_from((None, WAITING, CLOSED)), st.integers(0, 100)), min_size=1))
def test_pauses_never_overlap_and_end_with_the_last_reason_whenever_news_comes(
    news: list[tuple[str | None, int]],
) -> None:
    pauses: tuple[Segment, ...] = ()

    for why, minute in news:
        pauses = change_pause(pauses, why, MONDAY + timedelta(minutes=minute))

    assert all(one.end is not None and one.end <= other.start for one, other in pairwise(pauses))
    assert all(each.end is None or each.start <= each.end for each in pauses)
    lasting = pauses[-1] if pauses and pauses[-1].end is None else None
    assert (lasting.why if lasting else None) == news[-1][0]


def test_a_pause_that_lasts_is_left_as_it_is_by_the_same_reason() -> None:
    pauses = (pause(MONDAY, None),)

    assert change_pause(pauses, WAITING, on_day(1)) == pauses


def test_one_reason_to_pause_follows_another_without_a_gap() -> None:
    pauses = change_pause((pause(MONDAY, None),), CLOSED, on_day(1))

    assert pauses == (pause(MONDAY, on_day(1)), Segment(State.PAUSED, on_day(1), None, CLOSED))


def test_a_clock_says_why_each_of_its_segments_began() -> None:
    segments = lay_out(MONDAY, None, [pause(on_day(1), on_day(2))])

    assert [(str(each.state), each.why) for each in segments] == [
        ("running", "started"),
        ("paused", WAITING),
        ("running", "resumed"),
    ]


def test_a_clock_that_ends_while_it_rests_does_not_run_again() -> None:
    segments = lay_out(MONDAY, on_day(2), [pause(on_day(1), on_day(2))])

    assert [each.state for each in segments] == [State.RUNNING, State.PAUSED]


def test_a_clock_that_runs_has_gone_on_since_it_was_started() -> None:
    segments = lay_out(MONDAY, None, [])

    assert elapsed(segments, ENGLAND, on_day(0, hour=12)) == timedelta(hours=3)
    assert elapsed(segments, ENGLAND, on_day(-1)) == timedelta()


def test_a_clock_that_rests_from_its_start_has_not_run_before() -> None:
    segments = lay_out(MONDAY, None, [pause(MONDAY, on_day(1))])

    assert [each.state for each in segments] == [State.PAUSED, State.RUNNING]
    assert elapsed(segments, ENGLAND, on_day(2)) == WORKING_DAY


def test_while_the_enquirer_owes_the_next_action_nothing_is_due() -> None:
    segments = lay_out(MONDAY, None, [pause(on_day(1), None)])

    assert due_at(segments, 5 * WORKING_DAY, ENGLAND) is None
    assert elapsed(segments, ENGLAND, on_day(4)) == WORKING_DAY


def test_a_clock_that_ran_out_before_a_pause_stays_run_out() -> None:
    segments = lay_out(MONDAY, None, [pause(on_day(2), None)])

    assert due_at(segments, WORKING_DAY, ENGLAND) == on_day(0, hour=17.5)


def test_the_rest_of_the_time_is_allowed_after_a_pause() -> None:
    segments = lay_out(MONDAY, None, [pause(on_day(1), on_day(3))])

    assert due_at(segments, 2 * WORKING_DAY, ENGLAND) == on_day(3, hour=17.5)


@pytest.mark.parametrize(
    ("ended", "now", "reached", "result"),
    [
        (None, on_day(1), False, None),
        (None, on_day(5), False, Result.BREACHED),
        (on_day(1), on_day(5), True, Result.MET),
        (on_day(4), on_day(5), True, Result.MET),
        (on_day(5), on_day(6), True, Result.BREACHED),
        (on_day(1), on_day(5), False, Result.STOPPED),
    ],
)
def test_a_clock_is_met_when_what_it_waits_for_comes_by_the_due_time(
    ended: datetime | None, now: datetime, reached: bool, result: Result | None
) -> None:
    assert result_of(on_day(4), ended, now, reached=reached) == result


def test_a_clock_with_nothing_due_is_not_breached() -> None:
    assert result_of(None, None, on_day(9), reached=False) is None


def test_a_clock_runs_rests_or_has_ended() -> None:
    running, resting = lay_out(MONDAY, None, []), lay_out(MONDAY, None, [pause(on_day(1), None)])

    assert state_of(running, None) is State.RUNNING
    assert state_of(resting, None) is State.PAUSED
    assert state_of((), MONDAY) is State.ENDED


def test_each_clock_has_a_target_in_working_days() -> None:
    assert targets() == {
        FIRST_CONTACT: 5 * WORKING_DAY,
        ACKNOWLEDGEMENT: 2 * WORKING_DAY,
        DECISION: 20 * WORKING_DAY,
    }


def test_clocks_rest_for_a_reason_since_the_last_change_and_for_no_other() -> None:
    paused = (pause(MONDAY, None),)

    assert rests_since(paused, WAITING, MONDAY)
    assert not rests_since(paused, WAITING, MONDAY - timedelta(minutes=1))
    assert not rests_since(paused, CLOSED, on_day(1))
    assert not rests_since((pause(MONDAY, on_day(1)),), WAITING, on_day(2))
    assert not rests_since((), WAITING, MONDAY)
