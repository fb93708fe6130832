"""Timing: each clock against its target, in working time."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Float,
    Integer,
    Subquery,
    Text,
    Values,
    and_,
    case,
    cast,
    column,
    func,
    literal,
    or_,
    select,
    union_all,
    values,
)

from services.reporting.domain.clock import CLOCKS, DAY_SECONDS, TARGETS
from services.reporting.domain.question import Question
from services.reporting.models import Journey, Referral, ReferralWait
from services.reporting.store.reports.pieces import Column, Counted, count_if, percentile, period, within

_WRITTEN = ("email", "web")
_GIVEN_UP = ("withdrawn", "expired")


def timeliness(question: Question, worked_now: int) -> Counted:
    """Each clock that started within the dates, as it stands at a moment told in working seconds."""
    clocks = _clocks()
    spans = union_all(*_of_enquiries(question, worked_now), *_of_referrals(question, worked_now)).subquery("spans")
    is_late = spans.c.taken > clocks.c.target
    is_open = and_(spans.c.taken.is_(None), ~spans.c.ended)
    overdue = spans.c.elapsed > clocks.c.target
    days = cast(spans.c.taken, Float) / DAY_SECONDS
    keys = {"month": period(spans.c.day, "month"), "clock": clocks.c.clock}
    wanted = [keys[name] for name in question.report.by[question.by]]
    return (
        select(
            *(key.label(name) for name, key in zip(question.report.by[question.by], wanted, strict=True)),
            (clocks.c.target // DAY_SECONDS).label("target_days"),
            func.count(spans.c.clock).label("started"),
            count_if(~is_late).label("met"),
            count_if(or_(is_late, and_(is_open, overdue))).label("breached"),
            count_if(and_(is_open, ~overdue)).label("running"),
            count_if(and_(spans.c.taken.is_(None), spans.c.ended)).label("abandoned"),
            percentile(0.5, days).label("median_days"),
            percentile(0.9, days).label("p90_days"),
        )
        .select_from(clocks)
        .join(spans, spans.c.clock == clocks.c.clock, isouter=question.by == "clock")
        .group_by(*wanted, clocks.c.target, clocks.c.place)
        .order_by(*wanted[:-1], clocks.c.place)
    )


def _clocks() -> Values:
    """The clocks in their order, each with its target in working seconds."""
    rows = [(place, clock, TARGETS[clock] * DAY_SECONDS) for place, clock in enumerate(CLOCKS)]
    columns = column("place", Integer), column("clock", Text), column("target", BigInteger)
    return values(*columns, name="clocks").data(rows)


def _of_enquiries(question: Question, worked_now: int) -> Sequence[Counted]:
    since = worked_now - Journey.received_worked
    ended = Journey.ended_as.is_not(None)
    asked = within(Journey.received_on, question)
    replied = Journey.first_reply_worked - Journey.received_worked
    triaged = Journey.first_triaged_worked - Journey.received_worked
    return (
        _span("first_reply", Journey.received_on, replied, since, ended).where(asked, Journey.channel.in_(_WRITTEN)),
        _span("triage", Journey.received_on, triaged, since, ended).where(asked),
    )


def _of_referrals(question: Question, worked_now: int) -> Sequence[Counted]:
    awaited = _awaited(worked_now)
    waited = func.coalesce(awaited.c.waited, 0)
    since = worked_now - Referral.sent_worked
    ended = func.coalesce(Referral.status.in_(_GIVEN_UP), False)
    asked = within(Referral.sent_on, question)
    acknowledged = Referral.acknowledged_worked - Referral.sent_worked
    decided = Referral.decided_worked - Referral.sent_worked - waited
    decision = _span("decision", Referral.sent_on, decided, since - waited, ended)
    return (
        _span("acknowledgement", Referral.sent_on, acknowledged, since, ended).where(asked),
        decision.outerjoin(
            awaited, and_(awaited.c.enquiry == Referral.enquiry, awaited.c.referral == Referral.referral)
        ).where(asked),
    )


def _awaited(worked_now: int) -> Subquery:
    """The working seconds for which each referral waited for information: from each request to the next move."""
    until = func.lead(ReferralWait.moved_worked).over(
        partition_by=(ReferralWait.enquiry, ReferralWait.referral), order_by=ReferralWait.sequence
    )
    moves = select(
        ReferralWait.enquiry,
        ReferralWait.referral,
        ReferralWait.waiting,
        (func.coalesce(until, worked_now) - ReferralWait.moved_worked).label("waited"),
    ).subquery("moves")
    return (
        select(moves.c.enquiry, moves.c.referral, func.sum(moves.c.waited).label("waited"))
        .where(moves.c.waiting)
        .group_by(moves.c.enquiry, moves.c.referral)
        .subquery("awaited")
    )


def _span(clock: str, day: Any, taken: Column, elapsed: Column, ended: Column) -> Counted:
    """One clock's spans: the day it started, the working seconds it took (null while it runs), or has run so far."""
    return select(
        literal(clock, Text).label("clock"),
        day.label("day"),
        func.greatest(cast(taken, BigInteger), case((taken.is_not(None), 0))).label("taken"),
        cast(elapsed, BigInteger).label("elapsed"),
        ended.label("ended"),
    )
