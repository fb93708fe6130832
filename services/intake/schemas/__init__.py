"""What crosses intake's boundary: what comes in, what goes out, and what is heard."""

from services.intake.schemas.heard import CaseMoved, EnquiryTriaged
from services.intake.schemas.incoming import EnquiryChange, EnquiryFilter, NewContact, NewEnquiry, Reason
from services.intake.schemas.outgoing import Contact, Enquiry, EnquiryLine

__all__ = [
    "CaseMoved",
    "Contact",
    "Enquiry",
    "EnquiryChange",
    "EnquiryFilter",
    "EnquiryLine",
    "EnquiryTriaged",
    "NewContact",
    "NewEnquiry",
    "Reason",
]
