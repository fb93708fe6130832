"""What is done to resources, by whoever may: one by one, or as a file tells it."""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chassis.errors import FieldError, Invalid, NotAllowedNow
from chassis.fields import load_strictly, new_id
from chassis.work import Work
from services.library import events, schemas, store
from services.library.domain import resource as rules
from services.library.domain.rows import Fault, Row
from services.library.errors import AddressTaken
from services.library.models import Resource

ENDED = "The directory that it came from says that it has ended."


@dataclass(slots=True)
class Shelved:
    """What a file of resources came to: how many were created, changed, retired and left; or else every fault."""

    done: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)


def create(work: Work, values: Mapping[str, Any], resource_id: uuid.UUID | None = None) -> Resource:
    """Add a resource. Raises Invalid, and AddressTaken."""
    _check(work, values, None)
    resource = store.new_resource(values, resource_id or new_id(), work.now)
    store.keep(work, resource)
    work.tell(events.resource_created(resource))
    return resource


def change(work: Work, resource: Resource, values: Mapping[str, Any]) -> Resource:
    """Change a locked resource where the values say otherwise. Raises NotAllowedNow, Invalid, and AddressTaken."""
    _refuse_retired(resource, "change")
    before = store.values_of(resource)
    after = {**before, **values}
    changed = rules.changes(before, after)
    if not changed:
        return resource
    _check(work, after, resource)
    for name in changed:
        setattr(resource, name, after[name])
    store.keep(work, resource)
    work.tell(events.resource_changed(resource, changed))
    return resource


def retire(work: Work, resource: Resource, reason: str) -> Resource:
    """Point nobody to a locked resource any more. Raises NotAllowedNow."""
    _refuse_retired(resource, "retire")
    resource.retired_at, resource.retired_because = work.now, reason
    store.keep(work, resource)
    work.tell(events.resource_retired(resource))
    return resource


def shelve(work: Work, rows: Iterable[Row], *, only_new: bool = False) -> Shelved:
    """Bring the library to what the rows of a file say. What is there and in no row stays, what was retired too.

    A row without an id has the one that its address always has. `only_new` leaves alone what is there already, by its
    id or by its address. With a fault in any row the whole transaction is to be given up.
    """
    shelved, there, places = Shelved(), store.lock_all(work.session), dict[uuid.UUID, str]()
    for row in rows:
        try:
            values = load_strictly(schemas.ResourceRow, {"id": _id_of(row), **row.values})
            wanted = values.pop("id")
            if wanted in places:
                raise Invalid([FieldError("/id", f"This is the resource of {places[wanted]} once more.")])
            places[wanted] = row.place
            present = there.get(wanted)
            if present is None:
                shelved.done[_add(work, row, wanted, values)] += 1
            else:
                shelved.done["left" if only_new else _renew(work, row, present, values)] += 1
        except Invalid as refused:
            shelved.faults += [Fault(row.place, f"{one.pointer[1:]}: {one.message}") for one in refused.errors]
        except AddressTaken as refused:
            if only_new:  # it is there already, under another id
                shelved.done["left"] += 1
            else:
                shelved.faults.append(Fault(row.place, f"address: {refused.detail}"))
    return shelved


def _add(work: Work, row: Row, wanted: uuid.UUID, values: Mapping[str, Any]) -> str:
    """Create the resource of a row; return what was done."""
    if row.ends:
        return "left"
    create(work, values, wanted)
    return "created"


def _renew(work: Work, row: Row, present: Resource, values: Mapping[str, Any]) -> str:
    """Bring a resource to what a row says of it; return what was done."""
    if present.retired_at is not None:
        return "left"
    if row.ends:
        retire(work, present, ENDED)
        return "retired"
    before = present.version
    return "changed" if change(work, present, values).version > before else "left"


def _id_of(row: Row) -> Any:
    address = row.values.get("address")
    if row.id is None and isinstance(address, str):
        return str(uuid.uuid5(uuid.NAMESPACE_URL, address))
    return row.id


def _refuse_retired(resource: Resource, action: str) -> None:
    if resource.retired_at is not None:
        raise NotAllowedNow(action, "retired", [])


def _check(work: Work, values: Mapping[str, Any], resource: Resource | None) -> None:
    """Raise Invalid when values do not go together, and AddressTaken when another resource has the address."""
    if faults := rules.faults(values, work.now.date()):
        raise Invalid([FieldError(f"/{name}", message) for name, message in faults.items()])
    if resource is None or values["address"] != resource.address:
        holder = store.holder_of(work.session, values["address"])
        if holder is not None:
            raise AddressTaken(str(holder))
