"""Timing: each clock against its target, in working time."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Integer,
    Subquery,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)

from services.reporting.domain.clock import CLOCKS, DAY_SECONDS, TARGETS
from services.reporting.domain.question import Question
from services.reporting.models import Journey, Referral, ReferralWait
from services.reporting.store.reports.pieces import Column, Counted, count_if, percentile, period, within

_WRITTEN = ("email", "web")
_GIVEN_UP = ("withdrawn", "expired")


def timeliness(question: Question, worked_now: int) -> Counted:
    """Each clock that started within the dates, as it stands at a moment told in working seconds.

    Each is counted by itself, so that the only sorting is that of its durations for the percentiles.
    """
    spans = _of_enquiries(question, worked_now) | _of_referrals(question, worked_now)
    counted = union_all(*(_counted(question, clock, spans[clock]) for clock in CLOCKS)).subquery("counted")
    wanted = [counted.c[name] for name in question.report.columns(question.by)]
    order = [counted.c.month, counted.c.place] if question.by == "month" else [counted.c.place]
    return select(*wanted).order_by(*order)


def _counted(question: Question, clock: str, of_clock: Counted) -> Counted:
    """One clock's figures: one row, or one for each month in which it started."""
    spans = of_clock.subquery("spans")
    month = period(spans.c.day, "month")
    keys = [month.label("month")] if question.by == "month" else []
    target = TARGETS[clock] * DAY_SECONDS
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
        (percentile(0.5, spans.c.taken) / float(DAY_SECONDS)).label("median_days"),
        (percentile(0.9, spans.c.taken) / float(DAY_SECONDS)).label("p90_days"),
    ).select_from(spans)
    return counts.group_by(month) if keys else counts


def _of_enquiries(question: Question, worked_now: int) -> dict[str, Counted]:
    ended = Journey.ended_as.is_not(None)
    since = _until(ended, Journey.ended_worked, worked_now, Journey.received_worked)
    asked = within(Journey.received_on, question)
    replied = Journey.first_reply_worked - Journey.received_worked
    triaged = Journey.first_triaged_worked - Journey.received_worked
    first_reply = _span(Journey.received_on, replied, since, ended)
    return {
        "first_reply": first_reply.where(asked, Journey.channel.in_(_WRITTEN)),
        "triage": _span(Journey.received_on, triaged, since, ended).where(asked),
    }


def _of_referrals(question: Question, worked_now: int) -> dict[str, Counted]:
    awaited = _awaited(worked_now)
    waited = func.coalesce(awaited.c.waited, 0)
    ended = func.coalesce(Referral.status.in_(_GIVEN_UP), False)
    since = _until(ended, Referral.withdrawn_worked, worked_now, Referral.sent_worked)
    asked = within(Referral.sent_on, question)
    acknowledged = Referral.acknowledged_worked - Referral.sent_worked
    decided = Referral.decided_worked - Referral.sent_worked - waited
    decision = _span(Referral.sent_on, decided, since - waited, ended)
    is_its = and_(awaited.c.enquiry == Referral.enquiry, awaited.c.referral == Referral.referral)
    return {
        "acknowledgement": _span(Referral.sent_on, acknowledged, since, ended).where(asked),
        "decision": decision.outerjoin(awaited, is_its).where(asked),
    }


def _until(ended: Column, end: Any, worked_now: int, start: Any) -> Column:
    """How long a clock ran that nothing has stopped: until its matter ended, else until now.

    Nothing where the end was folded before its working seconds were: such a clock counts as in time until a rebuild.
    """
    return case((ended, func.coalesce(end - start, 0)), else_=worked_now - start)


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


def _span(day: Any, taken: Column, elapsed: Column, ended: Column) -> Counted:
    """One clock's spans: the day it started, the working seconds it took (null when nothing stopped it), or ran."""
    return select(
        day.label("day"),
        func.greatest(cast(taken, BigInteger), case((taken.is_not(None), 0))).label("taken"),
        cast(elapsed, BigInteger).label("elapsed"),
        ended.label("ended"),
    )
