"""The telephone: who rings, and what the exchange tells of calls."""

from gateway.clients import Telephony
from gateway.routes import ACT, LIST, READ, Call, Routes
from gateway.rpc_client import Answer

api = Routes()

# What is read of an exchange's request. Exchanges send more, and what they send grows.
_READ = ("event", "callId", "from", "to", "direction", "user", "queue", "at")


@api.route("GET /v1/telephony/pop", READ, roles=("adviser",), calls="intake.find_callers")
def find_callers(call: Call) -> Answer:
    """See who may be ringing from a number, and why, with what is open of theirs.

    Nobody is chosen, and nothing is kept. A number that is withheld, or is none, finds nobody and says so. The gateway
    logs routes and never queries; a proxy in front of it must not log queries either.
    """
    return Telephony(call.line).find_callers(call.body)


@api.route("POST /v1/telephony/events", ACT, roles=("telephone_exchange",), calls="intake.hear_call", is_signed=True)
def hear_call(call: Call) -> Answer:
    """Tell of a call: newCall, answer or hangup.

    For telephone exchanges, signed by Standard Webhooks, or by a secret in the URL from addresses that were agreed. The
    same event of the same call by the same user may be sent again and counts once; the order does not matter. Fields
    that are not named here are ignored.
    """
    return Telephony(call.line).hear_call({name: call.body[name] for name in _READ if name in call.body})


@api.route("GET /v1/telephony/calls", LIST, roles=("adviser",), calls="intake.list_calls")
def list_calls(call: Call) -> Answer:
    """List telephone calls, the newest first.

    With `written_up=false` those without a record that ended, or began over four hours ago: then the end was lost. A
    contact or an enquiry that names the call is one.
    """
    return Telephony(call.line).list_calls(call.body)


@api.route("GET /v1/telephony/calls/{call_id}", READ, roles=("adviser",), calls="intake.read_call")
def read_call(call: Call, call_id: str) -> Answer:
    """Read a telephone call."""
    return Telephony(call.line).read_call(call_id)
