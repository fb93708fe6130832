"""What crosses casework's boundary: what comes in, what goes out, and what is heard."""

from services.casework.schemas.heard import (
    ConsentChanged,
    EnquirerReplied,
    EnquiryTriaged,
    EnquiryWithdrawn,
    ReferralMoved,
)
from services.casework.schemas.incoming import (
    CaseChange,
    CaseFilter,
    NewClosing,
    NewContact,
    NewEvidence,
    NewNote,
    NewReopening,
    NewTask,
    Nothing,
)
from services.casework.schemas.outgoing import (
    Case,
    CaseLine,
    Contact,
    Evidence,
    Note,
    ReferralSnapshot,
    Task,
)

__all__ = [
    "Case",
    "CaseChange",
    "CaseFilter",
    "CaseLine",
    "ConsentChanged",
    "Contact",
    "EnquirerReplied",
    "EnquiryTriaged",
    "EnquiryWithdrawn",
    "Evidence",
    "NewClosing",
    "NewContact",
    "NewEvidence",
    "NewNote",
    "NewReopening",
    "NewTask",
    "Note",
    "Nothing",
    "ReferralMoved",
    "ReferralSnapshot",
    "Task",
]
