"""What crosses triage's boundary: what comes in, what goes out, and what is heard."""

from services.triage.schemas.incoming import (
    Activation,
    AssessmentQuery,
    CaseMoved,
    CriteriaQuery,
    EnquiryEnded,
    EnquiryFacts,
    NewCriteria,
    Nothing,
    Reason,
    ReferralDecided,
    WhatIf,
    refuse_unknown_facts,
)
from services.triage.schemas.jobs import Job, JobLine, Move, NewBackTest, NewCalibration, PageOfJob
from services.triage.schemas.outgoing import Assessment, Criteria, CriteriaLine, Result
from services.triage.schemas.steering import (
    Challenger,
    Drift,
    DriftQuery,
    NewChallenger,
    NewOverride,
    Override,
    OverrideQuery,
)

__all__ = [
    "Activation",
    "Assessment",
    "AssessmentQuery",
    "CaseMoved",
    "Challenger",
    "Criteria",
    "CriteriaLine",
    "CriteriaQuery",
    "Drift",
    "DriftQuery",
    "EnquiryEnded",
    "EnquiryFacts",
    "Job",
    "JobLine",
    "Move",
    "NewBackTest",
    "NewCalibration",
    "NewChallenger",
    "NewCriteria",
    "NewOverride",
    "Nothing",
    "Override",
    "OverrideQuery",
    "PageOfJob",
    "Reason",
    "ReferralDecided",
    "Result",
    "WhatIf",
    "refuse_unknown_facts",
]
