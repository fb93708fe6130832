"""Who speaks for an enquirer, and by which ways they may be reached: what they agreed to, and what is safe for them.

Some must not be rung or written to by a way that others at home or at work share.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from services.intake.domain.facts import may_be_contacted

Consent = Mapping[str, bool | None]
# As the schema SafeToContact gives it; None: nothing was said.
Safety = Mapping[str, Any] | None


# What is kept with who wrote it down, and when.
SIGNED = ("acting_for", "safe_to_contact")


class Obstacle(StrEnum):
    """Why somebody may not be rung."""

    NO_CONSENT = "no_consent"
    NOT_SAFE = "not_safe"


# What a callback is given up with that somebody else's act made impossible.
REASONS = {
    Obstacle.NO_CONSENT: "The enquirer no longer wants to be contacted.",
    Obstacle.NOT_SAFE: "It is not safe to ring the enquirer.",
}


def signed(said: Mapping[str, Any] | None, by: str, at: str) -> dict[str, Any] | None:
    """What somebody said of the enquirer, with who wrote it down, and when (RFC 3339)."""
    return None if said is None else {**said, "recorded_by": by, "recorded_at": at}


def obstacle_to_ringing(consent: Consent, safe: Safety) -> Obstacle | None:
    """Why the enquirer may not be rung; None when they may. What nobody has asked is no obstacle."""
    if not may_be_contacted(consent):
        return Obstacle.NO_CONSENT
    return None if _is_safe(safe, "phone") else Obstacle.NOT_SAFE


def may_be_written_to(consent: Consent, safe: Safety) -> bool:
    """Whether an e-mail may go to the enquirer."""
    return may_be_contacted(consent) and _is_safe(safe, "email")


def _is_safe(safe: Safety, way: str) -> bool:
    return (safe or {}).get(way) is not False
