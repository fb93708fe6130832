"""Reports: the figures, to read and as a file."""

from gateway.clients import Reporting
from gateway.report_files import CSV
from gateway.routes import READ, Call, Routes
from gateway.rpc_client import Answer

api = Routes()


@api.route("GET /v1/reports/{name}", READ, roles=("analyst", "manager"), calls="reporting.read_report")
def read_report(call: Call, name: str) -> Answer:
    """Read a report: its rows, and what each column means."""
    return Reporting(call.line).read_report(name, call.body)


@api.route("GET /v1/reports/{name}.csv", CSV, roles=("analyst",), calls="reporting.read_report")
def read_report_as_csv(call: Call, name: str) -> Answer:
    """Read the same figures as comma-separated values (RFC 4180)."""
    return Reporting(call.line).read_report(name, call.body)
