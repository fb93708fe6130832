"""What is accepted of an enquiry, a change, a contact and a filter, and which place each refusal names."""

from contextlib import suppress
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.errors import Invalid
from chassis.fields import load_strictly, load_tolerantly
from services.intake import schemas
from tests.unit.intake.bad_values import (
    BAD_TEXTS,
    CHANGE_FAULTS,
    CONTACT,
    CONTACT_FAULTS,
    FILTER_FAULTS,
    FULL,
    LEAST,
    NEW_ENQUIRY_FAULTS,
)


def cases(faults: dict[str, list[Any]]) -> list[Any]:
    """One parameter for each bad value, named by its place and number."""
    return [
        pytest.param(pointer, value, id=f"{pointer}-{number}")
        for pointer, values in faults.items()
        for number, value in enumerate(values)
    ]


def with_value(body: dict[str, Any], pointer: str, value: Any) -> dict[str, Any]:
    """The body with a value at a place. A place in a list means the whole list is the value."""
    changed = deepcopy(body)
    *path, last = pointer.removesuffix("/0")[1:].split("/")
    place = changed
    for step in path:
        place = place.setdefault(step, {})
    place[last] = value
    return changed


def pointers(schema: Any, body: Any) -> list[str]:
    """The places that are refused, each once."""
    with pytest.raises(Invalid) as refusal:
        load_strictly(schema, body)
    return sorted({error.pointer for error in refusal.value.errors})


@pytest.mark.parametrize(("pointer", "value"), cases(NEW_ENQUIRY_FAULTS))
def test_a_bad_value_in_an_enquiry_is_refused_at_its_place(pointer: str, value: Any) -> None:
    assert pointers(schemas.NewEnquiry, with_value(FULL, pointer, value)) == [pointer]


@pytest.mark.parametrize(("pointer", "value"), cases(CHANGE_FAULTS))
def test_a_bad_value_in_a_change_is_refused_at_its_place(pointer: str, value: Any) -> None:
    assert pointers(schemas.EnquiryChange, with_value({}, pointer, value)) == [pointer]


@pytest.mark.parametrize(("pointer", "value"), cases(CONTACT_FAULTS))
def test_a_bad_value_in_a_contact_is_refused_at_its_place(pointer: str, value: Any) -> None:
    assert pointers(schemas.NewContact, with_value(CONTACT, pointer, value)) == [pointer]


@pytest.mark.parametrize(("pointer", "value"), cases(FILTER_FAULTS))
def test_a_bad_filter_is_refused_at_its_place(pointer: str, value: Any) -> None:
    assert pointers(schemas.EnquiryFilter, with_value({}, pointer, value)) == [pointer]


@pytest.mark.parametrize("reason", [None, *BAD_TEXTS, "x" * 2001])
def test_a_reason_says_something(reason: Any) -> None:
    assert pointers(schemas.Reason, {"reason": reason}) == ["/reason"]


def test_only_channel_kind_and_something_said_are_required() -> None:
    assert pointers(schemas.NewEnquiry, {}) == ["/channel", "/enquirer", "/message"]
    assert pointers(schemas.NewEnquiry, {**LEAST, "enquirer": {}}) == ["/enquirer/kind"]
    assert pointers(schemas.NewContact, {}) == ["/channel", "/direction", "/disposition"]


@pytest.mark.parametrize("said", [{"subject": "Pensions"}, {"message": "Pensions?"}])
def test_a_subject_or_a_message_is_enough(said: dict[str, str]) -> None:
    load_strictly(schemas.NewEnquiry, {"channel": "web", "enquirer": {"kind": "other"}, **said})


@pytest.mark.parametrize("said", [{}, {"subject": None}, {"subject": None, "message": None}])
def test_an_enquiry_that_says_nothing_is_refused(said: dict[str, None]) -> None:
    body = {"channel": "web", "enquirer": {"kind": "other"}, **said}
    assert pointers(schemas.NewEnquiry, body) == ["/message"]


@pytest.mark.parametrize("body", [None, [], "enquiry", 1, True])
def test_an_enquiry_is_an_object(body: Any) -> None:
    assert pointers(schemas.NewEnquiry, body) == [""]


def test_every_fault_is_named_at_once() -> None:
    body = {"channel": "fax", "enquirer": {"kind": "x", "email": "y"}, "matters": ["z"], "color": "red"}
    found = ["/channel", "/color", "/enquirer/email", "/enquirer/kind", "/matters/0", "/message"]
    assert pointers(schemas.NewEnquiry, body) == found


def test_words_are_kept_exactly_as_typed() -> None:
    loaded = load_strictly(schemas.NewEnquiry, FULL)
    assert loaded["enquirer"]["name"] == "Siân O’Neill-Jones 🦊"
    assert loaded["enquirer"]["email"].typed == "Sian@example.org"
    assert loaded["message"] == "How do we keep\n\tour pensions?"


@settings(deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp", "Cn"]), min_size=1, max_size=200))
def test_a_name_is_either_kept_as_typed_or_blank(name: str) -> None:
    body = {**LEAST, "enquirer": {"kind": "other", "name": name}}
    if name.strip():
        assert load_strictly(schemas.NewEnquiry, body)["enquirer"]["name"] == name
    else:
        assert pointers(schemas.NewEnquiry, body) == ["/enquirer/name"]


names = st.sampled_from([*FULL, "kind", "gates", "name"]) | st.text()
leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
bodies = st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(names, inner))


@settings(deadline=None)
@given(bodies)
def test_whatever_is_sent_is_loaded_or_refused(body: Any) -> None:
    for schema in (schemas.NewEnquiry, schemas.EnquiryChange, schemas.NewContact, schemas.Reason):
        with suppress(Invalid):
            load_strictly(schema, body)


def test_what_is_left_out_of_an_enquiry_is_null_or_empty() -> None:
    loaded = load_strictly(schemas.NewEnquiry, LEAST)
    assert loaded["facts"] == {"gates": {}, "criteria": {}}
    assert loaded["consent"] == dict.fromkeys(("contact", "share_with_cabinet_office", "research", "wording_version"))
    assert (loaded["matters"], loaded["portal"], loaded["received_at"]) == ([], None, None)


def test_one_enquiry_does_not_share_its_empty_facts_with_the_next() -> None:
    load_strictly(schemas.NewEnquiry, LEAST)["facts"]["gates"]["england"] = "yes"
    assert load_strictly(schemas.NewEnquiry, LEAST)["facts"]["gates"] == {}


def test_a_change_holds_only_what_was_sent() -> None:
    assert load_strictly(schemas.EnquiryChange, {}) == {}
    change = {"subject": None, "spin_out_stage": None, "facts": {"gates": {"england": None}}}
    assert load_strictly(schemas.EnquiryChange, change) == change


def test_a_third_party_is_kept_as_typed() -> None:
    acting_for = load_strictly(schemas.NewEnquiry, FULL)["acting_for"]
    assert acting_for == {**FULL["acting_for"], "organisation": None, "phone": None}


def test_an_event_is_read_with_what_is_new_in_it_ignored() -> None:
    data = {"case": "CAS-7K3M-9Q2R", "enquiry": "ENQ-7K3M-9Q2R", "mood": "sunny", "profile": {"x": 1}}
    assert load_tolerantly(schemas.CaseMoved, data) == {"case": "CAS-7K3M-9Q2R", "enquiry": "ENQ-7K3M-9Q2R"}
