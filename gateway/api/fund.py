"""The fund: what there is, and every move of it."""

from gateway.clients import Fund
from gateway.routes import CREATE, LIST, READ, Call, Routes
from gateway.rpc_client import Answer

api = Routes()


@api.route("GET /v1/fund", READ, roles=("co_reviewer", "analyst"), calls="referrals.read_fund")
def read_fund(call: Call) -> Answer:
    """Read the balances of the fund."""
    return Fund(call.line).read_fund()


@api.route("GET /v1/fund/entries", LIST, roles=("co_reviewer", "analyst"), calls="referrals.list_fund_entries")
def list_fund_entries(call: Call) -> Answer:
    """List the moves of the fund, the newest first."""
    return Fund(call.line).list_fund_entries(call.body)


@api.route("POST /v1/fund/entries", CREATE, roles=("co_reviewer",), calls="referrals.add_fund_entry")
def add_fund_entry(call: Call) -> Answer:
    """Commit, spend or release money of a referral. What would overdraw the fund is refused."""
    return Fund(call.line).add_fund_entry(call.body)
