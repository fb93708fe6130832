"""Which event is folded by which function."""

from collections.abc import Callable

from services.reporting.domain import casework, intake, referrals, triage
from services.reporting.domain.folding import Change, Told

FOLDS: dict[tuple[str, str], Callable[[Told], tuple[Change, ...]]] = {
    ("intake", "enquiry_received"): intake.enquiry_received,
    ("intake", "enquiry_changed"): intake.enquiry_changed,
    ("intake", "enquiry_contact_recorded"): intake.contact_recorded,
    ("intake", "enquiry_answered"): intake.enquiry_answered,
    ("intake", "enquiry_withdrawn"): intake.enquiry_ended,
    ("intake", "enquiry_closed"): intake.enquiry_ended,
    ("intake", "enquiry_reopened"): intake.enquiry_reopened,
    ("triage", "enquiry_triaged"): triage.enquiry_triaged,
    ("casework", "case_opened"): casework.case_opened,
    ("casework", "case_changed"): casework.case_changed,
    ("casework", "case_contact_recorded"): intake.contact_recorded,
    ("casework", "evidence_recorded"): casework.evidence_recorded,
    ("casework", "case_closed"): casework.case_closed,
    ("casework", "case_reopened"): casework.case_reopened,
    ("referrals", "referral_sent"): referrals.referral_sent,
    ("referrals", "referral_acknowledged"): referrals.referral_acknowledged,
    ("referrals", "referral_information_requested"): referrals.referral_information_requested,
    ("referrals", "referral_information_provided"): referrals.referral_information_provided,
    ("referrals", "referral_decided"): referrals.referral_decided,
    ("referrals", "referral_withdrawn"): referrals.referral_withdrawn,
    ("referrals", "referral_concluded"): referrals.referral_concluded,
}


def fold(told: Told) -> tuple[Change, ...]:
    """What an event changes in the read models: at most one row of each. Many events are only kept in the log."""
    says = FOLDS.get((told.source, told.type))
    return says(told) if says else ()
