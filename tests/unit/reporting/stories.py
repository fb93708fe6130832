"""Stories of enquiries, told as the events that other services would tell of them."""

import uuid
from typing import Any

from chassis.fields import new_id
from chassis.work import Event
from services.reporting.domain.folding import Told
from services.reporting.schemas.heard import read

PROFILE = {
    "channel": "email",
    "received_at": "2026-03-02T10:00:00Z",
    "enquirer_kind": "public_sector_employee",
    "parent_body_kind": "nhs_trust",
    "region": "north_west",
    "service_sector": "community_health",
    "matters": ["pensions", "vat_and_tax"],
    "consent_to_share": True,
    "portal": False,
}


def told_by(source: str, type: str, subject: str, sequence: int, time: str, **data: Any) -> Event:
    """One event with its envelope."""
    return Event(type, subject, sequence, data, id=new_id(), source=source, time=time)


def as_read(event: Event) -> Told:
    """The event as reporting reads it."""
    return read(event)


def received(enquiry: str, *, stage: str | None = "exploring", **profile: Any) -> Event:
    """An enquiry came in: by default an e-mail on Monday 2 March 2026 at 10:00."""
    whole = PROFILE | profile
    return told_by(
        "intake",
        "enquiry_received",
        enquiry,
        1,
        whole["received_at"],
        enquiry=enquiry,
        spin_out_stage=stage,
        profile=whole,
    )


def changed(enquiry: str, sequence: int, *, stage: str | None, time: str, **profile: Any) -> Event:
    """An enquiry was corrected."""
    return told_by(
        "intake",
        "enquiry_changed",
        enquiry,
        sequence,
        time,
        enquiry=enquiry,
        spin_out_stage=stage,
        profile=PROFILE | profile,
    )


def triaged(enquiry: str, sequence: int, outcome: str, score: Any, at: str = "2026-03-02T10:00:01Z") -> Event:
    """An enquiry was triaged."""
    return told_by(
        "triage",
        "enquiry_triaged",
        enquiry,
        sequence,
        at,
        enquiry=enquiry,
        outcome=outcome,
        score=score,
        criteria_version="2026-1",
        triaged_at=at,
    )


def of_case(enquiry: str, type: str, sequence: int, time: str, **data: Any) -> Event:
    """Something happened to the enquiry's case."""
    case = enquiry.replace("ENQ", "CAS")
    facts = {"spin_out_stage": "making_the_case", "requires_action_by": "adviser", "on_hold": False}
    return told_by("casework", type, case, sequence, time, **facts | {"case": case, "enquiry": enquiry} | data)


def of_referral(referral: str, enquiry: str, type: str, sequence: int, time: str, **data: Any) -> Event:
    """Something happened to a referral of the enquiry's case."""
    case = enquiry.replace("ENQ", "CAS")
    return told_by("referrals", type, referral, sequence, time, referral=referral, case=case, enquiry=enquiry, **data)


def sent(referral: str, enquiry: str, at: str, *, amount: str = "50000.00", score: float = 74.0) -> Event:
    """A case was referred to the Cabinet Office."""
    return of_referral(
        referral,
        enquiry,
        "referral_sent",
        1,
        at,
        amount=amount,
        support_needed=["pensions"],
        outcome="refer",
        score={"value": score},
        criteria_version="2026-1",
        spin_out_stage="planning",
        sent_at=at,
    )


def decided(referral: str, enquiry: str, sequence: int, decision: str, at: str, amount: str | None = None) -> Event:
    """The Cabinet Office decided."""
    reason = "strong_case" if decision == "accepted" else "too_early"
    return of_referral(
        referral,
        enquiry,
        "referral_decided",
        sequence,
        at,
        decision=decision,
        reason_code=reason,
        amount=amount,
        decided_at=at,
    )


def whole_story(enquiry: str) -> list[Event]:
    """An enquiry that goes all the way: triaged twice, a case that is closed and reopened, two referrals, evidence."""
    first, second = (enquiry.replace("ENQ", kind) for kind in ("REF", "REF2"))
    return [
        received(enquiry),
        told_by("intake", "enquiry_contact_recorded", enquiry, 2, "2026-03-02T14:01:00Z", enquiry=enquiry,
                direction="outbound", disposition="answered", started_at="2026-03-02T14:00:00Z"),
        triaged(enquiry, 1, "information_needed", {"low": 55.0, "high": 80.0}),
        changed(enquiry, 3, stage="making_the_case", time="2026-03-09T12:00:00Z", region="london",
                matters=["pensions"]),
        triaged(enquiry, 2, "refer", {"value": 74.0}, "2026-03-09T12:00:02Z"),
        of_case(enquiry, "case_opened", 1, "2026-03-09T12:00:03Z", opened_at="2026-03-09T12:00:03Z"),
        of_case(enquiry, "case_note_added", 2, "2026-03-09T15:00:00Z", note="note-1"),
        of_case(enquiry, "case_changed", 3, "2026-03-16T09:00:00Z", spin_out_stage="planning",
                requires_action_by="enquirer", pauses=[{"from": "2026-03-16T09:00:00Z", "to": None}]),
        of_case(enquiry, "evidence_recorded", 4, "2026-03-16T09:30:00Z",
                evidence=str(uuid.uuid5(uuid.NAMESPACE_OID, enquiry)), kind="barrier", category="pensions",
                grade="documented", service_sector="community_health", region="london", observed_on="2026-03-15"),
        sent(first, enquiry, "2026-03-17T09:00:00Z"),
        of_referral(first, enquiry, "referral_acknowledged", 2, "2026-03-17T16:00:00Z", status="acknowledged"),
        decided(first, enquiry, 3, "rejected", "2026-03-20T10:00:00Z"),
        of_case(enquiry, "case_closed", 5, "2026-03-20T11:00:00Z", outcome="not_proceeding",
                pauses=[{"from": "2026-03-16T09:00:00Z", "to": "2026-03-17T09:00:00Z"}]),
        of_case(enquiry, "case_reopened", 6, "2026-03-23T11:00:00Z"),
        sent(second, enquiry, "2026-03-24T09:00:00Z", amount="40000.00"),
        of_referral(second, enquiry, "referral_information_requested", 2, "2026-03-25T09:00:00Z",
                    status="more_information"),
        of_referral(second, enquiry, "referral_information_provided", 3, "2026-03-31T09:00:00Z", status="acknowledged"),
        decided(second, enquiry, 4, "accepted", "2026-04-02T09:00:00Z", "35000.00"),
        of_referral(second, enquiry, "referral_concluded", 5, "2026-09-01T09:00:00Z", outcome="delivered",
                    released="1000.00"),
        of_case(enquiry, "case_closed", 7, "2026-09-02T09:00:00Z", outcome="spun_out"),
    ]  # fmt: skip
