"""Which teams are far enough to be referred; the states of a referral, and which action leads from which to which."""

from enum import StrEnum


class Status(StrEnum):
    """Where a referral stands. The last three are how an accepted one concluded."""

    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    MORE_INFORMATION = "more_information"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    DELIVERED = "delivered"
    ENDED_EARLY = "ended_early"
    CANCELLED = "cancelled"


class Action(StrEnum):
    """What the Cabinet Office or an adviser may do with a referral that was sent."""

    ACKNOWLEDGE = "acknowledge"
    REQUEST_INFORMATION = "request_information"
    PROVIDE_INFORMATION = "provide_information"
    ACCEPT = "accept"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    CONCLUDE = "conclude"


# Making the case or further on. A team that has given up or is at rest is not.
FAR_ENOUGH = frozenset({"making_the_case", "planning", "implementing", "live", "growing"})

# A case has at most one referral in one of these states; a partial unique index holds it to that.
LIVE = (Status.SENT, Status.ACKNOWLEDGED, Status.MORE_INFORMATION, Status.ACCEPTED)

# Whoever does one of these has read the referral, so it counts as acknowledged.
SHOWS_RECEIPT = frozenset({Action.ACKNOWLEDGE, Action.REQUEST_INFORMATION, Action.ACCEPT, Action.REJECT})

# A reviewer who decides at once need not acknowledge first, nor wait for what was asked.
_UNDECIDED = (Action.ACCEPT, Action.REJECT, Action.WITHDRAW)
_ALLOWED = {
    Status.SENT: (Action.ACKNOWLEDGE, Action.REQUEST_INFORMATION, *_UNDECIDED),
    Status.ACKNOWLEDGED: (Action.REQUEST_INFORMATION, *_UNDECIDED),
    Status.MORE_INFORMATION: (Action.PROVIDE_INFORMATION, *_UNDECIDED),
    Status.ACCEPTED: (Action.CONCLUDE,),
}
_LEADS_TO = {
    Action.ACKNOWLEDGE: Status.ACKNOWLEDGED,
    Action.REQUEST_INFORMATION: Status.MORE_INFORMATION,
    Action.PROVIDE_INFORMATION: Status.ACKNOWLEDGED,
    Action.ACCEPT: Status.ACCEPTED,
    Action.REJECT: Status.REJECTED,
    Action.WITHDRAW: Status.WITHDRAWN,
}


def is_far_enough(stage: str | None) -> bool:
    """Whether a team at this stage of its own progress may be referred; not as long as nobody knows the stage."""
    return stage in FAR_ENOUGH


def allowed_actions(status: Status) -> tuple[Action, ...]:
    """The actions that a referral in this state allows, in the order in which they are usually taken."""
    return _ALLOWED.get(status, ())


def next_status(status: Status, action: Action, outcome: str = "") -> Status | None:
    """The state that an action leads to, or None where it is not allowed.

    Concluding leads to the state that its `outcome` names (delivered, ended_early, cancelled).
    """
    if action not in allowed_actions(status):
        return None
    return Status(outcome) if action is Action.CONCLUDE else _LEADS_TO[action]
