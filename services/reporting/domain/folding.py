"""Folding events into rows, so that neither their order nor a repeat changes the result.

A row of a read model has groups of fields. Each group carries its stamp: the sequence and the id of the event that
set it last, and only a higher stamp sets it again. Fields of the other sort keep the earliest value ever told. What
an event says is itself a row with only some of its groups, and `merge` of two rows takes the higher group and the
earlier value: it is associative, commutative and idempotent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """An event as reporting heard it: the envelope, and those fields of the data that reporting reads."""

    id: UUID
    source: str
    type: str
    subject: str
    sequence: int
    time: datetime
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ReadModel:
    """The form of a read model's rows. `key` begins with the enquiry, to which every row belongs.

    `latest` are the groups of fields that the highest stamp sets; `earliest` the fields that keep the smallest value.
    """

    name: str
    key: tuple[str, ...]
    latest: Mapping[str, tuple[str, ...]]
    earliest: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """What one event says about one row of one read model."""

    model: ReadModel
    row: Row


def sequence_of(group: str) -> str:
    """The field that holds the sequence by which a group was last set."""
    return f"{group}_sequence"


def event_of(group: str) -> str:
    """The field that holds the id of the event by which a group was last set."""
    return f"{group}_event"


def latest(told: Told, model: ReadModel, group: str, values: Row) -> Row:
    """The part of a row that says: as of this event, the group has these values. All its fields must be given."""
    if set(values) != set(model.latest[group]):
        raise ValueError(f"{told.type} must set exactly the fields of {model.name}.{group}")
    return values | {sequence_of(group): told.sequence, event_of(group): told.id}


def merge(model: ReadModel, one: Row, other: Row) -> Row:
    """The row that knows what both rows know. Both must have the same key."""
    merged = {**one, **other}
    for group, fields in model.latest.items():
        if _stamp(one, group) > _stamp(other, group):
            merged.update({name: one[name] for name in (*fields, sequence_of(group), event_of(group))})
    for name in model.earliest:
        known = [row[name] for row in (one, other) if row.get(name) is not None]
        merged.update({name: min(known)} if known else {})
    return merged


def _stamp(row: Row, group: str) -> tuple[int, UUID]:
    return row.get(sequence_of(group), -1), row.get(event_of(group), UUID(int=0))
