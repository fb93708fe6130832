"""A referral from the adviser to the Cabinet Office's decision and its end."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import func, select

from chassis.errors import NotAllowedNow, NotFound, Refused, Stale
from services.referrals.models import Referral
from services.referrals.service import ReferralsService
from tests.contract.documents import faults_of
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.race import race
from tests.service.referrals_samples import ADVISER, REVIEWER, accepted, asked, moved, sent, snapshot

CONTRACTS = Path(__file__).parents[2] / "contracts" / "events" / "referrals"
YES = {"reason_code": "strong_case", "message": "A strong case.", "amount": "120000.00"}
NO = {"reason_code": "too_early", "message": "Come back with a sponsor."}


@pytest.fixture
def referrals(desk: MakeDesk) -> Desk:
    return desk(ReferralsService)


def act(referrals: Desk, method: str, reference: str, body: Any = None, **options: Any) -> Any:
    who = ADVISER if method in ("provide_information", "withdraw_referral") else REVIEWER
    return referrals.ask(method, reference=reference, body=body or {}, **{**who, **options})


def test_a_referral_keeps_what_was_known_when_it_was_sent(referrals: Desk) -> None:
    case = snapshot(score={"low": 62.5, "high": 71.0}, spin_out_stage="live", something_new="ignored")

    made = referrals.ask("send_referral", body=asked("9500.50", snapshot=case), **ADVISER)

    assert made == referrals.ask("read_referral", reference=made["reference"], **REVIEWER)
    assert made["reference"].startswith("REF-")
    assert (made["case"], made["enquiry"], made["status"]) == (case["case"], case["enquiry"], "sent")
    score = {"low": 62.5, "high": 71.0}
    assert made["assessment"] == {"outcome": "refer", "score": score, "criteria_version": "2026-11"}
    assert (made["profile"], made["facts"], made["spin_out_stage"]) == (case["profile"], case["facts"], "live")
    assert (made["amount"], made["sent_by"]) == ("9500.50", "adviser-1")
    assert made["support_needed"] == ["pensions", "vat_and_tax"]
    assert (made["decision"], made["conclusion"], made["acknowledged_at"], made["steps"]) == (None, None, None, [])
    assert made["account"] == {"earmarked": "0.00", "committed": "0.00", "spent": "0.00"}


@pytest.mark.parametrize("way", [[], ["acknowledge_referral"], ["request_information"], ["accept_referral"]])
def test_a_case_is_referred_once_while_its_referral_lives(referrals: Desk, way: list[str]) -> None:
    case = snapshot()
    first = sent(referrals, snapshot=case)["reference"]
    for method in way:
        body = {"request_information": {"message": "Who is the sponsor?"}, "accept_referral": YES}.get(method)
        act(referrals, method, first, body)

    with pytest.raises(Refused, match=first) as refused:
        sent(referrals, snapshot=case)

    assert refused.value.code == "already_referred"


@pytest.mark.parametrize("end", ["reject_referral", "withdraw_referral", "conclude_referral"])
def test_a_case_can_be_referred_again_once_its_referral_has_ended(referrals: Desk, end: str) -> None:
    case = snapshot()
    first = sent(referrals, snapshot=case)["reference"]
    if end == "conclude_referral":
        act(referrals, "accept_referral", first, YES)
    body = {"reject_referral": NO, "withdraw_referral": {"reason": "On hold."}}.get(end, {"outcome": "delivered"})
    act(referrals, end, first, body)

    assert sent(referrals, snapshot=case)["reference"] != first


def test_of_many_who_refer_a_case_at_once_one_does(referrals: Desk) -> None:
    case = snapshot()

    outcomes = race([lambda: sent(referrals, snapshot=case)["status"]] * 12)

    assert sorted(outcomes) == ["already_referred"] * 11 + ["sent"]
    with referrals.session() as session:
        assert session.scalar(select(func.count()).select_from(Referral)) == 1


def test_the_whole_way_to_a_yes_and_its_end(referrals: Desk) -> None:
    reference = sent(referrals)["reference"]

    assert act(referrals, "acknowledge_referral", reference)["status"] == "acknowledged"
    question = act(referrals, "request_information", reference, {"message": "Who is the sponsor?"})
    assert (question["status"], question["allowed_actions"][0]) == ("more_information", "provide_information")
    assert act(referrals, "provide_information", reference, {"message": "The director."})["status"] == "acknowledged"
    yes = act(referrals, "accept_referral", reference, YES)
    assert yes["account"] == {"earmarked": "120000.00", "committed": "0.00", "spent": "0.00"}
    decided_at = yes["decision"].pop("decided_at")
    assert yes["decision"] == {"decision": "accepted", **YES}
    assert decided_at == yes["steps"][-1]["at"]
    moved(referrals, "commit", reference, "100000.00")
    moved(referrals, "spend", reference, "98749.25")
    end = act(referrals, "conclude_referral", reference, {"outcome": "delivered", "message": "They are live."})

    assert (end["status"], end["allowed_actions"]) == ("delivered", [])
    assert (end["conclusion"]["outcome"], end["conclusion"]["released"]) == ("delivered", "21250.75")
    assert end["account"] == {"earmarked": "0.00", "committed": "0.00", "spent": "98749.25"}
    assert [(step["action"], step["by"], step["message"]) for step in end["steps"]] == [
        ("acknowledge", "reviewer-1", None),
        ("request_information", "reviewer-1", "Who is the sponsor?"),
        ("provide_information", "adviser-1", "The director."),
        ("accept", "reviewer-1", "A strong case."),
        ("conclude", "reviewer-1", "They are live."),
    ]
    fund = referrals.ask("read_fund", **REVIEWER)
    assert (fund["available"], fund["spent"]) == ("9901250.75", "98749.25")


def test_a_no_keeps_its_reason_and_earmarks_nothing(referrals: Desk) -> None:
    reference = sent(referrals)["reference"]

    no = act(referrals, "reject_referral", reference, NO)

    assert no["decision"].pop("decided_at") == no["acknowledged_at"]
    assert no["decision"] == {"decision": "rejected", "amount": None, **NO}
    assert referrals.ask("read_fund", **REVIEWER)["available"] == "10000000.00"


def test_what_the_state_does_not_allow_is_refused_with_what_it_does(referrals: Desk) -> None:
    reference = sent(referrals)["reference"]
    act(referrals, "acknowledge_referral", reference)

    with pytest.raises(NotAllowedNow) as again:
        act(referrals, "acknowledge_referral", reference)
    with pytest.raises(NotAllowedNow):
        act(referrals, "conclude_referral", reference, {"outcome": "delivered"})
    act(referrals, "withdraw_referral", reference, {"reason": "The team has paused."})
    with pytest.raises(NotAllowedNow) as after:
        act(referrals, "accept_referral", reference, YES)

    assert again.value.allowed == ["request_information", "accept", "reject", "withdraw"]
    assert after.value.allowed == []
    assert referrals.ask("read_fund", **REVIEWER)["available"] == "10000000.00"


def test_of_an_accept_a_reject_and_a_withdrawal_at_once_one_wins(referrals: Desk) -> None:
    reference = sent(referrals)["reference"]

    outcomes = race(
        [
            lambda: act(referrals, "accept_referral", reference, YES)["status"],
            lambda: act(referrals, "reject_referral", reference, NO)["status"],
            lambda: act(referrals, "withdraw_referral", reference, {"reason": "Paused."})["status"],
        ]
        * 3
    )

    [winner] = [outcome for outcome in outcomes if outcome != "not_allowed_now"]
    assert referrals.ask("read_referral", reference=reference, **REVIEWER)["status"] == winner
    available = referrals.ask("read_fund", **REVIEWER)["available"]
    assert available == ("9880000.00" if winner == "accepted" else "10000000.00")


def test_a_change_of_what_was_read_earlier_is_stale(referrals: Desk) -> None:
    reference = sent(referrals)["reference"]
    act(referrals, "acknowledge_referral", reference, if_match=1)

    with pytest.raises(Stale):
        act(referrals, "accept_referral", reference, YES, if_match=1)

    assert act(referrals, "accept_referral", reference, YES, if_match=2)["version"] == 3


def test_an_unknown_referral_is_not_found(referrals: Desk) -> None:
    for method, body in (("acknowledge_referral", {}), ("accept_referral", YES)):
        with pytest.raises(NotFound):
            act(referrals, method, "REF-0000-0000", body)
    with pytest.raises(NotFound):
        referrals.ask("read_referral", reference="REF-0000-0000", **ADVISER)


def test_referrals_are_listed_newest_first_and_by_what_they_are(referrals: Desk) -> None:
    made = [sent(referrals) for _ in range(5)]
    act(referrals, "acknowledge_referral", made[2]["reference"])

    first = referrals.ask("list_referrals", body={"limit": "2"}, **REVIEWER)
    rest = referrals.ask("list_referrals", body={"limit": "3", "after": first["next"]}, **ADVISER)

    newest_first = [one["reference"] for one in reversed(made)]
    assert [one["reference"] for one in first["items"] + rest["items"]] == newest_first
    assert rest["next"] is None
    for wanted in ({"status": "acknowledged"}, {"case": made[2]["case"]}, {"enquiry": made[2]["enquiry"]}):
        [found] = referrals.ask("list_referrals", body=wanted, **REVIEWER)["items"]
        assert found == referrals.ask("read_referral", reference=made[2]["reference"], **REVIEWER)


def test_all_that_is_told_keeps_to_its_contract_and_names_nobody(referrals: Desk) -> None:
    # given one of everything
    words = "Ask for Zebedee on 07700 900123"
    yes = sent(referrals, summary=words)["reference"]
    act(referrals, "acknowledge_referral", yes)
    act(referrals, "request_information", yes, {"message": words})
    act(referrals, "provide_information", yes, {"message": words})
    act(referrals, "accept_referral", yes, {**YES, "message": words})
    act(referrals, "conclude_referral", yes, {"outcome": "cancelled", "message": words})
    act(referrals, "reject_referral", sent(referrals)["reference"], {**NO, "message": words})
    act(referrals, "withdraw_referral", sent(referrals)["reference"], {"reason": words})
    # when we look at what was told
    told = referrals.told()
    # then each keeps to its contract, in the order of its subject's versions
    for event in told:
        schema = orjson.loads((CONTRACTS / f"{event.type}.v{event.version}.json").read_bytes())
        assert faults_of(schema, event.data) == []
        assert b"Zebedee" not in orjson.dumps(event)
    assert [event.sequence for event in told if event.subject == yes] == [1, 2, 3, 4, 5, 6]
    elsewhere = {"webhook_endpoint_changed", "referral_consent_changed"}
    assert {path.name.partition(".")[0] for path in CONTRACTS.iterdir()} == {event.type for event in told} | elsewhere


def test_a_referrals_pounds_show_on_it_and_in_its_version(referrals: Desk) -> None:
    reference = accepted(referrals, "1000.00")
    before = referrals.ask("read_referral", reference=reference, **ADVISER)

    moved(referrals, "commit", reference, "600.00")

    after = referrals.ask("read_referral", reference=reference, **ADVISER)
    assert after["account"] == {"earmarked": "400.00", "committed": "600.00", "spent": "0.00"}
    assert after["version"] == before["version"] + 1


def test_a_release_of_too_much_is_told_all_that_could_be_released(referrals: Desk) -> None:
    reference = accepted(referrals, "1000.00")
    moved(referrals, "commit", reference, "600.00")

    with pytest.raises(Refused, match=r"£1,000\.00 unspent"):
        moved(referrals, "release", reference, "1000.01")
