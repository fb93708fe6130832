"""What services tell is what their contracts say: every event of a whole story, and every contract told."""

import importlib
import inspect

import pytest

from chassis.fields import is_reference
from deploy.virtual_hosts import SERVICES
from tests.contract.chain import Chain
from tests.contract.documents import Contract, contracts

CONTRACTS = contracts()
KINDS = {"enquiry": "ENQ", "case": "CAS", "referral": "REF"}


def test_every_event_of_the_story_fits_its_contract(story: Chain) -> None:
    faults = [fault for event in story.told() for fault in CONTRACTS[event.source, event.type].faults(event.data)]

    assert faults == []


@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=str)
def test_every_type_of_event_with_a_contract_is_told(story: Chain, contract: Contract) -> None:
    assert (contract.source, contract.type) in {(event.source, event.type) for event in story.told()}


@pytest.mark.parametrize("service", SERVICES)
def test_every_builder_of_events_has_its_part_in_the_story(story: Chain, service: str) -> None:
    builders = vars(importlib.import_module(f"services.{service}.events"))
    own = {name for name, one in builders.items() if inspect.isfunction(one) and one.__module__.endswith(".events")}
    told = story.desks[service].told()
    changes = {f"webhook_{event.data['change']}" for event in told if "endpoint" in event.data}

    assert {name for name in own if not name.startswith("_")} <= {event.type for event in told} | changes


def test_every_event_is_heard_at_once_by_all_who_hear_it(story: Chain) -> None:
    assert [(service, str(event.type)) for service, event, outcome in story.outcomes if outcome != "done"] == []
    assert len(story.outcomes) > len(story.told())


def test_what_is_told_later_of_a_subject_has_a_higher_sequence(story: Chain) -> None:
    last: dict[tuple[str, str], int] = {}
    for event in story.told():
        known = last.get((event.source, event.subject), 0)
        changed_nothing = event.data.get("change") in ("tested", "delivery_replayed")
        assert event.sequence > known - changed_nothing, f"{event.source}.{event.type} of {event.subject}"
        last[event.source, event.subject] = event.sequence


def test_references_in_events_are_well_formed_and_the_subject_is_among_the_data(story: Chain) -> None:
    for event in story.told():
        for name, kind in KINDS.items():
            if event.data.get(name) is not None:
                assert is_reference(kind, event.data[name])
        assert event.subject == "fund" or event.subject in event.data.values()


def test_what_follows_of_a_request_has_its_trace(story: Chain) -> None:
    told = story.told()
    began = {event.subject: event.correlation_id for event in told if event.type == "enquiry_received"}
    [opened] = [event for event in told if event.type == "case_opened"]

    assert opened.correlation_id == began[opened.data["enquiry"]]
    assert len(set(began.values())) == len(began), "each request has a trace of its own"
