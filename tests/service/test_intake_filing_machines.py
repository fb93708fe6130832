"""What machines send, whom a machine may not answer, and what cannot be read, when it is filed."""

from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from services.intake.domain.post import Disposition
from services.intake.mail.threads import identifier
from services.intake.mailbox.filing import Rules
from services.intake.models import Enquiry, IncomingMessage, OutgoingMessage
from tests.fixtures.desk import Desk
from tests.service.mail_samples import KEY, NOBODY, OWN, Counter, contacts, email, enquiries, queued, signed

SAMPLES = sorted((Path(__file__).parents[1] / "samples" / "mail").glob("*.eml"))


def sent(intake: Desk, reference: str) -> str:
    """Let the acknowledgement of an enquiry be sent; return its identifier."""
    ours = identifier(reference, "x1", "mutuals.example", KEY)
    with intake.session() as session:
        message = session.scalars(select(OutgoingMessage)).one()
        message.message_id, message.status = ours, "sent"
    return ours


def status(intake: Desk) -> str:
    """Where the one message that we sent stands."""
    with intake.session() as session:
        return session.scalars(select(OutgoingMessage.status)).one()


def report(identifier: str, said: str) -> bytes:
    """What a mail server reports of a message."""
    parts = (
        "Content-Type: text/plain\r\n\r\nOf your message",
        f"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\n{said}",
        f"Content-Type: message/rfc822\r\n\r\nMessage-ID: <{identifier}>",
    )
    whole = "".join(f"--b\r\n{part}\r\n\r\n" for part in parts) + "--b--"
    return email(whole, sender=NOBODY, content_type="multipart/report; report-type=delivery-status; boundary=b")


MACHINES = {
    "automatic": {"auto_submitted": "auto-replied"},
    "returned": {"sender": NOBODY},
}


@pytest.mark.parametrize("kind", MACHINES)
def test_what_machines_say_goes_without_words_to_the_enquiry_that_it_names(
    intake: Desk, counter: Counter, kind: str
) -> None:
    counter.take(email())
    [reference] = [one["reference"] for one in enquiries(intake)]

    fields = MACHINES[kind]
    assert counter.take(email("Buy this!", **fields)) is Disposition.QUARANTINE  # type: ignore[arg-type]
    assert counter.take(email("Buy this!", subject=signed(reference), **fields)) == kind  # type: ignore[arg-type]

    [contact] = contacts(intake, reference)
    expected = {"automatic": "automatic_reply", "returned": "undelivered"}[kind]
    assert (contact["disposition"], contact["note"]) == (expected, None)
    assert (len(enquiries(intake)), queued(intake)) == (1, 1)


def test_a_bounce_is_noted_with_the_message_that_came_back(intake: Desk, counter: Counter) -> None:
    counter.take(email())
    [reference] = [one["reference"] for one in enquiries(intake)]
    ours = sent(intake, reference)

    assert counter.take(report(ours, "Action: failed")) is Disposition.RETURNED

    assert status(intake) == "bounced"


@pytest.mark.parametrize("action", ["delayed", "Delivered", "relayed", "expanded"])
def test_a_report_that_says_no_failure_is_a_machines_word_and_nothing_came_back(
    intake: Desk, counter: Counter, action: str
) -> None:
    counter.take(email())
    [reference] = [one["reference"] for one in enquiries(intake)]
    ours = sent(intake, reference)

    assert counter.take(report(ours, f"Action: {action}")) is Disposition.AUTOMATIC
    assert status(intake) == "sent"
    assert counter.take(report(ours, f"Action: {action}\r\n\r\nAction: failed")) is Disposition.RETURNED

    noted = [one["disposition"] for one in contacts(intake, reference)]
    assert sorted(noted) == ["automatic_reply", "undelivered"]
    assert status(intake) == "bounced"


@pytest.mark.parametrize(
    "fields", [{"list_id": "<news.example.org>"}, {"sender": OWN}, {"reply_to": OWN}, {"precedence": "bulk"}]
)
def test_lists_and_our_own_mail_are_nobodys(intake: Desk, counter: Counter, fields: dict[str, str]) -> None:
    assert counter.take(email(**fields)) is Disposition.QUARANTINE  # type: ignore[arg-type]

    assert enquiries(intake) == []
    assert queued(intake) == 0


