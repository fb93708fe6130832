"""The tables of intake: enquiries and all that belongs to them, mail in and out, calls and callbacks, consent."""

from services.intake.models.consents import Consent
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
from services.intake.models.mail import IncomingMessage, MessageFile, OutgoingMessage
from services.intake.models.tables import Base
from services.intake.models.telephony import Call, Callback, CallbackAttempt

__all__ = [
    "PHONE_TAIL",
    "PHONE_TAIL_DIGITS",
    "SEARCHED",
    "Base",
    "Call",
    "Callback",
    "CallbackAttempt",
    "Consent",
    "Contact",
    "Diagnosis",
    "DiagnosisScript",
    "Enquirer",
    "Enquiry",
    "EnquiryWords",
    "IncomingMessage",
    "MessageFile",
    "OutgoingMessage",
    "Party",
    "PartyIdentifier",
]
