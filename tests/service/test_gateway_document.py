"""The OpenAPI document held against what the whole system answers, from an enquiry to a decision."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from chassis.entrypoints import entrypoints_of
from deploy.topology import declare
from services.casework.service import CaseworkService
from services.intake.diagnosis.commands import diagnosis
from services.intake.service import IntakeService
from services.library.service import LibraryService
from services.referrals.service import ReferralsService
from services.reporting.service import ReportingService
from services.triage.commands import criteria
from services.triage.service import TriageService
from tests.contract.documents import faults_of
from tests.fixtures.databases import MakeDatabase, fresh_databases
from tests.fixtures.processes import ROOT, Bus, eventually
from tests.fixtures.stores import fresh_virtual_hosts
from tests.service.gateway_door import Answer, Door
from tests.unit.gateway.fakes import token

SERVICES = (IntakeService, TriageService, CaseworkService, ReferralsService, LibraryService, ReportingService)
REPORTS = ("funnel", "barriers", "timeliness", "sectors", "stages", "referrals", "evidence")
GATES = ("public_origin", "public_service", "employee_control", "england", "senior_sponsor", "early_life")
CRITERIA = "promise learning staff_engagement parent_support viability social_benefit feasibility support_need scale"
FACTS = {"gates": dict.fromkeys(GATES, "yes"), "criteria": dict.fromkeys(CRITERIA.split(), 4)}
ENQUIRY = {
    "channel": "phone",
    "enquirer": {"name": "Siân Öberg", "email": "sian@example.org", "kind": "public_sector_employee"},
    "subject": "Spinning out our service",
    "matters": ["pensions"],
    "spin_out_stage": "making_the_case",
    "facts": FACTS,
    "consent": {"contact": True, "share_with_cabinet_office": True, "research": False},
}


@dataclass
class Reader:
    """Asks as an admin, and holds each answer against the document."""

    door: Door
    document: dict[str, Any]
    keys: Iterator[int] = field(default_factory=lambda: iter(range(1000)))

    def ask(self, method: str, template: str, json: Any = None, *, match: str = "*", **named: str) -> Answer:
        """Ask a path of the document; what stands in braces is `named`."""
        path = template
        for name, value in named.items():
            path = path.replace(f"{{{name}}}", value)
        headers = {"Authorization": f"Bearer {token('admin')}"}
        if method != "GET":
            headers |= {"Idempotency-Key": f"k{next(self.keys)}", "If-Match": match}
        answer = self.door.ask(method, path, json, **headers)
        said = self.document["paths"][template.partition("?")[0]][method.lower()]["responses"]
        assert answer.status < 400, (method, path, answer.status, answer.body)
        content = said[str(answer.status)].get("content", {})
        media = answer.headers.get("Content-Type", "").partition(";")[0]
        assert media in content or not answer.body, f"{method} {template} says nothing of {media}"
        if media == "application/json":
            schema = {**content[media]["schema"], "components": self.document["components"]}
            assert faults_of(schema, answer.json) == [], f"{method} {template} {answer.status}"
        return answer

    def known(self, enquiry: str) -> bool:
        """Whether the library has heard of an enquiry."""
        return self.door.ask("GET", f"/v1/enquiries/{enquiry}/signposts").status == 200


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """Give a reader of the whole system, with its criteria and its script of the diagnosis loaded."""
    home = tmp_path_factory.mktemp("document")
    with fresh_databases() as database, fresh_virtual_hosts() as host, closing(Bus(host(), home)) as bus:
        yield from read_by(bus, database, home)


def read_by(bus: Bus, database: MakeDatabase, home: Path) -> Iterator[Reader]:
    """Start all services and the gateway, and stop the gateway in the end."""
    declare(bus.host.url("operator"), [entrypoints_of(service) for service in SERVICES])
    urls = {service: database(service.name) for service in SERVICES}
    for command, word, file, service in (
        (criteria, "load", "services/triage/criteria/2026-11.json", TriageService),
        (diagnosis, "import", "services/intake/diagnosis/scripts/2026-11.json", IntakeService),
    ):
        loaded = CliRunner().invoke(command, [word, str(ROOT / file), "--database-url", urls[service]])
        assert loaded.exit_code == 0, loaded.output
    for process in [bus.launch(service, url) for service, url in urls.items()]:
        process.wait_until_ready(60)
    door = Door(home, bus.host.url("gateway")).start()
    eventually(lambda: door.ask("GET", "/readyz").status == 200)
    yield Reader(door, door.ask("GET", "/openapi.json").json)
    door.stop()


def test_the_document_is_true_of_every_answer_on_the_main_path(reader: Reader) -> None:
    enquiry = reader.ask("POST", "/v1/enquiries", ENQUIRY).json["reference"]
    read = "/v1/enquiries/{reference}"
    eventually(lambda: reader.ask("GET", read, reference=enquiry).json["case"] is not None)
    case = reader.ask("GET", read, reference=enquiry).json["case"]
    for path in ("/v1/enquiries", "/v1/cases", "/v1/referrals", "/v1/fund", "/v1/fund/entries", "/v1/criteria"):
        reader.ask("GET", path)
    reader.ask("GET", f"{read}/assessments", reference=enquiry)
    reader.ask("GET", f"{read}/contacts", reference=enquiry)
    reader.ask("GET", "/v1/criteria/{version}", version="2026-11")
    reader.ask("POST", "/v1/triage/what-if", {"facts": FACTS, "spin_out_stage": "exploring"})
    reader.ask("POST", "/v1/cases/{reference}/notes", {"text": "Rang back."}, reference=case)
    task = reader.ask("POST", "/v1/cases/{reference}/tasks", {"title": "Send the toolkit"}, reference=case)
    reader.ask(
        "POST",
        "/v1/cases/{reference}/tasks/{task_id}/complete",
        match=task.headers["ETag"],
        reference=case,
        task_id=task.json["id"],
    )
    asked = {"support_needed": ["pensions"], "amount": "125000.00", "summary": "A strong case."}
    sent = reader.ask("POST", "/v1/cases/{reference}/referral", asked, reference=case)
    referral = sent.json["reference"]
    step = reader.ask("POST", "/v1/referrals/{reference}/acknowledge", match=sent.headers["ETag"], reference=referral)
    accepted = {"reason_code": "strong_case", "message": "Welcome.", "amount": "100000.00"}
    match = step.headers["ETag"]
    reader.ask("POST", "/v1/referrals/{reference}/accept", accepted, match=match, reference=referral)
    reader.ask("GET", "/v1/referrals/{reference}", reference=referral)
    reader.ask("GET", "/v1/cases/{reference}", reference=case)
    assert reader.ask("GET", "/v1/fund").json["available"] == "9900000.00"
    for name in REPORTS:
        reader.ask("GET", "/v1/reports/{name}", name=name)
        reader.ask("GET", "/v1/reports/{name}.csv", name=name)


def test_the_document_is_true_of_a_diagnosis(reader: Reader) -> None:
    enquiry = reader.ask("POST", "/v1/enquiries", {**ENQUIRY, "facts": {}}).json["reference"]
    one = "/v1/enquiries/{reference}/diagnosis"
    given = {"node": "public_origin", "answer": "neither"}

    begun = reader.ask("POST", one, {}, reference=enquiry)
    reader.ask("POST", f"{one}/abandon", {}, match=begun.headers["ETag"], reference=enquiry)
    assert reader.ask("POST", one, {}, reference=enquiry).headers["Location"] == one.format(reference=enquiry)
    read = reader.ask("GET", one, reference=enquiry)
    reader.ask("POST", f"{one}/preview", given, reference=enquiry)
    answered = reader.ask("POST", f"{one}/answers", given, match=read.headers["ETag"], reference=enquiry)
    back = reader.ask("POST", f"{one}/back", {}, match=answered.headers["ETag"], reference=enquiry)
    answered = reader.ask("POST", f"{one}/answers", given, match=back.headers["ETag"], reference=enquiry)
    reader.ask("POST", f"{one}/finish", {}, match=answered.headers["ETag"], reference=enquiry)

    def assessed() -> bool:
        assessment = reader.ask("GET", "/v1/enquiries/{reference}", reference=enquiry).json["assessment"]
        return assessment is not None and assessment["outcome"] == "out_of_scope"

    eventually(assessed)


def test_the_document_is_true_of_the_library_of_signposts_and_of_public_bodies(reader: Reader) -> None:
    enquiry = reader.ask("POST", "/v1/enquiries", ENQUIRY).json["reference"]
    guide = {"kind": "guide", "title": "Pensions", "summary": "All of it.", "publisher": "Office"}
    made = reader.ask("POST", "/v1/resources", {**guide, "address": "https://example.org/pensions"})
    one, named = "/v1/resources/{resource_id}", {"resource_id": made.json["id"]}

    assert reader.door.ask("GET", made.headers["Location"]).status == 200
    changed = reader.ask("PATCH", one, {"matters": ["pensions"]}, match=made.headers["ETag"], **named)
    reader.ask("GET", one, **named)
    assert len(reader.ask("GET", "/v1/resources?q=pens&stale=false").json["items"]) == 1
    signposts = "/v1/enquiries/{reference}/signposts"
    eventually(lambda: reader.known(enquiry))
    given = reader.ask("POST", signposts, named, reference=enquiry)
    answered = {"reference": enquiry, "signpost_id": given.json["id"]}
    reader.ask(
        "POST", f"{signposts}/{{signpost_id}}/answer", {"helped": "yes"}, match=given.headers["ETag"], **answered
    )
    assert [one["helped"] for one in reader.ask("GET", signposts, reference=enquiry).json["items"]] == ["yes"]
    reader.ask("POST", f"{one}/retire", {"reason": "Gone."}, match=changed.headers["ETag"], **named)
    public_bodies(reader, enquiry)


def public_bodies(reader: Reader, enquiry: str) -> None:
    """A register is brought in, looked through, suggested from and chosen from."""
    sheet = (
        "key,name,kind,domains,dissolved_on,successor\nold,Old,police,,2013-04-01,new\nnew,New,police,example.org,,\n"
    )

    assert reader.ask("POST", "/v1/organisations/import", {"csv": sheet}).json["added"] == 2
    assert len(reader.ask("GET", "/v1/organisations?q=new&domain=example.org").json["items"]) == 1
    for key in ("old", "new"):
        reader.ask("GET", "/v1/organisations/{organisation_key}", organisation_key=key)
    found = reader.ask("GET", "/v1/enquiries/{reference}/organisations", reference=enquiry).json["suggestions"]
    [key] = [one["organisation"]["key"] for one in found]
    chosen = reader.ask("PATCH", "/v1/enquiries/{reference}", {"organisation_key": key}, reference=enquiry)
    assert chosen.json["enquirer_from_register"] == ["parent_body_kind"]


def test_the_document_is_true_of_webhooks_and_of_operations(reader: Reader) -> None:
    wanted = {"url": "https://hooks.invalid/news", "event_types": ["referral.sent"], "description": "Ours"}
    made = reader.ask("POST", "/v1/webhooks/endpoints", wanted).json["id"]
    one = "/v1/webhooks/endpoints/{endpoint_id}"

    reader.ask("GET", "/v1/webhooks/endpoints")
    reader.ask("GET", one, endpoint_id=made)
    reader.ask("PATCH", one, {"description": "Still ours"}, endpoint_id=made)
    reader.ask("POST", f"{one}/rotate-secret", endpoint_id=made)
    reader.ask("POST", f"{one}/test", endpoint_id=made)
    reader.ask("GET", "/v1/webhooks/deliveries")
    reader.ask("DELETE", one, endpoint_id=made)
    reader.ask("GET", "/v1/ops/parked?service=triage")
