"""Consent: what enquirers agreed to, act by act, and the words that they were asked in."""

from gateway.clients import Consents
from gateway.routes import CREATE, LIST, Call, Routes
from gateway.rpc_client import Answer

api = Routes()


@api.route(
    "POST /v1/enquiries/{reference}/consents", CREATE, roles=("adviser", "portal"), calls="intake.record_consent"
)
def record_consent(call: Call, reference: str) -> Answer:
    """Record that the enquirer gave, refused or withdrew consent.

    The newest act decides. Once consent to share is withdrawn nothing more is shared: a referral that is not decided is
    withdrawn, and the Cabinet Office is told. Once consent to contact is withdrawn nothing more is sent, and callbacks
    are given up. The portal records it for enquiries that it sent itself.
    """
    return Consents(call.line).record_consent(reference, call.body)


@api.route("GET /v1/enquiries/{reference}/consents", LIST, roles=("adviser",), calls="intake.list_consents")
def list_consents(call: Call, reference: str) -> Answer:
    """List every act of consent about an enquiry, the newest first, with the words that were put."""
    return Consents(call.line).list_consents(reference, call.body)


@api.route("GET /v1/consent-wordings", LIST, roles=("adviser", "portal"), calls="intake.list_consent_wordings")
def list_consent_wordings(call: Call) -> Answer:
    """List the words in which consent is asked for, the version in use first."""
    return Consents(call.line).list_consent_wordings(call.body)
