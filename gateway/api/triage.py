"""The agreed criteria, and what they would say."""

from gateway.clients import Triage
from gateway.routes import ASK, CHANGE, CREATE, LIST, READ, Call, Routes
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


@api.route(
    "POST /v1/criteria",
    CREATE,
    roles=("triage_lead",),
    calls="triage.draft_criteria",
    location="/v1/criteria/{version}",
)
def draft_criteria(call: Call) -> Answer:
    """Send in a criteria document as a draft.

    Every fault is told at once, with its place. Another triage lead agrees it.
    """
    return Triage(call.line).draft_criteria(call.body)


@api.route("POST /v1/criteria/{version}/agree", CHANGE, roles=("triage_lead",), calls="triage.agree_criteria")
def agree_criteria(call: Call, version: str) -> Answer:
    """Agree a draft that somebody else wrote. From then on nothing of it changes."""
    return Triage(call.line).agree_criteria(version, call.body)


@api.route("POST /v1/criteria/{version}/activate", CHANGE, roles=("triage_lead",), calls="triage.activate_criteria")
def activate_criteria(call: Call, version: str) -> Answer:
    """Bring an agreed version into force, or a superseded one back.

    At once, or from the moment that is given. The version in force until then is superseded.
    """
    return Triage(call.line).activate_criteria(version, call.body)


@api.route("POST /v1/criteria/{version}/withdraw", CHANGE, roles=("triage_lead",), calls="triage.withdraw_criteria")
def withdraw_criteria(call: Call, version: str) -> Answer:
    """End a version that is not in force. A schedule ends with it."""
    return Triage(call.line).withdraw_criteria(version, call.body)


@api.route("GET /v1/criteria/{version}", READ, roles=("adviser", "triage_lead"), calls="triage.read_criteria")
def read_criteria(call: Call, version: str) -> Answer:
    """Read one version of the criteria: the document and its history."""
    return Triage(call.line).read_criteria(version)


@api.route(
    "POST /v1/enquiries/{reference}/overrides",
    CREATE,
    roles=("adviser",),
    calls="triage.set_outcome",
    location="/v1/overrides/{id}",
)
def set_outcome(call: Call, reference: str) -> Answer:
    """Set another outcome than the one found, with a reason.

    It holds at once, for the facts as they are; to refer it takes a second person, who confirms it.
    """
    return Triage(call.line).set_outcome(reference, call.body)


@api.route("GET /v1/overrides", LIST, roles=("adviser", "triage_lead"), calls="triage.list_overrides")
def list_overrides(call: Call) -> Answer:
    """List overrides, the newest first: `state=proposed` are those that wait for a second person."""
    return Triage(call.line).list_overrides(call.body)


@api.route("GET /v1/overrides/{override_id}", READ, roles=("adviser", "triage_lead"), calls="triage.read_override")
def read_override(call: Call, override_id: str) -> Answer:
    """Read an override: what was found, what was set, by whom and why."""
    return Triage(call.line).read_override(override_id)


@api.route(
    "POST /v1/overrides/{override_id}/confirm",
    CHANGE,
    roles=("adviser", "triage_lead"),
    calls="triage.confirm_override",
)
def confirm_override(call: Call, override_id: str) -> Answer:
    """Confirm a referral that somebody else set against the score."""
    return Triage(call.line).confirm_override(override_id, call.body)


@api.route(
    "POST /v1/overrides/{override_id}/withdraw",
    CHANGE,
    roles=("adviser", "triage_lead"),
    calls="triage.withdraw_override",
)
def withdraw_override(call: Call, override_id: str) -> Answer:
    """Take an override back: what was found holds again."""
    return Triage(call.line).withdraw_override(override_id, call.body)


@api.route("GET /v1/triage/challenger", READ, roles=("triage_lead",), calls="triage.read_challenger")
def read_challenger(call: Call) -> Answer:
    """Read which version is scored in the shadow, and how it has compared day by day."""
    return Triage(call.line).read_challenger()


@api.route("PUT /v1/triage/challenger", CHANGE, roles=("triage_lead",), calls="triage.set_challenger")
def set_challenger(call: Call) -> Answer:
    """Score a version in the shadow from now on, without effect; or none."""
    return Triage(call.line).set_challenger(call.body)


@api.route("GET /v1/triage/drift", LIST, roles=("triage_lead", "analyst"), calls="triage.list_drift")
def list_drift(call: Call) -> Answer:
    """List how far the answers to each criterion have moved from those on which the version in force rests."""
    return Triage(call.line).list_drift(call.body)
