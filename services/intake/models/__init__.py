"""The tables of intake: enquiries and all that belongs to them, mail in and out, and the calls of the telephone."""

from services.intake.models.enquiries import (
    PHONE_TAIL,
    PHONE_TAIL_DIGITS,
    SEARCHED,
    Contact,
    Diagnosis,
    DiagnosisScript,
    Enquirer,
    Enquiry,
    EnquiryWords,
    Party,
    PartyIdentifier,
)
from services.intake.models.mail import IncomingMessage, OutgoingMessage
from services.intake.models.tables import Base
from services.intake.models.telephony import Call

__all__ = [
    "PHONE_TAIL",
    "PHONE_TAIL_DIGITS",
    "SEARCHED",
    "Base",
    "Call",
    "Contact",
    "Diagnosis",
    "DiagnosisScript",
    "Enquirer",
    "Enquiry",
    "EnquiryWords",
    "IncomingMessage",
    "OutgoingMessage",
    "Party",
    "PartyIdentifier",
]
