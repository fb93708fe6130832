"""Random histories of a case and its referral, and what their clocks come to when they are counted slowly."""

from dataclasses import dataclass
from datetime import datetime
from itertools import compress, count, islice

from hypothesis import strategies as st

from tests.unit.casework.oracle import DIVISIONS, MINUTE, SPRING, WINTER, Pause, season

DAY = 24 * 60
# In minutes of work, as the domain gives them: two days of eight and a half hours, and twenty.
TARGETS = {"acknowledgement": 2 * 510, "decision": 20 * 510}
PARTIES = ("enquirer", "enquirer", "adviser", "other")
# Who owes the next action after each move of a referral, and which moves may follow.
TURNS = {
    "sent": "cabinet_office",
    "acknowledged": "cabinet_office",
    "asked": "adviser",
    "answered": "cabinet_office",
    "decided": "adviser",
    "withdrawn": "adviser",
}
FOLLOWING = {
    "sent": ("acknowledged", "asked", "decided", "withdrawn"),
    "acknowledged": ("asked", "decided", "withdrawn"),
    "asked": ("answered", "decided", "withdrawn"),
    "answered": ("asked", "decided", "withdrawn"),
    "decided": (),
    "withdrawn": (),
}
# Half-hours, so that things often happen just as work begins or ends, and any minute.
GAPS = st.integers(0, 8 * 48).map(lambda halves: 30 * halves) | st.integers(0, 2 * DAY)

# The minutes of work that a clock took, and how it came out.
Reading = dict[str, tuple[int, str]]


@dataclass(frozen=True)
class Step:
    """What happened at a moment: an assessment in a division, a move of the referral, or a party's turn."""

    number: int
    at: datetime
    what: str


@dataclass(frozen=True)
class History:
    """What happened, in order, and when it is looked at."""

    window: tuple[datetime, datetime]
    steps: tuple[Step, ...]
    now: datetime

    def first(self, *moves: str) -> datetime | None:
        """When the referral first made one of these moves."""
        return next((step.at for step in self.steps if step.what in moves), None)

    def pauses(self) -> list[Pause]:
        """When the enquirer owed the next action."""
        turns = [(step.at, TURNS.get(step.what, step.what)) for step in self.steps if step.what not in DIVISIONS]
        ends = [*(at for at, _ in turns[1:]), None]
        return [(at, end) for (at, party), end in zip(turns, ends, strict=True) if party == "enquirer"]


@st.composite
def histories(draw: st.DrawFn) -> History:
    """A referral that is sent, moves on as it may, and now and then is the enquirer's turn, or another division's."""
    window = draw(st.sampled_from((SPRING, WINTER)))
    at, status = window[0] + draw(GAPS) * MINUTE, "sent"
    steps = [Step(1, at, draw(st.sampled_from(DIVISIONS))), Step(2, at, status)]
    for number in range(3, 3 + draw(st.integers(0, 7))):
        at += draw(GAPS) * MINUTE
        what = draw(st.sampled_from((*FOLLOWING[status], *PARTIES, *DIVISIONS[:2])))
        status = what if what in FOLLOWING else status
        steps.append(Step(number, at, what))
    return History(window, tuple(steps), at + draw(GAPS) * MINUTE)


def due_as_it_rests() -> History:
    """An acknowledgement whose two days are over just when the enquirer's turn begins, and that comes during it."""
    moments = [SPRING[0] + minutes * MINUTE for minutes in (3 * DAY + 540, 4 * DAY + 1050, 5 * DAY + 600)]
    happened = [("england_and_wales", 0), ("sent", 0), ("enquirer", 1), ("acknowledged", 2)]
    steps = [Step(number, moments[place], what) for number, (what, place) in enumerate(happened, start=1)]
    return History(SPRING, tuple(steps), moments[2] + 30 * MINUTE)


def counted(history: History) -> Reading:
    """Each clock, counted minute by minute."""
    gone = history.first("withdrawn")
    acknowledged, decided = history.first("acknowledged", "asked", "decided"), history.first("decided")
    return {
        "acknowledgement": _count(history, "acknowledgement", acknowledged, acknowledged or gone),
        "decision": _count(history, "decision", decided, decided or gone),
    }


def _count(history: History, clock: str, reached: datetime | None, end: datetime | None) -> tuple[int, str]:
    division = [step.what for step in history.steps if step.what in DIVISIONS][-1]
    months, stop = season(division, *history.window), end or history.now
    running = months.running(history.steps[1].at, stop, history.pauses())
    due = next(islice(compress(count(1), running), TARGETS[clock] - 1, None), None)
    if due is not None and stop > months.moment(due):
        return sum(running), "breached"
    if reached:
        return sum(running), "met"
    return sum(running), "abandoned" if end else "running"
