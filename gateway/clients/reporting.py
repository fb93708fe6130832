"""Reporting: the figures."""

from gateway.clients.line import Body, Line
from gateway.rpc_client import Answer


class Reporting:
    """The service that folds what the others tell into figures."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def read_report(self, name: str, filters: Body) -> Answer:
        """One report: its rows, and what each column means."""
        return self._line.ask("reporting", "read_report", name=name, body=filters)
