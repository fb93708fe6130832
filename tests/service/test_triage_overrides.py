"""Overrides: an adviser sets another outcome, a second person confirms a referral, and both outcomes are told."""

import threading
from typing import Any
from uuid import UUID

import pytest

from chassis.errors import Conflict, Forbidden, Invalid, NotAllowedNow, NotFound, Stale
from chassis.fields import new_id, new_reference
from services.triage import store
from services.triage.domain.verdicts import MOST_VERDICTS
from services.triage.errors import EnquiryEnded
from services.triage.models import Assessment, Enquiry
from services.triage.service import TriageService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.triage_desk import STRONG, heard, load

REASON = "Their new director has agreed to sponsor it."


@pytest.fixture
def triage(desk: MakeDesk) -> Desk:
    """Triage with the first criteria set in force."""
    made = desk(TriageService)
    load(made)
    return made


@pytest.fixture
def enquiry(triage: Desk) -> str:
    """An enquiry that was found to be developed."""
    reference = new_reference("ENQ")
    assess(triage, reference)
    return reference


def assess(triage: Desk, enquiry: str, facts_version: int = 1, points: int = 2) -> None:
    """Let triage hear of an enquiry's facts: two points each make it one to develop."""
    data = heard(enquiry, facts_version=facts_version, points=points)
    assert triage.hear("intake", "enquiry_changed", subject=enquiry, sequence=facts_version, data=data) == "done"


def override(triage: Desk, enquiry: str, outcome: str, subject: str = "adviser-1") -> dict[str, Any]:
    """Set another outcome, against the newest assessment."""
    body = {"outcome": outcome, "assessment": newest(triage, enquiry), "reason": REASON}
    answer: dict[str, Any] = triage.ask("set_outcome", reference=enquiry, body=body, subject=subject)
    return answer


def newest(triage: Desk, enquiry: str) -> str:
    """The id of an enquiry's newest assessment; of none at all where it has none."""
    found = triage.ask("list_assessments", reference=enquiry, body={})["items"]
    return str(max(found, key=lambda one: (one["facts_version"], one["verdict"]))["id"] if found else UUID(int=0))


def verdicts(triage: Desk) -> list[tuple[int, str, str]]:
    """Sequence, outcome and scored outcome of every verdict told, the oldest first."""
    told = [event for event in triage.told() if event.type == "enquiry_triaged"]
    return [(event.sequence, event.data["outcome"], event.data["scored_outcome"]) for event in told]


def test_another_outcome_holds_at_once_and_the_score_is_kept_beside_it(triage: Desk, enquiry: str) -> None:
    set_ = override(triage, enquiry, "advise")

    assert (set_["state"], set_["scored_outcome"], set_["outcome"]) == ("in_force", "develop", "advise")
    assert verdicts(triage) == [(1000, "develop", "develop"), (1001, "advise", "develop")]
    [assessment] = triage.ask("list_assessments", reference=enquiry, body={})["items"]
    assert assessment["outcome"] == "develop"


def test_a_referral_waits_until_a_second_person_confirms_it(triage: Desk, enquiry: str) -> None:
    set_ = override(triage, enquiry, "refer")
    waiting = triage.ask("list_overrides", body={"state": "proposed"})["items"]
    assert ([one["id"] for one in waiting], len(verdicts(triage))) == ([set_["id"]], 1)

    with pytest.raises(Conflict):
        triage.ask("confirm_override", override_id=set_["id"], body={})
    confirmed = triage.ask("confirm_override", override_id=set_["id"], body={}, subject="adviser-2")

    assert (confirmed["state"], confirmed["set_by"], confirmed["decided_by"]) == ("in_force", "adviser-1", "adviser-2")
    assert verdicts(triage)[-1] == (1001, "refer", "develop")


