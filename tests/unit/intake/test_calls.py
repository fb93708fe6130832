"""A call is the same call, in whatever order it is heard, however often, and with whatever missing."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.calls import MOST_HEARD, CallEvent, CallStatus, Heard, fold, together

BEGAN = datetime(2026, 11, 20, 9, 4, tzinfo=UTC)
JANE, OFFICE = "+447700900123", "+442079460123"

heard = st.builds(
    Heard,
    st.sampled_from(CallEvent),
    st.sampled_from(["", "anna", "ben"]),
    st.integers(0, 3).map(lambda minutes: BEGAN + timedelta(minutes=minutes)),
    st.sampled_from(["", "inbound", "outbound"]),
    st.sampled_from(["", JANE]),
    st.sampled_from(["", OFFICE]),
    st.sampled_from(["", "mutuals"]),
)


def at(minute: int, event: CallEvent, user: str = "", direction: str = "inbound") -> Heard:
    """Something heard in a minute of a call of Jane's to the office."""
    return Heard(event, user, BEGAN + timedelta(minutes=minute), direction, JANE, OFFICE)


@given(st.lists(heard, min_size=1, max_size=12), st.randoms())
def test_any_permutation_and_repetition_gives_the_same_call(seen: list[Heard], chance: object) -> None:
    again = [*seen, *seen[:4]]
    chance.shuffle(again)  # type: ignore[attr-defined]
    kept: tuple[Heard, ...] = ()
    for one in again:  # as they arrive: each time only what is kept, and one more
        kept = together((*kept, one))

    assert kept == together(seen)
    assert fold(kept) == fold(together(seen))


@given(st.lists(heard, min_size=1))
def test_a_call_can_be_told_from_whatever_was_heard(seen: list[Heard]) -> None:
    told = fold(together(seen))

    assert (told.status is CallStatus.ENDED) is (told.ended_at is not None)
    assert told.status is CallStatus.ENDED or all(one.user for one in seen if one.event is CallEvent.HANGUP)
    assert told.status is not CallStatus.ENDED or any(one.event is CallEvent.HANGUP for one in seen)
    assert None in (told.answered_at, told.ended_at) or told.answered_at <= told.ended_at  # type: ignore[operator]
    assert told.began_at == min(one.at for one in together(seen))
    assert all(told.began_at <= moment for moment in (told.answered_at, told.ended_at) if moment)


def test_a_call_rings_is_answered_and_ends() -> None:
    whole = [at(0, CallEvent.NEW_CALL), at(1, CallEvent.ANSWER, "anna"), at(5, CallEvent.HANGUP, "anna")]

    assert [fold(whole[:number]).status for number in (1, 2, 3)] == ["ringing", "in_progress", "ended"]
    assert (fold(whole).answered_at, fold(whole).ended_at) == (whole[1].at, whole[2].at)


def test_a_call_without_an_answer_was_missed() -> None:
    told = fold([at(0, CallEvent.NEW_CALL), at(1, CallEvent.HANGUP)])

    assert (told.status, told.answered_at, told.users) == ("ended", None, ())


def test_a_second_answer_by_another_user_is_a_transfer_and_a_call_ends_with_its_last_side() -> None:
    passed_on = [at(1, CallEvent.ANSWER, "ben"), at(0, CallEvent.ANSWER, "anna")]
    ends = [at(1, CallEvent.HANGUP, "anna"), at(9, CallEvent.HANGUP, "ben")]

    told = fold(together([*passed_on, *ends]))

    assert (told.users, told.ended_at) == (("anna", "ben"), ends[1].at)


THERE_AND_BACK = [
    at(1, CallEvent.ANSWER, "anna"),
    at(2, CallEvent.HANGUP, "anna"),
    at(2, CallEvent.ANSWER, "ben"),
    at(5, CallEvent.HANGUP, "ben"),
    at(6, CallEvent.ANSWER, "anna"),
]


@given(st.permutations([*THERE_AND_BACK, *THERE_AND_BACK]), st.sets(st.sampled_from(THERE_AND_BACK[1:4:2])))
def test_a_call_that_was_passed_there_and_back_is_with_whoever_answered_last(
    seen: list[Heard], lost: set[Heard]
) -> None:
    kept: tuple[Heard, ...] = ()
    for one in seen:
        kept = kept if one in lost else together((*kept, one))
    end = at(9, CallEvent.HANGUP, "anna")

    told, over = fold(kept), fold(together([end, *kept]))

    assert (told.status, told.users, told.answered_at) == ("in_progress", ("anna", "ben", "anna"), THERE_AND_BACK[0].at)
    assert (over.status, over.users, over.ended_at) == ("ended", told.users, end.at)


