"""The tables of intake: enquiries and what belongs to them, mail, calls and callbacks, consent, public bodies."""

from services.intake.models.consents import Consent
from services.intake.models.enquiries import (
    PHONE_TAIL,
    SEARCHED,
    Contact,
    Diagnosis,
    DiagnosisScript,
    Enquirer,
    Enquiry,
    EnquiryWords,
)
from services.intake.models.mail import IncomingMessage, MessageFile, OutgoingMessage
from services.intake.models.organisations import Organisation, OrganisationDomain, OrganisationImport, OrganisationName
from services.intake.models.parties import (
    AT_ONCE,
    MAILBOX,
    Party,
    PartyChange,
    PartyDismissal,
    PartyIdentifier,
    PartySuggestion,
)
from services.intake.models.tables import Base
from services.intake.models.telephony import Call, Callback, CallbackAttempt

__all__ = [
    "AT_ONCE",
    "MAILBOX",
    "PHONE_TAIL",
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
    "Organisation",
    "OrganisationDomain",
    "OrganisationImport",
    "OrganisationName",
    "OutgoingMessage",
    "Party",
    "PartyChange",
    "PartyDismissal",
    "PartyIdentifier",
    "PartySuggestion",
]
