"""E-mails: what came in, and what went out."""

from gateway.clients import Messages
from gateway.downloads import FILE, MAIL, fetched
from gateway.routes import CHANGE, LIST, READ, Call, Routes
from gateway.rpc_client import Answer

api = Routes()


@api.route("GET /v1/enquiries/{reference}/messages", LIST, roles=("adviser",), calls="intake.list_enquiry_messages")
def list_enquiry_messages(call: Call, reference: str) -> Answer:
    """List the e-mails of an enquiry, those that came in and those that go out, the newest first."""
    return Messages(call.line).list_enquiry_messages(reference, call.body)


@api.route("GET /v1/messages", LIST, roles=("adviser",), calls="intake.list_messages")
def list_messages(call: Call) -> Answer:
    """List the e-mails that came in, the newest first.

    With `disposition=quarantine` those that belong to no enquiry, each with the reason.
    """
    return Messages(call.line).list_messages(call.body)


@api.route("GET /v1/messages/{message_id}", READ, roles=("adviser",), calls="intake.read_message")
def read_message(call: Call, message_id: str) -> Answer:
    """Read an e-mail: what was understood of it, and which files came with it."""
    return Messages(call.line).read_message(message_id)


@api.route("GET /v1/messages/{message_id}/raw", MAIL, roles=("adviser",), calls="intake.read_raw_message")
def read_raw_message(call: Call, message_id: str) -> Answer:
    """Download an e-mail as it came in.

    It may hold anything: open it where nothing can be harmed. That it was read is kept.
    """
    messages = Messages(call.line)
    return fetched(lambda after: messages.read_raw_message(message_id, after))


@api.route("GET /v1/messages/{message_id}/files/{number}", FILE, roles=("adviser",), calls="intake.read_message_file")
def read_message_file(call: Call, message_id: str, number: str) -> Answer:
    """Download a file that came with an e-mail.

    It may hold anything: nobody has looked for malware. That it was read is kept.
    """
    messages = Messages(call.line)
    return fetched(lambda after: messages.read_message_file(message_id, number, after))


@api.route("POST /v1/messages/{message_id}/file", CHANGE, roles=("adviser",), calls="intake.file_message")
def file_message(call: Call, message_id: str) -> Answer:
    """File an e-mail that is in quarantine: to an enquiry or, where none is named, as a new one."""
    return Messages(call.line).file_message(message_id, call.body)


@api.route("POST /v1/messages/{message_id}/discard", CHANGE, roles=("adviser",), calls="intake.discard_message")
def discard_message(call: Call, message_id: str) -> Answer:
    """Leave an e-mail that is in quarantine at that.

    It belongs to nobody, is no longer counted as waiting, and is kept as long as all others.
    """
    return Messages(call.line).discard_message(message_id, call.body)
