"""Referrals: what the Cabinet Office receives, decides and pays for."""

from gateway.clients.line import Body, Line
from gateway.rpc_client import Answer


class Referrals:
    """The service that owns referrals to the Cabinet Office."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def send_referral(self, body: Body) -> Answer:
        """Refer a case, with the snapshot of what is told of it."""
        return self._line.ask("referrals", "send_referral", body=body)

    def read_referral(self, reference: str) -> Answer:
        """One referral."""
        return self._line.ask("referrals", "read_referral", reference=reference)

    def list_referrals(self, filters: Body) -> Answer:
        """A page of referrals."""
        return self._line.ask("referrals", "list_referrals", body=filters)

    def acknowledge_referral(self, reference: str, body: Body) -> Answer:
        """Note that the Cabinet Office has it."""
        return self._line.ask("referrals", "acknowledge_referral", reference=reference, body=body)

    def request_information(self, reference: str, body: Body) -> Answer:
        """Ask the advisers for more."""
        return self._line.ask("referrals", "request_information", reference=reference, body=body)

    def provide_information(self, reference: str, body: Body) -> Answer:
        """Answer what was asked."""
        return self._line.ask("referrals", "provide_information", reference=reference, body=body)

    def accept_referral(self, reference: str, body: Body) -> Answer:
        """Accept, and earmark an amount."""
        return self._line.ask("referrals", "accept_referral", reference=reference, body=body)

    def reject_referral(self, reference: str, body: Body) -> Answer:
        """Reject, with a coded reason."""
        return self._line.ask("referrals", "reject_referral", reference=reference, body=body)

    def withdraw_referral(self, reference: str, body: Body) -> Answer:
        """Take it back."""
        return self._line.ask("referrals", "withdraw_referral", reference=reference, body=body)

    def conclude_referral(self, reference: str, body: Body) -> Answer:
        """End the support of an accepted one."""
        return self._line.ask("referrals", "conclude_referral", reference=reference, body=body)


class Fund:
    """The same service's ledger of the fund."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def read_fund(self) -> Answer:
        """The balances."""
        return self._line.ask("referrals", "read_fund")

    def list_fund_entries(self, filters: Body) -> Answer:
        """A page of the ledger."""
        return self._line.ask("referrals", "list_fund_entries", body=filters)

    def add_fund_entry(self, body: Body) -> Answer:
        """Move money in the ledger."""
        return self._line.ask("referrals", "add_fund_entry", body=body)


class Webhooks:
    """The same service's webhooks: where referrals' news is sent, and what became of it."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def create_endpoint(self, body: Body) -> Answer:
        """Keep a new endpoint; its secret is shown this once."""
        return self._line.ask("referrals", "create_endpoint", body=body)

    def list_endpoints(self, filters: Body) -> Answer:
        """A page of endpoints."""
        return self._line.ask("referrals", "list_endpoints", body=filters)

    def read_endpoint(self, endpoint_id: str) -> Answer:
        """One endpoint."""
        return self._line.ask("referrals", "read_endpoint", endpoint_id=endpoint_id)

    def change_endpoint(self, endpoint_id: str, body: Body) -> Answer:
        """Change an endpoint."""
        return self._line.ask("referrals", "change_endpoint", endpoint_id=endpoint_id, body=body)

    def delete_endpoint(self, endpoint_id: str) -> Answer:
        """Send nothing there any more."""
        return self._line.ask("referrals", "delete_endpoint", endpoint_id=endpoint_id)

    def rotate_secret(self, endpoint_id: str, body: Body) -> Answer:
        """Make a new secret; it is shown this once."""
        return self._line.ask("referrals", "rotate_secret", endpoint_id=endpoint_id, body=body)

    def test_endpoint(self, endpoint_id: str, body: Body) -> Answer:
        """Send a test message."""
        return self._line.ask("referrals", "test_endpoint", endpoint_id=endpoint_id, body=body)

    def list_deliveries(self, filters: Body) -> Answer:
        """A page of deliveries."""
        return self._line.ask("referrals", "list_deliveries", body=filters)

    def replay_delivery(self, delivery_id: str, body: Body) -> Answer:
        """Send a delivery once more."""
        return self._line.ask("referrals", "replay_delivery", delivery_id=delivery_id, body=body)
