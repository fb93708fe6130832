"""Who speaks for an enquirer, and by which ways they may be reached: what they agreed to, and what is safe for them.

Some must not be rung or written to by a way that others at home or at work share. What somebody said about one enquiry
holds for all of theirs: what is told of one way says nothing of another, and of each the newest answer decides.

On the portal nobody is asked who they are: whoever knows an address can speak there as if it were theirs. It may warn
for other enquiries of the party, but lift no refusal and no warning of theirs: only what an adviser records does.
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
_SIGNATURE = ("recorded_by", "recorded_at")
# The most careful answers about a way, about messages left, and about what is said of who is calling.
_WARNINGS = (False, "nowhere", "nothing")


class Obstacle(StrEnum):
    """Why somebody may not be rung."""

    NO_CONSENT = "no_consent"
    NOT_SAFE = "not_safe"


@dataclass(frozen=True, slots=True, repr=False)
class Said:
    """What was said with one enquiry: of contact, by an act of that moment, and of what is safe, signed.

    `contact_by_portal`, `safe_by_portal`: no adviser heard it.
    """

    contact: bool | None
    contact_at: datetime
    safe: Safety
    contact_by_portal: bool = False
    safe_by_portal: bool = False


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
    acts = [one for one in known if one.contact is not None]
    weighed = [one for one in acts if not (one.contact and one.contact_by_portal)] or acts
    newest = max(weighed, key=lambda one: (one.contact_at, not one.contact), default=None)
    return Standing(newest.contact if newest else None, _together(known))


def _together(said: Iterable[Said]) -> Safety:
    """The newest answer to each question, signed as the newest note that counts is. None where there is no note."""
    notes = [(one.safe, one.safe_by_portal) for one in said if one.safe is not None]
    safe: dict[str, Any] = {}
    for note, by_portal in sorted(notes, key=lambda one: datetime.fromisoformat(one[0]["recorded_at"])):
        answers = {name: answer for name, answer in note.items() if name not in _SIGNATURE}
        heard = {name: answer for name, answer in answers.items() if _counts(answer, safe.get(name), by_portal)}
        if heard or not (by_portal and safe):
            safe = {**answers, **safe, **heard, **{name: note[name] for name in _SIGNATURE}}
    return safe or None


def _counts(answer: Any, present: Any, by_portal: bool) -> bool:
    """Whether an answer takes the place of an earlier one, if any, of another enquiry."""
    if answer is None:
        return False
    return not by_portal or present is None or answer in _WARNINGS


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
