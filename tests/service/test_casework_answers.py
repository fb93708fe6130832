"""What casework answers fits the contract that the gateway's document is built from."""

import json
from pathlib import Path
from typing import Any

from services.casework.service import CaseworkService
from tests.contract.documents import faults_of
from tests.fixtures.stores import MakeDesk
from tests.service.casework_story import CLOSING, CONTACT, EVIDENCE, NOTE, move, open_case

CONTRACT = json.loads((Path(__file__).parents[2] / "contracts" / "rpc" / "casework.json").read_text())


def check(method: str, answer: Any) -> None:
    """Hold an answer against what the contract says of the method's."""
    schema = {**CONTRACT["methods"][method]["gives"], "components": {"schemas": CONTRACT["schemas"]}}
    assert faults_of(schema, answer) == []


def test_every_answer_fits_its_contract_on_a_bare_case_and_on_a_full_one(desk: MakeDesk) -> None:
    casework = desk(CaseworkService)
    case = open_case(casework, spin_out_stage=None, score=None)
    check("read_case", casework.ask("read_case", reference=case))
    check("referral_snapshot", casework.ask("referral_snapshot", reference=case))

    for method, body in (("add_note", NOTE), ("record_contact", CONTACT), ("record_evidence", EVIDENCE)):
        check(method, casework.ask(method, reference=case, body=body))
    task = casework.ask("add_task", reference=case, body={"title": "Call back"})
    check("add_task", task)
    check("complete_task", casework.ask("complete_task", reference=case, task_id=task["id"], body={}))
    check("change_case", casework.ask("change_case", reference=case, body={"assignee": "adviser-1"}))
    move(casework, case, "referral_decided", 2, decision="rejected", decided_at="2026-11-19T10:00:00Z")
    check("close_case", casework.ask("close_case", reference=case, body=CLOSING))
    check("reopen_case", casework.ask("reopen_case", reference=case, body={"reason": "They rang again."}))
    [line] = casework.ask("list_cases", body={})["items"]
    check("list_cases", line)
