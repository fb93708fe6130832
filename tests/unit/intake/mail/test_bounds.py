"""However large or contrived a message is, reading it takes seconds, and no more memory than some copies of it."""

import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from services.intake.mail import parsing, reading
from services.intake.mail.message import Fault
from tests.unit.intake.mail.samples import read, understood

# What is held to seconds is not followed by coverage meanwhile, which would double them.
pytestmark = pytest.mark.untraced

HEAD = b"From: jane@example.org\nTo: mis@example.org\nSubject: Large\n"
MEGABYTE = 1024 * 1024
# Some of these take a tenth of a second; without bounds each takes minutes, or the machine.
SECONDS = 20


def filled(seed: bytes, size: int) -> bytes:
    """The seed again and again."""
    return (seed * (size // len(seed) + 1))[:size]


def parts(count: int, kind: bytes, content: bytes) -> bytes:
    """A message of so many parts."""
    one = b"--b\nContent-Type: " + kind + b"\n\n" + content + b"\n"
    return HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + one * count + b"--b--\n"


def nested(depth: int, content: bytes) -> bytes:
    """A message of parts within parts."""
    opening = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (number, number) for number in range(depth)
    )
    return HEAD + opening + b"\n" + content


def html(seed: bytes) -> bytes:
    """A message of HTML."""
    return HEAD + b"Content-Type: text/html\n\n" + filled(seed, 300_000)


def text(seed: bytes) -> bytes:
    """A message of plain text."""
    return HEAD + b"\n" + filled(seed, 100_000)


def everywhere(seed: bytes) -> bytes:
    """A message with the same thing in all fields that are taken apart."""
    names = (b"From", b"To", b"Cc", b"Reply-To", b"Sender", b"Subject", b"References", b"Date", b"Content-Disposition")
    return b"".join(name + b": " + filled(seed, 20_000) + b"\n" for name in names) + b"\nHello"


ENCODED = (b"A" * 76 + b"\n") * 272_000  # 57 bytes a line
CASES: dict[str, Callable[[], bytes]] = {
    "one line of twenty megabytes": lambda: HEAD + b"\n" + b"a" * 20 * MEGABYTE,
    "twenty megabytes of no charset": lambda: HEAD + b"\n" + b"\xff" * 20 * MEGABYTE,
    "a field of twenty megabytes": lambda: b"Subject: " + b"a" * 20 * MEGABYTE,
    "twenty megabytes of fields": lambda: filled(b"X: a\n", 20 * MEGABYTE),
    "twenty megabytes of recipients": lambda: b"To: " + filled(b"a@example.org,\n ", 20 * MEGABYTE),
    "as many lines as may be, as deep as may be": lambda: nested(19, b"abcdefghijklm\n" * 490_000),
    "five thousand parts within parts": lambda: nested(5_000, b"Hello"),
    "a hundred thousand parts": lambda: parts(100_000, b"text/plain", b"Hello"),
    "as many parts of bad HTML as may be": lambda: parts(249, b"text/html", b"<div>" * 8_000),
    "as many bad types as may be": lambda: parts(249, b"text/plain; " + b';"' * 600, b"Hello"),
    "messages within messages": lambda: HEAD + b"Content-Type: message/rfc822\n\n" * 5_000,
}
TAGS = [b"<div>", b"<b>", b"<b x='<'>", b"<a ", b"<!--", b"<?", b"&", b"&amp", b"&#", b"<script>", b"<table><td>",
        b"<font color=1><p>", b"<ul><li>", b"<dd><h1>", b"<svg><p>", b"<br>", b"<template>", b"</p>",
        b"<div><table><tr><td></div></td></tr></table>"]  # fmt: skip
INTRODUCTIONS = [b"On a wrote:\n", b"On On ", b"On a\n", b"From:\n", b"From: a\n", b"> > > ", b"Sent:\n\n", b"* ",
                 b"-----", b"_", b"-- \n", b" ", b" \n", b"Am a schrieb ", b"\nOn " + b"a b c " * 30]  # fmt: skip
FIELDS = [b"a@example.org, ", b"(", b'"', b"<", b"=?utf-8?q?a?= ", b"=?", b"a b ", b"; ", b",", b"\\", b"[", b"<@a,",
          b"=?x?q?=41?= <", b"a*0*=b; "]  # fmt: skip
CASES |= {f"html {seed.decode()}": lambda seed=seed: html(seed) for seed in TAGS}
CASES |= {
    f"text {seed.decode()[:20]!r}": lambda seed=seed: HEAD + b"\n" + filled(seed, 100_000) for seed in INTRODUCTIONS
}
CASES |= {f"fields {seed.decode()}": lambda seed=seed: everywhere(seed) for seed in FIELDS}

MEMORY = """
import resource, sys
from services.intake.mail.reading import read_message
resource.setrlimit(resource.RLIMIT_AS, (1024 ** 3, 1024 ** 3))
message = read_message(sys.stdin.buffer.read())
print(len(message.attachments[0].content), *message.faults)
"""


@pytest.mark.parametrize("case", CASES)
def test_a_contrived_message_is_read_in_time(case: str) -> None:
    raw = CASES[case]()
    begun = time.process_time()

    message = read(raw)

    assert time.process_time() - begun < SECONDS
    assert len(str(understood(message))) < 1_000_000


def test_a_message_of_twenty_megabytes_is_read_within_a_gigabyte() -> None:
    head = HEAD + b"Content-Type: application/pdf; name=plan.pdf\nContent-Transfer-Encoding: base64\n\n"

    done = subprocess.run([sys.executable, "-c", MEMORY], input=head + ENCODED, capture_output=True, check=True)

    assert done.stdout.split() == [b"%d" % (57 * 272_000)]


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (HEAD + b"\n" + b"a" * parsing.LARGEST, Fault.TOO_LARGE),
        (HEAD + b"\n" * (parsing.MOST_LINES + 2), Fault.TOO_MANY_LINES),
        (nested(parsing.DEEPEST + 1, b"Hello"), Fault.TOO_DEEP),
        (parts(parsing.MOST_PARTS, b"text/plain", b"Hello"), Fault.TOO_MANY_PARTS),
    ],
    ids=["too large", "too many lines", "too deep", "too many parts"],
)
def test_of_what_is_out_of_bounds_the_header_is_read(raw: bytes, fault: Fault) -> None:
    message = read(raw)

    assert message.faults == (fault,)
    assert (message.subject, message.text) == ("Large", "")
    assert message.answer_to == "jane@example.org"
    assert message.raw == raw


