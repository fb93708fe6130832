"""Intake's record of consent."""

from gateway.clients.line import Body, Line
from gateway.rpc_client import Answer


class Consents:
    """The part of intake that keeps what enquirers agreed to."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def record_consent(self, reference: str, body: Body) -> Answer:
        """Record an act about an enquiry."""
        return self._line.ask("intake", "record_consent", reference=reference, body=body)

    def list_consents(self, reference: str, filters: Body) -> Answer:
        """A page of the acts about an enquiry."""
        return self._line.ask("intake", "list_consents", reference=reference, body=filters)

    def list_consent_wordings(self, filters: Body) -> Answer:
        """The words in which consent is asked for."""
        return self._line.ask("intake", "list_consent_wordings", body=filters)
