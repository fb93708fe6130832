"""Enquiries: what comes in, by whatever way, until it is answered or becomes a case."""

from gateway.clients import Intake, Triage
from gateway.routes import CHANGE, CREATE, LIST, READ, Call, Routes
from gateway.rpc_client import Answer

api = Routes()


@api.route(
    "POST /v1/enquiries",
    CREATE,
    roles=("adviser", "portal"),
    calls="intake.create_enquiry",
    location="/v1/enquiries/{reference}",
)
def create_enquiry(call: Call) -> Answer:
    """Take an enquiry.

    It is triaged at once, but not within this call: `assessment` is null until that is done.
    """
    return Intake(call.line).create_enquiry(call.body)


@api.route("GET /v1/enquiries", LIST, roles=("adviser",), calls="intake.list_enquiries")
def list_enquiries(call: Call) -> Answer:
    """List enquiries, the newest first."""
    return Intake(call.line).list_enquiries(call.body)


@api.route("GET /v1/enquiries/{reference}", READ, roles=("adviser", "portal"), calls="intake.read_enquiry")
def read_enquiry(call: Call, reference: str) -> Answer:
    """Read an enquiry with its newest assessment.

    The portal reads those that it sent itself, without what advisers note for each other: what others recorded of what
    is safe for the enquirer, who recorded who speaks for them, marks, and other enquiries.
    """
    return Intake(call.line).read_enquiry(reference)


@api.route("PATCH /v1/enquiries/{reference}", CHANGE, roles=("adviser",), calls="intake.change_enquiry")
def change_enquiry(call: Call, reference: str) -> Answer:
    """Correct or add to an enquiry.

    Changed facts are triaged again.
    """
    return Intake(call.line).change_enquiry(reference, call.body)


@api.route("POST /v1/enquiries/{reference}/withdraw", CHANGE, roles=("adviser",), calls="intake.withdraw_enquiry")
def withdraw_enquiry(call: Call, reference: str) -> Answer:
    """End an enquiry at the enquirer's wish."""
    return Intake(call.line).withdraw_enquiry(reference, call.body)


@api.route("POST /v1/enquiries/{reference}/answer", CHANGE, roles=("adviser",), calls="intake.answer_enquiry")
def answer_enquiry(call: Call, reference: str) -> Answer:
    """Note that an enquiry is answered."""
    return Intake(call.line).answer_enquiry(reference, call.body)


@api.route("POST /v1/enquiries/{reference}/close", CHANGE, roles=("adviser",), calls="intake.close_enquiry")
def close_enquiry(call: Call, reference: str) -> Answer:
    """Close an enquiry."""
    return Intake(call.line).close_enquiry(reference, call.body)


@api.route("POST /v1/enquiries/{reference}/contacts", CREATE, roles=("adviser",), calls="intake.record_contact")
def record_contact(call: Call, reference: str) -> Answer:
    """Keep one moment of exchange, with its disposition."""
    return Intake(call.line).record_contact(reference, call.body)


@api.route("GET /v1/enquiries/{reference}/contacts", LIST, roles=("adviser",), calls="intake.list_contacts")
def list_contacts(call: Call, reference: str) -> Answer:
    """List the moments of exchange of an enquiry."""
    return Intake(call.line).list_contacts(reference, call.body)


@api.route("GET /v1/enquiries/{reference}/assessments", LIST, roles=("adviser",), calls="triage.list_assessments")
def list_assessments(call: Call, reference: str) -> Answer:
    """List every assessment of an enquiry, the newest first, each with its explanation."""
    return Triage(call.line).list_assessments(reference, call.body)
