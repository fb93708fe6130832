"""Referrals to test with, and the short ways to them."""

from typing import Any

from sqlalchemy import func, update

from chassis.fields import new_reference
from services.referrals.models import Delivery
from services.referrals.webhooks.addresses import AddressRules
from services.referrals.webhooks.courier import Courier
from services.referrals.webhooks.sending import Sender
from tests.fixtures.desk import Desk

REVIEWER = {"roles": ("co_reviewer",), "subject": "reviewer-1", "client": "reviewers"}
ADVISER = {"roles": ("adviser",), "subject": "adviser-1", "client": "console"}


def snapshot(**changes: Any) -> dict[str, Any]:
    """A case as casework hands it over: open, with consent."""
    return {
        "case": new_reference("CAS"),
        "enquiry": new_reference("ENQ"),
        "status": "open",
        "outcome": "refer",
        "score": {"value": 74.5},
        "criteria_version": "2026-11",
        "spin_out_stage": "planning",
        "consent_to_share": True,
        "profile": {
            "channel": "phone",
            "received_at": "2026-11-02T09:04:00Z",
            "enquirer_kind": "public_sector_employee",
            "parent_body_kind": "nhs_trust",
            "region": "north_west",
            "service_sector": "community_health",
            "matters": ["pensions"],
            "consent_to_share": True,
            "portal": False,
        },
        "facts": {"gates": {"public_origin": "yes"}, "criteria": {"promise": 3}},
        **changes,
    }


def asked(amount: str = "125000.00", **changes: Any) -> dict[str, Any]:
    """What an adviser asks for."""
    words = "A community nursing team with a sponsor and a draft contract."
    return {
        "snapshot": snapshot(),
        "support_needed": ["pensions", "vat_and_tax"],
        "amount": amount,
        "summary": words,
        **changes,
    }


def sent(referrals: Desk, amount: str = "125000.00", **changes: Any) -> dict[str, Any]:
    """A referral that was just sent."""
    referral: dict[str, Any] = referrals.ask("send_referral", body=asked(amount, **changes), **ADVISER)
    return referral


def accepted(referrals: Desk, amount: str) -> str:
    """The reference of a referral that was accepted with so many pounds."""
    reference: str = sent(referrals)["reference"]
    yes = {"reason_code": "strong_case", "message": "Yes.", "amount": amount}
    referrals.ask("accept_referral", reference=reference, body=yes, **REVIEWER)
    return reference


def moved(referrals: Desk, kind: str, reference: str, amount: str) -> dict[str, Any]:
    """An entry made by hand in the fund's ledger."""
    entry = {"kind": kind, "referral": reference, "amount": amount}
    made: dict[str, Any] = referrals.ask("add_fund_entry", body=entry, **REVIEWER)
    return made


def endpoint(referrals: Desk, url: str, *event_types: str) -> dict[str, Any]:
    """A new webhook endpoint with its secret. Wants `referral.sent` unless told otherwise."""
    wanted = {"url": url, "event_types": list(event_types) or ["referral.sent"]}
    made: dict[str, Any] = referrals.ask("create_endpoint", body=wanted, **REVIEWER)
    return made


def deliveries(referrals: Desk, **filters: Any) -> list[dict[str, Any]]:
    """Every delivery, newest first."""
    items: list[dict[str, Any]] = referrals.ask("list_deliveries", body={"limit": 200, **filters}, **REVIEWER)["items"]
    return items


def courier(referrals: Desk, total: float = 1.0) -> Courier:
    """The courier, more impatient than in earnest: `total` is the seconds that one delivery may take."""
    return Courier(referrals.database, Sender(AddressRules(loopback=True), connect=0.5, total=total))


def deliver(referrals: Desk) -> int:
    """Send what is due; return how many attempts were made."""
    return courier(referrals).run()


def make_due(referrals: Desk) -> None:
    """Let the time of the next attempt come."""
    with referrals.session() as session:
        session.execute(update(Delivery).values(next_attempt_at=func.now()).where(Delivery.status == "pending"))
