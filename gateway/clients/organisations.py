"""Intake's register of public bodies."""

from gateway.clients.line import Body, Line
from gateway.rpc_client import Answer


class Organisations:
    """The part of intake that knows public bodies."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def list_organisations(self, filters: Body) -> Answer:
        """A page of public bodies."""
        return self._line.ask("intake", "list_organisations", body=filters)

    def read_organisation(self, organisation_key: str) -> Answer:
        """One public body."""
        return self._line.ask("intake", "read_organisation", organisation_key=organisation_key)

    def import_organisations(self, body: Body) -> Answer:
        """Bring the register to what a sheet says."""
        return self._line.ask("intake", "import_organisations", body=body)

    def suggest_organisations(self, reference: str) -> Answer:
        """Which of them an enquirer may mean."""
        return self._line.ask("intake", "suggest_organisations", reference=reference)