def test_what_was_found_holds_again_once_an_override_is_withdrawn(triage: Desk, enquiry: str) -> None:
    set_ = override(triage, enquiry, "inform")

    withdrawn = triage.ask("withdraw_override", override_id=set_["id"], body={"reason": "A slip."})

    assert (withdrawn["state"], withdrawn["decided_reason"]) == ("withdrawn", "A slip.")
    assert verdicts(triage)[-1] == (1002, "develop", "develop")
    assert override(triage, enquiry, "inform")["state"] == "in_force"


def test_a_referral_that_nobody_confirmed_can_be_withdrawn_without_a_verdict(triage: Desk, enquiry: str) -> None:
    set_ = override(triage, enquiry, "refer")

    triage.ask("withdraw_override", override_id=set_["id"], body={"reason": "Not yet."})

    assert len(verdicts(triage)) == 1


def test_an_override_lapses_when_newer_facts_are_triaged(triage: Desk, enquiry: str) -> None:
    set_ = override(triage, enquiry, "refer")
    assess(triage, enquiry, facts_version=2)

    assert triage.ask("read_override", override_id=set_["id"])["state"] == "lapsed"
    assert [one["id"] for one in triage.ask("list_overrides", body={"state": "lapsed"})["items"]] == [set_["id"]]
    assert triage.ask("list_overrides", body={"state": "proposed", "enquiry": enquiry})["items"] == []
    with pytest.raises(NotAllowedNow):
        triage.ask("confirm_override", override_id=set_["id"], body={}, subject="adviser-2")
    override(triage, enquiry, "advise")
    assert [sequence for sequence, _, _ in verdicts(triage)] == [1000, 2000, 2001]


def test_facts_that_come_late_do_not_undo_an_override_of_newer_ones(triage: Desk) -> None:
    enquiry = new_reference("ENQ")
    assess(triage, enquiry, facts_version=2)
    override(triage, enquiry, "inform")

    assess(triage, enquiry, facts_version=1)

    assert max(verdicts(triage)) == (2001, "inform", "develop")
    assert triage.ask("list_overrides", body={"enquiry": enquiry})["items"][0]["state"] == "in_force"


@pytest.mark.parametrize("outcome", ["develop", "information_needed", "reject"])
def test_what_was_found_and_what_nobody_can_set_is_refused(triage: Desk, enquiry: str, outcome: str) -> None:
    with pytest.raises(Invalid):
        override(triage, enquiry, outcome)


def test_of_two_who_set_an_outcome_at_once_one_is_refused(triage: Desk, enquiry: str) -> None:
    refused: list[Conflict] = []

    def try_to(subject: str) -> None:
        try:
            override(triage, enquiry, "advise", subject)
        except Conflict as error:
            refused.append(error)

    racing = [threading.Thread(target=try_to, args=(f"adviser-{number}",)) for number in range(4)]
    for one in racing:
        one.start()
    for one in racing:
        one.join()

    assert (len(refused), len(verdicts(triage))) == (3, 2)


def test_an_outcome_is_set_against_the_assessment_that_was_seen(triage: Desk, enquiry: str) -> None:
    seen = newest(triage, enquiry)
    assess(triage, enquiry, facts_version=2, points=4)

    body = {"outcome": "inform", "assessment": seen, "reason": REASON}
    with pytest.raises(Stale):
        triage.ask("set_outcome", reference=enquiry, body=body)


def test_what_is_told_of_an_override_does_not_speak_for_what_was_found(triage: Desk) -> None:
    enquiry = new_reference("ENQ")
    abroad = heard(enquiry, gates={**STRONG["gates"], "england": "no"})
    triage.hear("intake", "enquiry_received", subject=enquiry, sequence=1, data=abroad)

    override(triage, enquiry, "develop")

    told = [event.data for event in triage.told() if event.type == "enquiry_triaged"][-1]
    assert (told["outcome"], told["scored_outcome"], told["signpost"]) == ("develop", "out_of_scope", None)
    assert told["reason"] == "An adviser set this outcome. The criteria had found: out of scope."