@pytest.mark.parametrize("fields", [{"sender": "noreply@example.org"}, {"x_auto_response_suppress": "All"}])
def test_whom_a_machine_may_not_answer_is_an_enquiry_all_the_same(
    intake: Desk, counter: Counter, fields: dict[str, str]
) -> None:
    assert counter.take(email(**fields)) is Disposition.ENQUIRY  # type: ignore[arg-type]

    assert [one["marks"] for one in enquiries(intake)] == [["no_automatic_answer"]]
    assert queued(intake) == 0


def test_more_than_so_many_of_one_sender_within_the_hour_are_nobodys(intake: Desk) -> None:
    counter = Counter(intake, Rules((OWN,), (KEY,), most_per_sender=3))

    filed = [counter.take(email(sender="Jane@Example.org")) for _ in range(5)]
    other = counter.take(email(sender="bob@example.org"))

    assert filed == [Disposition.ENQUIRY] * 3 + [Disposition.QUARANTINE] * 2
    assert other is Disposition.ENQUIRY
    with intake.session() as session:
        reasons = session.scalars(select(IncomingMessage.reason).where(IncomingMessage.reason.is_not(None))).all()
        assert reasons == ["too_many"] * 2
        session.execute(text("UPDATE incoming_messages SET kept_at = kept_at - interval '1 hour'"))
    assert counter.take(email(sender="jane@example.org")) is Disposition.ENQUIRY


def test_the_cap_keeps_out_no_signed_answer_and_no_bounce(intake: Desk) -> None:
    counter = Counter(intake, Rules((OWN,), (KEY,), most_per_sender=1))
    counter.take(email())
    [reference] = [one["reference"] for one in enquiries(intake)]
    assert counter.take(email("In her name")) is Disposition.QUARANTINE

    became = [counter.take(email(f"Yes {number}", subject=signed(reference))) for number in range(2)]
    came_back = [counter.take(email(str(n), sender=NOBODY, subject=signed(reference))) for n in range(2)]

    assert (became, came_back) == ([Disposition.REPLY] * 2, [Disposition.RETURNED] * 2)


def test_only_what_became_an_enquiry_counts_towards_the_cap(intake: Desk) -> None:
    counter = Counter(intake, Rules((OWN,), (KEY,), most_per_sender=1))
    assert [counter.take(email(f"News {number}", precedence="list")) for number in range(2)] == ["quarantine"] * 2

    assert counter.take(email("A question")) is Disposition.ENQUIRY


@pytest.mark.parametrize("raw", [b"", b"\x00\xff" * 50, email("-----BEGIN PGP MESSAGE-----")])
def test_what_cannot_be_read_is_an_enquiry_that_says_so(intake: Desk, counter: Counter, raw: bytes) -> None:
    assert counter.take(raw) is Disposition.ENQUIRY

    [enquiry] = enquiries(intake)
    assert "unreadable" in enquiry["marks"]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_message_that_was_ever_seen_can_be_filed(intake: Desk, counter: Counter, path: Path) -> None:
    assert counter.take(path.read_bytes()) in Disposition

    with intake.session() as session:
        assert session.scalar(select(func.count()).select_from(IncomingMessage)) == 1
        of_quarantine = session.scalar(select(IncomingMessage.disposition)) == "quarantine"
        assert session.scalar(select(func.count()).select_from(Enquiry)) == (0 if of_quarantine else 1)


@pytest.mark.parametrize("fields", [{"list_id": "<council.example.org>"}, {"auto_submitted": "auto-generated"}])
def test_a_copy_that_is_nobodys_does_not_stand_for_the_message_that_came_to_us(
    intake: Desk, counter: Counter, fields: dict[str, str]
) -> None:
    copy = counter.take(email(message_id="<1@example.org>", **fields))

    assert copy is Disposition.QUARANTINE
    assert [counter.take(email(message_id="<1@example.org>")) for _ in range(2)] == [Disposition.ENQUIRY] * 2
    assert len(enquiries(intake)) == 1


def test_a_copy_without_its_thread_does_not_stand_for_the_answer(intake: Desk, counter: Counter) -> None:
    counter.take(email())
    [reference] = [one["reference"] for one in enquiries(intake)]
    counter.take(email("Stop it", message_id="<2@example.org>", subject="Re"))
    ours = f"<{identifier(reference, 'x1', 'mutuals.example', KEY)}>"
    counter.take(email("Stop it", message_id="<2@example.org>", subject="Re", in_reply_to=ours))

    assert len(contacts(intake, reference)) == 1
