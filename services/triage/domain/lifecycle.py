"""The life of a criteria version: what may be done with it in each state.

An agreed version comes into force at once or on a day that is named; the one before it is superseded by that alone. A
superseded one can be brought back, which is how a change that went wrong is undone.
"""

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where a criteria version stands. At most one is active, whoever races (an index sees to it)."""

    DRAFT = "draft"
    AGREED = "agreed"
    ACTIVE = "active"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    """What a person may do with a criteria version."""

    AGREE = "agree"
    ACTIVATE = "activate"
    WITHDRAW = "withdraw"


# The active version is not withdrawn: without any, nothing could be triaged. Another one takes its place.
ALLOWED: Mapping[State, tuple[Action, ...]] = {
    State.DRAFT: (Action.AGREE, Action.WITHDRAW),
    State.AGREED: (Action.ACTIVATE, Action.WITHDRAW),
    State.ACTIVE: (),
    State.SUPERSEDED: (Action.ACTIVATE, Action.WITHDRAW),
    State.WITHDRAWN: (),
}

# A step of a version's history that is no state of its own: agreed, and to come into force on a day that is named.
SCHEDULED = "scheduled"
