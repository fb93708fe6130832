"""Good bodies, and for each of their places the values that must be refused there."""

from typing import Any

LEAST: dict[str, Any] = {"channel": "phone", "enquirer": {"kind": "other"}, "subject": "Pensions"}
FULL: dict[str, Any] = {
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
BAD_LINES = [*BAD_TEXTS, "two\nlines", "two\rlines", "two\u2028lines", "tab\tbed", "x" * 321]
BAD_CODES = [1, None, "", "PHONE", "phone ", "no_such_code", ["phone"], {"phone": 1}, "pho\x00ne"]
BAD_MOMENTS = [1, True, "", "yesterday", "2026-11-21", "2026-11-21T09:04:00", "2026-13-01T00:00:00Z", ["x"],
               "0001-01-01T00:00:00+14:00", "2026-11-21T09:04:60Z"]  # fmt: skip
BAD_FLAGS = [0, 1, "true", "yes", [], {}]
BAD_GATES = [[], "yes", 1, None, {"Public": "yes"}, {"": "yes"}, {"a-b": "yes"}, {"é": "yes"}, {"a" * 41: "yes"},
             {"a\n": "yes"}, {f"gate_{n}": "yes" for n in range(41)}]  # fmt: skip
BAD_GATE_ANSWERS = [None, True, 1, "YES", "maybe", ["yes"], {}]
BAD_POINTS = [None, True, False, 5, -1, 2.0, 2.5, "2", [2], {}, 10**30]

SAFETY_FAULTS: dict[str, list[Any]] = {
    "/safe_to_contact": [[], "no", 1],
    "/safe_to_contact/phone": BAD_FLAGS,
    "/safe_to_contact/email": BAD_FLAGS,
    "/safe_to_contact/post": BAD_FLAGS,
    "/safe_to_contact/safe_times": [*BAD_LINES, "x" * 201],
    "/safe_to_contact/leave_message": [code for code in BAD_CODES if code is not None],
    "/safe_to_contact/announce": [code for code in BAD_CODES if code is not None],
    "/safe_to_contact/recorded_by": ["somebody else"],
}
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
    "/consent/wording_version": [*BAD_LINES, "x" * 41],
    **SAFETY_FAULTS,
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
    "/acting_for": [[], "Bob", 1],
    **SAFETY_FAULTS,
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