def test_no_outcome_is_set_nor_confirmed_on_an_enquiry_that_has_ended(triage: Desk, enquiry: str) -> None:
    other = new_reference("ENQ")
    assess(triage, other)
    waiting = override(triage, other, "refer")["id"]
    for ended in (enquiry, other):
        triage.hear("intake", "enquiry_withdrawn", subject=ended, sequence=9, data={"enquiry": ended})

    with pytest.raises(EnquiryEnded):
        override(triage, enquiry, "advise")
    with pytest.raises(EnquiryEnded):
        triage.ask("confirm_override", override_id=waiting, body={}, subject="adviser-2")


def test_an_outcome_is_set_on_an_enquiry_that_goes_on_after_an_answer(triage: Desk, enquiry: str) -> None:
    for sequence, type_ in ((2, "enquiry_answered"), (3, "enquiry_reopened")):
        triage.hear("intake", type_, subject=enquiry, sequence=sequence, data={"enquiry": enquiry})

    assert override(triage, enquiry, "advise")["state"] == "in_force"


def test_an_override_is_changed_by_who_has_seen_it_as_it_is(triage: Desk, enquiry: str) -> None:
    proposed = override(triage, enquiry, "refer")
    id_, seen = proposed["id"], proposed["version"]
    assert triage.ask("confirm_override", override_id=id_, body={}, if_match=seen, subject="adviser-2")["version"] == 2

    with pytest.raises(Stale):
        triage.ask("withdraw_override", override_id=id_, body={"reason": REASON}, if_match=seen)


def test_what_was_re_scored_meanwhile_is_not_confirmed_unseen(triage: Desk, enquiry: str) -> None:
    waiting = override(triage, enquiry, "refer")["id"]
    with triage.session() as session:
        seen = store.newest_assessment(session, enquiry)
        columns = {column.key: getattr(seen, column.key) for column in Assessment.__table__.columns}
        session.add(Assessment(**{**columns, "id": new_id(), "verdict": 1}))

    with pytest.raises(Stale):
        triage.ask("confirm_override", override_id=waiting, body={}, subject="adviser-2")


def test_a_refusal_says_what_is_possible_instead(triage: Desk, enquiry: str) -> None:
    set_ = override(triage, enquiry, "advise")

    with pytest.raises(NotAllowedNow) as refused:
        triage.ask("confirm_override", override_id=set_["id"], body={}, subject="adviser-2")

    assert list(refused.value.allowed or ()) == ["withdraw"]


def test_an_enquiry_that_was_not_assessed_has_no_outcome_to_set(triage: Desk) -> None:
    with pytest.raises(NotFound):
        override(triage, new_reference("ENQ"), "advise")


@pytest.mark.parametrize("id_", ["nonsense", "019aa6d2-7c3e-7b1a-9f42-3d5c8e1b7a60"])
def test_an_override_that_is_not_there_is_not_found(triage: Desk, id_: str) -> None:
    with pytest.raises(NotFound):
        triage.ask("read_override", override_id=id_)


def test_an_outcome_that_changed_too_often_changes_no_more(triage: Desk, enquiry: str) -> None:
    with triage.session() as session:
        session.add(Enquiry(reference=enquiry, facts_version=1, verdict=MOST_VERDICTS - 1))

    with pytest.raises(Conflict):
        override(triage, enquiry, "advise")


def test_portals_and_analysts_set_no_outcomes(triage: Desk, enquiry: str) -> None:
    for roles in (("portal",), ("analyst",)):
        with pytest.raises(Forbidden):
            triage.ask("set_outcome", reference=enquiry, body={"outcome": "advise"}, roles=roles)


def test_the_reason_stays_in_triage(triage: Desk, enquiry: str) -> None:
    override(triage, enquiry, "advise")

    assert all(REASON not in event.to_json() for event in triage.told())
