"""Reading JSON strictly."""

import contextlib
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import BadJson
from gateway.strict_json import DEEPEST, loads

_SAFE_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _SAFE_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_SAFE_TEXT, inner, max_size=4),
    max_leaves=20,
)


def _nested(levels: int) -> list[object]:
    return [] if levels == 1 else [_nested(levels - 1)]


@given(_VALUES, st.booleans())
def test_what_json_can_say_is_read_as_it_was_written(value: object, escaped: bool) -> None:
    assert loads(json.dumps(value, ensure_ascii=escaped).encode()) == value


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"{]",
        b"[1,]",
        b"{'a': 1}",
        b"[1] 2",
        b"\xef\xbb\xbf{}",
        b"\xff\xfe{\x00}\x00",
        '{"a": "é"}'.encode("latin-1"),
        b'"\xed\xa0\x80"',
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": -Infinity}',
        b'{"a": 1e999}',
        b'{"a": -1e999}',
        b'{"a": 1, "a": 2}',
        b'{"a": 1, "\\u0061": 2}',
        b'[{"b": {"a": 1, "a": 1}}]',
        b'{"a": 9223372036854775808}',
        b'{"a": -9223372036854775809}',
        b'{"a": ' + b"9" * 5000 + b"}",
        b"[" + b"0," * 20_000 + b"0]",
        b'{"a": [' + b'{"b": []},' * 10_000 + b"0]}",
        b'{"a": "\\u0000"}',
        b'{"\\u0000": 1}',
        b'{"a": "\x00"}',
        b'{"a": "\\ud800"}',
        b'{"a": ["\\uDC00\\uD800"]}',
        b'{"a": "\n"}',
        b'{"a": "\\x41"}',
        b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1),
        b'{"a":' * (DEEPEST + 1) + b"1" + b"}" * (DEEPEST + 1),
        b"[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 100_000,
    ],
    ids=lambda raw: repr(raw[:40]),
)
def test_what_others_might_read_differently_is_refused(raw: bytes) -> None:
    with pytest.raises(BadJson):
        loads(raw)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b' {"a" : [ 1 , -0.5e1 ] } \n', {"a": [1, -5.0]}),
        (b"9223372036854775807", 2**63 - 1),
        (b"-9223372036854775808", -(2**63)),
        (b'"\\ud83d\\ude00"', "😀"),
        (b'"\\\\u0000 \\\\ud800"', "\\u0000 \\ud800"),
        (b"[" * DEEPEST + b"]" * DEEPEST, _nested(DEEPEST)),
        (b"[" + b"{}," * 100 + b"[]]", [*({} for _ in range(100)), []]),
    ],
    ids=lambda raw: repr(raw)[:40],
)
def test_what_is_unusual_but_plain_is_read(raw: bytes, value: object) -> None:
    assert loads(raw) == value


def test_a_refusal_names_the_place() -> None:
    with pytest.raises(BadJson, match="line 2, column 6"):
        loads(b'{"a": 1,\n"b": x}')


def test_words_may_have_as_many_commas_and_brackets_as_they_like() -> None:
    words = "a, {b}, [c] " * 10_000

    assert loads(json.dumps([words, *range(19_000)]).encode())[0] == words


@pytest.mark.parametrize(
    "raw",
    [
        b"[" + b"[]," * 340_000 + b"[]]",
        b"[" + b'{"a":1},' * 125_000 + b"{}]",
        b'"' + b"\\n" * 500_000 + b'"',
        b'"' + b"\\\\u0000" * 120_000 + b'"',
        b'{"a":"' + b"\\" * 1_000_000,
    ],
    ids=["lists", "objects", "escapes", "suspicions", "unterminated"],
)
def test_the_worst_mebibyte_does_not_take_long(raw: bytes) -> None:
    started = time.process_time()
    with contextlib.suppress(BadJson):
        loads(raw)
    assert time.process_time() - started < 5
