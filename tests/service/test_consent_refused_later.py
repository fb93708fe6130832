"""Who says no to sharing once their case was sent is heard wherever the case is, whichever way they are asked."""

from collections.abc import Callable
from typing import Any

import pytest

from services.casework.service import CaseworkService
from services.intake.consents import wordings
from services.intake.service import IntakeService
from services.referrals.service import ReferralsService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.casework_story import triaged
from tests.service.diagnosis_desk import give
from tests.service.intake_samples import LEAST, SCRIPT, import_script
from tests.service.referrals_samples import ADVISER, REVIEWER
from tests.service.referrals_samples import asked as referral

SHARE = "share_with_cabinet_office"
GATE = "consent_to_share"


@pytest.fixture
def intake(desk: MakeDesk) -> Desk:
    """Intake at work on a database of its own."""
    return desk(IntakeService)


def answer_the_gate(intake: Desk, reference: str, answer: str | None = "no") -> None:
    """Have an adviser answer the gate, or take the answer away."""
    intake.ask("change_enquiry", reference=reference, body={"facts": {"gates": {GATE: answer}}})


def ask_in_a_diagnosis(intake: Desk, reference: str) -> None:
    """Have an adviser ask in a diagnosis, where the enquirer says no, and leave it open."""
    import_script(intake, {**SCRIPT, "start": GATE})
    intake.ask("start_diagnosis", reference=reference, body={})
    give(intake, reference, GATE, "no")


def diagnose(intake: Desk, reference: str) -> None:
    """Have an adviser ask in a diagnosis, where the enquirer says no."""
    ask_in_a_diagnosis(intake, reference)
    intake.ask("finish_diagnosis", reference=reference, body={})


def history(intake: Desk, reference: str) -> list[tuple[str, str, str]]:
    """Every act about an enquiry, the newest first."""
    acts = intake.ask("list_consents", reference=reference)["items"]
    return [(one["act"], one["recorded_by"], one["wording_version"]) for one in acts]


def hesitate(intake: Desk, reference: str) -> None:
    """Have an adviser note that the enquirer is no longer sure, and then the no."""
    answer_the_gate(intake, reference, "unknown")
    answer_the_gate(intake, reference)


AGREED: list[dict[str, Any]] = [{"consent": {SHARE: True}}, {"facts": {"gates": {GATE: "yes"}}}]


@pytest.mark.parametrize("agreed", AGREED)
@pytest.mark.parametrize("says_no", [answer_the_gate, diagnose, hesitate])
def test_a_no_at_the_gate_calls_a_case_back_that_was_sent(
    desk: MakeDesk, intake: Desk, says_no: Callable[[Desk, str], None], agreed: dict[str, Any]
) -> None:
    casework, referrals = desk(CaseworkService), desk(ReferralsService)
    stage = {"spin_out_stage": "making_the_case"}
    reference = intake.ask("create_enquiry", body={**LEAST, **stage, **agreed})["reference"]
    casework.hear("triage", "enquiry_triaged", subject=reference, sequence=1, data=triaged(enquiry=reference))
    case = casework.ask("list_cases", body={"q": reference})["items"][0]["reference"]
    snapshot = casework.ask("referral_snapshot", reference=case)
    sent = referrals.ask("send_referral", body=referral(snapshot=snapshot), **ADVISER)["reference"]

    says_no(intake, reference)

    changed, told = (event for event in intake.told()[-2:])
    assert (changed.type, changed.data["changed"][:2]) == ("enquiry_changed", ["consent", "facts"])
    assert (told.type, told.data["act"], told.data["given"]) == ("consent_changed", "refused", False)
    assert (told.sequence, told.data["facts_version"]) == (changed.sequence + 1, changed.data["facts_version"])
    for other in (casework, referrals):
        assert other.hear_event(told) == "done"
    assert casework.ask("referral_snapshot", reference=case)["consent_to_share"] is False
    shown = referrals.ask("read_referral", reference=sent, **REVIEWER)
    assert (shown["status"], shown["facts"]) == ("withdrawn", None)


