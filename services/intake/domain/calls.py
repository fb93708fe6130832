"""What a telephone call is, from what was heard of it: in any order, more than once, and with parts missing.

An exchange tells that a call came, was answered, was hung up; each by a request that may be late, repeated or lost. A
second answer by another user is a transfer. What is kept is the set of what was heard, and the call follows from it.

An exchange names each call by an id, and begins to count anew when it is started again. So an id alone names no call:
what is told under it belongs to the call that bore it at that time (`nearest`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby
from operator import attrgetter

# A call that began longer ago is over, though no hang-up was heard: exchanges lose some. And what is told of a time
# further from all that was heard of a call is of another one with the same id.
LONGEST = timedelta(hours=4)
# A call that was passed on more often than this is a fault of the exchange: what is too much is forgotten, from the
# middle; the same whatever order it came in.
MOST_HEARD = 50


class CallEvent(StrEnum):
    """What an exchange tells, in its own words."""

    NEW_CALL = "newCall"
    ANSWER = "answer"
    HANGUP = "hangup"


class CallStatus(StrEnum):
    """Where a call stands. A call that ended without an answer was missed."""

    RINGING = "ringing"
    IN_PROGRESS = "in_progress"
    ENDED = "ended"


class Direction(StrEnum):
    """Who began the call."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


# What exchanges say of it.
DIRECTIONS = {"in": Direction.INBOUND, "out": Direction.OUTBOUND}
_RANK = (CallEvent.HANGUP, CallEvent.NEW_CALL, CallEvent.ANSWER)


@dataclass(frozen=True, slots=True)
class Heard:
    """One thing that was heard of a call. What the exchange did not say is empty; numbers are in canonical form."""

    event: CallEvent
    user: str
    at: datetime
    direction: str = ""
    caller: str = ""
    called: str = ""
    queue: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """From the first to the last moment at which something was heard of a call."""

    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """A call as it follows from what was heard. `users` answered it, in order: one more is one transfer, maybe back."""

    status: CallStatus
    direction: str
    number: str
    queue: str
    users: tuple[str, ...]
    began_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None


def span_of(heard: Sequence[Heard]) -> Span:
    """When a call was heard of, of which something must have been."""
    return Span(min(one.at for one in heard), max(one.at for one in heard))


def nearest(spans: Sequence[Span], moment: datetime) -> int | None:
    """Which of the calls that bear one id something told of this moment belongs to; None when it is of a new one.

    It is the nearest in time, and of two as near the first named, unless even that is further off than LONGEST. Calls
    that last no longer, and lie further apart than that, are so told from each other in whatever order they are heard.
    """
    away = [max(span.first - moment, moment - span.last, timedelta()) for span in spans]
    place = min(range(len(away)), key=away.__getitem__, default=None)
    return None if place is None or away[place] > LONGEST else place


def together(heard: Iterable[Heard]) -> tuple[Heard, ...]:
    """All that was heard, each thing once, in an order of its own.

    The same event by the same user is the same thing. Of two tellings the earlier counts, for a repeat is later. But
    later answers and hang-ups are kept too: a telephone may ring in vain, and be answered when the queue comes round to
    it, and a call may be passed on and back. `fold` says which of them are repeats.
    """
    inorder = sorted(set(heard), key=_stamp)
    first: dict[tuple[CallEvent, str], Heard] = {}
    for one in inorder:
        first.setdefault((one.event, one.user), one)
    kept = set(sorted(first.values(), key=_rank)[:MOST_HEARD])
    for event in (CallEvent.ANSWER, CallEvent.HANGUP):
        kept.update([one for one in inorder if one.event is event][-MOST_HEARD:])
    return tuple(sorted(kept, key=_rank))


def fold(heard: Sequence[Heard]) -> Told:
    """The call that follows from what was heard, which must be something. It ended when the last side hung up."""
    inorder = sorted(heard, key=_stamp)
    # Of answers by one user, one after the other, the first counts: the next is a repeat.
    answered = groupby((one for one in inorder if one.event is CallEvent.ANSWER), key=attrgetter("user"))
    answers = [next(same) for _, same in answered]
    hangups = [one for one in inorder if one.event is CallEvent.HANGUP]
    direction = _first(one.direction for one in inorder)
    outbound = direction == Direction.OUTBOUND
    ended_at = _ended_at(answers, hangups)
    status = CallStatus.ENDED if ended_at else CallStatus.IN_PROGRESS if answers else CallStatus.RINGING
    return Told(
        status=status,
        direction=direction,
        number=_first((one.called if outbound else one.caller) for one in inorder),
        queue=_first(one.queue for one in inorder),
        users=tuple(user for user, _ in groupby(one.user for one in answers if one.user)),
        began_at=inorder[0].at,
        answered_at=answers[0].at if answers else None,
        ended_at=ended_at,
    )


def _ended_at(answers: Sequence[Heard], hangups: Sequence[Heard]) -> datetime | None:
    """Since when nobody is on the line any more; None while somebody is. Both come in order.

    Whoever answered last has the call: others who hang up have passed it on, or their telephone rang in vain, as the
    holder's may have before the answer. A hang-up that names nobody is the other side's, or the whole call's; and where
    it is not known who has it, any ends it. Either may have been told before an answer that only arrived late.
    """
    if not hangups:
        return None
    holder, since = (answers[-1].user, answers[-1].at) if answers else ("", hangups[0].at)
    counted: dict[str, Heard] = {}
    for one in hangups:  # of each user the first since the answer, for a repeat is later
        if one.user not in counted or counted[one.user].at < since:
            counted[one.user] = one
    over = not holder or "" in counted or (holder in counted and counted[holder].at >= since)
    return max(since, *(one.at for one in counted.values())) if over else None


def _first(said: Iterable[str]) -> str:
    return next((text for text in said if text), "")


def _rank(one: Heard) -> tuple[int, tuple[datetime, str, str, str, str, str, str]]:
    """The order in which things are kept: by what a call cannot be told without."""
    return _RANK.index(one.event), _stamp(one)


def _stamp(one: Heard) -> tuple[datetime, str, str, str, str, str, str]:
    """An order in which no two different things are equal."""
    return one.at, one.event, one.user, one.direction, one.caller, one.called, one.queue
