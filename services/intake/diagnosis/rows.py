"""How intake keeps and finds scripts and diagnoses."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.fields import new_id
from chassis.work import Caller
from services.intake.domain import walks
from services.intake.errors import NoScript
from services.intake.models import Diagnosis, DiagnosisScript, Enquiry


def lock_scripts(session: Session) -> None:
    """Let nobody else import a script until this transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("diagnosis_scripts"))))


def script_in_use(session: Session) -> DiagnosisScript:
    """The script that was imported last. Raises NoScript."""
    script = session.scalar(select(DiagnosisScript).order_by(DiagnosisScript.position.desc()).limit(1))
    if script is None:
        raise NoScript
    return script


def latest(session: Session, reference: str) -> Diagnosis | None:
    """The diagnosis of an enquiry that was begun last, if there is one."""
    of_enquiry = select(Diagnosis).where(Diagnosis.enquiry == reference)
    return session.scalar(of_enquiry.order_by(Diagnosis.version.desc()).limit(1))


def last_finished(session: Session, reference: str) -> Diagnosis | None:
    """The diagnosis of an enquiry that was finished last, if there is one."""
    finished = select(Diagnosis).where(Diagnosis.enquiry == reference, Diagnosis.status == walks.Status.FINISHED)
    return session.scalar(finished.order_by(Diagnosis.version.desc()).limit(1))


def new_diagnosis(enquiry: Enquiry, script: DiagnosisScript, version: int, caller: Caller, now: datetime) -> Diagnosis:
    """A diagnosis of an enquiry that begins now."""
    return Diagnosis(
        id=new_id(),
        enquiry=enquiry.reference,
        version=version,
        script=script,
        status=walks.Status.OPEN,
        path=[],
        started_by=caller.subject,
        started_at=now,
        updated_at=now,
    )
