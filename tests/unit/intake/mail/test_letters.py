"""What we send says who we are, what it answers and that a machine sent it; nothing can be put into its header."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from email.headerregistry import Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.mail.message import Check, Place
from services.intake.mail.reading import read_message
from services.intake.mail.threads import identifier
from services.intake.mailbox import letters
from services.intake.mailbox.letters import TEMPLATES, Letter, write

KEY = b"a key of sixteen bytes and more"
REFERENCE = "ENQ-7K3M-9Q2R"
OURS = Address("Mutuals Information Service", addr_spec="help@mutuals.example")
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def letter(recipient: str = "jane@example.org", *thread: str) -> Letter:
    """An acknowledgement."""
    ours = identifier(REFERENCE, "ab" * 16, OURS.domain, KEY)
    return Letter("enquiry_received", recipient, REFERENCE, ours, thread)


@pytest.mark.parametrize("template", sorted(path.stem for path in TEMPLATES.glob("*.txt")))
def test_every_template_can_be_written_and_leads_an_answer_back(template: str) -> None:
    raw = bytes(write(replace(letter(), template=template), OURS, KEY, NOW))

    read = read_message(raw, keys=[KEY])
    assert {(one.reference, one.place, one.check) for one in read.thread.tokens} == {
        (REFERENCE, Place.SUBJECT, Check.VALID)
    }
    assert REFERENCE in read.text
    assert "$" not in read.text
    assert read.flags.auto_reply
    assert not read.may_be_answered
    answer = f"From: jane@example.org\r\nSubject: Re\r\nIn-Reply-To: <{read.message_id}>\r\n\r\nHello".encode()
    [token] = read_message(answer, keys=[KEY]).thread.tokens
    assert (token.place, token.check) == (Place.THREAD, Check.VALID)


def test_an_acknowledgement_fits_whoever_rang_too() -> None:
    read = read_message(bytes(write(letter(), OURS, KEY, NOW)), keys=[KEY])

    assert "Thank you for contacting the Mutuals Information Service." in read.text
    assert "writing" not in read.text


def test_it_answers_the_message_that_the_enquiry_came_by() -> None:
    message = write(letter("jane@example.org", "first@example.org", "last@example.org"), OURS, KEY, NOW)

    assert message["In-Reply-To"] == "<last@example.org>"
    assert message["References"] == "<first@example.org> <last@example.org>"
    assert (message["Auto-Submitted"], message["To"]) == ("auto-replied", "jane@example.org")


def test_of_a_long_thread_the_first_and_the_last_ones_are_named() -> None:
    thread = [f"{number}@{'x' * 200}.example.org" for number in range(50)]

    raw = bytes(write(letter("jane@example.org", *thread), OURS, KEY, NOW))

    named = read_message(raw).thread.references
    assert named == (thread[0], *thread[-9:])


@given(st.text(max_size=60), st.text(max_size=60))
def test_nothing_from_outside_makes_a_field_of_its_own(recipient: str, identifier: str) -> None:
    usual = set(write(letter("jane@example.org", "a@b"), OURS, KEY, NOW).keys())
    try:
        raw = bytes(write(letter(recipient, identifier), OURS, KEY, NOW))
    except ValueError:
        return

    header = raw.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ")
    names = {line.partition(b":")[0].decode() for line in header.split(b"\r\n")}
    assert names <= usual


@pytest.mark.parametrize("word", ["=?utf-8?q?x=0D=0A=0D=0Ay?=@z", "=?utf-8?b?DQpYOiB5?=", "a=?=0A@b"])
def test_an_identifier_that_hides_words_is_not_repeated(word: str) -> None:
    message = write(letter("jane@example.org", "first@example.org", word), OURS, KEY, NOW)

    assert (message["In-Reply-To"], message["References"]) == ("<first@example.org>",) * 2


def test_a_field_of_more_than_one_line_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letters, "_SOUND", re.compile(".*"))

    with pytest.raises(ValueError, match="more than one line"):
        write(letter("jane@example.org", "=?utf-8?q?x=0D=0AX:_y?=@z"), OURS, KEY, NOW)


@pytest.mark.parametrize("recipient", ["jane@example.org\r\nBcc: all@example.org", "a@b, c@d", "", "nobody"])
def test_a_recipient_that_is_not_one_address_is_refused(recipient: str) -> None:
    with pytest.raises(ValueError, match="not an e-mail address"):
        write(letter(recipient), OURS, KEY, NOW)