def test_it_is_an_act_on_the_record_and_consent_that_is_given_later_takes_it_away(intake: Desk) -> None:
    reference = intake.ask("create_enquiry", body={**LEAST, "facts": {"gates": {GATE: "yes"}}})["reference"]

    answer_the_gate(intake, reference)

    shown = intake.ask("read_enquiry", reference=reference)
    assert (shown["consent"][SHARE], shown["facts_version"]) == (False, 2)
    assert history(intake, reference) == [("refused", "adviser-1", wordings.in_use().version)]
    given = {"purpose": SHARE, "act": "given", "channel": "phone"}
    intake.ask("record_consent", reference=reference, body=given)
    assert intake.told()[-2].data["facts"]["gates"] == {GATE: "yes"}


def test_a_no_in_a_diagnosis_is_older_than_a_consent_that_was_given_before_it_was_finished(intake: Desk) -> None:
    reference = intake.ask("create_enquiry", body=LEAST)["reference"]
    ask_in_a_diagnosis(intake, reference)
    said_at = intake.ask("read_diagnosis", reference=reference)["updated_at"]
    intake.ask("record_consent", reference=reference, body={"purpose": SHARE, "act": "given", "channel": "phone"})

    intake.ask("finish_diagnosis", reference=reference, body={})

    acts = intake.ask("list_consents", reference=reference)["items"]
    assert [(one["act"], one["acted_at"] == said_at) for one in acts] == [("given", False), ("refused", True)]
    assert intake.ask("read_enquiry", reference=reference)["consent"][SHARE] is True
    told = intake.told()[-1]
    assert (told.type, told.data["act"], told.data["given"]) == ("consent_changed", "refused", True)
    changed = [event for event in intake.told() if event.type == "enquiry_changed"]
    assert changed[-1].data["facts"]["gates"][GATE] == "yes"


def test_to_be_no_longer_sure_is_no_act(intake: Desk) -> None:
    reference = intake.ask("create_enquiry", body=LEAST)["reference"]

    for answer in ("yes", "unknown", "yes", None):
        answer_the_gate(intake, reference, answer)

    assert history(intake, reference) == []
    assert [event.data["facts"]["gates"] for event in intake.told()[1:]] == [
        {GATE: "yes"}, {GATE: "unknown"}, {GATE: "yes"}, {},
    ]  # fmt: skip


@pytest.mark.parametrize("first", [{}, {"facts": {"gates": {GATE: "no"}}}, {"facts": {"gates": {GATE: "yes"}}}])
def test_after_a_no_the_gate_stays_shut_until_consent_is_recorded(intake: Desk, first: dict[str, Any]) -> None:
    reference = intake.ask("create_enquiry", body={**LEAST, **first})["reference"]

    for answer in ("no", "no", "yes", "unknown", None, "yes"):
        answer_the_gate(intake, reference, answer)

    assert [act for act, _, _ in history(intake, reference)] == ["refused"], "it is refused once"
    told = [event.data for event in intake.told() if event.type == "enquiry_changed"]
    assert {(one["facts"]["gates"][GATE], one["profile"]["consent_to_share"]) for one in told} == {("no", False)}
    given = {"purpose": SHARE, "act": "given", "channel": "phone"}
    intake.ask("record_consent", reference=reference, body=given)
    assert intake.told()[-2].data["facts"]["gates"] == {GATE: "yes"}


@pytest.mark.parametrize("consent", [None, True])
def test_an_enquiry_that_comes_in_with_a_no_at_the_gate_has_refused(intake: Desk, consent: bool | None) -> None:
    body = {**LEAST, "facts": {"gates": {GATE: "no"}}, "consent": {SHARE: consent}}

    made = intake.ask("create_enquiry", body=body)

    assert made["consent"][SHARE] is False
    assert history(intake, made["reference"]) == [("refused", "adviser-1", wordings.in_use().version)]
    assert [event.type for event in intake.told()] == ["enquiry_received"]
    assert intake.told()[0].data["profile"]["consent_to_share"] is False
