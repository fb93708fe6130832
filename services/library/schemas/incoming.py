"""What callers and files bring to the library."""

from typing import Any

from marshmallow import Schema, fields, validate

from chassis.database import PageQuery
from chassis.fields import Code, Words
from services.library.domain.resource import Helped
from services.library.schemas.kinds import Address, Codes, Day, Line, Place, Prose

LONGEST_SUMMARY = 2_000


def _about(description: str) -> dict[str, Any]:
    """The options of a field that may be left out or null."""
    return {"load_default": None, "allow_none": True, "metadata": {"description": description}}


def _some(list_name: str, description: str) -> Codes:
    return Codes(list_name, load_default=list, metadata={"description": description})


class NewResource(Schema):
    """Something to point people to. A list that is empty or left out stands for all."""

    kind = Code("resource_kinds", required=True, metadata={"description": "What it is."})
    title = Line(300, required=True, metadata={"description": "What it is called."})
    summary = Prose(LONGEST_SUMMARY, required=True, metadata={"description": "What it is good for, in our words."})
    address = Address(required=True, metadata={"description": "Where it is. No two in use have the same."})
    publisher = Line(200, required=True, metadata={"description": "The body that published it."})
    matters = _some("matters", "The subjects of advice that it is about.")
    stages = _some("spin_out_stages", "The spin-out stages for which it is good.")
    sectors = _some("service_sectors", "The public services that it is about.")
    regions = _some("regions", "Where it is good.")
    audience = _some("audiences", "Whom it is for.")
    assured_by = Line(200, **_about("The body that has checked it. Null: nobody has."))
    assured_on = Day(**_about("When it was checked. Given with who did, or not at all."))
    review_by = Day(**_about("By when it is to be looked at again. From the next day on it is stale."))


class EndedRow(Schema):
    """A resource of which a file tells that it has ended. The directory may well say nothing else of it any more."""

    id = fields.UUID(required=True, metadata={"description": "Its id."})


class ResourceRow(NewResource, EndedRow):
    """A resource as a file tells of it."""

    address = Address(
        required=True,
        error_messages={
            "required": "Missing: people are pointed to it. In HSDS it is the “url” of a service, the “website” of an "
            "organisation."
        },
        metadata={"description": "Where it is."},
    )


class ResourceChange(Schema):
    """What may be changed of a resource. What is left out stays."""

    kind = Code("resource_kinds", metadata={"description": "What it is."})
    title = Line(300, metadata={"description": "What it is called."})
    summary = Prose(LONGEST_SUMMARY, metadata={"description": "What it is good for, in our words."})
    address = Address(metadata={"description": "Where it is."})
    publisher = Line(200, metadata={"description": "The body that published it."})
    matters = Codes("matters", metadata={"description": "The subjects of advice, all of them."})
    stages = Codes("spin_out_stages", metadata={"description": "The spin-out stages, all of them."})
    sectors = Codes("service_sectors", metadata={"description": "The public services, all of them."})
    regions = Codes("regions", metadata={"description": "The regions, all of them."})
    audience = Codes("audiences", metadata={"description": "Whom it is for, all of them."})
    assured_by = Line(200, allow_none=True, metadata={"description": "The body that has checked it."})
    assured_on = Day(allow_none=True, metadata={"description": "When it was checked."})
    review_by = Day(allow_none=True, metadata={"description": "By when it is to be looked at again."})


class Reason(Schema):
    """Why nobody is to be pointed to a resource any more."""

    reason = Prose(2_000, required=True, metadata={"description": "Why, in plain words that everybody may read."})


class ResourceFilter(PageQuery):
    """Which resources to list. All that are given must hold; one that names no codes of a kind holds for all."""

    q = Words(
        200,
        least=1,
        metadata={"description": 'Words in it, the last maybe unfinished; "a phrase", -without, this or that.'},
    )
    kind = Code("resource_kinds", metadata={"description": "What it is."})
    matter = Code("matters", metadata={"description": "A subject of advice."})
    stage = Code("spin_out_stages", metadata={"description": "A spin-out stage."})
    sector = Code("service_sectors", metadata={"description": "A public service."})
    region = Code("regions", metadata={"description": "Where it is to be good."})
    audience = Code("audiences", metadata={"description": "Whom it is to be for."})
    enquiry = Words(
        20, least=1, metadata={"description": "For advisers: the enquiry whose matters and stage it is to fit best."}
    )
    stale = fields.Boolean(metadata={"description": "Whether the day by which to review it has passed."})
    after = Place(
        load_default=None,
        allow_none=True,
        metadata={"description": "The place after which the page begins, taken from an earlier page's cursor."},
    )


class NewSignpost(Schema):
    """A resource that an enquirer is pointed to."""

    resource_id = fields.UUID(required=True, metadata={"description": "The resource, as it is now."})
    note = Prose(5_000, **_about("What was said with it."))


class Answer(Schema):
    """What the enquirer said later."""

    helped = fields.String(
        required=True, validate=validate.OneOf(tuple(Helped)), metadata={"description": "Whether it helped."}
    )
