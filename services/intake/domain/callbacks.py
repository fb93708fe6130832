"""Callbacks: promises to ring in a window, the attempts to keep them, and the slots in which that is possible."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

# A window is one slot. How many one slot holds, how often we try and how far ahead we promise are our assumptions.
SLOT = timedelta(minutes=30)
CAPACITY = 4
MOST_ATTEMPTS = 3
FARTHEST = timedelta(days=28)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
_OPENS, _LAST = time(9), time(17)
_SATURDAY = 5
_HOLIDAYS = Path(__file__).resolve().parents[3] / "contracts" / "bank_holidays.v1.json"


class CallbackStatus(StrEnum):
    """Where a callback stands. Not reached is who was tried three times; they are written to."""

    PROMISED = "promised"
    REACHED = "reached"
    NOT_REACHED = "not_reached"
    CANCELLED = "cancelled"


class CallbackAction(StrEnum):
    """What a person may do with a callback."""

    ATTEMPT = "attempt"
    REBOOK = "rebook"
    CANCEL = "cancel"


class Result(StrEnum):
    """What came of an attempt. Only the first keeps the promise."""

    REACHED = "reached"
    NO_ANSWER = "no_answer"
    ENGAGED = "engaged"
    MESSAGE_LEFT = "message_left"
    WRONG_NUMBER = "wrong_number"


def allowed(status: CallbackStatus) -> tuple[CallbackAction, ...]:
    """What may be done with a callback of this status."""
    return tuple(CallbackAction) if status is CallbackStatus.PROMISED else ()


def after_attempt(result: Result, number: int) -> CallbackStatus:
    """The status after the attempt of this number, which begins with 1."""
    if result is Result.REACHED:
        return CallbackStatus.REACHED
    return CallbackStatus.NOT_REACHED if number >= MOST_ATTEMPTS else CallbackStatus.PROMISED


def slot_fault(begins: datetime, now: datetime) -> str | None:
    """Why a callback cannot be promised for the slot that begins at a moment, in a sentence; None when it can.

    The line is staffed Monday to Friday, 09:00 to 17:30 in London, less the bank holidays of England and Wales.
    """
    if not now < begins <= now + FARTHEST:
        return f"Must be ahead, and within {FARTHEST.days} days."
    local = begins.astimezone(LONDON)
    if (local.minute % 30, local.second, local.microsecond) != (0, 0, 0):
        return "Must begin at a full or half hour."
    if local.weekday() >= _SATURDAY or local.date() in _bank_holidays() or not _OPENS <= local.time() <= _LAST:
        return "Must be in working time: Monday to Friday, 09:00 to 17:30 in London, and no bank holiday."
    return None


def slots_between(since: datetime, until: datetime, now: datetime) -> Iterator[datetime]:
    """When each slot begins for which a callback can be promised now: from `since` on, and before `until`."""
    ahead = max(since, now)
    begins = ahead - (ahead - _EPOCH) % SLOT
    while begins < min(until, now + FARTHEST + SLOT):
        if begins >= ahead and slot_fault(begins, now) is None:
            yield begins
        begins += SLOT


def slot_number(begins: datetime) -> int:
    """The number of a slot, counted from 1970: what two promises for the same slot have in common."""
    return (begins - _EPOCH) // SLOT


@cache
def _bank_holidays() -> frozenset[date]:
    days = json.loads(_HOLIDAYS.read_text(encoding="utf-8"))["divisions"]["england_and_wales"]
    return frozenset(map(date.fromisoformat, days))
