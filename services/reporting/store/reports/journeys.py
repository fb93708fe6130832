"""Counting journeys: the funnel, where they come from, and how far teams get."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Float, case, cast, func, select

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
_SECONDS_A_DAY = 86_400.0


def funnel(question: Question) -> Counted:
    """Every period of the dates, with what became of the enquiries received in it.

    Days are counted first, which is cheap, and then put together into weeks or months.
    """
    figures = _figures()
    days = (
        select(Journey.received_on.label("day"), *figures)
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
    key = word(getattr(Journey, question.by))
    asked = within(Journey.received_on, question)
    amounts = (
        select(key.label("key"), money(Referral.amount_accepted).label("amount"))
        .join(Journey, Journey.enquiry == Referral.enquiry)
        .where(asked, Journey.first_accepted_at.is_not(None))
        .group_by(key)
        .subquery("amounts")
    )
    counted = select(key.label("key"), *_figures()).where(asked).group_by(key).subquery("counted")
    figures = [column for column in counted.c if column.name != "key"]
    return (
        select(
            counted.c.key.label(question.by),
            *figures,
            func.coalesce(amounts.c.amount, Decimal(0)).label("amount_accepted"),
        )
        .outerjoin(amounts, amounts.c.key == counted.c.key)
        .order_by(counted.c.received.desc(), counted.c.key)
    )


def stages(question: Question) -> Counted:
    """How many teams were at a stage when they asked, and how long it took the others to get there."""
    every = listed(codes("spin_out_stages"))
    reached = (
        select(
            StageReached.stage,
            word(Journey.service_sector).label("service_sector"),
            cast(func.extract("epoch", StageReached.reached_at - Journey.received_at), Float).label("seconds"),
        )
        .join(Journey, Journey.enquiry == StageReached.enquiry)
        .where(within(Journey.received_on, question))
        .subquery("reached")
    )
    later = reached.c.seconds > 0
    seconds = case((later, reached.c.seconds))
    keys = {"stage": [every.c.code], "service_sector": [reached.c.service_sector, every.c.code]}[question.by]
    return (
        select(
            *(key.label(name) for key, name in zip(keys, question.report.by[question.by], strict=True)),
            count_if(reached.c.seconds <= 0).label("at_receipt"),
            count_if(later).label("reached_later"),
            (percentile(0.5, seconds) / _SECONDS_A_DAY).label("median_days"),
            (percentile(0.9, seconds) / _SECONDS_A_DAY).label("p90_days"),
        )
        .select_from(every)
        .join(reached, reached.c.stage == every.c.code, isouter=question.by == "stage")
        .group_by(*keys, every.c.place)
        .order_by(*keys[:-1], every.c.place)
    )


def _figures() -> Sequence[ColumnElement[Any]]:
    return [
        func.count().label("received"),
        func.count(Journey.first_triaged_at).label("triaged"),
        *(count_if(Journey.outcome == outcome).label(outcome) for outcome in OUTCOMES),
        count_if(Journey.scored_outcome != Journey.outcome).label("overridden"),
        func.count(Journey.case_opened_at).label("cases"),
        func.count(Journey.first_referred_at).label("referred"),
        func.count(Journey.first_accepted_at).label("accepted"),
    ]
