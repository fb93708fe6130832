"""The events that the referrals service tells, one builder each. They hold ids, codes, amounts and times only."""

from decimal import Decimal
from typing import Any

from chassis.fields import instant
from chassis.work import Event
from services.referrals.models import Delivery, Endpoint, FundEntry, Referral


def referral_sent(referral: Referral) -> Event:
    """A case was handed to the Cabinet Office."""
    return _about(
        referral,
        "referral_sent",
        amount=_pounds(referral.amount),
        support_needed=referral.support_needed,
        spin_out_stage=referral.spin_out_stage,
        profile=referral.profile,
        sent_at=instant(referral.sent_at),
        **_triaged(referral),
    )


def referral_acknowledged(referral: Referral) -> Event:
    """The Cabinet Office has it."""
    return _about(referral, "referral_acknowledged", status=referral.status)


def referral_information_requested(referral: Referral) -> Event:
    """The Cabinet Office wants to know more; the adviser owes the next action."""
    return _about(referral, "referral_information_requested", status=referral.status)


def referral_information_provided(referral: Referral) -> Event:
    """The adviser has answered; the Cabinet Office owes the next action."""
    return _about(referral, "referral_information_provided", status=referral.status)


def referral_withdrawn(referral: Referral, reason_code: str | None = None) -> Event:
    """The adviser has taken it back, or (`reason_code` says so) it could not go on."""
    return _about(referral, "referral_withdrawn", status=referral.status, reason_code=reason_code)


def referral_consent_changed(referral: Referral) -> Event:
    """The enquirer has withdrawn the consent to share after it was sent, or given it again."""
    withdrawn_at = referral.consent_withdrawn_at
    return _about(
        referral,
        "referral_consent_changed",
        status=referral.status,
        consent="given" if withdrawn_at is None else "withdrawn",
        consent_withdrawn_at=None if withdrawn_at is None else instant(withdrawn_at),
    )


def referral_decided(referral: Referral) -> Event:
    """The Cabinet Office has accepted or rejected it; what triage had said stands beside it."""
    return _about(
        referral,
        "referral_decided",
        decision=referral.decision,
        reason_code=referral.reason_code,
        amount=None if referral.granted is None else _pounds(referral.granted),
        decided_at=None if referral.decided_at is None else instant(referral.decided_at),
        **_triaged(referral),
    )


def referral_concluded(referral: Referral) -> Event:
    """The support has come to its end; `released` went back to the fund."""
    released = referral.released or Decimal(0)
    return _about(referral, "referral_concluded", outcome=referral.status, released=_pounds(released))


def fund_entry_recorded(entry: FundEntry, available: Decimal) -> Event:
    """Pounds were moved; `available` is what the fund has left after it."""
    data = {
        "entry": str(entry.id),
        "kind": entry.kind,
        "referral": entry.referral,
        "amount": _pounds(entry.amount),
        "available": _pounds(available),
    }
    return Event("fund_entry_recorded", "fund", entry.sequence, data)


def webhook_endpoint_changed(endpoint: Endpoint, change: str) -> Event:
    """Somebody created, changed, rotated, tested, disabled or deleted an endpoint."""
    data = {"endpoint": str(endpoint.id), "change": change}
    return Event("webhook_endpoint_changed", str(endpoint.id), endpoint.version, data)


def webhook_delivery_replayed(endpoint: Endpoint, delivery: Delivery) -> Event:
    """Somebody had a delivery sent again."""
    data = {"endpoint": str(endpoint.id), "change": "delivery_replayed", "delivery": str(delivery.id)}
    return Event("webhook_endpoint_changed", str(endpoint.id), endpoint.version, data)


def _about(referral: Referral, type_: str, **data: Any) -> Event:
    whose = {
        "referral": referral.reference,
        "case": referral.case_reference,
        "enquiry": referral.enquiry_reference,
    }
    return Event(type_, referral.reference, referral.version, {**whose, **data})


def _triaged(referral: Referral) -> dict[str, Any]:
    return {
        "outcome": referral.outcome,
        "score": referral.score,
        "criteria_version": referral.criteria_version,
    }


def _pounds(amount: Decimal) -> str:
    return f"{amount:.2f}"
