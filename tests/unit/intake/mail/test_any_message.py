"""Whatever comes in is read: ten thousand messages of noise, of spoilt samples, of fields put together by chance."""

import re
from collections.abc import Iterator
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.mail.charsets import clean, clean_line
from services.intake.mail.message import Fault, Message
from services.intake.mail.threads import identifier, token
from tests.unit.intake.mail.samples import KEY, SAMPLES, read, understood

RAW = [path.read_bytes() for path in SAMPLES if path.stat().st_size < 4_000]
UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

# What breaks parsers, to be put anywhere.
PIECES = (
    *(b"\r\n", b"\n", b"\r", b"\r\n\r\n", b"\x00", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b" ", b"\t", b":", b";"),
    *(b"=?", b"?=", b"=?utf-8?b?", b"=?utf-8?q?=C3?=", b"=?utf-7?q?+2D0-?=", b"=?x?x?x?=", b"(", b")", b'"', b"\\"),
    *(b"<", b">", b",", b"@", b"=", b"--", b"--=_b", b"--=_b--", b"*0*=", b"''%FF", b"Content-Type: ", b"[]", b"<>"),
    *(b"message/rfc822", b"text/html", b"charset=", b"boundary=", b"base64", b"quoted-printable", b"x-uuencode"),
    *(b"begin 644 a\n", b"<blockquote>", b"<pre>", b"<!--", b"&#xD800;", b"&#0;", b"On a, b wrote:\n", b"> "),
    *(b"From: ", b"ENQ-", b"-0000", b"+9999", b"unknown-8bit", b"utf-16", b"multipart/mixed", b"9" * 30, b"A" * 300),
)
WORDS = (
    *(b"Jane", b"jane@example.org", b'"Smith, Jane"', b"<jane@example.org>", b"text/plain", b"multipart/report"),
    *(b"; charset=utf-8", b"; boundary=x", b"; report-type=delivery-status", b"; name*0*=utf-8''a", b"attachment"),
    *(b"; filename=a.txt", b"Sat, 21 Nov 2026 09:04:00 +0000", b"auto-replied", b"bulk", b"no", b"All"),
)
NAMES = (
    *(b"From", b"To", b"Cc", b"Reply-To", b"Sender", b"Subject", b"Date", b"Message-ID", b"References", b"In-Reply-To"),
    *(b"Content-Type", b"Content-Disposition", b"Content-Transfer-Encoding", b"Return-Path", b"Auto-Submitted"),
    *(b"Precedence", b"List-Id", b"X-Auto-Response-Suppress", b"X-Failed-Recipients", b"MIME-Version"),
)
BODIES = (b"", b"Hello", b"--x\nContent-Type: text/html\n\n<p>a</p>\n--x--\n")

noise = st.binary(max_size=8)
values = st.lists(st.sampled_from(PIECES + WORDS) | noise, max_size=4).map(b"".join)
messages = st.builds(
    lambda fields, body: b"".join(b"%b: %b\r\n" % field for field in fields) + b"\r\n" + body,
    st.lists(st.tuples(st.sampled_from(NAMES), values), min_size=1, max_size=4),
    st.sampled_from(BODIES) | values,
)


def spoilt(random: Random) -> bytes:
    """A sample with a few pieces put in, cut out, or taken from another one.

    Made from a seed of hypothesis's, for its own choices would take most of the time.
    """
    raw = random.choice(RAW)
    for _ in range(random.randint(1, 5)):
        other = random.choice(RAW)
        taken = random.randrange(len(other) + 1)
        piece = random.choice([random.choice(PIECES), random.randbytes(3), other[taken : taken + 60], b""])
        start = random.randrange(len(raw) + 1)
        raw = raw[:start] + piece + raw[start + random.choice([0, 0, 1, 3, 20, 400]) :]
    return raw


def texts(data: Any) -> Iterator[str]:
    """All texts in something read from JSON."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict | list):
        for inner in data.values() if isinstance(data, dict) else data:
            yield from texts(inner)


def check(raw: bytes) -> Message:
    """Read a message, and hold the reading to what is promised of every one."""
    message = read(raw)
    data = understood(message)  # by way of JSON in UTF-8
    assert not any(UNWANTED.search(text) for text in texts(data))
    assert message.raw == raw
    assert len(message.text) <= 100_000
    assert Fault.UNREADABLE not in message.faults
    return message


@settings(max_examples=1_500)
@given(st.binary(max_size=300))
def test_noise_is_read(raw: bytes) -> None:
    check(raw)


@settings(max_examples=6_000)
@given(st.integers(0, 2**64 - 1))
def test_a_spoilt_sample_is_read(seed: int) -> None:
    check(spoilt(Random(seed)))


@settings(max_examples=2_500)
@given(messages)
def test_fields_put_together_by_chance_are_read(raw: bytes) -> None:
    message = check(raw)

    assert message.answer_to is not None or not message.may_be_answered


@settings(max_examples=300)
@given(st.integers(0, 2**64 - 1))
def test_a_message_is_read_in_the_same_way_every_time(seed: int) -> None:
    raw = spoilt(Random(seed))

    assert understood(read(raw)) == understood(read(raw))


@given(st.text())
def test_what_is_clean_stays_as_it_is(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert clean_line(clean_line(text)) == clean_line(text)


@given(st.text(max_size=30), st.text(max_size=30))
def test_our_own_reference_is_found_among_any_words(before: str, after: str) -> None:
    words = clean_line(f"{before} {token('ENQ-0000-0000', KEY)} {after}").encode()
    own = identifier("ENQ-0000-0000", "1", "example.org", KEY).encode()

    tokens = read(b"Subject: " + words + b"\nIn-Reply-To: <" + own + b">\n\n").thread.tokens

    found = {(one.reference, one.place, one.check) for one in tokens}
    assert {("ENQ-0000-0000", "subject", "valid"), ("ENQ-0000-0000", "thread", "valid")} <= found
