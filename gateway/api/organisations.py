"""Public bodies: the register that enquirers' organisations are chosen from."""

from gateway.clients import Organisations
from gateway.routes import ACT, LIST, READ, Call, Routes
from gateway.rpc_client import Answer

READERS = ("adviser", "analyst", "dpo", "ops", "triage_lead")

api = Routes()


@api.route("GET /v1/organisations", LIST, roles=READERS, calls="intake.list_organisations")
def list_organisations(call: Call) -> Answer:
    """List public bodies: the likest name first, or by their keys where no name is asked for.

    A name is found without its accents, apostrophes and case, with “and” for “&”, and with or without an ending such as
    “NHS Foundation Trust”. Bodies that are no more are left out unless they are asked for.
    """
    return Organisations(call.line).list_organisations(call.body)


@api.route("GET /v1/organisations/{organisation_key}", READ, roles=READERS, calls="intake.read_organisation")
def read_organisation(call: Call, organisation_key: str) -> Answer:
    """Read a public body, with those that took its place and those whose place it took."""
    return Organisations(call.line).read_organisation(organisation_key)


@api.route("POST /v1/organisations/import", ACT, roles=("ops",), calls="intake.import_organisations")
def import_organisations(call: Call) -> Answer:
    """Bring the register to what a sheet says.

    All of it, or with a fault in any row nothing: each fault is told with its line and column. Who is registered and
    not in the sheet stays as they are, and a second time changes nothing. A longer sheet is brought in by command.
    """
    return Organisations(call.line).import_organisations(call.body)


@api.route(
    "GET /v1/enquiries/{reference}/organisations", READ, roles=("adviser",), calls="intake.suggest_organisations"
)
def suggest_organisations(call: Call, reference: str) -> Answer:
    """See which public bodies an enquirer may mean, by what they typed and by their e-mail address, with the reasons.

    None is chosen: an adviser does, by changing the enquiry's `organisation_key`.
    """
    return Organisations(call.line).suggest_organisations(reference)
