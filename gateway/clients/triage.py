"""Triage: the agreed criteria, and what follows from them."""

from gateway.clients.line import Body, Line
from gateway.rpc_client import Answer


class Triage:
    """The service that owns criteria and assessments."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def list_assessments(self, reference: str, filters: Body) -> Answer:
        """Every assessment of an enquiry, newest first."""
        return self._line.ask("triage", "list_assessments", reference=reference, body=filters)

    def what_if(self, body: Body) -> Answer:
        """Assess facts without keeping anything."""
        return self._line.ask("triage", "what_if", body=body)

    def list_criteria(self, filters: Body) -> Answer:
        """A page of criteria versions."""
        return self._line.ask("triage", "list_criteria", body=filters)

    def read_criteria(self, version: str) -> Answer:
        """One version: the document and its history."""
        return self._line.ask("triage", "read_criteria", version=version)

    def draft_criteria(self, body: Body) -> Answer:
        """A new version, as a draft."""
        return self._line.ask("triage", "draft_criteria", body=body)

    def agree_criteria(self, version: str, body: Body) -> Answer:
        """The version, agreed."""
        return self._line.ask("triage", "agree_criteria", version=version, body=body)

    def activate_criteria(self, version: str, body: Body) -> Answer:
        """The version, in force or scheduled."""
        return self._line.ask("triage", "activate_criteria", version=version, body=body)

    def withdraw_criteria(self, version: str, body: Body) -> Answer:
        """The version, withdrawn."""
        return self._line.ask("triage", "withdraw_criteria", version=version, body=body)

    def start_back_test(self, version: str, body: Body) -> Answer:
        """A new back-test of a version."""
        return self._line.ask("triage", "start_back_test", version=version, body=body)

    def list_back_tests(self, filters: Body) -> Answer:
        """A page of back-tests."""
        return self._line.ask("triage", "list_back_tests", body=filters)

    def read_back_test(self, back_test_id: str) -> Answer:
        """One back-test."""
        return self._line.ask("triage", "read_back_test", back_test_id=back_test_id)

    def cancel_back_test(self, back_test_id: str, body: Body) -> Answer:
        """The back-test, ended."""
        return self._line.ask("triage", "cancel_back_test", back_test_id=back_test_id, body=body)
