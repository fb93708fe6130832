"""Consent to share: what was told of it, and what follows for a case that is to be referred or that was."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.referrals.domain.lifecycle import Action, Status, allowed_actions

# The purpose that is of consequence here.
SHARE = "share_with_cabinet_office"
# Why a referral was withdrawn that nobody withdrew.
CONSENT_WITHDRAWN = "consent_withdrawn"


class Notice(StrEnum):
    """A step of a referral that is nobody's action: what the enquirer has done."""

    CONSENT_WITHDRAWN = "consent_withdrawn"
    CONSENT_GIVEN = "consent_given"


# The words that whoever reads a referral finds beside its steps.
WORDS = {
    Notice.CONSENT_WITHDRAWN: "The enquirer has withdrawn the consent to share.",
    Notice.CONSENT_GIVEN: "The enquirer has given the consent to share again.",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What stood after the newest act that intake told of, and the first version of the facts that knows of it."""

    given: bool | None = None
    facts_version: int = 0


def may_be_shared(consent: bool | None, facts_version: int | None, told: Told) -> bool:
    """Whether a case may be referred whose snapshot says so of consent, by facts of this version.

    Casework may not have heard yet what we have heard: consent of facts that knew nothing of a withdrawal is none.
    """
    knows_better = facts_version is not None and facts_version >= told.facts_version
    return consent is True and (told.given is not False or knows_better)


def hides(withdrawn_at: datetime | None, decision: str | None) -> bool:
    """Whether a referral shows reviewers nothing of the case: consent was withdrawn before anything was decided."""
    return withdrawn_at is not None and decision is None


def notice(given: bool | None, *, is_marked: bool) -> Notice | None:
    """What to note on a referral once consent is told of; None where it says so already."""
    if given is False:
        return None if is_marked else Notice.CONSENT_WITHDRAWN
    return Notice.CONSENT_GIVEN if is_marked else None


def is_undecided(status: Status) -> bool:
    """Whether a withdrawal of consent takes the referral back too. What was decided stays, and is marked."""
    return Action.WITHDRAW in allowed_actions(status)
