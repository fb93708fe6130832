"""Every answer is what the contract says that it is."""

from typing import Any

import pytest

from deploy.contracts import contract_of
from services.referrals.service import ReferralsService
from tests.contract.documents import faults_of
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.referrals_samples import ADVISER, REVIEWER, asked, snapshot

MESSAGE = {"message": "Who is the sponsor?"}
YES = {"reason_code": "strong_case", "message": "Yes.", "amount": "1000.00"}
NO = {"reason_code": "too_early"}


class Checked:
    """The service, with every answer held against its contract. `asked` are the methods that were called."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        contract = contract_of(ReferralsService)
        self.methods: dict[str, Any] = {
            name: method for name, method in contract["methods"].items() if hasattr(ReferralsService, name)
        }
        self._components = {"components": {"schemas": contract["schemas"]}}
        self.asked: set[str] = set()

    def ask(self, method: str, **arguments: Any) -> Any:
        """Ask as whoever may, and return the answer."""
        who = REVIEWER if "co_reviewer" in self.methods[method]["roles"] else ADVISER
        answer = self._desk.ask(method, **arguments, **who)
        self.asked.add(method)
        shape = self.methods[method]["gives"]
        if shape is not None:
            for item in answer["items"] if self.methods[method]["page"] else [answer]:
                assert faults_of({**shape, **self._components}, item) == []
        return answer


@pytest.fixture
def checked(desk: MakeDesk) -> Checked:
    return Checked(desk(ReferralsService))


def test_every_answer_fits_its_contract(checked: Checked) -> None:
    hook = {"url": "https://hooks.example.org/", "event_types": ["referral.sent"]}
    endpoint = checked.ask("create_endpoint", body=hook)["id"]
    bare = snapshot(score=None)
    yes, no, back = [
        checked.ask("send_referral", body=asked(snapshot=case))["reference"] for case in (snapshot(), bare, snapshot())
    ]
    for method, reference, body in (
        ("acknowledge_referral", yes, {}),
        ("request_information", yes, MESSAGE),
        ("provide_information", yes, MESSAGE),
        ("accept_referral", yes, YES),
        ("reject_referral", no, NO),
        ("withdraw_referral", back, {"reason": "Paused."}),
    ):
        checked.ask(method, reference=reference, body=body)
        checked.ask("read_referral", reference=reference)
    for kind in ("commit", "spend"):
        checked.ask("add_fund_entry", body={"kind": kind, "referral": yes, "amount": "10.00"})
    checked.ask("conclude_referral", reference=yes, body={"outcome": "ended_early"})
    checked.ask("read_fund")
    checked.ask("read_endpoint", endpoint_id=endpoint)
    checked.ask("rotate_secret", endpoint_id=endpoint, body={})
    delivery = checked.ask("test_endpoint", endpoint_id=endpoint, body={})["id"]
    checked.ask("change_endpoint", endpoint_id=endpoint, body={"enabled": False})
    checked.ask("change_endpoint", endpoint_id=endpoint, body={"enabled": True})
    checked.ask("replay_delivery", delivery_id=delivery, body={})
    for method in ("list_referrals", "list_fund_entries", "list_endpoints", "list_deliveries"):
        assert checked.ask(method, body={})["items"]
    checked.ask("delete_endpoint", endpoint_id=endpoint)

    assert checked.asked == checked.methods.keys()
