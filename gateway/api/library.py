"""The library: resources, and the signposts to them that were given for an enquiry."""

from gateway.clients import Library
from gateway.routes import CHANGE, CREATE, LIST, READ, Call, Routes
from gateway.rpc_client import Answer

EDITORS = ("manager", "triage_lead")
# Everybody who has signed in, whatever for.
READERS = (
    *("adviser", "triage_lead", "manager", "co_reviewer", "analyst"),
    *("portal", "ops", "dpo", "leader", "private_office"),
)

api = Routes()


@api.route("POST /v1/resources", CREATE, roles=EDITORS, calls="library.create_resource", location="/v1/resources/{id}")
def create_resource(call: Call) -> Answer:
    """Add a resource to the library."""
    return Library(call.line).create_resource(call.body)


@api.route("GET /v1/resources", LIST, roles=READERS, calls="library.list_resources")
def list_resources(call: Call) -> Answer:
    """List resources, the likeliest to help first.

    By how well their words fit, how well they fit the matters, stage and sector that are asked for (or those of an
    enquiry), and what others said of them. A stale one counts half.
    """
    return Library(call.line).list_resources(call.body)


@api.route("GET /v1/resources/{resource_id}", READ, roles=READERS, calls="library.read_resource")
def read_resource(call: Call, resource_id: str) -> Answer:
    """Read a resource, a retired one too."""
    return Library(call.line).read_resource(resource_id)


@api.route("PATCH /v1/resources/{resource_id}", CHANGE, roles=EDITORS, calls="library.change_resource")
def change_resource(call: Call, resource_id: str) -> Answer:
    """Change a resource. What was given before stays known as it was."""
    return Library(call.line).change_resource(resource_id, call.body)


@api.route("POST /v1/resources/{resource_id}/retire", CHANGE, roles=EDITORS, calls="library.retire_resource")
def retire_resource(call: Call, resource_id: str) -> Answer:
    """Point nobody to a resource any more."""
    return Library(call.line).retire_resource(resource_id, call.body)


@api.route("POST /v1/enquiries/{reference}/signposts", CREATE, roles=("adviser",), calls="library.give_signpost")
def give_signpost(call: Call, reference: str) -> Answer:
    """Note that the enquirer was pointed to a resource, as it is now."""
    return Library(call.line).give_signpost(reference, call.body)


@api.route("GET /v1/enquiries/{reference}/signposts", LIST, roles=("adviser",), calls="library.list_signposts")
def list_signposts(call: Call, reference: str) -> Answer:
    """List what the enquirer was pointed to, the newest first, each as it was then."""
    return Library(call.line).list_signposts(reference, call.body)


@api.route(
    "POST /v1/enquiries/{reference}/signposts/{signpost_id}/answer",
    CHANGE,
    roles=("adviser",),
    calls="library.answer_signpost",
)
def answer_signpost(call: Call, reference: str, signpost_id: str) -> Answer:
    """Note whether it helped: yes, partly or no.

    The version that If-Match names is the signpost's.
    """
    return Library(call.line).answer_signpost(reference, signpost_id, call.body)
