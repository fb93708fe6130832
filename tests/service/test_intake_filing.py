"""E-mails are filed: as new enquiries, as contacts on those that they answer, or as nobody's."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from chassis.fields import new_reference
from services.intake.domain.post import Disposition
from services.intake.mail.threads import identifier
from services.intake.models import Enquiry, IncomingMessage, OutgoingMessage
from tests.fixtures.desk import Desk
from tests.fixtures.processes import eventually
from tests.service.intake_samples import assessed
from tests.service.mail_samples import KEY, Counter, contacts, email, enquiries, queued, signed
from tests.service.parties_desk import merge


def test_a_message_becomes_an_enquiry_with_all_that_belongs_to_it(intake: Desk, counter: Counter) -> None:
    arrived = datetime.now(UTC) - timedelta(hours=3)

    assert counter.take(raw := email("How do we\nbegin?"), arrived_at=arrived) is Disposition.ENQUIRY

    [enquiry] = enquiries(intake)
    assert (enquiry["channel"], enquiry["subject"]) == ("email", "Spinning out our library")
    assert enquiry["message"].strip() == "How do we\nbegin?"
    assert (enquiry["enquirer"]["name"], enquiry["enquirer"]["email"]) == ("Jane Smith", "jane@example.org")
    assert datetime.fromisoformat(enquiry["received_at"]) == arrived
    assert (enquiry["marks"], enquiry["related_to"]) == ([], None)
    assert [(event.type, event.subject) for event in intake.told()] == [("enquiry_received", enquiry["reference"])]
    assert "jane" not in intake.told()[0].to_json()
    assert queued(intake) == 1
    with intake.session() as session:
        kept = session.execute(select(IncomingMessage.raw, IncomingMessage.enquiry)).one()
        assert kept == (raw, enquiry["reference"])
        assert session.execute(text("SELECT actor, action FROM audit")).one() == ("mailbox", "file_message")


@pytest.mark.parametrize("status", ["received", "awaiting_information"])
def test_an_answer_with_our_signature_is_a_contact_on_its_enquiry(intake: Desk, counter: Counter, status: str) -> None:
    counter.take(email())
    [reference] = [one["reference"] for one in enquiries(intake)]
    if status == "awaiting_information":
        intake.hear("triage", "enquiry_triaged", **assessed(reference, "information_needed"))

    answer = email("Twelve of us.\n\nOn Friday you wrote:\n> How many are you?", subject=signed(reference))
    assert counter.take(answer) is Disposition.REPLY

    [contact] = contacts(intake, reference)
    assert (contact["channel"], contact["direction"], contact["disposition"]) == (
        "email",
        "inbound",
        "message_received",
    )
    assert contact["note"].startswith("Twelve of us.")
    assert "How many" not in contact["note"]
    [enquiry] = enquiries(intake)
    assert enquiry["status"] == {"received": "received", "awaiting_information": "in_triage"}[status]
    assert intake.told()[-1].type == "enquiry_contact_recorded"
    assert queued(intake) == 1, "an answer is not acknowledged"


def test_an_answer_to_what_we_sent_needs_no_signature_in_its_subject(intake: Desk, counter: Counter) -> None:
    counter.take(email())
    [reference] = [one["reference"] for one in enquiries(intake)]
    ours = f"<{identifier(reference, 'x1', 'mutuals.example', KEY)}>"
    with intake.session() as session:
        session.scalars(select(OutgoingMessage)).one().message_id = "an-old-way@mutuals.example"

    counter.take(email("One", references=f"<1@example.org> {ours}", subject="Hello"))
    counter.take(email("Two", in_reply_to="<an-old-way@mutuals.example>", subject="Hello"))

    assert [contact["note"].strip() for contact in contacts(intake, reference)] == ["Two", "One"]


def test_an_answer_to_what_we_sent_is_filed_though_its_subject_was_damaged(intake: Desk, counter: Counter) -> None:
    counter.take(email())
    [reference] = [one["reference"] for one in enquiries(intake)]
    thread = {"in_reply_to": f"<{identifier(reference, 'x1', 'mutuals.example', KEY)}>"}
    damaged = f"Re: [{reference}-AAAAAA] Your enquiry"

    counter.take(email("Mine", subject=damaged, **thread))
    counter.take(email("Not mine", subject=damaged, sender="mallory@example.net", **thread))

    assert [contact["note"].strip() for contact in contacts(intake, reference)] == ["Mine"]
    other = enquiries(intake)[1]
    assert (other["marks"], other["related_to"]) == (["other_sender"], reference)


@pytest.mark.parametrize("sender", ["jane@example.org", "mallory@example.net"])
def test_a_reference_without_our_signature_leads_nowhere(intake: Desk, counter: Counter, sender: str) -> None:
    counter.take(email())
    [reference] = [one["reference"] for one in enquiries(intake)]

    for subject in (reference, f"[{reference}-AAAAAA]", f"Re: {reference}"):
        assert counter.take(email(sender=sender, subject=subject)) is Disposition.ENQUIRY

    assert contacts(intake, reference) == []
    assert [one["related_to"] for one in enquiries(intake)] == [None] * 4


def test_a_signed_answer_of_somebody_else_is_marked_and_not_filed(intake: Desk, counter: Counter) -> None:
    counter.take(email())
    [reference] = [one["reference"] for one in enquiries(intake)]

    counter.take(email(sender="mallory@example.net", subject=signed(reference)))

    assert contacts(intake, reference) == []
    other = enquiries(intake)[1]
    assert (other["marks"], other["related_to"]) == (["other_sender"], reference)


def test_a_signed_answer_from_a_party_that_was_merged_with_the_enquirers_is_filed(
    intake: Desk, counter: Counter
) -> None:
    counter.take(email())
    [reference] = [one["reference"] for one in enquiries(intake)]
    counter.take(email(sender="jane.smith@example.net"))
    with intake.session() as session:
        first, second = session.scalars(select(Enquiry.party_id).order_by(Enquiry.created_at))

    merge(intake, str(second), str(first))

    assert counter.take(email(sender="jane.smith@example.net", subject=signed(reference))) is Disposition.REPLY
    assert len(contacts(intake, reference)) == 1


def test_an_answer_to_an_enquiry_that_is_over_is_a_new_one_that_names_it(intake: Desk, counter: Counter) -> None:
    counter.take(email())
    [reference] = [one["reference"] for one in enquiries(intake)]
    intake.ask("close_enquiry", reference=reference, body={"reason": "Done."}, if_match=1)

    assert counter.take(email(subject=signed(reference))) is Disposition.ENQUIRY

    other = enquiries(intake)[1]
    assert (other["marks"], other["related_to"]) == (["follows_ended"], reference)


def test_an_answer_that_meets_the_end_of_its_enquiry_is_a_new_one(intake: Desk, counter: Counter) -> None:
    counter.take(email())
    [reference] = [one["reference"] for one in enquiries(intake)]

    with ThreadPoolExecutor(1) as pool:
        with intake.session() as session:
            session.execute(text("UPDATE enquiries SET status = 'closed', version = version + 1"))
            answer = pool.submit(counter.take, email("One more thing", subject=signed(reference)))
            eventually(lambda: _waits_for_a_lock(intake), 10)
        assert answer.result(10) is Disposition.ENQUIRY

    assert contacts(intake, reference) == []
    assert [one["marks"] for one in enquiries(intake)] == [[], ["follows_ended"]]


def _waits_for_a_lock(intake: Desk) -> bool:
    with intake.session() as session:
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(session.scalar(text(waiting)))


def test_an_answer_to_an_enquiry_that_was_answered_opens_it_again(intake: Desk, counter: Counter) -> None:
    counter.take(email())
    [reference] = [one["reference"] for one in enquiries(intake)]
    intake.ask("answer_enquiry", reference=reference, body={"reason": "Told them."})

    assert counter.take(email("And what of pensions?", subject=signed(reference))) is Disposition.REPLY

    [enquiry] = enquiries(intake)
    assert (enquiry["status"], enquiry["status_reason"]) == ("in_triage", None)
    told = intake.told()
    assert [event.type for event in told[-2:]] == ["enquiry_contact_recorded", "enquiry_reopened"]
    assert told[-2].sequence < told[-1].sequence == enquiry["version"]
    counter.take(email(subject=signed(reference), auto_submitted="auto-replied"))
    intake.ask("answer_enquiry", reference=reference, body={"reason": "Told them again."})


def test_the_signature_of_a_case_leads_to_its_enquiry_for_those_who_are_on_it(intake: Desk, counter: Counter) -> None:
    counter.take(email())
    [reference] = [one["reference"] for one in enquiries(intake)]
    case = new_reference("CAS")
    intake.hear("casework", "case_opened", subject=case, sequence=1, data={"case": case, "enquiry": reference})

    assert counter.take(email("Our plan.", subject=signed(case))) is Disposition.REPLY
    assert counter.take(email("Mine.", sender="mallory@example.net", subject=signed(case))) is Disposition.ENQUIRY
    assert counter.take(email("Typed.", subject=f"[{case}-AAAAAA]")) is Disposition.ENQUIRY

    assert [contact["note"].strip() for contact in contacts(intake, reference)] == ["Our plan."]
    [told] = [event for event in intake.told() if event.type == "enquirer_replied"]
    [contact] = contacts(intake, reference)
    assert told.data == {"enquiry": reference, "case": case, "channel": "email", "at": contact["started_at"]}
    assert told.sequence == intake.ask("read_enquiry", reference=reference)["version"]
    marked = [(one["marks"], one["related_to"]) for one in enquiries(intake)[1:]]
    assert marked == [(["other_sender"], reference), ([], None)]


@pytest.mark.parametrize("kind", ["CAS", "REF"])
def test_the_signature_of_what_is_not_known_here_is_a_new_enquiry_that_says_so(
    intake: Desk, counter: Counter, kind: str
) -> None:
    assert counter.take(email(subject=signed(new_reference(kind)))) is Disposition.ENQUIRY

    [enquiry] = enquiries(intake)
    assert (enquiry["marks"], enquiry["related_to"]) == (["names_other"], None)
