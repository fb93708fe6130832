"""Casework keeps whether the enquirer lets us share, whatever it hears first."""

from itertools import permutations
from typing import Any

import pytest

from services.casework.service import CaseworkService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.casework_story import FACTS, PROFILE, assess, open_case, read, timeline

SHARE = "share_with_cabinet_office"


@pytest.fixture
def casework(desk: MakeDesk) -> Desk:
    """Casework on a database of its own."""
    return desk(CaseworkService)


def hear(casework: Desk, enquiry: str, sequence: int, given: bool, facts_version: int, purpose: str = SHARE) -> str:
    """Let casework hear of an act of consent; return what became of the event."""
    act = "given" if given else "withdrawn"
    said = {"enquiry": enquiry, "purpose": purpose, "act": act, "given": given, "facts_version": facts_version}
    return casework.hear("intake", "consent_changed", subject=enquiry, sequence=sequence, data=said)


def snapshot(casework: Desk, case: str) -> Any:
    """Whether the case may be shared, as the next referral is told."""
    return casework.ask("referral_snapshot", reference=case)["consent_to_share"]


def test_consent_that_was_withdrawn_stands_above_the_gate_of_an_older_assessment(casework: Desk) -> None:
    case = open_case(casework)
    assert (snapshot(casework, case), FACTS["gates"]["consent_to_share"]) == (True, "yes")

    assert hear(casework, read(casework, case)["enquiry"], 3, given=False, facts_version=2) == "done"

    shown = read(casework, case)
    assert (snapshot(casework, case), shown["consent_to_share"], shown["version"]) == (False, False, 2)
    assert ("consent_changed", {"act": "withdrawn"}) in [(line["what"], line["detail"]) for line in shown["timeline"]]


def test_other_purposes_are_no_business_of_a_case(casework: Desk) -> None:
    case = open_case(casework)

    assert hear(casework, read(casework, case)["enquiry"], 3, given=False, facts_version=1, purpose="contact") == "done"

    assert (snapshot(casework, case), timeline(casework, case)) == (True, ["opened"])


CLOSED = {"facts": {**FACTS, "gates": {"consent_to_share": "no"}}, "profile": {**PROFILE, "consent_to_share": False}}
STORY: list[dict[str, Any]] = [
    {"facts_version": 1},
    {"sequence": 3, "given": False, "facts_version": 2},
    {"facts_version": 2, **CLOSED},
    {"sequence": 5, "given": True, "facts_version": 3},
    {"facts_version": 3},
]


def test_in_whatever_order_they_are_heard_the_newest_act_decides(casework: Desk) -> None:
    for number, order in enumerate(list(permutations(STORY))[::9]):
        enquiry = f"ENQ-{number}"
        for step in order:
            heard = hear(casework, enquiry, **step) if "given" in step else assess(casework, enquiry=enquiry, **step)
            assert heard == "done"

        [case] = casework.ask("list_cases", body={"q": enquiry})["items"][:1]
        assert snapshot(casework, case["reference"]) is True
