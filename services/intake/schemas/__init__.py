"""What crosses intake's boundary: what comes in, what goes out, and what is heard."""

from services.intake.schemas.diagnosis import Diagnosis, GivenAnswer, Nothing
from services.intake.schemas.heard import CaseMoved, EnquiryTriaged
from services.intake.schemas.incoming import EnquiryChange, EnquiryFilter, NewContact, NewEnquiry, Reason
from services.intake.schemas.outgoing import Contact, Enquiry, EnquiryLine

__all__ = [
    "CaseMoved",
    "Contact",
    "Diagnosis",
    "Enquiry",
    "EnquiryChange",
    "EnquiryFilter",
    "EnquiryLine",
    "EnquiryTriaged",
    "GivenAnswer",
    "NewContact",
    "NewEnquiry",
    "Nothing",
    "Reason",
]
