"""Every example of every contract, grown by fields of tomorrow, is heard by all who hear it, in a fresh database."""

import json
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from chassis.entrypoints import find_service
from tests.contract.chain import hearers
from tests.contract.documents import Contract, contracts, extended
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDatabase
from tests.service.intake_samples import LEAST
from tests.service.triage_desk import load

CONTRACTS = contracts()
PAIRS = [(contract, service) for contract in CONTRACTS.values() for service in hearers(contract.source, contract.type)]

Data = dict[str, Any]


def as_it_is(_: Desk, example: Data) -> Data:
    """Nothing has to happen before."""
    return example


def with_criteria(triage: Desk, example: Data) -> Data:
    """Triage assesses by criteria that are loaded."""
    load(triage)
    return example


def with_enquiry(intake: Desk, example: Data) -> Data:
    """Intake hears of enquiries that it has: the example is made to speak of one."""
    made = intake.ask("create_enquiry", body=LEAST, key="k")["reference"]
    return dict(json.loads(json.dumps(example).replace(example["enquiry"], made)))


def with_case(casework: Desk, example: Data) -> Data:
    """Casework hears of replies about cases that it has: one is opened where the example speaks of one."""
    if "case" not in example:
        return example
    assessed = {**CONTRACTS["triage", "enquiry_triaged"].examples[0], "enquiry": example["enquiry"]}
    assert hear(casework, "triage", "enquiry_triaged", assessed, 1) == "done"
    [case] = casework.ask("list_cases", body={"q": example["enquiry"]})["items"]
    return dict(json.loads(json.dumps(example).replace(example["case"], case["reference"])))


def with_referral(casework: Desk, example: Data) -> Data:
    """Casework follows referrals of cases that it has: one is opened, and the referral of it was sent."""
    example = with_case(casework, example)
    sent = {**CONTRACTS["referrals", "referral_sent"].examples[0], **example}
    if "sent_at" not in example:
        assert hear(casework, "referrals", "referral_sent", sent, 1) == "done"
    return example


BEFORE: dict[tuple[str, str], Callable[[Desk, Data], Data]] = {
    ("triage", "intake"): with_criteria,
    ("intake", "triage"): with_enquiry,
    ("intake", "casework"): with_enquiry,
    ("casework", "intake"): with_case,
    ("casework", "referrals"): with_referral,
}


def hear(desk: Desk, source: str, type_: str, data: Data, sequence: int) -> str:
    """Let a desk hear data of a type; return what became of it, or the error."""
    outcome = desk.hear(source, type_, subject=str(next(iter(data.values()))), sequence=sequence, data=data)
    return outcome if outcome == "done" else f"{outcome}: {desk.noted.error}"


@pytest.mark.parametrize(
    ("contract", "service"), PAIRS, ids=[f"{contract} in {service}" for contract, service in PAIRS]
)
def test_every_example_with_unknown_fields_is_heard(contract: Contract, service: str, database: MakeDatabase) -> None:
    prepare = BEFORE.get((service, contract.source), as_it_is)
    with closing(Desk(find_service(service), database(service))) as desk:
        for example in contract.examples:
            data = extended(prepare(desk, example), contract.schema)
            assert contract.faults(data) == [], "an unknown field fits every contract"

            assert hear(desk, contract.source, contract.type, data, 7) == "done"


def test_unknown_fields_are_added_at_every_depth() -> None:
    contract = CONTRACTS["triage", "enquiry_triaged"]

    grown = extended(contract.examples[0], contract.schema)

    for place in (grown, grown["profile"], grown["facts"], grown["explanation"][0]):
        assert "added_later" in place
    assert grown["facts"]["gates"] == contract.examples[0]["facts"]["gates"]


def test_every_hearer_of_every_contract_is_among_the_pairs() -> None:
    assert len(PAIRS) > len(CONTRACTS)
    assert {service for _, service in PAIRS} == {"intake", "triage", "casework", "referrals", "library", "reporting"}
