"""Cases: work on one project's need over time."""

from gateway.clients import Casework, Referrals
from gateway.routes import CHANGE, CREATE, LIST, READ, Call, Routes
from gateway.rpc_client import Answer

api = Routes()


@api.route("GET /v1/cases", LIST, roles=("adviser",), calls="casework.list_cases")
def list_cases(call: Call) -> Answer:
    """List cases, the newest first."""
    return Casework(call.line).list_cases(call.body)


@api.route("GET /v1/cases/{reference}", READ, roles=("adviser",), calls="casework.read_case")
def read_case(call: Call, reference: str) -> Answer:
    """Read a case with its tasks and its timeline."""
    return Casework(call.line).read_case(reference)


@api.route("PATCH /v1/cases/{reference}", CHANGE, roles=("adviser",), calls="casework.change_case")
def change_case(call: Call, reference: str) -> Answer:
    """Reassign a case, hold it, or say where it stands."""
    return Casework(call.line).change_case(reference, call.body)


@api.route("POST /v1/cases/{reference}/notes", CREATE, roles=("adviser",), calls="casework.add_note")
def add_note(call: Call, reference: str) -> Answer:
    """Keep a note on a case."""
    return Casework(call.line).add_note(reference, call.body)


@api.route("POST /v1/cases/{reference}/contacts", CREATE, roles=("adviser",), calls="casework.record_contact")
def record_case_contact(call: Call, reference: str) -> Answer:
    """Keep one moment of exchange on a case."""
    return Casework(call.line).record_contact(reference, call.body)


@api.route("POST /v1/cases/{reference}/tasks", CREATE, roles=("adviser",), calls="casework.add_task")
def add_task(call: Call, reference: str) -> Answer:
    """Set a task on a case."""
    return Casework(call.line).add_task(reference, call.body)


@api.route(
    "POST /v1/cases/{reference}/tasks/{task_id}/complete", CHANGE, roles=("adviser",), calls="casework.complete_task"
)
def complete_task(call: Call, reference: str, task_id: str) -> Answer:
    """Note that a task is done.

    The version that If-Match names is the task's, not the case's.
    """
    return Casework(call.line).complete_task(reference, task_id, call.body)


@api.route("POST /v1/cases/{reference}/evidence", CREATE, roles=("adviser",), calls="casework.record_evidence")
def record_evidence(call: Call, reference: str) -> Answer:
    """Keep a dated, graded, sourced item of evidence."""
    return Casework(call.line).record_evidence(reference, call.body)


@api.route("POST /v1/cases/{reference}/close", CHANGE, roles=("adviser",), calls="casework.close_case")
def close_case(call: Call, reference: str) -> Answer:
    """Close a case with its outcome and the reason."""
    return Casework(call.line).close_case(reference, call.body)


@api.route("POST /v1/cases/{reference}/reopen", CHANGE, roles=("adviser",), calls="casework.reopen_case")
def reopen_case(call: Call, reference: str) -> Answer:
    """Open a closed case again, for a reason."""
    return Casework(call.line).reopen_case(reference, call.body)


@api.route(
    "POST /v1/cases/{reference}/referral",
    CREATE,
    roles=("adviser",),
    calls="referrals.send_referral",
    location="/v1/referrals/{reference}",
    fills={"snapshot": "casework.referral_snapshot"},
)
def refer_case(call: Call, reference: str) -> Answer:
    """Refer a case to the Cabinet Office.

    What is told of the case is taken from it at this moment. The version that If-Match names, if one is sent, is the
    case's.
    """
    snapshot = Casework(call.line).referral_snapshot(reference).result
    return Referrals(call.line).send_referral({**call.body, "snapshot": snapshot})
