"""Referrals: cases as the Cabinet Office receives and decides them."""

from gateway.clients import Referrals
from gateway.routes import CHANGE, LIST, READ, Call, Routes
from gateway.rpc_client import Answer

api = Routes()


@api.route("GET /v1/referrals", LIST, roles=("adviser", "co_reviewer"), calls="referrals.list_referrals")
def list_referrals(call: Call) -> Answer:
    """List referrals, the newest first."""
    return Referrals(call.line).list_referrals(call.body)


@api.route("GET /v1/referrals/{reference}", READ, roles=("adviser", "co_reviewer"), calls="referrals.read_referral")
def read_referral(call: Call, reference: str) -> Answer:
    """Read a referral."""
    return Referrals(call.line).read_referral(reference)


@api.route(
    "POST /v1/referrals/{reference}/acknowledge",
    CHANGE,
    roles=("co_reviewer",),
    calls="referrals.acknowledge_referral",
)
def acknowledge_referral(call: Call, reference: str) -> Answer:
    """Say that the Cabinet Office has the referral."""
    return Referrals(call.line).acknowledge_referral(reference, call.body)


@api.route(
    "POST /v1/referrals/{reference}/request-information",
    CHANGE,
    roles=("co_reviewer",),
    calls="referrals.request_information",
)
def request_information(call: Call, reference: str) -> Answer:
    """Ask the advisers for more before deciding."""
    return Referrals(call.line).request_information(reference, call.body)


@api.route(
    "POST /v1/referrals/{reference}/provide-information",
    CHANGE,
    roles=("adviser",),
    calls="referrals.provide_information",
)
def provide_information(call: Call, reference: str) -> Answer:
    """Give the Cabinet Office what it asked for."""
    return Referrals(call.line).provide_information(reference, call.body)


@api.route("POST /v1/referrals/{reference}/accept", CHANGE, roles=("co_reviewer",), calls="referrals.accept_referral")
def accept_referral(call: Call, reference: str) -> Answer:
    """Accept a referral and earmark an amount of the fund.

    An amount that the fund does not hold is refused, and nothing changes.
    """
    return Referrals(call.line).accept_referral(reference, call.body)


@api.route("POST /v1/referrals/{reference}/reject", CHANGE, roles=("co_reviewer",), calls="referrals.reject_referral")
def reject_referral(call: Call, reference: str) -> Answer:
    """Reject a referral, with a coded reason and words for the enquirer."""
    return Referrals(call.line).reject_referral(reference, call.body)


@api.route("POST /v1/referrals/{reference}/withdraw", CHANGE, roles=("adviser",), calls="referrals.withdraw_referral")
def withdraw_referral(call: Call, reference: str) -> Answer:
    """Take a referral back."""
    return Referrals(call.line).withdraw_referral(reference, call.body)


@api.route(
    "POST /v1/referrals/{reference}/conclude", CHANGE, roles=("co_reviewer",), calls="referrals.conclude_referral"
)
def conclude_referral(call: Call, reference: str) -> Answer:
    """End the support of an accepted referral; what was not used goes back to the fund."""
    return Referrals(call.line).conclude_referral(reference, call.body)