@pytest.mark.parametrize(
    "raw",
    [nested(parsing.DEEPEST, b"Hello"), parts(parsing.MOST_PARTS - 1, b"text/plain", b"Hello")],
    ids=["depth", "parts"],
)
def test_up_to_the_bounds_all_is_read(raw: bytes) -> None:
    message = read(raw)

    assert message.text.startswith("Hello")
    assert not {Fault.TOO_DEEP, Fault.TOO_MANY_PARTS} & set(message.faults)


def test_fields_beyond_the_bounds_are_left_out() -> None:
    message = read(b"X: y\n" * parsing.MOST_FIELDS + HEAD + b"\nHello")

    assert (message.subject, message.text) == (None, "Hello")
    assert message.faults == (Fault.HEADER_CUT, Fault.NO_SENDER)


def test_whatever_fails_leaves_a_reading_that_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise UnboundLocalError("as the library has done")

    monkeypatch.setattr(reading, "read_body", fails)
    without_body = read(HEAD + b"\nHello")
    monkeypatch.setattr(parsing, "BytesFeedParser", fails)
    without_anything = read(HEAD + b"\nHello")

    assert (without_body.subject, without_body.text, without_body.faults) == ("Large", "", (Fault.UNREADABLE,))
    assert Fault.UNREADABLE in without_anything.faults
    assert without_anything.raw == HEAD + b"\nHello"


def test_even_a_fault_of_ours_leaves_a_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(text: str) -> str:
        if text:
            raise RecursionError
        return text

    monkeypatch.setattr(reading, "fold", fails)
    message = read(HEAD + b"\nHello")

    assert (message.subject, message.text) == (None, "")
    assert Fault.UNREADABLE in message.faults
    assert message.raw == HEAD + b"\nHello"
