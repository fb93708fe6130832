"""The telephone: who rings."""

from gateway.clients import Telephony
from gateway.routes import READ, Call, Routes
from gateway.rpc_client import Answer

api = Routes()


@api.route("GET /v1/telephony/pop", READ, roles=("adviser",), calls="intake.find_callers")
def find_callers(call: Call) -> Answer:
    """See who may be ringing from a number, and why, with what is open of theirs.

    Nobody is chosen, and nothing is kept. A number that is withheld, or is none, finds nobody and says so. The gateway
    logs routes and never queries; a proxy in front of it must not log queries either.
    """
    return Telephony(call.line).find_callers(call.body)
