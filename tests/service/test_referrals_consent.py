"""Referrals keep to what enquirers agreed to, whatever is heard first."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier
from typing import Any

import pytest

from chassis.errors import Refused
from services.referrals.domain.consent import WORDS as NOTICES
from services.referrals.domain.consent import Notice
from services.referrals.errors import NoLongerShared
from services.referrals.service import ReferralsService
from tests.contract.documents import contracts
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.referrals_samples import ADVISER, REVIEWER, accepted, deliveries, endpoint, sent, snapshot

SINCE = "2026-11-21T09:05:00Z"
SHARE = "share_with_cabinet_office"
WORDS = NOTICES[Notice.CONSENT_WITHDRAWN]


@pytest.fixture
def referrals(desk: MakeDesk) -> Desk:
    return desk(ReferralsService)


def hear(referrals: Desk, enquiry: str, sequence: int, *, given: bool, **changes: Any) -> str:
    """Let an act of consent be heard; return what became of the event. It is of facts of the second version."""
    said = {"enquiry": enquiry, "purpose": SHARE, "given": given, "since": SINCE, "facts_version": 2, **changes}
    return referrals.hear("intake", "consent_changed", subject=enquiry, sequence=sequence, data=said)


def read(referrals: Desk, reference: str) -> dict[str, Any]:
    """The referral as the reviewer sees it."""
    return dict(referrals.ask("read_referral", reference=reference, **REVIEWER))


def test_a_referral_that_is_not_decided_is_withdrawn_and_whoever_holds_it_is_told(referrals: Desk) -> None:
    endpoint(referrals, "https://example.org/hooks", "referral.consent_changed", "referral.withdrawn")
    made = sent(referrals)

    assert hear(referrals, made["enquiry"], 3, given=False) == "done"

    shown = read(referrals, made["reference"])
    assert (shown["status"], shown["version"], shown["consent_withdrawn_at"]) == ("withdrawn", 3, SINCE)
    steps = [(step["action"], step["status"], step["reason_code"]) for step in shown["steps"]]
    assert steps == [("consent_withdrawn", "sent", None), ("withdraw", "withdrawn", "consent_withdrawn")]
    assert [step["by"] for step in shown["steps"]] == ["event:intake.consent_changed"] * 2
    changed, withdrawn = referrals.told()[-2:]
    for event in (changed, withdrawn):
        assert contracts()["referrals", event.type].faults(event.data) == []
    assert (changed.type, changed.sequence, changed.data["consent"]) == ("referral_consent_changed", 2, "withdrawn")
    assert (withdrawn.type, withdrawn.sequence, withdrawn.data["reason_code"]) == (
        "referral_withdrawn", 3, "consent_withdrawn",
    )  # fmt: skip
    assert {one["type"] for one in deliveries(referrals)} == {"referral.consent_changed", "referral.withdrawn"}


def test_one_that_is_decided_is_marked_keeps_its_pounds_and_loses_the_mark_when_consent_is_given_again(
    referrals: Desk,
) -> None:
    reference = accepted(referrals, "1000.00")
    before = read(referrals, reference)

    hear(referrals, before["enquiry"], 3, given=False)
    marked = read(referrals, reference)
    hear(referrals, before["enquiry"], 4, given=True, facts_version=3)
    after = read(referrals, reference)

    same = ("status", "account", "decision", "allowed_actions")
    assert [marked[name] for name in same] == [after[name] for name in same] == [before[name] for name in same]
    assert (marked["consent_withdrawn_at"], after["consent_withdrawn_at"]) == (SINCE, None)
    assert [step["action"] for step in after["steps"]] == ["accept", "consent_withdrawn", "consent_given"]


def test_of_what_is_no_longer_to_be_shared_a_reviewer_sees_nothing_of_the_case_and_an_adviser_all(
    referrals: Desk,
) -> None:
    made = sent(referrals)
    for method, by in (("request_information", REVIEWER), ("provide_information", ADVISER)):
        referrals.ask(method, reference=made["reference"], body={"message": f"Words of {method}."}, **by)

    hear(referrals, made["enquiry"], 3, given=False)

    shown = read(referrals, made["reference"])
    of_case = ("support_needed", "amount", "summary", "assessment", "spin_out_stage", "profile", "facts")
    assert [shown[name] for name in of_case] == [None] * len(of_case)
    assert (shown["status"], shown["sent_at"]) == ("withdrawn", made["sent_at"])
    assert [step["message"] for step in shown["steps"]] == ["Words of request_information.", None, *[WORDS] * 2]
    assert referrals.ask("list_referrals", **REVIEWER)["items"] == [shown]
    own = referrals.ask("read_referral", reference=made["reference"], **ADVISER)
    assert {name: own[name] for name in of_case} == {name: made[name] for name in of_case}
    hear(referrals, made["enquiry"], 4, given=True, facts_version=3)
    assert read(referrals, made["reference"])["summary"] == made["summary"]


def test_a_profile_that_is_still_to_be_told_is_told_no_more_once_consent_is_withdrawn(referrals: Desk) -> None:
    endpoint(referrals, "https://example.org/hooks", "referral.sent", "referral.acknowledged")
    made, other = sent(referrals), sent(referrals)
    referrals.ask("acknowledge_referral", reference=made["reference"], body={}, **REVIEWER)

    hear(referrals, made["enquiry"], 3, given=False)

    told = {(one["type"], one["status"], one["last_fault"]): one for one in deliveries(referrals)}
    assert sorted((type_, status) for type_, status, _ in told) == [
        ("referral.acknowledged", "pending"),
        ("referral.consent_changed", "pending"),
        ("referral.sent", "failed"),
        ("referral.sent", "pending"),
    ]
    given_up = told["referral.sent", "failed", "consent_withdrawn"]
    assert (given_up["version"], given_up["next_attempt_at"], other["status"]) == (2, None, "sent")
    with pytest.raises(NoLongerShared):
        referrals.ask("replay_delivery", delivery_id=given_up["id"], body={}, **REVIEWER)
    hear(referrals, made["enquiry"], 4, given=True, facts_version=3)
    assert referrals.ask("replay_delivery", delivery_id=given_up["id"], body={}, **REVIEWER)["status"] == "pending"


@pytest.mark.parametrize(("wanted", "told"), [("referral.sent", 1), ("referral.withdrawn", 1), ("referral.decided", 0)])
def test_whoever_may_hold_the_case_is_told_of_consent_without_asking_for_it(
    referrals: Desk, wanted: str, told: int
) -> None:
    endpoint(referrals, "https://example.org/hooks", wanted)

    hear(referrals, sent(referrals)["enquiry"], 3, given=False)

    assert [one["type"] for one in deliveries(referrals)].count("referral.consent_changed") == told


def test_what_is_older_or_about_something_else_changes_nothing(referrals: Desk) -> None:
    made = sent(referrals)
    told = referrals.told()

    hear(referrals, made["enquiry"], 5, given=True, facts_version=3)
    hear(referrals, made["enquiry"], 3, given=False)
    hear(referrals, made["enquiry"], 6, given=False, purpose="contact")

    assert (read(referrals, made["reference"]), referrals.told()) == (made, told)


def test_consent_that_was_withdrawn_before_the_case_was_sent_refuses_it_until_casework_knows_better(
    referrals: Desk,
) -> None:
    case = snapshot(facts_version=1)
    hear(referrals, case["enquiry"], 3, given=False)

    with pytest.raises(Refused) as refused:
        sent(referrals, snapshot=case)

    assert refused.value.code == "consent_missing"
    assert sent(referrals, snapshot={**case, "facts_version": 3})["status"] == "sent"


def test_a_withdrawal_that_is_heard_while_the_case_is_being_sent_leaves_nothing_sent(referrals: Desk) -> None:
    for _ in range(10):
        case = snapshot(facts_version=1)
        together = Barrier(2)

        def send(case: dict[str, Any] = case, together: Barrier = together) -> None:
            together.wait()
            with suppress(Refused):
                sent(referrals, snapshot=case)

        with ThreadPoolExecutor(1) as thread:
            sending = thread.submit(send)
            together.wait()
            assert hear(referrals, case["enquiry"], 3, given=False) == "done"
            sending.result()
        made = referrals.ask("list_referrals", body={"case": case["case"]}, **REVIEWER)["items"]
        assert {one["status"] for one in made} <= {"withdrawn"}
