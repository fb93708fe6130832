"""What the library says of a resource, when that is stale, and what counts when resources are put in order."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any

# What a resource may be narrowed down by. One that names none of a facet's codes is for all of them.
FACETS = ("matters", "stages", "sectors", "regions", "audience")
FIELDS = (
    *("kind", "title", "summary", "address", "publisher"),
    *FACETS,
    *("assured_by", "assured_on", "review_by"),
)

# How much each counts of a score from 0 to 1, and how much of it a stale resource keeps (ours; easy to change).
TEXT, FIT, HELPED = 0.5, 0.3, 0.2
STALE_KEEPS = 0.5
# Within the fit: the subject of advice says most.
FACET_WEIGHTS = {"matters": 3, "stages": 1, "sectors": 1, "regions": 1}


class Helped(StrEnum):
    """Whether a resource helped, as the enquirer said later."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


def is_stale(review_by: date | None, today: date) -> bool:
    """Whether a resource should have been reviewed before today."""
    return review_by is not None and review_by < today


def faults(values: Mapping[str, Any], today: date) -> dict[str, str]:
    """What does not go together in a resource, by field."""
    by, on = values["assured_by"], values["assured_on"]
    if (by is None) != (on is None):
        missing = "assured_by" if by is None else "assured_on"
        return {missing: "Who assured it and when go together: give both, or neither."}
    if on is not None and on > today:
        return {"assured_on": "Must not be in the future."}
    return {}


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The names of the fields whose value is another one afterwards, sorted."""
    return sorted(name for name in FIELDS if before[name] != after[name])
