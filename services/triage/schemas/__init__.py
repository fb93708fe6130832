"""What crosses triage's boundary: what comes in, what goes out, and what is heard."""

from services.triage.schemas.incoming import (
    Activation,
    AssessmentQuery,
    CriteriaQuery,
    EnquiryFacts,
    NewCriteria,
    Reason,
    WhatIf,
    refuse_unknown_facts,
)
from services.triage.schemas.outgoing import Assessment, Criteria, CriteriaLine, Result

__all__ = [
    "Activation",
    "Assessment",
    "AssessmentQuery",
    "Criteria",
    "CriteriaLine",
    "CriteriaQuery",
    "EnquiryFacts",
    "NewCriteria",
    "Reason",
    "Result",
    "WhatIf",
    "refuse_unknown_facts",
]
