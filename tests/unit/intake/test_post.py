"""What becomes of an e-mail is decided by who wrote it and what it can prove, never by whom it seems to be from."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.post import (
    OVER,
    Disposition,
    Mail,
    Mark,
    MessageAction,
    Named,
    Verdict,
    allowed,
    filed_by_hand,
    judge,
)
from services.intake.domain.states import Status, after_reply

OPEN = Named("ENQ-A", Status.IN_TRIAGE, is_of_sender=True)
MOST = 20

flags = st.booleans()
mails = st.builds(Mail, *[flags] * 8, recent=st.integers(0, 40), leads_nowhere=flags)
enquiries = st.builds(Named, st.sampled_from(["ENQ-A", "ENQ-B", "ENQ-C"]), st.sampled_from(Status), flags)
named = st.lists(enquiries, max_size=3)


@given(mails, named)
def test_what_a_machine_sent_never_becomes_something_that_is_answered(mail: Mail, named: list[Named]) -> None:
    verdict = judge(mail, named, MOST)

    if mail.own or mail.bounce or mail.automatic or mail.list:
        assert verdict.disposition not in (Disposition.ENQUIRY, Disposition.REPLY)
    if mail.own:
        assert verdict.disposition is Disposition.QUARANTINE


@given(mails, named)
def test_words_go_into_an_open_enquiry_only_by_proof_and_from_somebody_who_is_on_it(
    mail: Mail, named: list[Named]
) -> None:
    verdict = judge(mail, named, MOST)

    if verdict.disposition is Disposition.REPLY:
        firm = {one.reference for one in named if one.is_of_sender and one.status not in OVER}
        assert verdict.enquiry in firm


@given(mails, named)
def test_whatever_is_decided_belongs_to_an_enquiry_or_says_why_it_does_not(mail: Mail, named: list[Named]) -> None:
    verdict = judge(mail, named, MOST)

    if verdict.disposition is Disposition.QUARANTINE:
        assert (verdict.enquiry, verdict.reason is None) == (None, False)
    elif verdict.disposition is not Disposition.ENQUIRY:
        assert verdict.enquiry in {one.reference for one in named}


@given(mails, named)
def test_a_person_within_the_cap_is_always_heard(mail: Mail, named: list[Named]) -> None:
    person = replace(mail, automatic=False, bounce=False, list=False, own=False, recent=MOST - 1)

    assert judge(person, named, MOST).disposition in (Disposition.ENQUIRY, Disposition.REPLY)


def test_an_answer_goes_to_the_enquiry_whose_enquirer_sends_it_and_not_to_the_first_that_is_named() -> None:
    other = replace(OPEN, reference="ENQ-B", is_of_sender=False)

    assert judge(Mail(), [other, OPEN], MOST) == Verdict(Disposition.REPLY, "ENQ-A")
    assert judge(Mail(), [other], MOST) == Verdict(Disposition.ENQUIRY, "ENQ-B", (Mark.OTHER_SENDER,))


@pytest.mark.parametrize("status", sorted(OVER))
def test_an_answer_that_names_two_of_its_senders_enquiries_goes_to_the_open_one(status: Status) -> None:
    over = Named("ENQ-C", status, is_of_sender=True)

    assert judge(Mail(), [over, OPEN], MOST) == Verdict(Disposition.REPLY, "ENQ-A")
    assert judge(Mail(automatic=True), [over, OPEN], MOST).enquiry == "ENQ-A"


@given(mails, named)
def test_above_the_cap_nothing_becomes_a_new_enquiry_and_all_else_is_as_below_it(
    mail: Mail, named: list[Named]
) -> None:
    below = judge(replace(mail, recent=MOST - 1), named, MOST)
    above = judge(replace(mail, recent=MOST), named, MOST)

    kept_out = Verdict(Disposition.QUARANTINE, reason="too_many")
    assert above == (kept_out if below.disposition is Disposition.ENQUIRY else below)


@pytest.mark.parametrize("status", sorted(OVER))
def test_an_answer_to_what_is_over_is_a_new_enquiry(status: Status) -> None:
    over = replace(OPEN, status=status)

    assert judge(Mail(), [over], MOST) == Verdict(Disposition.ENQUIRY, "ENQ-A", (Mark.FOLLOWS_ENDED,))


@pytest.mark.parametrize(
    ("mail", "mark"),
    [
        (Mail(readable=False, whole=False), Mark.UNREADABLE),
        (Mail(whole=False), Mark.NOT_WHOLE),
        (Mail(has_files=True), Mark.HAS_FILES),
        (Mail(may_be_answered=False), Mark.NO_AUTOMATIC_ANSWER),
        (Mail(leads_nowhere=True), Mark.NAMES_OTHER),
    ],
)
def test_an_enquiry_is_marked_with_what_its_reader_should_know(mail: Mail, mark: Mark) -> None:
    assert judge(mail, [], MOST) == Verdict(Disposition.ENQUIRY, None, (mark,))


@pytest.mark.parametrize("status", Status)
def test_a_reply_ends_the_waiting_for_one_and_undoes_an_answer_and_nothing_else(status: Status) -> None:
    expected = Status.IN_TRIAGE if status in (Status.AWAITING_INFORMATION, Status.ANSWERED) else status

    assert after_reply(status) is expected


@given(mails, st.none() | st.just("ENQ-A"))
def test_a_person_may_file_anything_and_a_machine_is_never_taken_for_one(mail: Mail, enquiry: str | None) -> None:
    verdict = filed_by_hand(mail, enquiry)

    assert verdict.enquiry == enquiry
    if enquiry is None:
        assert verdict.disposition is Disposition.ENQUIRY
        assert (Mark.NO_AUTOMATIC_ANSWER in verdict.marks) is not mail.may_be_answered
    elif mail.bounce or mail.automatic:
        assert verdict.disposition is (Disposition.RETURNED if mail.bounce else Disposition.AUTOMATIC)
    else:
        assert verdict.disposition is Disposition.REPLY


def test_what_is_in_quarantine_is_filed_or_discarded_by_hand_and_what_was_discarded_may_be_filed() -> None:
    may = {one: allowed(one) for one in Disposition if allowed(one)}

    assert may == {Disposition.QUARANTINE: tuple(MessageAction), Disposition.DISCARDED: (MessageAction.FILE,)}
