"""Clocks: how long something took in working time, as segments that can be shown and counted again."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from services.casework.domain.calendar import WORKING_DAY, WorkingTime

FIRST_CONTACT, ACKNOWLEDGEMENT, DECISION = "first_contact", "acknowledgement", "decision"
STARTED, RESUMED = "started", "resumed"
_TARGETS = Path(__file__).resolve().parent.parent / "data" / "clock_targets.v1.json"


class State(StrEnum):
    """What a clock does during a segment, or right now."""

    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"


class Result(StrEnum):
    """How a clock came out. Stopped: it ended in time, but without what it waited for."""

    MET = "met"
    BREACHED = "breached"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a clock from start to end, running or paused, and why. No end: it lasts still."""

    state: State
    start: datetime
    end: datetime | None
    why: str

    def document(self) -> dict[str, Any]:
        """The segment as it is stored and shown."""
        end = None if self.end is None else self.end.isoformat()
        return {"state": str(self.state), "from": self.start.isoformat(), "to": end, "why": self.why}


def segment_from(document: dict[str, Any]) -> Segment:
    """A segment as it was stored."""
    start = datetime.fromisoformat(document["from"])
    end = None if document["to"] is None else datetime.fromisoformat(document["to"])
    return Segment(State(document["state"]), start, end, document["why"])


def change_pause(pauses: Sequence[Segment], why: str | None, at: datetime) -> tuple[Segment, ...]:
    """The pauses of a case after its reason to pause became `why` (None: there is none) at a moment.

    Pauses are in order and never overlap. News that comes late takes effect at the last change at the earliest.
    """
    last = pauses[-1] if pauses else None
    lasting = last if last is not None and last.end is None else None
    if (lasting.why if lasting else None) == why:
        return tuple(pauses)
    moment = at if last is None else max(at, last.end or last.start)
    changed = tuple(pauses)
    if lasting:
        changed = (*pauses[:-1], replace(lasting, end=moment))
    if why is not None:
        changed = (*changed, Segment(State.PAUSED, moment, None, why))
    return changed


def rests_since(pauses: Sequence[Segment], why: str, at: datetime) -> bool:
    """Whether a case's clocks rest for this reason, and did so at this moment already."""
    last = pauses[-1] if pauses else None
    return last is not None and last.end is None and last.why == why and last.start <= at


def lay_out(start: datetime, end: datetime | None, pauses: Sequence[Segment]) -> tuple[Segment, ...]:
    """The segments of a clock that started at one moment, ended at another or lasts, and rested meanwhile.

    The segments touch and cover the whole time. A clock that ended when it started, or before, has none.
    """
    segments: list[Segment] = []
    at = start
    for pause in pauses:
        begins, ends = max(pause.start, at), _earlier(pause.end, end)
        if ends is not None and ends <= begins:
            continue
        if begins > at:
            segments.append(_running(at, begins, segments))
        segments.append(Segment(State.PAUSED, begins, ends, pause.why))
        if ends is None:
            return tuple(segments)
        at = ends
    if end is None or end > at:
        segments.append(_running(at, end, segments))
    return tuple(segments)


def elapsed(segments: Sequence[Segment], calendar: WorkingTime, now: datetime) -> timedelta:
    """The working time that the clock has run for until now."""
    running = (segment for segment in segments if segment.state is State.RUNNING)
    return sum((calendar.between(each.start, min(each.end or now, now)) for each in running), timedelta())


def due_at(segments: Sequence[Segment], target: timedelta, calendar: WorkingTime) -> datetime | None:
    """The last moment in time for the target, were the last segment to last. None while a pause keeps it open."""
    left = target
    for position, segment in enumerate(segments, start=1):
        if segment.state is State.PAUSED:
            continue
        if segment.end is None or position == len(segments):
            return calendar.after(segment.start, left)
        worked = calendar.between(segment.start, segment.end)
        if worked >= left:
            return calendar.after(segment.start, left)
        left -= worked
    return None


def state_of(segments: Sequence[Segment], ended_at: datetime | None) -> State:
    """What the clock does now: runs, rests, or has ended."""
    return State.ENDED if ended_at else segments[-1].state


def result_of(due: datetime | None, ended_at: datetime | None, now: datetime, *, reached: bool) -> Result | None:
    """How the clock came out; None while it is open and in time. `reached`: what it waited for has come."""
    if due is not None and (ended_at or now) > due:
        return Result.BREACHED
    if ended_at is None:
        return None
    return Result.MET if reached else Result.STOPPED


@cache
def targets() -> dict[str, timedelta]:
    """The working time that each clock allows, by the clock's name. Agreed figures: change the data file."""
    document = json.loads(_TARGETS.read_text(encoding="utf-8"))
    return {name: target["working_days"] * WORKING_DAY for name, target in document["targets"].items()}


def _running(start: datetime, end: datetime | None, before: Sequence[Segment]) -> Segment:
    return Segment(State.RUNNING, start, end, RESUMED if before else STARTED)


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((moment for moment in (one, other) if moment is not None), default=None)
