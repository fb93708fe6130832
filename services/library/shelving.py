"""What is done to resources, one by one, by whoever may."""

from collections.abc import Mapping
from typing import Any

from chassis.errors import FieldError, Invalid, NotAllowedNow
from chassis.fields import new_id
from chassis.work import Work
from services.library import events, store
from services.library.domain import resource as rules
from services.library.errors import AddressTaken
from services.library.models import Resource


def create(work: Work, values: Mapping[str, Any]) -> Resource:
    """Add a resource. Raises Invalid, and AddressTaken."""
    _check(work, values, None)
    resource = store.new_resource(values, new_id(), work.now)
    store.keep(work, [resource])
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
    store.keep(work, [resource])
    work.tell(events.resource_changed(resource, changed))
    return resource


def retire(work: Work, resource: Resource, reason: str) -> Resource:
    """Point nobody to a locked resource any more. Raises NotAllowedNow."""
    _refuse_retired(resource, "retire")
    resource.retired_at, resource.retired_because = work.now, reason
    store.keep(work, [resource])
    work.tell(events.resource_retired(resource))
    return resource


def _refuse_retired(resource: Resource, action: str) -> None:
    if resource.retired_at is not None:
        raise NotAllowedNow(action, "retired", [])


def _check(work: Work, values: Mapping[str, Any], resource: Resource | None) -> None:
    """Raise Invalid when values do not go together, and AddressTaken when another resource has the address."""
    if faults := rules.faults(values, work.now.date()):
        raise Invalid([FieldError(f"/{name}", message) for name, message in faults.items()])
    if resource is None or values["address"] != resource.address:
        holder = store.holders_of(work.session, [values["address"]]).get(values["address"])
        if holder is not None:
            raise AddressTaken(str(holder))
