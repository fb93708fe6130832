"""Which parties may be the same: what speaks for it, and how much. A person decides.

An e-mail address or number that is kept as somebody's leads to one party, so two parties cannot both have it. What they
can share is what was typed in their enquiries: a number beside another address, or an address that was taken from one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from uuid import UUID

from rapidfuzz import fuzz

from services.intake.domain.parties import PartyKind

# The least score that is shown of one party, and that is listed of all: in the list one reason alone never counts.
SHOWN, LISTED = 45, 50
# Names less alike than this, of 100, are those of two people. `j smith` and `jane smith` are at 82.
_ALIKE = 80
# A name of a part of the other's (`siân jones`, `siân jones evans`) counts this much of one that is equal.
_PART_OF = 0.9
_MOST_FOR_NAME, _LEAST_FOR_NAME, _FOR_NO_NAME = 45, 25, 15
# Mailboxes that say nothing of a person.
_SHARED_MAILBOXES = frozenset(
    {"admin", "contact", "enquiries", "hello", "info", "mail", "office", "reception", "support", "team"}
)
_LEAST_OF_MAILBOX = 3


class Reason(StrEnum):
    """What speaks for two parties being the same, the strongest first."""

    SAME_EMAIL = "same_email"
    SAME_NAME = "same_name"
    SAME_NUMBER = "same_number"
    SIMILAR_NAME = "similar_name"
    SAME_MAILBOX = "same_mailbox"
    SAME_ORGANISATION = "same_organisation"


_POINTS = {Reason.SAME_EMAIL: 45, Reason.SAME_NUMBER: 30, Reason.SAME_MAILBOX: 20, Reason.SAME_ORGANISATION: 15}


@dataclass(frozen=True, slots=True)
class Traits:
    """What a party, with all that were merged into it, is known by. Names and organisations are folded."""

    party: UUID
    kind: str
    names: frozenset[str]
    organisations: frozenset[str]
    numbers: frozenset[str]
    emails: frozenset[str]

    @property
    def mailboxes(self) -> frozenset[str]:
        """What stands before the @ of its addresses, without a `+tag`, where it may tell of a person."""
        found = {email.partition("@")[0].partition("+")[0] for email in self.emails}
        return frozenset(one for one in found - _SHARED_MAILBOXES if len(one) >= _LEAST_OF_MAILBOX)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much speaks for a party being the same as another, of 100, and what."""

    party: UUID
    score: int
    reasons: tuple[Reason, ...]


def likeness(one: Traits, other: Traits) -> Likeness | None:
    """How much speaks for `other` being the same as `one`; None when nothing does, or too much against it.

    Kinds that differ speak against it, and so do names that differ, unless both gave one e-mail address. The score is
    the same the other way round.
    """
    if one.kind != other.kind:
        return None
    shared = [
        (Reason.SAME_EMAIL, one.emails & other.emails),
        (Reason.SAME_NUMBER, one.numbers & other.numbers),
        (Reason.SAME_MAILBOX, one.mailboxes & other.mailboxes),
        (Reason.SAME_ORGANISATION, one.organisations & other.organisations),
    ]
    reasons = {reason for reason, both in shared if both}
    alike = name_likeness(one.names, other.names)
    if alike is not None and alike < _ALIKE and Reason.SAME_EMAIL not in reasons:
        return None
    score = sum(_POINTS[reason] for reason in reasons) + _points_for_name(alike)
    if alike is not None and alike >= _ALIKE:
        reasons.add(Reason.SAME_NAME if alike == 100 else Reason.SIMILAR_NAME)
    # One address has one mailbox, and an organisation has its name: neither is counted twice.
    if Reason.SAME_EMAIL in reasons and Reason.SAME_MAILBOX in reasons:
        reasons.discard(Reason.SAME_MAILBOX)
        score -= _POINTS[Reason.SAME_MAILBOX]
    if one.kind == PartyKind.ORGANISATION and Reason.SAME_ORGANISATION in reasons:
        reasons.discard(Reason.SAME_ORGANISATION)
        score -= _POINTS[Reason.SAME_ORGANISATION]
    return Likeness(other.party, min(score, 100), tuple(sorted(reasons, key=list(Reason).index))) if reasons else None


def likely(one: Traits, others: Iterable[Traits], least: int) -> tuple[Likeness, ...]:
    """Who of the others may be the same with at least this score, the likeliest first."""
    found = [alike for alike in (likeness(one, other) for other in others) if alike and alike.score >= least]
    return tuple(sorted(found, key=lambda alike: (-alike.score, alike.party)))


def name_likeness(ones: Iterable[str], others: Iterable[str]) -> int | None:
    """How alike the two most alike of the names are, 0 to 100, in whatever order their words; None where one has none.

    100 only when they have the same words.
    """
    pairs = [_two_alike(one, other) for one, other in product(ones, others)]
    return max(pairs, default=None)


def _two_alike(one: str, other: str) -> int:
    if sorted(one.split()) == sorted(other.split()):
        return 100
    whole, part = fuzz.token_sort_ratio(one, other), fuzz.token_set_ratio(one, other)
    return min(99, int(max(whole, _PART_OF * part)))


def _points_for_name(alike: int | None) -> int:
    if alike is None:
        return _FOR_NO_NAME
    if alike < _ALIKE:
        return 0
    return _LEAST_FOR_NAME + (alike - _ALIKE) * (_MOST_FOR_NAME - _LEAST_FOR_NAME) // (100 - _ALIKE)
