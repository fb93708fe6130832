"""Where a referral may go from where."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.fields import codes
from services.referrals.domain.lifecycle import LIVE, Action, Status, allowed_actions, next_status

WAY = [
    (Status.SENT, Action.ACKNOWLEDGE, Status.ACKNOWLEDGED),
    (Status.SENT, Action.REQUEST_INFORMATION, Status.MORE_INFORMATION),
    (Status.SENT, Action.ACCEPT, Status.ACCEPTED),
    (Status.SENT, Action.REJECT, Status.REJECTED),
    (Status.SENT, Action.WITHDRAW, Status.WITHDRAWN),
    (Status.ACKNOWLEDGED, Action.REQUEST_INFORMATION, Status.MORE_INFORMATION),
    (Status.ACKNOWLEDGED, Action.ACCEPT, Status.ACCEPTED),
    (Status.ACKNOWLEDGED, Action.REJECT, Status.REJECTED),
    (Status.ACKNOWLEDGED, Action.WITHDRAW, Status.WITHDRAWN),
    (Status.MORE_INFORMATION, Action.PROVIDE_INFORMATION, Status.ACKNOWLEDGED),
    (Status.MORE_INFORMATION, Action.ACCEPT, Status.ACCEPTED),
    (Status.MORE_INFORMATION, Action.REJECT, Status.REJECTED),
    (Status.MORE_INFORMATION, Action.WITHDRAW, Status.WITHDRAWN),
]


@pytest.mark.parametrize(("before", "action", "after"), WAY)
def test_an_action_leads_to_its_state(before: Status, action: Action, after: Status) -> None:
    assert next_status(before, action) == after
    assert action in allowed_actions(before)


def test_no_other_action_is_allowed_than_those_of_the_table_and_concluding_what_was_accepted() -> None:
    known = {(before, action) for before, action, _ in WAY} | {(Status.ACCEPTED, Action.CONCLUDE)}

    every = {(status, action) for status in Status for action in Action}

    assert {pair for pair in every if next_status(*pair, outcome="delivered") is not None} == known
    assert {(status, action) for status in Status for action in allowed_actions(status)} == known


@pytest.mark.parametrize("outcome", codes("referral_outcomes"))
def test_an_accepted_referral_ends_as_its_outcome_says(outcome: str) -> None:
    assert next_status(Status.ACCEPTED, Action.CONCLUDE, outcome) == outcome


@given(st.lists(st.sampled_from(Action), max_size=12), st.sampled_from(codes("referral_outcomes")))
def test_whatever_is_tried_a_referral_that_has_ended_stays_as_it_ended(tries: list[Action], outcome: str) -> None:
    status = Status.SENT
    for action in tries:
        after = next_status(status, action, outcome)
        assert after is None or status in LIVE
        status = after or status
    assert (status in LIVE) == bool(allowed_actions(status))
