"""Timing: each clock against its target, in working time."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Integer,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    outerjoin,
    select,
    union_all,
)

from services.reporting.domain.clock import CLOCKS, DAY, DIVISIONS, ENGLAND_AND_WALES, TARGETS, worked_everywhere
from services.reporting.domain.question import Question
from services.reporting.models import Journey, Referral
from services.reporting.store.reports.pieces import Column, Counted, count_if, percentile, period, within

_WRITTEN = ("email", "web")
_GIVEN_UP = ("withdrawn", "expired")


def timeliness(question: Question, now: datetime) -> Counted:
    """Each clock that started within the dates, as it stands now.

    Each is counted by itself, so that the only sorting is that of its durations for the percentiles.
    """
    spans = _of_enquiries(question, now) | of_referrals(question, now)
    counted = union_all(*(_counted(question, clock, spans[clock]) for clock in CLOCKS)).subquery("counted")
    wanted = [counted.c[name] for name in question.report.columns(question.by)]
    order = [counted.c.month, counted.c.place] if question.by == "month" else [counted.c.place]
    return select(*wanted).order_by(*order)


def _counted(question: Question, clock: str, of_clock: Counted) -> Counted:
    """One clock's figures: one row, or one for each month in which it started."""
    spans = of_clock.subquery("spans")
    month = period(spans.c.day, "month")
    keys = [month.label("month")] if question.by == "month" else []
    target = TARGETS[clock] * DAY
    is_late, is_overdue = spans.c.taken > target, spans.c.elapsed > target
    is_not_reached = spans.c.taken.is_(None)
    counts = select(
        *keys,
        literal(CLOCKS.index(clock), Integer).label("place"),
        literal(clock, Text).label("clock"),
        literal(TARGETS[clock], Integer).label("target_days"),
        func.count().label("started"),
        count_if(~is_late).label("met"),
        count_if(or_(is_late, and_(is_not_reached, is_overdue))).label("breached"),
        count_if(and_(is_not_reached, ~is_overdue, ~spans.c.ended)).label("running"),
        count_if(and_(is_not_reached, ~is_overdue, spans.c.ended)).label("abandoned"),
        (percentile(0.5, spans.c.taken) / float(DAY)).label("median_days"),
        (percentile(0.9, spans.c.taken) / float(DAY)).label("p90_days"),
    ).select_from(spans)
    return counts.group_by(month) if keys else counts


def of_referrals(question: Question, now: datetime) -> dict[str, Counted]:
    """The spans of the two clocks of every referral sent within the dates: see `_span`.

    They keep the bank holidays of the case's division, and rest while the enquirer owes the next action.
    """
    place = case(*((Journey.division == name, number) for number, name in enumerate(DIVISIONS, start=1)), else_=1)
    worked_now = case(*((place == number, ticks) for number, ticks in enumerate(worked_everywhere(now), start=1)))
    start = _begun(Referral.sent_worked[place])
    ended = func.coalesce(Referral.status.in_(_GIVEN_UP), False)
    until = case((ended, func.coalesce(Referral.withdrawn_worked[place], start)), else_=worked_now)
    reached = {"acknowledgement": Referral.acknowledged_worked[place], "decision": Referral.decided_worked[place]}
    its_journey = outerjoin(Referral, Journey, Journey.enquiry == Referral.enquiry)
    ran = _ran(start, until, place)
    return {
        clock: _span(Referral.sent_on, _ran(start, stop, place), ran, ended)
        .select_from(its_journey)
        .where(within(Referral.sent_on, question))
        for clock, stop in reached.items()
    }


def _of_enquiries(question: Question, now: datetime) -> dict[str, Counted]:
    worked_now = ENGLAND_AND_WALES.worked(now)
    ended = Journey.ended_as.is_not(None)
    start = _begun(Journey.received_worked)
    # An end that was folded before its working time was counts as in time until a rebuild.
    since = case((ended, func.coalesce(Journey.ended_worked - start, 0)), else_=worked_now - start)
    asked = within(Journey.received_on, question)
    first_reply = _span(Journey.received_on, Journey.first_reply_worked - start, since, ended)
    triage = _span(Journey.received_on, Journey.first_triaged_worked - start, since, ended)
    return {
        "first_reply": first_reply.where(asked, Journey.channel.in_(_WRITTEN)),
        "triage": triage.where(asked),
    }


def _begun(ticks: Any) -> Column:
    """The ticks of work before a clock began: without the one that tells that nobody worked just then."""
    begun: Column = ticks.bitwise_and(-2)
    return begun


def _ran(start: Column, stop: Column, place: Column) -> Column:
    """The ticks from start to stop, less those in which the enquirer owed the next action.

    A clock that stops while it rests stops one tick after the rest began, as one does that stops after hours.
    """
    at: Column = func.generate_series(
        place, func.cardinality(Journey.paused_worked), 2 * len(DIVISIONS)
    ).column_valued()
    begins, ends = Journey.paused_worked[at], Journey.paused_worked[at + len(DIVISIONS)]
    # LEAST passes over nulls: a rest without an end lasts.
    rest = func.greatest(func.least(ends, stop - 1) - func.greatest(begins, start), 0)
    rested = select(func.coalesce(func.sum(rest), 0)).correlate(Journey, Referral).scalar_subquery()
    return stop - start - rested


def _span(day: Any, taken: Column, elapsed: Column, ended: Column) -> Counted:
    """One clock's spans: the day it started, the ticks it took (null when nothing stopped it), or ran."""
    return select(
        day.label("day"),
        func.greatest(cast(taken, BigInteger), case((taken.is_not(None), 0))).label("taken"),
        cast(elapsed, BigInteger).label("elapsed"),
        ended.label("ended"),
    )
