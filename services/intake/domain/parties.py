"""Parties: what they are, how their identifiers are verified, and which of them may be merged into which."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.intake.domain.names import folded, organisation_key

# Kinds of enquirer that are bodies. Somebody may still write for them, and is then a person.
_BODIES = frozenset({"public_sector_body", "existing_mutual"})
# So many parties are seen as one at most: nobody can judge more of them, nor show them on a page.
MOST_TOGETHER = 50


class PartyKind(StrEnum):
    """What a party is."""

    PERSON = "person"
    ORGANISATION = "organisation"


class Verified(StrEnum):
    """How somebody made sure that an identifier leads to the party."""

    RANG_BACK = "rang_back"
    WROTE_BACK = "wrote_back"
    IN_PERSON = "in_person"
    PUBLISHED = "published"


class Change(StrEnum):
    """What a person did to a party."""

    NAME = "name"
    KIND = "kind"
    IDENTIFIER_ADDED = "identifier_added"
    IDENTIFIER_VERIFIED = "identifier_verified"
    IDENTIFIER_REMOVED = "identifier_removed"
    MERGED = "merged"
    ABSORBED = "absorbed"
    UNMERGED = "unmerged"
    RELEASED = "released"
    KEPT_APART = "kept_apart"


class MergeFault(StrEnum):
    """Why one party cannot be merged into another."""

    ITSELF = "itself"
    ALREADY_MERGED = "already_merged"
    INTO_MERGED = "into_merged"
    KINDS_DIFFER = "kinds_differ"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides whether a party may be merged. `together` counts it and all that were merged into it."""

    party: UUID
    kind: str
    merged_into: UUID | None
    together: int = 1


def merge_fault(absorbed: Standing, into: Standing) -> MergeFault | None:
    """Why `absorbed` cannot be merged into `into`; None when it can.

    Both must stand for themselves. A link therefore always begins at a party that has none and ends at another that has
    none, and cannot close a circle; chains grow at their end only.
    """
    if absorbed.party == into.party:
        return MergeFault.ITSELF
    if absorbed.merged_into is not None:
        return MergeFault.ALREADY_MERGED
    if into.merged_into is not None:
        return MergeFault.INTO_MERGED
    if absorbed.kind != into.kind:
        return MergeFault.KINDS_DIFFER
    return MergeFault.TOO_MANY if absorbed.together + into.together > MOST_TOGETHER else None


@dataclass(frozen=True, slots=True)
class NewParty:
    """What is known of a party from its first enquiry, with the forms by which it is found."""

    name: str | None
    kind: PartyKind
    folded_name: str | None
    organisation_key: str | None


def new_party(enquirer: Mapping[str, Any]) -> NewParty:
    """The party of a loaded NewEnquirer. A body is an organisation where it has no name beside its own."""
    name, organisation = enquirer["name"], enquirer["organisation"]
    is_body = enquirer["kind"] in _BODIES and organisation is not None
    if is_body and (name is None or organisation_key(name) == organisation_key(organisation)):
        name, kind = name or organisation, PartyKind.ORGANISATION
    else:
        kind = PartyKind.PERSON
    return NewParty(name, kind, folded(name or "") or None, organisation_key(organisation))
