"""Counting referrals: what the Cabinet Office decided, beside what triage had said."""

from sqlalchemy import Integer, and_, cast, func, select

from services.reporting.domain.question import Question
from services.reporting.models import Referral
from services.reporting.store.reports.pieces import Column, Counted, count_if, money, percentile, period, within, word

_BAND, _HIGHEST_BAND = 10, 90


def referrals(question: Question) -> Counted:
    """Referrals by what triage said when they were sent, by the reason for the decision, or by month."""
    key = _key(question.by)
    undecided = Referral.decision.is_(None)
    given_up = func.coalesce(Referral.status.in_(("withdrawn", "expired")), False)
    return (
        select(
            key.label(question.by),
            func.count().label("sent"),
            count_if(Referral.decision == "accepted").label("accepted"),
            count_if(Referral.decision == "rejected").label("rejected"),
            count_if(and_(undecided, given_up)).label("withdrawn"),
            count_if(and_(undecided, ~given_up)).label("waiting"),
            money(Referral.amount_asked).label("amount_asked"),
            money(Referral.amount_accepted).label("amount_accepted"),
            money(Referral.amount_released).label("amount_released"),
            percentile(0.5, Referral.score_low).label("median_score"),
        )
        .where(within(Referral.sent_on, question))
        .group_by(key)
        .order_by(key)
    )


def _key(by: str) -> Column:
    match by:
        case "score":
            return func.least(cast(func.floor(Referral.score_low / _BAND), Integer) * _BAND, _HIGHEST_BAND)
        case "reason":
            return word(Referral.reason_code, "not_decided")
        case "month":
            return period(Referral.sent_on, "month")
        case _:
            return word(getattr(Referral, by))
