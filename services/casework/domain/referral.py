"""Referrals as casework follows them: folded from events that may come late and in any order."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

# With the Cabinet Office, which owes the next action.
WAITS_FOR_DECISION = frozenset({"sent", "acknowledged"})
# Neither refused, withdrawn nor concluded: the case is kept open for it.
LIVE = WAITS_FOR_DECISION | {"more_information", "accepted"}

# What shows that the Cabinet Office has it: its word for that, a question, or the decision itself.
_ACKNOWLEDGING = frozenset({"referral_acknowledged", "referral_information_requested", "referral_decided"})

EVENTS = (
    "referral_sent",
    "referral_acknowledged",
    "referral_information_requested",
    "referral_information_provided",
    "referral_decided",
    "referral_withdrawn",
    "referral_concluded",
)


@dataclass(frozen=True, slots=True)
class Referral:
    """What is known of one referral. `sequence` is that of the newest event heard; 0 before the first."""

    sequence: int = 0
    status: str = ""
    sent_at: datetime | None = None
    acknowledged_at: datetime | None = None
    ended_at: datetime | None = None
    decided: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """One event about a referral: the status that it brought, and when that took place."""

    type: str
    sequence: int
    status: str
    moment: datetime


def moved_by(event_type: str, sequence: int, data: Mapping[str, Any], told_at: datetime) -> Moved | None:
    """What an event says of a referral; None when it does not tell the status. `data` is a loaded ReferralMoved.

    It took place when the data says, else when the event was told.
    """
    status, moment = data["status"], None
    match event_type:
        case "referral_sent":
            status, moment = "sent", data["sent_at"]
        case "referral_decided":
            status, moment = data["decision"], data["decided_at"]
        case "referral_concluded":
            status = data["outcome"]
    return Moved(event_type, sequence, status, moment or told_at) if status else None


def fold(referral: Referral, moved: Moved) -> Referral:
    """The referral after one more event. Its status never goes back to that of an older event."""
    if moved.type == "referral_sent":
        referral = replace(referral, sent_at=moved.moment)
    elif moved.type == "referral_decided":
        referral = replace(referral, ended_at=moved.moment, decided=True)
    elif moved.type == "referral_withdrawn":
        referral = replace(referral, ended_at=moved.moment)
    if moved.type in _ACKNOWLEDGING:
        referral = replace(referral, acknowledged_at=min(moved.moment, referral.acknowledged_at or moved.moment))
    if moved.sequence > referral.sequence:
        referral = replace(referral, sequence=moved.sequence, status=moved.status)
    return referral
