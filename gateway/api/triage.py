"""The agreed criteria, and what they would say."""

from gateway.clients import Triage
from gateway.routes import ACT, ASK, CREATE, LIST, READ, START, Call, Routes
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


@api.route("POST /v1/criteria/{version}/agree", ACT, roles=("triage_lead",), calls="triage.agree_criteria")
def agree_criteria(call: Call, version: str) -> Answer:
    """Agree a draft that somebody else wrote. From then on nothing of it changes."""
    return Triage(call.line).agree_criteria(version, call.body)


@api.route("POST /v1/criteria/{version}/activate", ACT, roles=("triage_lead",), calls="triage.activate_criteria")
def activate_criteria(call: Call, version: str) -> Answer:
    """Bring an agreed version into force, or a superseded one back.

    At once, or from the moment that is given. The version in force until then is superseded.
    """
    return Triage(call.line).activate_criteria(version, call.body)


@api.route("POST /v1/criteria/{version}/withdraw", ACT, roles=("triage_lead",), calls="triage.withdraw_criteria")
def withdraw_criteria(call: Call, version: str) -> Answer:
    """End a version that is not in force. A schedule ends with it."""
    return Triage(call.line).withdraw_criteria(version, call.body)


@api.route(
    "POST /v1/criteria/{version}/back-tests",
    START,
    roles=("triage_lead",),
    calls="triage.start_back_test",
    location="/v1/back-tests/{id}",
)
def start_back_test(call: Call, version: str) -> Answer:
    """Try a version on what was assessed in a period.

    It runs beside live triage: read its progress, and then its result, where `Location` says.
    """
    return Triage(call.line).start_back_test(version, call.body)


@api.route("GET /v1/back-tests", LIST, roles=("triage_lead",), calls="triage.list_back_tests")
def list_back_tests(call: Call) -> Answer:
    """List back-tests, the newest first."""
    return Triage(call.line).list_back_tests(call.body)


@api.route("GET /v1/back-tests/{back_test_id}", READ, roles=("triage_lead",), calls="triage.read_back_test")
def read_back_test(call: Call, back_test_id: str) -> Answer:
    """Read a back-test: its progress, and once it is done its result."""
    return Triage(call.line).read_back_test(back_test_id)


@api.route("POST /v1/back-tests/{back_test_id}/cancel", ACT, roles=("triage_lead",), calls="triage.cancel_back_test")
def cancel_back_test(call: Call, back_test_id: str) -> Answer:
    """End a back-test before it is done."""
    return Triage(call.line).cancel_back_test(back_test_id, call.body)


@api.route("GET /v1/criteria/{version}", READ, roles=("adviser", "triage_lead"), calls="triage.read_criteria")
def read_criteria(call: Call, version: str) -> Answer:
    """Read one version of the criteria: the document and its history."""
    return Triage(call.line).read_criteria(version)
