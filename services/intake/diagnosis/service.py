"""What intake answers about the guided diagnosis."""

from typing import Any

from chassis.entrypoints import command, query
from chassis.work import Work
from services.intake.diagnosis import schemas, walking
from services.intake.diagnosis.diagnosed import Diagnosed


class DiagnosisService:
    """The part of intake that leads advisers through an enquiry."""

    @command(roles=("adviser",), takes=schemas.Nothing, gives=schemas.Diagnosis)
    def start_diagnosis(self, work: Work, reference: str, body: dict[str, Any]) -> Diagnosed:
        """Begin the guided diagnosis of an enquiry, by the script in use."""
        return walking.start(work, reference)

    @command(roles=("adviser",), takes=schemas.GivenAnswer, gives=schemas.Diagnosis)
    def answer_diagnosis(self, work: Work, reference: str, body: dict[str, Any]) -> Diagnosed:
        """Answer the open question of a diagnosis, or an earlier one anew."""
        return walking.answer(work, reference, body)

    @command(roles=("adviser",), takes=schemas.Nothing, gives=schemas.Diagnosis)
    def step_diagnosis_back(self, work: Work, reference: str, body: dict[str, Any]) -> Diagnosed:
        """Take the last answer of a diagnosis back."""
        return walking.back(work, reference)

    @command(roles=("adviser",), takes=schemas.Nothing, gives=schemas.Diagnosis)
    def finish_diagnosis(self, work: Work, reference: str, body: dict[str, Any]) -> Diagnosed:
        """End a diagnosis, and give its enquiry what it found, in place of what the one before found."""
        return walking.finish(work, reference)

    @command(roles=("adviser",), takes=schemas.Nothing, gives=schemas.Diagnosis)
    def abandon_diagnosis(self, work: Work, reference: str, body: dict[str, Any]) -> Diagnosed:
        """Give up a diagnosis."""
        return walking.abandon(work, reference)

    @query(roles=("adviser",), takes=schemas.GivenAnswer, gives=schemas.Diagnosis)
    def preview_diagnosis(self, work: Work, reference: str, body: dict[str, Any]) -> Diagnosed:
        """A diagnosis as an answer would make it. Nothing is kept."""
        return walking.preview(work.session, reference, body)

    @query(roles=("adviser",), gives=schemas.Diagnosis)
    def read_diagnosis(self, work: Work, reference: str) -> Diagnosed:
        """The latest diagnosis of an enquiry."""
        return walking.read(work.session, reference)
