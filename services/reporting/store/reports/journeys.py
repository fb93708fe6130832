"""Counting journeys: the funnel, where they come from, and how far teams get."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Subquery, case, false, func, select

from chassis.fields import codes
from services.reporting.domain.question import Question
from services.reporting.models import Journey, Referral, StageReached
from services.reporting.store.reports.pieces import (
    Counted,
    count_if,
    listed,
    money,
    percentile,
    period,
    periods,
    total,
    within,
    word,
)

OUTCOMES = ("refer", "develop", "advise", "inform", "out_of_scope", "information_needed")
_SECONDS_A_DAY = 86_400


def funnel(question: Question) -> Counted:
    """Every period of the dates, with what became of the enquiries received in it.

    Days are counted first, which is cheap, and then put together into weeks or months.
    """
    passed = _passed()
    figures = _figures(passed)
    days = (
        select(Journey.received_on.label("day"), *figures)
        .outerjoin(passed, passed.c.enquiry == Journey.enquiry)
        .where(within(Journey.received_on, question))
        .group_by(Journey.received_on)
        .subquery("days")
    )
    every = periods(question)
    begins = every.c.period
    return (
        select(begins.label(question.by), *(total(days.c[figure.name]).label(figure.name) for figure in figures))
        .select_from(every)
        .outerjoin(days, period(days.c.day, question.by) == begins)
        .group_by(begins)
        .order_by(begins)
    )


def sectors(question: Question) -> Counted:
    """Enquiries by where they come from, the most frequent first."""
    passed = _passed()
    key = word(getattr(Journey, question.by))
    received = func.count()
    return (
        select(key.label(question.by), *_figures(passed), money(passed.c.amount).label("amount_accepted"))
        .select_from(Journey)
        .outerjoin(passed, passed.c.enquiry == Journey.enquiry)
        .where(within(Journey.received_on, question))
        .group_by(key)
        .order_by(received.desc(), key)
    )


def stages(question: Question) -> Counted:
    """How many teams were at a stage when they asked, and how long it took the others to get there."""
    every = listed(codes("spin_out_stages"))
    reached = (
        select(
            StageReached.stage,
            word(Journey.service_sector).label("service_sector"),
            func.extract("epoch", StageReached.reached_at - Journey.received_at).label("seconds"),
        )
        .join(Journey, Journey.enquiry == StageReached.enquiry)
        .where(within(Journey.received_on, question))
        .subquery("reached")
    )
    later = reached.c.seconds > 0
    days = case((later, reached.c.seconds / _SECONDS_A_DAY))
    keys = {"stage": [every.c.code], "service_sector": [reached.c.service_sector, every.c.code]}[question.by]
    return (
        select(
            *(key.label(name) for key, name in zip(keys, question.report.by[question.by], strict=True)),
            count_if(reached.c.seconds <= 0).label("at_receipt"),
            count_if(later).label("reached_later"),
            percentile(0.5, days).label("median_days"),
            percentile(0.9, days).label("p90_days"),
        )
        .select_from(every)
        .join(reached, reached.c.stage == every.c.code, isouter=question.by == "stage")
        .group_by(*keys, every.c.place)
        .order_by(*keys[:-1], every.c.place)
    )


def _passed() -> Subquery:
    """Enquiries that were referred, with what came of it."""
    return (
        select(
            Referral.enquiry,
            func.bool_or(func.coalesce(Referral.decision == "accepted", false())).label("accepted"),
            func.sum(Referral.amount_accepted).label("amount"),
        )
        .where(Referral.sent_on.is_not(None))
        .group_by(Referral.enquiry)
        .subquery("passed")
    )


def _figures(passed: Subquery) -> Sequence[ColumnElement[Any]]:
    return [
        func.count().label("received"),
        func.count(Journey.first_triaged_at).label("triaged"),
        *(count_if(Journey.outcome == outcome).label(outcome) for outcome in OUTCOMES),
        func.count(Journey.case_opened_at).label("cases"),
        func.count(passed.c.enquiry).label("referred"),
        count_if(passed.c.accepted).label("accepted"),
    ]
