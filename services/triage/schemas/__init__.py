"""What crosses triage's boundary: what comes in, what goes out, and what is heard."""

from services.triage.schemas.incoming import (
    Activation,
    AssessmentQuery,
    BackTestQuery,
    CaseEnded,
    CriteriaQuery,
    EnquiryFacts,
    NewBackTest,
    NewCriteria,
    Nothing,
    Reason,
    ReferralDecided,
    WhatIf,
    refuse_unknown_facts,
)
from services.triage.schemas.outgoing import Assessment, BackTest, BackTestLine, Criteria, CriteriaLine, Result

__all__ = [
    "Activation",
    "Assessment",
    "AssessmentQuery",
    "BackTest",
    "BackTestLine",
    "BackTestQuery",
    "CaseEnded",
    "Criteria",
    "CriteriaLine",
    "CriteriaQuery",
    "EnquiryFacts",
    "NewBackTest",
    "NewCriteria",
    "Nothing",
    "Reason",
    "ReferralDecided",
    "Result",
    "WhatIf",
    "refuse_unknown_facts",
]