def test_a_call_that_is_passed_on_after_it_came_back_is_with_the_next() -> None:
    onwards = [*THERE_AND_BACK, at(7, CallEvent.HANGUP, "anna"), at(7, CallEvent.ANSWER, "ben")]

    assert fold(together(onwards)).users == ("anna", "ben", "anna", "ben")
    assert fold(together(onwards)).status is CallStatus.IN_PROGRESS
    assert fold(together([*onwards, at(9, CallEvent.HANGUP, "ben")])).status is CallStatus.ENDED


@pytest.mark.parametrize("minute", [3, 6])
def test_an_answer_that_is_told_again_later_is_no_transfer_and_takes_no_end_back(minute: int) -> None:
    whole = [at(1, CallEvent.ANSWER, "anna"), at(5, CallEvent.HANGUP, "anna"), at(minute, CallEvent.ANSWER, "anna")]

    told = fold(together(whole))

    assert (told.users, told.answered_at, told.ended_at) == (("anna",), whole[0].at, whole[1].at)


def test_an_answer_that_names_nobody_is_no_transfer() -> None:
    assert fold(
        together(at(minute, CallEvent.ANSWER, user) for minute, user in enumerate(("anna", "", "anna")))
    ).users == ("anna",)


@given(st.permutations(range(4)), st.integers(0, 9))
def test_a_call_that_was_passed_on_goes_on_when_the_first_hangs_up(order: list[int], minute: int) -> None:
    whole = [at(0, CallEvent.NEW_CALL), at(1, CallEvent.ANSWER, "anna"), at(2, CallEvent.ANSWER, "ben")]
    whole.append(at(minute, CallEvent.HANGUP, "anna"))

    shuffled = [whole[number] for number in order]

    for end in (at(9, CallEvent.HANGUP, "ben"), at(9, CallEvent.HANGUP)):
        assert (fold(together(shuffled)).status, fold(together(shuffled)).ended_at) == ("in_progress", None)
        assert (fold(together([end, *shuffled])).status, fold(together([end, *shuffled])).ended_at) == ("ended", end.at)


def test_a_telephone_that_rang_in_vain_ends_no_call_that_another_took() -> None:
    taken = [at(0, CallEvent.NEW_CALL), at(1, CallEvent.HANGUP, "anna"), at(2, CallEvent.ANSWER, "ben")]

    assert [fold(taken[:number]).status for number in (2, 3)] == ["ended", "in_progress"]


def test_a_telephone_that_rang_in_vain_and_is_answered_later_has_not_ended_the_call() -> None:
    vain = [at(0, CallEvent.NEW_CALL), at(1, CallEvent.HANGUP, "anna"), at(2, CallEvent.HANGUP, "ben")]
    taken = together([*vain, at(3, CallEvent.ANSWER, "anna")])
    end = at(9, CallEvent.HANGUP, "anna")

    assert (fold(taken).status, fold(taken).ended_at) == ("in_progress", None)
    assert fold(together([*taken, end])).ended_at == end.at
    assert fold(together([*taken, end, at(10, CallEvent.HANGUP, "ben")])).answered_at == taken[-1].at


def test_a_hang_up_that_is_told_again_later_ends_the_call_no_later() -> None:
    whole = [at(1, CallEvent.ANSWER, "anna"), at(5, CallEvent.HANGUP, "anna"), at(6, CallEvent.HANGUP, "anna")]

    assert fold(together(whole)).ended_at == whole[1].at


def test_no_call_ends_before_it_was_answered() -> None:
    for user in ("", "anna"):
        told = fold(together([at(1, CallEvent.HANGUP), at(3, CallEvent.ANSWER, user)]))

        assert (told.status, told.ended_at) == ("ended", told.answered_at)


def test_the_other_side_is_who_rings_us_or_whom_we_ring() -> None:
    assert fold([at(0, CallEvent.NEW_CALL)]).number == JANE
    assert fold([at(0, CallEvent.NEW_CALL, direction="outbound")]).number == OFFICE


def test_a_withheld_number_stays_empty_and_a_later_event_may_bring_what_an_earlier_one_left_out() -> None:
    silent = Heard(CallEvent.NEW_CALL, "", BEGAN)

    assert fold([silent]).number == ""
    assert fold([silent, at(1, CallEvent.ANSWER, "anna")]).number == JANE


def test_an_exchange_that_never_ends_is_forgotten_but_for_its_beginning_and_its_end() -> None:
    many = [at(number, CallEvent.ANSWER, f"user {number}") for number in range(2 * MOST_HEARD + 5)]
    end = at(9 * MOST_HEARD, CallEvent.HANGUP)

    kept = together([*many, end])

    assert len(kept) == 2 * MOST_HEARD
    assert kept == together([*reversed(many), end])
    assert (fold(kept).users[0], fold(kept).users[-1]) == (many[0].user, many[-1].user)
    assert fold(kept).status is CallStatus.ENDED
