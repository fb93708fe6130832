"""Casework: the cases that advisers work on."""

from gateway.clients.line import Body, Line
from gateway.rpc_client import Answer


class Casework:
    """The service that owns cases and the evidence gathered along the way."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def read_case(self, reference: str) -> Answer:
        """One case with its tasks and timeline."""
        return self._line.ask("casework", "read_case", reference=reference)

    def list_cases(self, filters: Body) -> Answer:
        """A page of cases."""
        return self._line.ask("casework", "list_cases", body=filters)

    def change_case(self, reference: str, body: Body) -> Answer:
        """Reassign a case, hold it, say where it stands."""
        return self._line.ask("casework", "change_case", reference=reference, body=body)

    def add_note(self, reference: str, body: Body) -> Answer:
        """Keep a note."""
        return self._line.ask("casework", "add_note", reference=reference, body=body)

    def record_contact(self, reference: str, body: Body) -> Answer:
        """Keep one moment of exchange."""
        return self._line.ask("casework", "record_contact", reference=reference, body=body)

    def add_task(self, reference: str, body: Body) -> Answer:
        """Set a task."""
        return self._line.ask("casework", "add_task", reference=reference, body=body)

    def complete_task(self, reference: str, task_id: str, body: Body) -> Answer:
        """Note that a task is done."""
        return self._line.ask("casework", "complete_task", reference=reference, task_id=task_id, body=body)

    def record_evidence(self, reference: str, body: Body) -> Answer:
        """Keep a dated, graded, sourced item of evidence."""
        return self._line.ask("casework", "record_evidence", reference=reference, body=body)

    def close_case(self, reference: str, body: Body) -> Answer:
        """Close a case with its outcome."""
        return self._line.ask("casework", "close_case", reference=reference, body=body)

    def reopen_case(self, reference: str, body: Body) -> Answer:
        """Open a closed case again."""
        return self._line.ask("casework", "reopen_case", reference=reference, body=body)

    def referral_snapshot(self, reference: str) -> Answer:
        """What a referral of this case would tell of it."""
        return self._line.ask("casework", "referral_snapshot", reference=reference)
