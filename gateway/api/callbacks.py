"""Callbacks: promises to ring an enquirer in a window."""

from gateway.clients import Telephony
from gateway.routes import CHANGE, CREATE, LIST, READ, Call, Routes
from gateway.rpc_client import Answer

api = Routes()


@api.route(
    "POST /v1/enquiries/{reference}/callbacks",
    CREATE,
    roles=("adviser",),
    calls="intake.promise_callback",
    location="/v1/callbacks/{id}",
)
def promise_callback(call: Call, reference: str) -> Answer:
    """Promise to ring an enquirer in a half hour of working time.

    Working time is Monday to Friday, 09:00 to 17:30 in London, less the bank holidays of England and Wales. A half hour
    takes four callbacks, an enquiry has one open callback at a time.
    """
    return Telephony(call.line).promise_callback(reference, call.body)


@api.route("GET /v1/enquiries/{reference}/callbacks", LIST, roles=("adviser",), calls="intake.list_enquiry_callbacks")
def list_enquiry_callbacks(call: Call, reference: str) -> Answer:
    """List the callbacks of an enquiry, the one promised last first."""
    return Telephony(call.line).list_enquiry_callbacks(reference, call.body)


@api.route("GET /v1/callbacks", LIST, roles=("adviser",), calls="intake.list_callbacks")
def list_callbacks(call: Call) -> Answer:
    """List callbacks by owner, and by whether they are due; those promised last come first."""
    return Telephony(call.line).list_callbacks(call.body)


@api.route("GET /v1/callbacks/slots", READ, roles=("adviser",), calls="intake.list_callback_slots")
def list_callback_slots(call: Call) -> Answer:
    """List the half hours for which a callback can be promised, with the room that is left in each.

    Of the next seven days, or of a period of 28 at most.
    """
    return Telephony(call.line).list_callback_slots(call.body)


@api.route("GET /v1/callbacks/{callback_id}", READ, roles=("adviser",), calls="intake.read_callback")
def read_callback(call: Call, callback_id: str) -> Answer:
    """Read a callback with its attempts."""
    return Telephony(call.line).read_callback(callback_id)


@api.route(
    "POST /v1/callbacks/{callback_id}/attempts",
    CREATE,
    roles=("adviser",),
    calls="intake.attempt_callback",
    location="/v1/callbacks/{id}",
)
def attempt_callback(call: Call, callback_id: str) -> Answer:
    """Record an attempt to ring, and its result.

    After the third in vain the callback is not reached, and an e-mail is queued where the enquirer has an address and
    does not object.
    """
    return Telephony(call.line).attempt_callback(callback_id, call.body)


@api.route("POST /v1/callbacks/{callback_id}/cancel", CHANGE, roles=("adviser",), calls="intake.cancel_callback")
def cancel_callback(call: Call, callback_id: str) -> Answer:
    """Give a callback up."""
    return Telephony(call.line).cancel_callback(callback_id, call.body)


@api.route("POST /v1/callbacks/{callback_id}/rebook", CHANGE, roles=("adviser",), calls="intake.rebook_callback")
def rebook_callback(call: Call, callback_id: str) -> Answer:
    """Promise another half hour in place of the present one."""
    return Telephony(call.line).rebook_callback(callback_id, call.body)
