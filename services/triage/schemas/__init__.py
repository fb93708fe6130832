"""What crosses triage's boundary: what comes in, what goes out, and what is heard."""

from services.triage.schemas.incoming import (
    AssessmentQuery,
    CriteriaQuery,
    EnquiryFacts,
    WhatIf,
    refuse_unknown_facts,
)
from services.triage.schemas.outgoing import Assessment, Criteria, CriteriaLine, Result

__all__ = [
    "Assessment",
    "AssessmentQuery",
    "Criteria",
    "CriteriaLine",
    "CriteriaQuery",
    "EnquiryFacts",
    "Result",
    "WhatIf",
    "refuse_unknown_facts",
]
