"""Who may be ringing: what a caller's number is worth, and to whom it may lead, with the reasons.

A telephone is often shared, so a number is a hint and no proof: of several whom it leads to, none is chosen.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.intake.domain.identity import phone_number

# The shortest British numbers have seven behind the nought (0800 1111).
TAIL_DIGITS = 7
_SIP = re.compile(r"sips?:(?P<user>[^@;?]*)", re.IGNORECASE)
# What exchanges send in the place of a number that the caller keeps back; RFC 3323 says `anonymous`.
_WITHHELD = frozenset({"", "anonymous", "blocked", "private", "restricted", "unavailable", "unknown", "withheld"})


class NumberState(StrEnum):
    """What a caller's number is worth."""

    READABLE = "readable"
    WITHHELD = "withheld"
    MALFORMED = "malformed"


class Reason(StrEnum):
    """Why a party may be the one who rings."""

    OWN_NUMBER = "own_number"
    GAVE_NUMBER = "gave_number"
    SAME_SWITCHBOARD = "same_switchboard"


class Confidence(StrEnum):
    """How sure it is, the surest first."""

    KNOWN = "known"
    LIKELY = "likely"
    MAYBE = "maybe"


@dataclass(frozen=True, slots=True)
class Trace:
    """One thing that leads from a number to a party, and when it was last seen."""

    party: UUID
    reason: Reason
    at: datetime


@dataclass(frozen=True, slots=True)
class Candidate:
    """A party who may be ringing, and why: one trace for each reason."""

    party: UUID
    confidence: Confidence
    traces: tuple[Trace, ...]


def read_number(given: str) -> tuple[NumberState, str]:
    """What a number as an exchange or a person gives it is worth, and its canonical form (empty if it has none).

    A plus sign that was not percent-encoded in a query arrives as a blank. Of a SIP address (RFC 3261) the user's part
    is read.
    """
    text = given.strip()
    if address := _SIP.match(text):
        text = address["user"]
    if text.lower().partition("@")[0] in _WITHHELD:
        return NumberState.WITHHELD, ""
    try:
        return NumberState.READABLE, phone_number(
            f"+{text}" if given[0] == " " and text.isdecimal() else text
        ).canonical
    except ValueError:
        return NumberState.MALFORMED, ""


def trunk_of(canonical: str) -> str:
    """A canonical number without its extension, which is what an exchange shows of a call from behind it."""
    return canonical.partition("x")[0]


def tail_of(canonical: str) -> str:
    """The last digits of a canonical number without its extension: what it has in common with all ways to type it."""
    return trunk_of(canonical)[-TAIL_DIGITS:].lstrip("+")


def reason_of(typed: str, ringing: str) -> Reason | None:
    """Why a number that somebody once typed may be the one that rings now; None when it is another number."""
    try:
        canonical = phone_number(typed).canonical
    except ValueError:
        return None
    if canonical == ringing:
        return Reason.GAVE_NUMBER
    return Reason.SAME_SWITCHBOARD if trunk_of(canonical) == trunk_of(ringing) else None


def candidates(traces: Iterable[Trace], *, more: bool = False) -> tuple[Candidate, ...]:
    """Everybody to whom the traces lead, the surest and then the latest first.

    Known is only who has the number to themselves. Whoever shares it with others is likely at most if it is theirs,
    and may be the one if they once gave it. An extension behind the same switchboard never says more than maybe.
    `more`: others may have given it, to whom no trace leads here, so that nobody is taken to have it to themselves.
    """
    found: dict[UUID, dict[Reason, Trace]] = defaultdict(dict)
    for trace in traces:
        known = found[trace.party].get(trace.reason)
        if known is None or known.at < trace.at:
            found[trace.party][trace.reason] = trace
    shared = more or sum(1 for reasons in found.values() if reasons.keys() - {Reason.SAME_SWITCHBOARD}) > 1
    said = [
        Candidate(party, _confidence(reasons.keys(), shared=shared), tuple(reasons[one] for one in sorted(reasons)))
        for party, reasons in found.items()
    ]
    rank = list(Confidence)
    return tuple(sorted(said, key=lambda one: (rank.index(one.confidence), -_latest(one).timestamp(), one.party)))


def _confidence(reasons: Iterable[Reason], *, shared: bool) -> Confidence:
    held = set(reasons)
    if Reason.OWN_NUMBER in held:
        return Confidence.LIKELY if shared else Confidence.KNOWN
    if Reason.GAVE_NUMBER in held and not shared:
        return Confidence.LIKELY
    return Confidence.MAYBE


def _latest(candidate: Candidate) -> datetime:
    return max(trace.at for trace in candidate.traces)
