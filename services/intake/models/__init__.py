"""The tables of intake: enquiries, who asked and in which words, what was exchanged, what came in and is to be sent."""

from services.intake.models.enquiries import (
    SEARCHED,
    Base,
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

__all__ = [
    "SEARCHED",
    "Base",
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
