"""Webhooks: where news of referrals is sent, and what became of each sending."""

from gateway.clients import Webhooks
from gateway.routes import CHANGE, CREATE, LIST, READ, REMOVE, START, Call, Routes
from gateway.rpc_client import Answer

api = Routes()


@api.route(
    "POST /v1/webhooks/endpoints",
    CREATE,
    roles=("co_reviewer",),
    calls="referrals.create_endpoint",
    location="/v1/webhooks/endpoints/{id}",
)
def create_endpoint(call: Call) -> Answer:
    """Add an endpoint. The answer holds its secret, which is never shown again."""
    return Webhooks(call.line).create_endpoint(call.body)


@api.route("GET /v1/webhooks/endpoints", LIST, roles=("co_reviewer",), calls="referrals.list_endpoints")
def list_endpoints(call: Call) -> Answer:
    """List the endpoints, the newest first."""
    return Webhooks(call.line).list_endpoints(call.body)


@api.route("GET /v1/webhooks/endpoints/{endpoint_id}", READ, roles=("co_reviewer",), calls="referrals.read_endpoint")
def read_endpoint(call: Call, endpoint_id: str) -> Answer:
    """Read an endpoint, without its secret."""
    return Webhooks(call.line).read_endpoint(endpoint_id)


@api.route(
    "PATCH /v1/webhooks/endpoints/{endpoint_id}", CHANGE, roles=("co_reviewer",), calls="referrals.change_endpoint"
)
def change_endpoint(call: Call, endpoint_id: str) -> Answer:
    """Change an endpoint's address, event types or description; disable it, or enable it again."""
    return Webhooks(call.line).change_endpoint(endpoint_id, call.body)


@api.route(
    "DELETE /v1/webhooks/endpoints/{endpoint_id}", REMOVE, roles=("co_reviewer",), calls="referrals.delete_endpoint"
)
def delete_endpoint(call: Call, endpoint_id: str) -> Answer:
    """Remove an endpoint. Nothing is sent there any more."""
    return Webhooks(call.line).delete_endpoint(endpoint_id)


@api.route(
    "POST /v1/webhooks/endpoints/{endpoint_id}/rotate-secret",
    CHANGE,
    roles=("co_reviewer",),
    calls="referrals.rotate_secret",
)
def rotate_secret(call: Call, endpoint_id: str) -> Answer:
    """Make a new secret. The answer holds it, and it is never shown again."""
    return Webhooks(call.line).rotate_secret(endpoint_id, call.body)


@api.route(
    "POST /v1/webhooks/endpoints/{endpoint_id}/test", START, roles=("co_reviewer",), calls="referrals.test_endpoint"
)
def test_endpoint(call: Call, endpoint_id: str) -> Answer:
    """Send a test message to an endpoint. The delivery shows what became of it."""
    return Webhooks(call.line).test_endpoint(endpoint_id, call.body)


@api.route("GET /v1/webhooks/deliveries", LIST, roles=("co_reviewer",), calls="referrals.list_deliveries")
def list_deliveries(call: Call) -> Answer:
    """List deliveries, the newest first, each with how often it was tried."""
    return Webhooks(call.line).list_deliveries(call.body)


@api.route(
    "POST /v1/webhooks/deliveries/{delivery_id}/replay",
    START,
    roles=("co_reviewer",),
    calls="referrals.replay_delivery",
)
def replay_delivery(call: Call, delivery_id: str) -> Answer:
    """Send a delivery once more, with the same id."""
    return Webhooks(call.line).replay_delivery(delivery_id, call.body)
