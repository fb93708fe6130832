"""What crosses triage's boundary: what comes in, what goes out, and what is heard."""

from services.triage.schemas.incoming import (
    Activation,
    AssessmentQuery,
    CaseEnded,
    CriteriaQuery,
    EnquiryFacts,
    NewCriteria,
    Reason,
    ReferralDecided,
    WhatIf,
    refuse_unknown_facts,
)
from services.triage.schemas.outgoing import Assessment, Criteria, CriteriaLine, Result

__all__ = [
    "Activation",
    "Assessment",
    "AssessmentQuery",
    "CaseEnded",
    "Criteria",
    "CriteriaLine",
    "CriteriaQuery",
    "EnquiryFacts",
    "NewCriteria",
    "Reason",
    "ReferralDecided",
    "Result",
    "WhatIf",
    "refuse_unknown_facts",
]
