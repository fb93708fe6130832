"""What is accepted of an enquiry, a change, a contact and a filter, and which place each refusal names."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Invalid
from chassis.fields import load_strictly, load_tolerantly
from services.intake import schemas

LEAST = {"channel": "phone", "enquirer": {"kind": "other"}, "subject": "Pensions"}
FULL = {
    "channel": "phone",
    "received_at": "2026-11-21T09:04:00Z",
    "enquirer": {
        "name": "Siân O’Neill-Jones 🦊",
        "email": "Sian@example.org",
        "phone": "07700 900123",
        "kind": "public_sector_employee",
        "job_title": "Nurse",
        "organisation": "An NHS trust",
        "parent_body_kind": "nhs_trust",
        "region": "north_west",
    },
    "acting_for": {"name": "Bob", "email": "bob@example.org", "relation": "colleague", "authority": "spoken"},
    "subject": "Pensions",
    "message": "How do we keep\n\tour pensions?",
    "matters": ["pensions", "legal_form_and_governance"],
    "service_sector": "community_health",
    "spin_out_stage": "making_the_case",
    "self_declared_readiness": "exploring",
    "facts": {"gates": {"public_origin": "yes", "employee_control": "unknown"}, "criteria": {"promise": 3}},
    "consent": {"contact": True, "share_with_cabinet_office": True, "research": False},
    "heard_from": "search_engine",
    "portal": {"session": "s-1", "resources_seen": ["guide-1"]},
}
CONTACT = {"channel": "phone", "direction": "inbound", "disposition": "answered"}

BAD_TEXTS = [1, True, [], {}, "", " \t\n", "a\x00b", "a\x1bb", "a\x85b", "a\ud800b", "a\ufffeb", "x" * 100_001]
BAD_LINES = [*BAD_TEXTS, "two\nlines", "two\u2028lines", "tab\tbed", "x" * 321]
BAD_CODES = [1, None, "", "PHONE", "phone ", "no_such_code", ["phone"], {"phone": 1}, "pho\x00ne"]
BAD_MOMENTS = [1, True, "", "yesterday", "2026-11-21", "2026-11-21T09:04:00", "2026-13-01T00:00:00Z", ["x"],
               "0001-01-01T00:00:00+14:00", "2026-11-21T09:04:60Z"]  # fmt: skip
BAD_FLAGS = [0, 1, "true", "yes", [], {}]
BAD_GATES = [[], "yes", 1, None, {"Public": "yes"}, {"": "yes"}, {"a-b": "yes"}, {"é": "yes"}, {"a" * 41: "yes"},
             {"a\n": "yes"}, {f"gate_{n}": "yes" for n in range(41)}]  # fmt: skip
BAD_GATE_ANSWERS = [None, True, 1, "YES", "maybe", ["yes"], {}]
BAD_POINTS = [None, True, False, 5, -1, 2.0, 2.5, "2", [2], {}, 10**30]

NEW_ENQUIRY_FAULTS: dict[str, list[Any]] = {
    "/channel": BAD_CODES,
    "/received_at": BAD_MOMENTS,
    "/enquirer": [None, [], "Jane", 1],
    "/enquirer/name": BAD_LINES,
    "/enquirer/email": [*BAD_LINES, "jane", "jane@example", "jane@example.org\r\nBcc: x@example.org"],
    "/enquirer/phone": [*BAD_LINES, "ring me", "12"],
    "/enquirer/kind": BAD_CODES,
    "/enquirer/job_title": BAD_LINES,
    "/enquirer/organisation": BAD_LINES,
    "/enquirer/parent_body_kind": [code for code in BAD_CODES if code is not None],
    "/enquirer/region": [code for code in BAD_CODES if code is not None],
    "/enquirer/nick_name": ["unknown field"],
    "/acting_for": [[], "Bob", 1],
    "/acting_for/name": BAD_LINES,
    "/acting_for/organisation": BAD_LINES,
    "/acting_for/email": BAD_LINES,
    "/acting_for/phone": BAD_LINES,
    "/acting_for/relation": BAD_CODES,
    "/acting_for/authority": BAD_CODES,
    "/acting_for/age": ["unknown field"],
    "/subject": [*BAD_LINES, "x" * 301],
    "/message": BAD_TEXTS,
    "/matters": [None, "pensions", {}, ["pensions", "pensions"], ["pensions"] * 20],
    "/matters/0": [[1], [None], ["no_such_matter"], [["pensions"]]],
    "/service_sector": [code for code in BAD_CODES if code is not None],
    "/spin_out_stage": [code for code in BAD_CODES if code is not None],
    "/self_declared_readiness": [code for code in BAD_CODES if code is not None],
    "/facts": [None, [], "none", 1],
    "/facts/gates": BAD_GATES,
    "/facts/criteria": [{"a-b": 1}, [], None, 1, {f"criterion_{n}": 1 for n in range(41)}],
    "/facts/gates/england": BAD_GATE_ANSWERS,
    "/facts/criteria/promise": BAD_POINTS,
    "/facts/other": [{}],
    "/consent": [None, [], True, "yes"],
    "/consent/contact": BAD_FLAGS,
    "/consent/share_with_cabinet_office": BAD_FLAGS,
    "/consent/research": BAD_FLAGS,
    "/consent/marketing": [True],
    "/heard_from": [code for code in BAD_CODES if code is not None],
    "/portal": [[], "s-1", 1],
    "/portal/session": BAD_LINES,
    "/portal/resources_seen": [None, "guide-1", {}, ["guide"] * 101],
    "/portal/resources_seen/0": [[1], [""], ["a\x00b"], ["x" * 201]],
    "/portal/cookie": ["unknown field"],
    "/reference": ["ENQ-0000-0000"],
}
CHANGE_FAULTS: dict[str, list[Any]] = {
    "/subject": [*BAD_LINES, "x" * 301],
    "/message": BAD_TEXTS,
    "/matters": [None, "pensions", ["pensions", "pensions"]],
    "/facts": [None, [], 1],
    "/facts/gates": BAD_GATES,
    "/facts/gates/england": [answer for answer in BAD_GATE_ANSWERS if answer is not None],
    "/facts/criteria/promise": [points for points in BAD_POINTS if points is not None],
    "/spin_out_stage": [code for code in BAD_CODES if code is not None],
    "/channel": ["phone"],
    "/consent": [{"contact": True}],
    "/status": ["closed"],
}
CONTACT_FAULTS: dict[str, list[Any]] = {
    "/channel": BAD_CODES,
    "/direction": BAD_CODES,
    "/disposition": BAD_CODES,
    "/started_at": BAD_MOMENTS,
    "/ended_at": BAD_MOMENTS,
    "/succeeded": BAD_FLAGS,
    "/sources_used": [None, "guide", ["guide"] * 51],
    "/sources_used/0": [[1], [""], ["x" * 201]],
    "/note": [*BAD_TEXTS, "x" * 20_001],
    "/id": ["unknown field"],
}
FILTER_FAULTS: dict[str, list[Any]] = {
    "/status": [1, "", "open", "RECEIVED"],
    "/channel": ["", "fax"],
    "/band": ["", "best", "refer "],
    "/q": ["", " ", "a\x00b", "x" * 201, 1],
    "/received_from": BAD_MOMENTS,
    "/received_to": BAD_MOMENTS,
    "/limit": [0, 201, "many", -1, None],
    "/enquirer": ["Jane"],
}


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


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp", "Cn"]), min_size=1, max_size=200))
def test_a_name_is_either_kept_as_typed_or_blank(name: str) -> None:
    body = {**LEAST, "enquirer": {"kind": "other", "name": name}}
    if name.strip():
        assert load_strictly(schemas.NewEnquiry, body)["enquirer"]["name"] == name
    else:
        assert pointers(schemas.NewEnquiry, body) == ["/enquirer/name"]


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: st.lists(inner)
                    | st.dictionaries(st.sampled_from([*FULL, "kind", "gates", "name"]) | st.text(), inner)))  # fmt: skip
def test_whatever_is_sent_is_loaded_or_refused(body: Any) -> None:
    for schema in (schemas.NewEnquiry, schemas.EnquiryChange, schemas.NewContact, schemas.Reason):
        try:
            load_strictly(schema, body)
        except Invalid as refusal:
            assert refusal.errors


def test_what_is_left_out_of_an_enquiry_is_null_or_empty() -> None:
    loaded = load_strictly(schemas.NewEnquiry, LEAST)
    assert loaded["facts"] == {"gates": {}, "criteria": {}}
    assert loaded["consent"] == {"contact": None, "share_with_cabinet_office": None, "research": None}
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
    assert acting_for == {**FULL["acting_for"], "organisation": None, "phone": None}  # type: ignore[dict-item]


def test_an_event_is_read_with_what_is_new_in_it_ignored() -> None:
    data = {"case": "CAS-7K3M-9Q2R", "enquiry": "ENQ-7K3M-9Q2R", "mood": "sunny", "profile": {"x": 1}}
    assert load_tolerantly(schemas.CaseMoved, data) == {"case": "CAS-7K3M-9Q2R", "enquiry": "ENQ-7K3M-9Q2R"}
