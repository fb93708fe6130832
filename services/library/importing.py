"""Bringing the library to what a file says: all of it, or with a fault in any row nothing."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chassis.errors import FieldError, Invalid
from chassis.fields import load_strictly
from chassis.work import Work
from services.library import events, schemas, store
from services.library.domain import resource as rules
from services.library.domain.rows import Fault, Row
from services.library.errors import AddressTaken
from services.library.models import Resource

ENDED = "The directory that it came from says that it has ended."


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a row wants of a resource: these values, or that nobody is pointed to it any more."""

    place: str
    id: uuid.UUID
    values: Mapping[str, Any]
    ends: bool

    def differs(self, present: Resource | None) -> bool:
        """Whether there is something to do. What is retired stays so, and what has ended is not brought in."""
        if present is None:
            return not self.ends
        return present.retired_at is None and (self.ends or bool(rules.changes(store.values_of(present), self.values)))

    def leaves_address(self, present: Resource | None) -> bool:
        """Whether the address that a resource has is free afterwards, for any other row of the file."""
        return present is not None and (self.ends or self.values["address"] != present.address)


@dataclass(slots=True)
class Plan:
    """What a file does to the library, by kind, and how many of its rows nothing; or else every fault."""

    retired: list[Resource] = field(default_factory=list)
    changed: list[tuple[Resource, Wanted]] = field(default_factory=list)
    created: list[Wanted] = field(default_factory=list)
    left: int = 0
    faults: list[Fault] = field(default_factory=list)

    def put(self, one: Wanted, present: Resource | None) -> None:
        """Note a resource that is to be created or changed."""
        if present is None:
            self.created.append(one)
        else:
            self.changed.append((present, one))


def plan(work: Work, rows: Iterable[Row], *, only_new: bool = False) -> Plan:
    """What the rows of a file do to the library. What is there and in no row stays as it is.

    A row without an id has the one that its address always has. `only_new` leaves alone what is there already, by its
    id or by its address. What is to be changed is locked, and nothing else; nobody else imports until the transaction
    ends. Raises ResourceBusy.
    """
    made = Plan()
    wanted = _read(rows, made)
    store.lock_imports(work.session)
    there = store.resources_of(work.session, wanted)
    if only_new:
        differing = [one for id_, one in wanted.items() if id_ not in there and not one.ends]
    else:
        differing = [one for id_, one in wanted.items() if one.differs(there.get(id_))]
        there |= store.resources_of(work.session, there.keys() & {one.id for one in differing}, lock=True)
        differing = [one for one in differing if one.differs(there.get(one.id))]  # somebody was at it meanwhile
    made.retired = [there[one.id] for one in differing if one.ends]
    kept = [one for one in differing if not one.ends]
    leaving = {one.id for one in differing if one.leaves_address(there.get(one.id))}
    held = store.holders_of(work.session, [one.values["address"] for one in kept])
    holders = {address: holder for address, holder in held.items() if holder not in leaving}
    for one in kept:
        holder = holders.setdefault(one.values["address"], one.id)
        if found := rules.faults(one.values, work.now.date()):
            made.faults += [Fault(one.place, f"{name}: {message}") for name, message in found.items()]
        elif holder == one.id:
            made.put(one, there.get(one.id))
        elif not only_new or one.values["address"] not in held:  # what is held is there already, under another id
            made.faults.append(Fault(one.place, f"address: {AddressTaken(str(holder)).detail}"))
    made.left = len(wanted) - len(made.created) - len(made.changed) - len(made.retired)
    return made


def carry_out(work: Work, made: Plan) -> None:
    """Do what was planned, and tell of it. Raises ResourceBusy."""
    changes = {present.id: rules.changes(store.values_of(present), one.values) for present, one in made.changed}
    store.leave_addresses(work.session, [one for one, names in changes.items() if "address" in names])
    for present in made.retired:
        present.retired_at, present.retired_because = work.now, ENDED
    store.keep(work, made.retired)
    for present, one in made.changed:
        for name in changes[present.id]:
            setattr(present, name, one.values[name])
    changed = [present for present, _ in made.changed]
    created = [store.new_resource(one.values, one.id, work.now) for one in made.created]
    store.keep(work, [*changed, *created])
    told = [
        *map(events.resource_retired, made.retired),
        *(events.resource_changed(one, changes[one.id]) for one in changed),
        *map(events.resource_created, created),
    ]
    for event in told:
        work.tell(event)


def _read(rows: Iterable[Row], made: Plan) -> dict[uuid.UUID, Wanted]:
    """What each row wants, by the id of its resource; a row by itself may be wrong."""
    wanted: dict[uuid.UUID, Wanted] = {}
    for row in rows:
        try:
            schema, told = (schemas.EndedRow, {}) if row.ends else (schemas.ResourceRow, row.values)
            values = load_strictly(schema, {"id": _id_of(row), **told})
            one = Wanted(row.place, values.pop("id"), values, row.ends)
            if one.id in wanted:
                raise Invalid([FieldError("/id", f"This is the resource of {wanted[one.id].place} once more.")])
            wanted[one.id] = one
        except Invalid as refused:
            made.faults += [Fault(row.place, f"{error.pointer[1:]}: {error.message}") for error in refused.errors]
    return wanted


def _id_of(row: Row) -> Any:
    address = row.values.get("address")
    if row.id is None and isinstance(address, str):
        plain = address.encode(errors="replace").decode()  # half a character is refused as an address, not here
        return str(uuid.uuid5(uuid.NAMESPACE_URL, plain))
    return row.id
