"""What may be done with an enquiry in each state, and what moves it on."""

from itertools import permutations

import pytest

from services.intake.domain.states import (
    ALLOWED,
    OUTCOMES,
    Action,
    Status,
    after_assessment,
    after_case,
    after_new_facts,
)

WAITING = [Status.RECEIVED, Status.IN_TRIAGE, Status.AWAITING_INFORMATION]
SETTLED = [status for status in Status if status not in WAITING]
ENDED = [Status.CLOSED, Status.WITHDRAWN, Status.DUPLICATE]


def test_every_status_says_what_it_allows() -> None:
    assert set(ALLOWED) == set(Status)


@pytest.mark.parametrize("status", WAITING)
def test_all_is_possible_while_an_answer_is_owed(status: Status) -> None:
    assert set(ALLOWED[status]) == set(Action)


@pytest.mark.parametrize("status", ENDED)
def test_of_what_has_ended_contacts_and_consent_alone_are_written_down(status: Status) -> None:
    assert ALLOWED[status] == (Action.RECORD_CONTACT, Action.RECORD_CONSENT)


def test_an_enquiry_with_an_open_case_is_not_closed_beside_it() -> None:
    assert Action.CLOSE not in ALLOWED[Status.CASE_OPEN]
    assert Action.ANSWER not in ALLOWED[Status.CASE_OPEN]


def test_an_answered_enquiry_is_not_answered_again_but_may_be_closed() -> None:
    assert Action.ANSWER not in ALLOWED[Status.ANSWERED]
    assert Action.CLOSE in ALLOWED[Status.ANSWERED]


@pytest.mark.parametrize("status", WAITING)
def test_missing_information_makes_the_enquiry_wait_for_the_enquirer(status: Status) -> None:
    assert after_assessment(status, "information_needed") is Status.AWAITING_INFORMATION


@pytest.mark.parametrize("outcome", [outcome for outcome in OUTCOMES if outcome != "information_needed"])
@pytest.mark.parametrize("status", WAITING)
def test_every_other_outcome_leaves_the_next_step_to_us(status: Status, outcome: str) -> None:
    assert after_assessment(status, outcome) is Status.IN_TRIAGE


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("status", SETTLED)
def test_an_assessment_does_not_undo_what_was_decided(status: Status, outcome: str) -> None:
    assert after_assessment(status, outcome) is status


def test_new_facts_free_the_enquirer_of_the_next_step() -> None:
    assert after_new_facts(Status.AWAITING_INFORMATION) is Status.IN_TRIAGE


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.AWAITING_INFORMATION])
def test_new_facts_move_nothing_else(status: Status) -> None:
    assert after_new_facts(status) is status


@pytest.mark.parametrize("status", [*WAITING, Status.ANSWERED, Status.CASE_OPEN, Status.CLOSED])
def test_an_open_case_speaks_for_its_enquiry(status: Status) -> None:
    assert after_case(status, "case_opened") is Status.CASE_OPEN
    assert after_case(status, "case_reopened") is Status.CASE_OPEN
    assert after_case(status, "case_closed") is Status.CLOSED


def test_a_withdrawn_enquiry_is_not_revived_by_a_case_that_was_on_its_way() -> None:
    assert after_case(Status.WITHDRAWN, "case_opened") is Status.WITHDRAWN
    assert after_case(Status.WITHDRAWN, "case_closed") is Status.WITHDRAWN


def test_a_withdrawn_enquiry_is_revived_by_somebody_who_reopens_its_case() -> None:
    assert after_case(Status.WITHDRAWN, "case_reopened") is Status.CASE_OPEN


@pytest.mark.parametrize("happened", ["case_opened", "case_closed", "case_reopened"])
def test_a_duplicate_stays_one_whatever_becomes_of_a_case(happened: str) -> None:
    assert after_case(Status.DUPLICATE, happened) is Status.DUPLICATE


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("start", list(Status))
def test_an_assessment_and_an_opened_case_lead_to_the_same_status_in_any_order(start: Status, outcome: str) -> None:
    moves = [lambda status: after_assessment(status, outcome), lambda status: after_case(status, "case_opened")]
    ends = set()
    for order in permutations(moves):
        status = start
        for move in order:
            status = move(status)
        ends.add(status)
    assert len(ends) == 1
