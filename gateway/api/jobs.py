"""Long work on what was assessed: back-tests, calibrations and re-scorings, each read where it was asked for."""

from gateway.clients import Triage
from gateway.routes import CHANGE, LIST, READ, START, Call, Routes
from gateway.rpc_client import Answer

api = Routes()


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


@api.route("GET /v1/back-tests", LIST, roles=("triage_lead",), calls="triage.list_jobs")
def list_back_tests(call: Call) -> Answer:
    """List back-tests, the newest first."""
    return Triage(call.line).list_jobs("back_test", call.body)


@api.route("GET /v1/back-tests/{job_id}", READ, roles=("triage_lead",), calls="triage.read_job")
def read_back_test(call: Call, job_id: str) -> Answer:
    """Read a back-test: its progress, and once it is done its result."""
    return Triage(call.line).read_job("back_test", job_id)


@api.route("POST /v1/back-tests/{job_id}/cancel", CHANGE, roles=("triage_lead",), calls="triage.cancel_job")
def cancel_back_test(call: Call, job_id: str) -> Answer:
    """End a back-test before it is done."""
    return Triage(call.line).cancel_job("back_test", job_id, call.body)


@api.route(
    "POST /v1/calibrations",
    START,
    roles=("triage_lead",),
    calls="triage.start_calibration",
    location="/v1/calibrations/{id}",
)
def start_calibration(call: Call) -> Answer:
    """Have weights fitted to what was decided of a period's enquiries, and the threshold set as is wished.

    It ends in a draft with its report, for people to agree; or it is refused, and says why.
    """
    return Triage(call.line).start_calibration(call.body)


@api.route("GET /v1/calibrations", LIST, roles=("triage_lead",), calls="triage.list_jobs")
def list_calibrations(call: Call) -> Answer:
    """List calibrations, the newest first."""
    return Triage(call.line).list_jobs("calibration", call.body)


@api.route("GET /v1/calibrations/{job_id}", READ, roles=("triage_lead",), calls="triage.read_job")
def read_calibration(call: Call, job_id: str) -> Answer:
    """Read a calibration: its progress, and once it is done the draft's name and its report."""
    return Triage(call.line).read_job("calibration", job_id)


@api.route("POST /v1/calibrations/{job_id}/cancel", CHANGE, roles=("triage_lead",), calls="triage.cancel_job")
def cancel_calibration(call: Call, job_id: str) -> Answer:
    """End a calibration before it is done."""
    return Triage(call.line).cancel_job("calibration", job_id, call.body)


@api.route(
    "POST /v1/criteria/{version}/rescorings",
    START,
    roles=("triage_lead",),
    calls="triage.start_rescoring",
    location="/v1/rescorings/{id}",
)
def start_rescoring(call: Call, version: str) -> Answer:
    """Ask what a version would make of all that is open. Nothing changes before it is applied."""
    return Triage(call.line).start_rescoring(version, call.body)


@api.route("GET /v1/rescorings", LIST, roles=("triage_lead",), calls="triage.list_jobs")
def list_rescorings(call: Call) -> Answer:
    """List re-scorings, the newest first."""
    return Triage(call.line).list_jobs("rescoring", call.body)


@api.route("GET /v1/rescorings/{job_id}", READ, roles=("triage_lead",), calls="triage.read_job")
def read_rescoring(call: Call, job_id: str) -> Answer:
    """Read a re-scoring: its progress, what it proposes in figures, and what became of that."""
    return Triage(call.line).read_job("rescoring", job_id)


@api.route("GET /v1/rescorings/{job_id}/moves", LIST, roles=("triage_lead",), calls="triage.list_moves")
def list_moves(call: Call, job_id: str) -> Answer:
    """List the enquiries whose outcome a re-scoring would change."""
    return Triage(call.line).list_moves(job_id, call.body)


@api.route("POST /v1/rescorings/{job_id}/apply", CHANGE, roles=("triage_lead",), calls="triage.apply_rescoring")
def apply_rescoring(call: Call, job_id: str) -> Answer:
    """Let what is proposed take effect. The version must be in force.

    Enquiries that were answered, changed or overridden meanwhile are passed over.
    """
    return Triage(call.line).apply_rescoring(job_id, call.body)


@api.route("POST /v1/rescorings/{job_id}/cancel", CHANGE, roles=("triage_lead",), calls="triage.cancel_job")
def cancel_rescoring(call: Call, job_id: str) -> Answer:
    """Drop what is proposed. What has been applied stays."""
    return Triage(call.line).cancel_job("rescoring", job_id, call.body)
