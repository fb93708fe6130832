"""What intake answers fits the contract that the gateway's document is built from."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.intake.parties import duplicates
from services.intake.service import IntakeService
from tests.contract.documents import faults_of
from tests.fixtures.stores import MakeDesk
from tests.service.intake_samples import FULL, LEAST, assessed, import_script
from tests.service.parties_desk import REASON, merge, party, read, unmerge

CONTRACT = json.loads((Path(__file__).parents[2] / "contracts" / "rpc" / "intake.json").read_text())
CONTACT = {"channel": "phone", "direction": "inbound", "disposition": "answered"}


def check(method: str, answer: Any) -> None:
    """Hold an answer against what the contract says of the method's: no field more, none fewer, each of its shape."""
    shape = CONTRACT["methods"][method]["gives"]
    named = CONTRACT["schemas"][shape["$ref"].rpartition("/")[2]]
    assert set(answer) == set(named["properties"])
    assert faults_of({**shape, "components": {"schemas": CONTRACT["schemas"]}}, answer) == []


@pytest.mark.parametrize("body", [LEAST, FULL], ids=["least", "full"])
def test_every_answer_fits_its_contract(desk: MakeDesk, body: dict[str, Any]) -> None:
    intake = desk(IntakeService)
    created = intake.ask("create_enquiry", body=body)
    reference = created["reference"]
    check("create_enquiry", created)
    check("list_enquiries", intake.ask("list_enquiries", body={})["items"][0])
    intake.hear("triage", "enquiry_triaged", **assessed(reference, "develop", score={"low": 40.5, "high": 60}))
    check("read_enquiry", intake.ask("read_enquiry", reference=reference))
    check("list_enquiries", intake.ask("list_enquiries", body={})["items"][0])
    check("change_enquiry", intake.ask("change_enquiry", reference=reference, body={"spin_out_stage": "live"}))
    check("record_contact", intake.ask("record_contact", reference=reference, body=CONTACT))
    check("list_contacts", intake.ask("list_contacts", reference=reference)["items"][0])
    import_script(intake)
    given = {"node": "public_origin", "answer": "neither"}
    check("start_diagnosis", intake.ask("start_diagnosis", reference=reference, body={}))
    check("preview_diagnosis", intake.ask("preview_diagnosis", reference=reference, body=given))
    check("answer_diagnosis", intake.ask("answer_diagnosis", reference=reference, body=given))
    check("read_diagnosis", intake.ask("read_diagnosis", reference=reference))
    check("step_diagnosis_back", intake.ask("step_diagnosis_back", reference=reference, body={}))
    intake.ask("answer_diagnosis", reference=reference, body=given)
    check("finish_diagnosis", intake.ask("finish_diagnosis", reference=reference, body={}))
    intake.ask("start_diagnosis", reference=reference, body={})
    check("abandon_diagnosis", intake.ask("abandon_diagnosis", reference=reference, body={}))
    for method in ("answer_enquiry", "close_enquiry"):
        check(method, intake.ask(method, reference=reference, body={"reason": "All was said."}))


def test_every_answer_about_parties_fits_its_contract(desk: MakeDesk) -> None:
    intake = desk(IntakeService)
    people = (FULL["enquirer"], {**FULL["enquirer"], "email": "s@example.org"}, {"email": "nobody@example.org"})
    jane, sian, nobody = (party(intake, **one) for one in people)
    named = {"party_id": jane, "identifier_id": read(intake, jane)["identifiers"][0]["id"]}
    check("verify_identifier", intake.ask("verify_identifier", **named, body={"how": "in_person"}))
    check("remove_identifier", intake.ask("remove_identifier", **named, body=REASON))
    check("add_identifier", intake.ask("add_identifier", party_id=nobody, body={"phone": "020 7946 0001"}))
    check("change_party", intake.ask("change_party", party_id=jane, body={"name": "Siân", "kind": "organisation"}))
    intake.ask("change_party", party_id=jane, body={"kind": "person", "name": "Siân O'Neill-Jones"})
    duplicates.examine(intake.database, datetime.now(UTC) + timedelta(seconds=1))
    check("list_duplicates", intake.ask("list_duplicates", body={})["items"][0])
    check("read_duplicates", intake.ask("read_duplicates", party_id=sian))
    check("merge_party", merge(intake, jane, sian))
    check("list_parties", intake.ask("list_parties", body={})["items"][0])
    check("search_parties", intake.ask("search_parties", body={"name": "sian"}))
    for one in (jane, sian, nobody):
        check("read_party", read(intake, one))
    check("unmerge_party", unmerge(intake, jane))
    apart = {"party_id": jane, "other_id": sian}
    check("keep_parties_apart", intake.ask("keep_parties_apart", **apart, body=REASON))
