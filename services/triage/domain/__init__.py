"""The rules of triage, as pure functions. They know the form of a criteria document and none of the names in it."""

from services.triage.domain.checks import Catalogue, faults_of
from services.triage.domain.engine import assess
from services.triage.domain.facts import ANSWERS, Facts, snapshot
from services.triage.domain.faults import Fault
from services.triage.domain.findings import Assessment, Score
from services.triage.domain.rules import MOST, Rules, compile_rules, fingerprint

__all__ = [
    "ANSWERS",
    "MOST",
    "Assessment",
    "Catalogue",
    "Facts",
    "Fault",
    "Rules",
    "Score",
    "assess",
    "compile_rules",
    "faults_of",
    "fingerprint",
    "snapshot",
]
