"""Operations: events that a service could not handle and put aside.

An event may be parked by several handlers of a service, so that handler and event together name what is parked.
"""

from gateway.clients import Operations
from gateway.routes import ACT, LIST, READ, RETRY, Call, Routes
from gateway.rpc_client import Answer

api = Routes()


@api.route("GET /v1/ops/parked", LIST, roles=("ops",), calls="{service}.list_parked")
def list_parked(call: Call, service: str) -> Answer:
    """List the parked events of a service, the last parked first."""
    return Operations(call.line, service).list_parked(call.body)


@api.route("GET /v1/ops/parked/{service}/{handler}/{event_id}", READ, roles=("ops",), calls="{service}.show_parked")
def show_parked(call: Call, service: str, handler: str, event_id: str) -> Answer:
    """Read a parked event: whole, with its last error."""
    return Operations(call.line, service).show_parked(handler, event_id)


@api.route(
    "POST /v1/ops/parked/{service}/{handler}/{event_id}/retry",
    RETRY,
    roles=("ops",),
    calls="{service}.retry_parked",
)
def retry_parked(call: Call, service: str, handler: str, event_id: str) -> Answer:
    """Have a parked event heard again at once."""
    return Operations(call.line, service).retry_parked(handler, event_id, call.body)


@api.route(
    "POST /v1/ops/parked/{service}/{handler}/{event_id}/discard",
    ACT,
    roles=("ops",),
    calls="{service}.discard_parked",
)
def discard_parked(call: Call, service: str, handler: str, event_id: str) -> Answer:
    """Throw a parked event away for good, for a reason."""
    return Operations(call.line, service).discard_parked(handler, event_id, call.body)
