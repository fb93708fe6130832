"""What becomes of a webhook delivery after each attempt, by the schedule of Standard Webhooks."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# What subscribers may ask for. A bus event `referral_sent` is the webhook type `referral.sent`.
WEBHOOK_TYPES = (
    "referral.sent",
    "referral.acknowledged",
    "referral.information_requested",
    "referral.information_provided",
    "referral.decided",
    "referral.withdrawn",
    "referral.concluded",
    "referral.consent_changed",
    "fund.entry_recorded",
)
TEST_TYPE = "webhook.test"
# What is told of a case that somebody may hold by now, whether they ask for it or not: who asks for one of these may.
_TELLS_ALSO = {"referral.consent_changed": ("referral.sent", "referral.withdrawn")}
# What carries the profile of an enquiry.
CARRIES_PROFILE = "referral.sent"

# Waits after the first, second, … failed attempt (standardwebhooks.com, "Deliverability and reliability").
SCHEDULE = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
# A wait grows by up to this part of itself, so that what failed together does not come back together.
JITTER = 0.2
GONE = 410
# How long an old secret goes on signing beside the new one.
SECRET_OVERLAP = timedelta(hours=24)


class DeliveryStatus(StrEnum):
    """Where a delivery stands. `pending` covers both never tried and to be tried again."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows from an attempt. `next_attempt_at` is None once there is nothing more to do."""

    status: DeliveryStatus
    next_attempt_at: datetime | None = None
    endpoint_is_gone: bool = False


def webhook_type(event_type: str) -> str:
    """The type under which subscribers know a bus event."""
    return event_type.replace("_", ".", 1)


def types_that_want(type_: str) -> tuple[str, ...]:
    """The types of which an endpoint has to ask for one, to be told one of this type."""
    return (type_, *_TELLS_ALSO.get(type_, ()))


def judge(answer: int | None, attempts: int, now: datetime, chance: float) -> Verdict:
    """What follows from an attempt that ended `now`.

    `answer` is the HTTP status, None when there was none; `attempts` counts this one; `chance` is in [0, 1).
    Any 2xx is success. 410 says that nobody listens there any more. All else, redirects too, is tried again.
    """
    if answer is not None and 200 <= answer <= 299:
        return Verdict(DeliveryStatus.DELIVERED)
    if answer == GONE:
        return Verdict(DeliveryStatus.FAILED, endpoint_is_gone=True)
    if attempts > len(SCHEDULE):
        return Verdict(DeliveryStatus.FAILED)
    return Verdict(DeliveryStatus.PENDING, now + SCHEDULE[attempts - 1] * (1 + JITTER * chance))
