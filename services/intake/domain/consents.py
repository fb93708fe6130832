"""Consent: for what it is given, refused or withdrawn, and what stands of all that was said.

The newest act decides. A yes at the gate `consent_to_share` is no act, for nobody knows in which words it was asked:
it counts as long as nobody refused, an act takes it away, and against a no on the record it counts for nothing. A no
at the gate is an act of refusal, whatever the words were, which is the safe side (`facts.is_refusal_to_share`): a case
that was sent on has to be called back, and a yes wants to be recorded from then on. “Unknown” is neither: it asks for
information.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum


class Purpose(StrEnum):
    """What consent is asked for."""

    CONTACT = "contact"
    SHARE = "share_with_cabinet_office"
    RESEARCH = "research"


class Act(StrEnum):
    """What the enquirer did. To refuse is to say no when asked, to withdraw is to say so unasked or later."""

    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


def acts_of(consent: Mapping[str, bool | None]) -> dict[Purpose, Act]:
    """What an enquiry says of consent as it comes in, as acts. Of what was not asked there is none."""
    said = {purpose: consent.get(purpose) for purpose in Purpose}
    return {purpose: Act.GIVEN if agreed else Act.REFUSED for purpose, agreed in said.items() if agreed is not None}


def stands(acted_at: datetime, newest: datetime | None) -> bool:
    """Whether an act decides, which took place then: when none took place later (`newest` of those known, if any)."""
    return newest is None or acted_at >= newest


def moment(given: datetime | None, newest: datetime | None, now: datetime) -> datetime:
    """When an act took place that is recorded now: as somebody says, but not ahead of our clock, else now.

    Clocks differ by a little from one process to the next: what is recorded as of now comes after all that is known.
    """
    if given is not None:
        return min(given, now)
    return max(now, newest) if newest is not None else now
