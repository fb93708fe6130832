"""What intake tells of diagnoses: ids, codes and facts, never a word that somebody wrote."""

from collections.abc import Mapping
from typing import Any

from chassis.work import Event
from services.intake.domain.walks import Changed, Found
from services.intake.models import Diagnosis, DiagnosisScript


def diagnosis_started(diagnosis: Diagnosis) -> Event:
    """A guided diagnosis of an enquiry began."""
    return _diagnosis("diagnosis_started", diagnosis, script_sha256=diagnosis.script.sha256)


def diagnosis_changed(diagnosis: Diagnosis, given: Mapping[str, str] | None, changed: Changed) -> Event:
    """A question was answered, for the first time or anew, or (`given` is None) the last answer was taken back."""
    walk = changed.walk
    return _diagnosis(
        "diagnosis_changed",
        diagnosis,
        given=given,
        fell_away=[step._asdict() for step in changed.fell_away],
        reached=walk.node.id,
        scope=walk.scope,
        answered=len(walk.taken),
    )


def diagnosis_finished(diagnosis: Diagnosis, found: Found) -> Event:
    """A diagnosis came to its end. What it changed of the enquiry is told by `enquiry_changed`."""
    return _diagnosis(
        "diagnosis_finished",
        diagnosis,
        scope=diagnosis.scope,
        facts=found.facts,
        spin_out_stage=found.spin_out_stage,
        matters=[*found.matters],
    )


def diagnosis_abandoned(diagnosis: Diagnosis) -> Event:
    """A diagnosis was given up before its end, or at it."""
    return _diagnosis("diagnosis_abandoned", diagnosis)


def diagnosis_script_imported(script: DiagnosisScript) -> Event:
    """A script was imported and is the one in use from now on. A version is imported once."""
    return Event("diagnosis_script_imported", script.version, 1, {"version": script.version, "sha256": script.sha256})


def _diagnosis(type_: str, diagnosis: Diagnosis, **more: Any) -> Event:
    data = {
        "diagnosis": str(diagnosis.id),
        "enquiry": diagnosis.enquiry,
        "script_version": diagnosis.script.version,
        **more,
    }
    return Event(type_, str(diagnosis.id), diagnosis.version, data)
