"""Who speaks for an enquirer, and by which ways they may be reached: what they agreed to, and what is safe for them.

Some must not be rung or written to by a way that others at home or at work share. What somebody said about one enquiry
holds for all of theirs: what is told of one way says nothing of another, and of each the newest answer decides.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

# As the schema SafeToContact gives it; None: nothing was said.
Safety = Mapping[str, Any] | None


# What is kept with who wrote it down, and when.
SIGNED = ("acting_for", "safe_to_contact")


class Obstacle(StrEnum):
    """Why somebody may not be rung."""

    NO_CONSENT = "no_consent"
    NOT_SAFE = "not_safe"


@dataclass(frozen=True, slots=True, repr=False)
class Said:
    """What was said with one enquiry: of contact, by an act of that moment, and of what is safe, signed."""

    contact: bool | None
    contact_at: datetime
    safe: Safety


@dataclass(frozen=True, slots=True, repr=False)
class Standing:
    """What stands of all that one enquirer said."""

    contact: bool | None
    safe: Safety


# What a callback is given up with that somebody else's act made impossible.
REASONS = {
    Obstacle.NO_CONSENT: "The enquirer no longer wants to be contacted.",
    Obstacle.NOT_SAFE: "It is not safe to ring the enquirer.",
}


def signed(said: Mapping[str, Any] | None, by: str, at: str) -> dict[str, Any] | None:
    """What somebody said of the enquirer, with who wrote it down, and when (RFC 3339)."""
    return None if said is None else {**said, "recorded_by": by, "recorded_at": at}


def standing(said: Iterable[Said]) -> Standing:
    """What stands of what one enquirer said with all enquiries. Of acts of one moment a refusal decides."""
    known = list(said)
    acts = [(one.contact_at, not one.contact) for one in known if one.contact is not None]
    contact = not max(acts)[1] if acts else None
    return Standing(contact, _together([one.safe for one in known if one.safe is not None]))


def _together(notes: Iterable[Mapping[str, Any]]) -> Safety:
    """The newest answer to each question, signed as the newest note is. None where there is no note."""
    safe: dict[str, Any] = {}
    for note in sorted(notes, key=lambda note: datetime.fromisoformat(note["recorded_at"])):
        safe |= {name: answer for name, answer in note.items() if answer is not None or name not in safe}
    return safe or None


def still_stands(said: Mapping[str, Any], stands: Standing) -> bool:
    """Whether every answer that was once given on what is safe still decides. None is no answer."""
    safe = stands.safe or {}
    return all(answer is None or safe.get(name) == answer for name, answer in said.items())


def obstacle_to_ringing(stands: Standing) -> Obstacle | None:
    """Why the enquirer may not be rung; None when they may. What nobody has asked is no obstacle."""
    if stands.contact is False:
        return Obstacle.NO_CONSENT
    return None if _is_safe(stands.safe, "phone") else Obstacle.NOT_SAFE


def may_be_written_to(stands: Standing) -> bool:
    """Whether an e-mail may go to the enquirer: whoever asks wants an answer, unless they said otherwise."""
    return stands.contact is not False and _is_safe(stands.safe, "email")


def _is_safe(safe: Safety, way: str) -> bool:
    return (safe or {}).get(way) is not False
