"""What the events of referrals say about a referral and its clocks."""

from datetime import datetime

from services.reporting.domain.clock import london_day, worked_everywhere
from services.reporting.domain.folding import Change, Row, Told, latest
from services.reporting.domain.readmodels import JOURNEYS, REFERRALS
from services.reporting.domain.triage import score_range


def referral_sent(told: Told) -> tuple[Change, ...]:
    """A case was handed to the Cabinet Office."""
    data = told.data
    values = {
        "case_reference": data["case"],
        "amount_asked": data["amount"],
        "support_needed": sorted(set(data["support_needed"])),
        "outcome": data["outcome"],
        "criteria_version": data["criteria_version"],
        "spin_out_stage": data["spin_out_stage"],
        "sent_at": data["sent_at"],
        "sent_on": london_day(data["sent_at"]),
        "sent_worked": worked_everywhere(data["sent_at"]),
    } | score_range(data["score"])
    row = _key(told) | latest(told, REFERRALS, "sending", values) | _standing(told, "sent")
    return Change(REFERRALS, row), _passed(told, "first_referred_at", data["sent_at"])


def referral_acknowledged(told: Told) -> tuple[Change, ...]:
    """The Cabinet Office said that it has the referral."""
    return (Change(REFERRALS, _key(told) | _standing(told, told.data["status"]) | _acknowledged(told.time)),)


def referral_information_requested(told: Told) -> tuple[Change, ...]:
    """The Cabinet Office asked for more: that acknowledges the referral too."""
    return referral_acknowledged(told)


def referral_information_provided(told: Told) -> tuple[Change, ...]:
    """The adviser answered."""
    return (Change(REFERRALS, _key(told) | _standing(told, told.data["status"])),)


def referral_decided(told: Told) -> tuple[Change, ...]:
    """The Cabinet Office accepted or rejected. A decision acknowledges too."""
    data = told.data
    values = {
        "decision": data["decision"],
        "reason_code": data["reason_code"],
        "amount_accepted": data["amount"],
        "decided_at": data["decided_at"],
        "decided_worked": worked_everywhere(data["decided_at"]),
    }
    row = _key(told) | latest(told, REFERRALS, "decision", values) | _standing(told, data["decision"])
    change = Change(REFERRALS, row | _acknowledged(data["decided_at"]))
    if data["decision"] != "accepted":
        return (change,)
    return change, _passed(told, "first_accepted_at", data["decided_at"])


def referral_withdrawn(told: Told) -> tuple[Change, ...]:
    """The adviser took the referral back."""
    withdrawn = {"withdrawn_at": told.time, "withdrawn_worked": worked_everywhere(told.time)}
    return (Change(REFERRALS, _key(told) | _standing(told, told.data["status"]) | withdrawn),)


def referral_concluded(told: Told) -> tuple[Change, ...]:
    """The support of an accepted referral ended; what was not spent went back to the fund."""
    values = {"concluded_as": told.data["outcome"], "amount_released": told.data["released"]}
    row = _key(told) | latest(told, REFERRALS, "conclusion", values) | _standing(told, "concluded")
    return (Change(REFERRALS, row),)


def _key(told: Told) -> Row:
    return {"enquiry": told.data["enquiry"], "referral": told.subject}


def _standing(told: Told, status: str) -> Row:
    return latest(told, REFERRALS, "standing", {"status": status})


def _acknowledged(moment: datetime) -> Row:
    return {"acknowledged_at": moment, "acknowledged_worked": worked_everywhere(moment)}


def _passed(told: Told, milestone: str, moment: datetime) -> Change:
    """The journey of the enquiry passed a milestone, with this referral or already with an earlier one."""
    return Change(JOURNEYS, {"enquiry": told.data["enquiry"], milestone: moment})
