"""What the library tells: ids, codes, days and versions. Titles, addresses and notes stay here."""

from collections.abc import Sequence
from typing import Any

from chassis.work import Event
from services.library.domain.resource import FACETS
from services.library.models import Resource, Signpost


def resource_created(resource: Resource) -> Event:
    """A resource came into the library."""
    return Event("resource_created", str(resource.id), resource.version, _resource(resource))


def resource_changed(resource: Resource, changed: Sequence[str]) -> Event:
    """Fields of a resource were changed."""
    data = {**_resource(resource), "changed": list(changed)}
    return Event("resource_changed", str(resource.id), resource.version, data)


def resource_retired(resource: Resource) -> Event:
    """Nobody is pointed to a resource any more."""
    return Event("resource_retired", str(resource.id), resource.version, _resource(resource))


def signpost_given(signpost: Signpost) -> Event:
    """Somebody was pointed to a resource."""
    return Event("signpost_given", str(signpost.id), signpost.version, _signpost(signpost))


def signpost_answered(signpost: Signpost) -> Event:
    """An enquirer said whether a resource helped; a later answer takes the place of an earlier one."""
    data = {**_signpost(signpost), "helped": signpost.helped}
    return Event("signpost_answered", str(signpost.id), signpost.version, data)


def _resource(resource: Resource) -> dict[str, Any]:
    return {
        "resource": str(resource.id),
        "version": resource.version,
        "kind": resource.kind,
        **{facet: getattr(resource, facet) for facet in FACETS},
        "assured_on": _day(resource.assured_on),
        "review_by": _day(resource.review_by),
    }


def _day(day: Any) -> str | None:
    return None if day is None else day.isoformat()


def _signpost(signpost: Signpost) -> dict[str, Any]:
    return {
        "signpost": str(signpost.id),
        "enquiry": signpost.enquiry,
        "resource": str(signpost.resource_id),
        "resource_version": signpost.resource_version,
    }
