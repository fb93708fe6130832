"""The services that the gateway asks: one class for each neighbour, one method for each call.

Nothing else in the gateway knows the bus.
"""

from gateway.clients.casework import Casework
from gateway.clients.consents import Consents
from gateway.clients.intake import Intake
from gateway.clients.library import Library
from gateway.clients.messages import Messages
from gateway.clients.operations import Operations
from gateway.clients.organisations import Organisations
from gateway.clients.parties import Parties
from gateway.clients.referrals import Fund, Referrals, Webhooks
from gateway.clients.reporting import Reporting
from gateway.clients.telephony import Telephony
from gateway.clients.triage import Triage

__all__ = [
    "Casework",
    "Consents",
    "Fund",
    "Intake",
    "Library",
    "Messages",
    "Operations",
    "Organisations",
    "Parties",
    "Referrals",
    "Reporting",
    "Telephony",
    "Triage",
    "Webhooks",
]
