"""What becomes of a message that was tried to be sent, and when it is tried again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# Before the second attempt, the third and so on: two days together. Mail servers are tried for so long.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720, 1440))
MOST_ATTEMPTS = len(WAITS) + 1


class Outcome(StrEnum):
    """What came of an attempt."""

    SENT = "sent"
    LATER = "later"  # refused for now, or nobody knows
    NEVER = "never"  # refused for good


class Status(StrEnum):
    """Where a message to be sent stands."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    BOUNCED = "bounced"  # sent, and it came back
    WITHHELD = "withheld"  # when its turn came, it was not wanted any more, not safe, or the enquiry was over


@dataclass(frozen=True, slots=True)
class Next:
    """Where a message stands after an attempt, and when it is tried again if it is."""

    status: Status
    at: datetime


def after(attempt: int, outcome: Outcome, now: datetime, lot: float) -> Next:
    """What follows the attempt of this number. `lot`, from 0 to 1, spreads attempts over a fifth of the wait."""
    if outcome is Outcome.SENT:
        return Next(Status.SENT, now)
    if outcome is Outcome.NEVER or attempt >= MOST_ATTEMPTS:
        return Next(Status.FAILED, now)
    return Next(Status.QUEUED, now + WAITS[attempt - 1] * (1 + lot / 5))


class Delivery(StrEnum):
    """What became of a message that was handed to somebody who can be asked."""

    UNDER_WAY = "under_way"
    DELIVERED = "delivered"
    RETURNED = "returned"  # there is no such address, or it takes nothing
    FAILED = "failed"  # a fault on the way
    UNKNOWN = "unknown"  # nobody knows any more


# GOV.UK Notify's words. A temporary failure is one after three days of trying.
_DELIVERIES = {
    "delivered": Delivery.DELIVERED,
    "permanent-failure": Delivery.RETURNED,
    "temporary-failure": Delivery.RETURNED,
    "technical-failure": Delivery.FAILED,
    None: Delivery.UNKNOWN,
}
# Notify forgets after seven days. It has given up long before.
_ASKED_FOR = timedelta(days=5)
_SHORTEST, _LONGEST = timedelta(seconds=30), timedelta(hours=6)


def delivery_of(said: str | None) -> Delivery:
    """What Notify says, in our words. What it may come to say one day is under way until we know better."""
    return _DELIVERIES.get(said, Delivery.UNDER_WAY)


def asked_again(sent_at: datetime, now: datetime) -> datetime | None:
    """When to ask again what became of a message: soon at first, seldom later; None when that is of no use."""
    age = now - sent_at
    return None if age > _ASKED_FOR else now + min(max(age / 2, _SHORTEST), _LONGEST)
