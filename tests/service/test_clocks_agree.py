"""A referral's clocks read the same on its case, in the report, and to whoever counts them minute by minute."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from chassis.fields import instant, new_id
from chassis.work import Event
from services.casework import events
from services.casework.service import CaseworkService
from services.casework.store import cases, clocks
from services.reporting import store
from services.reporting.commands import rebuild_all
from services.reporting.domain.fold import fold
from services.reporting.domain.question import Question
from services.reporting.domain.reports import TIMELINESS
from services.reporting.models import Journey, LoggedEvent, Referral
from services.reporting.schemas.heard import read
from services.reporting.service import ReportingService
from services.reporting.store.reports.timeliness import of_referrals
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.casework_story import PROFILE, triaged
from tests.service.clock_histories import (
    DIVISIONS,
    PARTIES,
    TARGETS,
    History,
    Reading,
    Step,
    counted,
    due_as_it_rests,
    histories,
)
from tests.unit.reporting.stories import decided, of_referral, sent, told_by

QUESTION = Question(TIMELINESS, date(2026, 1, 1), date(2027, 12, 31), "clock")
OUTCOMES = {"met": "met", "breached": "breached", "stopped": "abandoned", None: "running"}
MOVES = {
    "acknowledged": ("referral_acknowledged", "acknowledged"),
    "asked": ("referral_information_requested", "more_information"),
    "answered": ("referral_information_provided", "acknowledged"),
    "withdrawn": ("referral_withdrawn", "withdrawn"),
}

TICKS_OF_A_MINUTE = 2 * 60 * 1_000_000
# The two databases serve all examples: each has an enquiry of its own.
several = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


class Neighbours:
    """Casework, to which a history happens, and reporting, which hears of it."""

    def __init__(self, casework: Desk, reporting: Desk) -> None:
        self.casework, self.reporting = casework, reporting
        self._numbers = count(1)

    def live_through(self, steps: Sequence[Step]) -> list[Event]:
        """Let casework live through the steps in this order; return all that is told of them, by whomever."""
        self.enquiry = f"ENQ-{next(self._numbers):04}"
        told = [self._happen(step) for step in steps]
        return told + [event for event in self.casework.told() if event.data["enquiry"] == self.enquiry]

    def hear(self, told: Sequence[Event]) -> None:
        """Let reporting, which has heard nothing yet, hear these events in this order."""
        with self.reporting.session() as session:
            for table in (LoggedEvent, Journey, Referral):
                session.execute(delete(table))
        for event in told:
            with self.reporting.session() as session:
                heard = read(event)
                store.keep(session, heard, event.data, fold(heard))

    def shown(self, now: datetime) -> Reading:
        """The referral's clocks as its case shows them."""
        with self.casework.session() as session:
            found = clocks.readings(session, cases.find(session, self.case), now)
        readings = [clock for clock in found if clock["name"] in TARGETS]
        return {each["name"]: (each["elapsed_seconds"] / 60, OUTCOMES[each["result"]]) for each in readings}

    def reported(self, now: datetime) -> Reading:
        """The same clocks as the report counts them."""
        with self.reporting.session() as session:
            rows = {row["clock"]: row for row in store.count(session, QUESTION, now)}
            spans = {clock: session.execute(span).one() for clock, span in of_referrals(QUESTION, now).items()}
        reading = {}
        for clock, span in spans.items():
            [outcome] = [name for name in OUTCOMES.values() if rows[clock][name]]
            ticks = span.elapsed if span.taken is None else span.taken
            # The odd tick is not work: it tells that nobody worked when the clock stopped.
            reading[clock] = ((ticks - ticks % 2) / TICKS_OF_A_MINUTE, outcome)
        return reading

    def rows(self) -> list[dict[str, Any]]:
        """What reporting made of what it heard."""
        with self.reporting.session() as session:
            return [
                dict(row)
                for table in (Journey, Referral)
                for row in session.execute(select(table.__table__)).mappings()
            ]

    def _happen(self, step: Step) -> Event:
        event = self._event(step)
        if event.source != "casework":
            assert self.casework.hear_event(event) == "done"
        if step.number == 1:
            [found] = self.casework.ask("list_cases", body={"q": self.enquiry})["items"]
            self.case = found["reference"]
        return event

    def _event(self, step: Step) -> Event:
        at, referral = instant(step.at), self.enquiry.replace("ENQ", "REF")
        if step.what in DIVISIONS:
            data = triaged(enquiry=self.enquiry, facts_version=step.number, profile=PROFILE | {"region": step.what})
            return self._traced(told_by("triage", "enquiry_triaged", self.enquiry, step.number, at, **data))
        if step.what in PARTIES:
            return self._turned(step)
        if step.what == "sent":
            moved = sent(referral, self.enquiry, at)
        elif step.what == "decided":
            moved = decided(referral, self.enquiry, step.number, "rejected", at)
        else:
            kind, status = MOVES[step.what]
            moved = of_referral(referral, self.enquiry, kind, step.number, at, status=status)
        return self._traced(replace(moved, sequence=step.number, data=moved.data | {"case": self.case}))

    def _turned(self, step: Step) -> Event:
        """Somebody says at that moment who owes the next action: what `change_case` does, but for its clock."""
        with self.casework.session() as session:
            case = cases.take(session, self.case)
            assert case
            case.requires_action_by, case.version = step.what, case.version + 1
            clocks.settle(session, case, step.at)
            told = events.case_changed(case, ["requires_action_by"])
        return replace(told, id=new_id(), source="casework", time=instant(step.at))

    def _traced(self, event: Event) -> Event:
        return replace(event, traceparent="00-" + "1" * 32 + "-" + "2" * 16 + "-01")


@pytest.fixture
def neighbours(desk: MakeDesk) -> Neighbours:
    """Both services, on databases of their own."""
    return Neighbours(desk(CaseworkService), desk(ReportingService))


@several
@example(due_as_it_rests(), random.Random(1))
@given(histories(), st.randoms(use_true_random=False))
def test_the_case_the_report_and_the_minutes_give_one_answer_in_whatever_order_the_report_heard(
    neighbours: Neighbours, history: History, chance: random.Random
) -> None:
    told = neighbours.live_through(history.steps)
    expected = counted(history)

    assert neighbours.shown(history.now) == expected
    for order in (told, told[::-1], chance.sample(told, len(told))):
        neighbours.hear(order)
        assert neighbours.reported(history.now) == expected

    live = neighbours.rows()
    rebuild_all(neighbours.reporting.database)
    assert neighbours.rows() == live


@several
@given(histories(), st.randoms(use_true_random=False))
def test_the_report_agrees_with_the_case_in_whatever_order_the_case_heard(
    neighbours: Neighbours, history: History, chance: random.Random
) -> None:
    opening, *others = history.steps

    told = neighbours.live_through([opening, *chance.sample(others, len(others))])
    neighbours.hear(chance.sample(told, len(told)))

    assert neighbours.reported(history.now) == neighbours.shown(history.now)
