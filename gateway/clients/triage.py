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

    def list_jobs(self, kind: str, filters: Body) -> Answer:
        """A page of back-tests, calibrations or re-scorings."""
        return self._line.ask("triage", "list_jobs", kind=kind, body=filters)

    def read_job(self, kind: str, job_id: str) -> Answer:
        """One of them."""
        return self._line.ask("triage", "read_job", kind=kind, job_id=job_id)

    def cancel_job(self, kind: str, job_id: str, body: Body) -> Answer:
        """It, ended."""
        return self._line.ask("triage", "cancel_job", kind=kind, job_id=job_id, body=body)

    def start_calibration(self, body: Body) -> Answer:
        """A new calibration."""
        return self._line.ask("triage", "start_calibration", body=body)

    def start_rescoring(self, version: str, body: Body) -> Answer:
        """A new re-scoring."""
        return self._line.ask("triage", "start_rescoring", version=version, body=body)

    def list_moves(self, job_id: str, filters: Body) -> Answer:
        """A page of what a re-scoring proposes."""
        return self._line.ask("triage", "list_moves", job_id=job_id, body=filters)

    def apply_rescoring(self, job_id: str, body: Body) -> Answer:
        """The re-scoring, taking effect."""
        return self._line.ask("triage", "apply_rescoring", job_id=job_id, body=body)

    def set_outcome(self, reference: str, body: Body) -> Answer:
        """A new override."""
        return self._line.ask("triage", "set_outcome", reference=reference, body=body)

    def list_overrides(self, filters: Body) -> Answer:
        """A page of overrides."""
        return self._line.ask("triage", "list_overrides", body=filters)

    def read_override(self, override_id: str) -> Answer:
        """One override."""
        return self._line.ask("triage", "read_override", override_id=override_id)

    def confirm_override(self, override_id: str, body: Body) -> Answer:
        """The override, confirmed."""
        return self._line.ask("triage", "confirm_override", override_id=override_id, body=body)

    def withdraw_override(self, override_id: str, body: Body) -> Answer:
        """The override, withdrawn."""
        return self._line.ask("triage", "withdraw_override", override_id=override_id, body=body)

    def read_challenger(self) -> Answer:
        """Which version is scored in the shadow."""
        return self._line.ask("triage", "read_challenger")

    def set_challenger(self, body: Body) -> Answer:
        """The challenger, as it is from now on."""
        return self._line.ask("triage", "set_challenger", body=body)

    def list_drift(self, filters: Body) -> Answer:
        """A page of what was measured."""
        return self._line.ask("triage", "list_drift", body=filters)
