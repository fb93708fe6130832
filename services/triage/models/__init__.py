"""The tables of triage: the criteria in all their versions, every assessment that was made, and work on both."""

from services.triage.models.criteria import Challenger, ChallengerDay, CriteriaStep, CriteriaVersion, Drift
from services.triage.models.enquiries import Assessment, Enquiry, Override
from services.triage.models.jobs import Job, Move
from services.triage.models.tables import Base

__all__ = [
    "Assessment",
    "Base",
    "Challenger",
    "ChallengerDay",
    "CriteriaStep",
    "CriteriaVersion",
    "Drift",
    "Enquiry",
    "Job",
    "Move",
    "Override",
]
