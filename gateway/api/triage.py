"""The agreed criteria, and what they would say."""

from gateway.clients import Triage
from gateway.routes import ASK, LIST, READ, Call, Routes
from gateway.rpc_client import Answer

api = Routes()


@api.route("POST /v1/triage/what-if", ASK, roles=("adviser", "triage_lead"), calls="triage.what_if")
def what_if(call: Call) -> Answer:
    """Assess facts by the criteria in force, or by those of another version. Nothing is kept."""
    return Triage(call.line).what_if(call.body)


@api.route("GET /v1/criteria", LIST, roles=("triage_lead",), calls="triage.list_criteria")
def list_criteria(call: Call) -> Answer:
    """List the versions of the criteria, the newest first."""
    return Triage(call.line).list_criteria(call.body)


@api.route("GET /v1/criteria/{version}", READ, roles=("adviser", "triage_lead"), calls="triage.read_criteria")
def read_criteria(call: Call, version: str) -> Answer:
    """Read one version of the criteria: the document and its history."""
    return Triage(call.line).read_criteria(version)
