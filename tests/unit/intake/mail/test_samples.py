"""What is understood of nasty messages: the name of each sample says what is wrong with it."""

from pathlib import Path

import pytest

from services.intake.mail.message import Fault
from services.intake.mail.reading import read_message
from services.intake.schemas.incoming import LONGEST_MESSAGE, LONGEST_SUBJECT, NewEnquiry
from tests.unit.intake.mail.samples import FOLDER, SAMPLES, expected, read, understood


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_it_is_read_as_expected(sample: Path) -> None:
    raw = sample.read_bytes()

    message = read(raw)

    assert understood(message) == expected(sample)
    assert message.raw == raw


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_its_words_can_be_stored_as_an_enquiry(sample: Path) -> None:
    message = read(sample.read_bytes())

    subject = message.subject or "None"
    assert NewEnquiry().fields["subject"].deserialize(subject) == subject
    if message.text.strip():
        assert NewEnquiry().fields["message"].deserialize(message.text) == message.text


def test_every_sample_has_its_reading_and_no_reading_is_left_over() -> None:
    assert len(SAMPLES) >= 60
    assert {path.stem for path in SAMPLES} == {path.stem for path in FOLDER.glob("*.json")}


def test_the_samples_show_every_fault_but_those_of_size() -> None:
    shown = {fault for sample in SAMPLES for fault in expected(sample)["faults"]}

    large = {Fault.TOO_LARGE, Fault.TOO_MANY_LINES, Fault.TOO_MANY_PARTS, Fault.TEXT_CUT, Fault.HEADER_CUT}
    assert shown == set(Fault) - large - {Fault.UNREADABLE}


def test_a_forwarded_message_can_be_read_by_itself() -> None:
    outer = read((FOLDER / "a-forwarded-message-in-base64.eml").read_bytes())

    inner = read_message(outer.attachments[0].content)

    assert (inner.subject, inner.sender and inner.sender.address) == ("The first question", "bob@example.org")


def test_nobodys_words_show_in_a_log() -> None:
    message = read((FOLDER / "a-bounce.eml").read_bytes())

    assert "example.org" not in repr(message)
    assert "example.org" not in repr((message.sender, message.thread, message.attachments))


def test_the_limits_are_those_of_an_enquiry() -> None:
    text = "word " * 40_000

    message = read(f"Subject: {text}\n\n{text}".encode())

    assert len(message.text) == LONGEST_MESSAGE
    assert LONGEST_SUBJECT - 5 < len(message.subject or "") <= LONGEST_SUBJECT
    assert {Fault.TEXT_CUT, Fault.SUBJECT_CUT} <= set(message.faults)
