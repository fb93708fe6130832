"""What intake tells fits the contracts, which are read here and by nobody at run time."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from chassis.fields import load_strictly
from chassis.work import Caller, Event
from services.intake import events, schemas, store
from services.intake.consents.events import consent_changed
from services.intake.diagnosis import events as diagnosis_events
from services.intake.diagnosis import rows
from services.intake.domain.parties import Change
from services.intake.domain.scripts import compile_script
from services.intake.domain.walks import answered, replay
from services.intake.messages import events as post
from services.intake.models import (
    Call,
    Callback,
    CallbackAttempt,
    Consent,
    Contact,
    Diagnosis,
    DiagnosisScript,
    Enquiry,
    IncomingMessage,
    OrganisationImport,
    Party,
    PartyDismissal,
)
from services.intake.organisations.events import organisations_imported
from services.intake.parties import events as party_events
from services.intake.telephony import events as telephony_events
from tests.contract.documents import faults_of
from tests.unit.intake.scripts import SMALL

CONTRACTS = Path(__file__).parents[3] / "contracts" / "events" / "intake"
NOW = datetime(2026, 11, 21, 9, 4, tzinfo=UTC)
ADVISER = Caller("adviser-1", "console", frozenset({"adviser"}))
LEAST: dict[str, Any] = {"channel": "web", "enquirer": {"kind": "other", "name": "Jane"}, "message": "Pensions?"}
MORE: dict[str, Any] = {
    **LEAST,
    "enquirer": {**LEAST["enquirer"], "region": "london", "parent_body_kind": "police", "email": "jane@example.org"},
    "matters": ["pensions"],
    "service_sector": "youth",
    "spin_out_stage": "live",
    "facts": {"gates": {"england": "yes"}, "criteria": {"promise": 4}},
    "consent": {"share_with_cabinet_office": False},
}


def enquiry_of(body: dict[str, Any]) -> Enquiry:
    """An enquiry as it is stored."""
    loaded = load_strictly(schemas.NewEnquiry, body)
    return store.new_enquiry({**loaded, "received_at": NOW}, None, ADVISER, NOW)


def contact_of(enquiry: Enquiry) -> Contact:
    """A contact as it is stored."""
    body = load_strictly(
        schemas.NewContact,
        {"channel": "phone", "direction": "inbound", "disposition": "answered", "note": "Jane rang."},
    )
    return store.new_contact(enquiry, {**body, "started_at": NOW}, ADVISER, NOW)


def call_of(enquiry: Enquiry) -> Call:
    """A call as it is stored, written up."""
    return Call(
        id=UUID(int=1), exchange_id="jane", version=1, heard=[], status="ended", direction="inbound", number="jane",
        users=["jane"], queue="jane", began_at=NOW, answered_at=None, ended_at=NOW, enquiry=enquiry.reference,
    )  # fmt: skip


def callback_of(enquiry: Enquiry) -> Callback:
    """A callback as it is stored."""
    return Callback(
        id=UUID(int=1), enquiry=enquiry.reference, version=1, owner="jane", status="promised", note="jane",
        window_from=NOW, window_to=NOW,
    )  # fmt: skip


def message_of(enquiry: Enquiry) -> IncomingMessage:
    """An e-mail as it is stored."""
    return IncomingMessage(
        id=UUID(int=1), version=1, disposition="reply", enquiry=enquiry.reference, reason="list", sender="jane",
        subject="jane", handled_by="jane", handled_reason="jane",
    )  # fmt: skip


def ended(enquiry: Enquiry, status: str) -> Enquiry:
    """The enquiry with another status."""
    enquiry.status = status
    return enquiry


def with_case(enquiry: Enquiry) -> Enquiry:
    """The enquiry with a case."""
    enquiry.case_reference = "CAS-8N2F-6KDF"
    return enquiry


def diagnosis_of(enquiry: Enquiry) -> Diagnosis:
    """A diagnosis as it is stored."""
    return rows.new_diagnosis(enquiry, SCRIPT, 1, ADVISER, NOW)


def consent_of(enquiry: Enquiry) -> Consent:
    """An act of consent as it is stored."""
    return Consent(
        id=UUID(int=1), enquiry=enquiry.reference, purpose="research", act="withdrawn", channel="phone",
        wording_version="2026-11", wording_sha256="0" * 64, acted_at=NOW, recorded_by="jane", recorded_at=NOW,
    )  # fmt: skip


def diagnosis_finished(enquiry: Enquiry) -> Event:
    """The end of the longest walk."""
    diagnosis = diagnosis_of(enquiry)
    diagnosis.scope = LONG.scope
    return diagnosis_events.diagnosis_finished(diagnosis, LONG.found)


SCRIPT = DiagnosisScript(version="1", sha256="0" * 64, title="Test", document=SMALL)
LONG = replay(compile_script(SMALL), [("place", "here"), ("stage", "early"), ("money", "none")])
JANE, SIAN = (Party(id=UUID(int=number), version=1, name="Jane", folded_name="jane") for number in (1, 2))
APART = PartyDismissal(id=UUID(int=3), lower_id=JANE.id, higher_id=SIAN.id, judged_by="jane")
TOLD: dict[str, Callable[[Enquiry], Event]] = {
    "enquiry_received": events.enquiry_received,
    "enquiry_changed": lambda enquiry: events.enquiry_changed(enquiry, ["facts", "subject"]),
    "enquiry_contact_recorded": lambda enquiry: events.enquiry_contact_recorded(enquiry, contact_of(enquiry)),
    "enquiry_answered": lambda enquiry: events.enquiry_answered(ended(enquiry, "answered")),
    "enquiry_withdrawn": lambda enquiry: events.enquiry_withdrawn(ended(enquiry, "withdrawn")),
    "enquiry_closed": lambda enquiry: events.enquiry_closed(ended(enquiry, "closed")),
    "enquiry_reopened": lambda enquiry: events.enquiry_reopened(ended(enquiry, "in_triage")),
    "enquirer_replied": lambda enquiry: events.enquirer_replied(with_case(enquiry), contact_of(enquiry)),
    "diagnosis_started": lambda enquiry: diagnosis_events.diagnosis_started(diagnosis_of(enquiry)),
    "diagnosis_changed": lambda enquiry: diagnosis_events.diagnosis_changed(
        diagnosis_of(enquiry), {"node": "place", "answer": "abroad"}, answered(LONG, "place", "abroad")
    ),
    "diagnosis_finished": diagnosis_finished,
    "diagnosis_abandoned": lambda enquiry: diagnosis_events.diagnosis_abandoned(diagnosis_of(enquiry)),
    "call_changed": lambda enquiry: telephony_events.call_changed(call_of(enquiry)),
    "call_written_up": lambda enquiry: telephony_events.call_written_up(call_of(enquiry)),
    "callback_promised": lambda enquiry: telephony_events.callback_promised(callback_of(enquiry)),
    "callback_attempted": lambda enquiry: telephony_events.callback_attempted(
        callback_of(enquiry), CallbackAttempt(number=1, result="engaged", at=NOW, note="jane")
    ),
    "callback_rebooked": lambda enquiry: telephony_events.callback_rebooked(callback_of(enquiry)),
    "callback_cancelled": lambda enquiry: telephony_events.callback_cancelled(callback_of(enquiry)),
    "consent_changed": lambda enquiry: consent_changed(enquiry, consent_of(enquiry), NOW),
    "message_released": lambda enquiry: post.message_released(message_of(enquiry)),
    "message_discarded": lambda enquiry: post.message_discarded(message_of(enquiry)),
    "organisations_imported": lambda _: organisations_imported(
        OrganisationImport(number=1, sha256="0" * 64, imported_by="jane", added=2, changed=1)
    ),
    "party_changed": lambda _: party_events.party_changed(JANE, [Change.NAME]),
    "party_merged": lambda _: party_events.party_merged(JANE, SIAN),
    "party_unmerged": lambda _: party_events.party_unmerged(JANE, SIAN),
    "parties_kept_apart": lambda _: party_events.parties_kept_apart(APART),
    "diagnosis_script_imported": lambda _: diagnosis_events.diagnosis_script_imported(SCRIPT),
}


def contract(name: str) -> dict[str, Any]:
    """The contract of a type of event."""
    read: dict[str, Any] = json.loads((CONTRACTS / f"{name}.v1.json").read_text())
    return read


def faults(name: str, data: Any) -> list[str]:
    """What is wrong with the data of an event."""
    return faults_of(contract(name), data)


def test_every_event_has_a_contract_and_the_other_way_round() -> None:
    assert set(TOLD) == {path.name.removesuffix(".v1.json") for path in CONTRACTS.iterdir()}


@pytest.mark.parametrize("body", [LEAST, MORE], ids=["least", "more"])
@pytest.mark.parametrize("name", TOLD)
def test_what_is_told_fits_its_contract(name: str, body: dict[str, Any]) -> None:
    told = TOLD[name](enquiry_of(body))
    assert told.type == name
    assert (told.subject, told.sequence) == (next(iter(told.data.values())), 1)
    assert faults(name, told.data) == []


@pytest.mark.parametrize("name", TOLD)
def test_a_contract_asks_for_all_that_is_told_and_its_examples_fit(name: str) -> None:
    document = contract(name)
    assert set(document["required"]) == set(TOLD[name](enquiry_of(MORE)).data)
    assert [faults(name, example) for example in document["examples"]] == [[]] * len(document["examples"])


@pytest.mark.parametrize("name", TOLD)
def test_what_is_told_names_nobody(name: str) -> None:
    assert "jane" not in TOLD[name](enquiry_of(MORE)).to_json().lower()


def test_refused_consent_closes_its_gate_in_what_is_told() -> None:
    told = events.enquiry_received(enquiry_of(MORE)).data
    assert told["facts"]["gates"] == {"england": "yes", "consent_to_share": "no"}
    assert told["profile"]["consent_to_share"] is False
