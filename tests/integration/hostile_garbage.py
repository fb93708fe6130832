"""Messages that are none: bodies, properties and headers such as only an attacker or a broken program sends.

All carry MARKER wherever words can be put, so that a log that repeats any of them is found out.
"""

import gzip
import itertools
import json
import pickle
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import amqp

MARKER = "Xyzzyplugh"
MIB = 1024 * 1024
_BOMB = gzip.compress(b"\0" * (64 * MIB))


@dataclass(frozen=True)
class Hostile:
    """One message: its body and properties. `raw` stands for all properties, as bytes that no library would write.

    `alone` says that the broker may well refuse it and close the connection, so that it is sent by itself.
    """

    what: str
    body: bytes
    properties: dict[str, Any] = field(default_factory=dict)
    raw: bytes | None = None
    alone: bool = False

    def message(self) -> amqp.Message:
        """The message for the wire."""
        if self.raw is not None:
            return _Raw(self.body, self.raw)
        return amqp.Message(self.body, **self.properties)


class _Raw(amqp.Message):  # type: ignore[misc]
    def __init__(self, body: bytes, raw: bytes) -> None:
        super().__init__(body)
        self.raw = raw

    def _serialize_properties(self) -> bytes:
        return self.raw


def garbage(honest: bytes, properties: dict[str, Any]) -> Iterator[Hostile]:
    """Everything that is wrong whatever the queue is for. `honest` and `properties` are those of a good message."""
    yield Hostile("nothing at all", b"")
    yield Hostile("no properties", honest)
    for change in _properties():
        yield Hostile(f"properties {change}"[:80], _padded(honest), {**properties, **change})
    for what, body, change in _bodies():
        yield Hostile(what, body, {**properties, **change})
    for what, headers in _headers():
        yield Hostile(f"headers {what}", _padded(honest), {**properties, "application_headers": headers})
    for what, raw in raw_properties(properties["user_id"]):
        yield Hostile(what, _padded(honest), raw=raw)
    yield from _for_the_broker(honest, properties)


_blanks = itertools.count(1)


def _padded(body: bytes) -> bytes:
    """The same JSON in a body that was not there before, so that each is looked for in the inbox by itself."""
    return body + b" " * next(_blanks)


def _properties() -> Iterator[dict[str, Any]]:
    for text in ("application/x-python-serialize", "application/x-yaml", "application/x-msgpack", "text/plain"):
        yield {"content_type": text}
    for text in ("application/data", "APPLICATION/JSON", "application/json; charset=utf-16", MARKER, "\0", "x" * 255):
        yield {"content_type": text}
    yield {"content_type": None}
    yield {"user_id": None}


@cache
def _bodies() -> list[tuple[str, bytes, dict[str, Any]]]:
    """All of them, made once: some take long."""
    return list(_each_body())


def _each_body() -> Iterator[tuple[str, bytes, dict[str, Any]]]:
    for text in ("null", "[]", "{}", "true", "17", "1e999", "NaN", "Infinity", '"' + MARKER + '"', "{", "[1,]", "'x'"):
        yield f"body {text}", text.encode(), {}
    yield "a mark before the JSON", b"\xef\xbb\xbf{}", {}
    yield "UTF-16", f'{{"a": "{MARKER}"}}'.encode("utf-16"), {}
    yield "not UTF-8", b'{"a": "\xff\xfe\xc0\x80' + MARKER.encode() + b'"}', {}
    yield "a lone surrogate", b'{"a": "\\ud800' + MARKER.encode() + b'"}', {}
    yield "a NUL", b'{"a": "\\u0000' + MARKER.encode() + b'"}', {}
    yield "equal keys", b'{"id": 1, "id": 2, "method": "a", "method": "b"}', {}
    yield "a huge number", b'{"a": ' + b"9" * 100_000 + b"}", {}
    yield "deep lists", b"[" * 200_000, {}
    yield "deep lists, closed", b"[" * 1000 + b"]" * 1000, {}
    yield "deep objects", b'{"a":' * 200_000, {}
    yield "a pickle", pickle.dumps({"run": _Pickled()}), {}
    yield "a YAML program", f"!!python/object/apply:os.system ['echo {MARKER}']".encode(), {}
    yield "5 MiB", b'"' + MARKER.encode() + b"x" * (5 * MIB) + b'"', {}
    yield "1 MiB of lists", b"[" + b"[]," * (MIB // 3) + b"[]]", {}
    yield "a gzip bomb", _BOMB, {"content_encoding": "gzip"}
    yield "a gzip bomb, said to be none", _BOMB + b" ", {}
    yield "a zlib bomb", zlib.compress(b"[" * (4 * MIB)), {"content_encoding": "deflate"}
    # Python has a codec that takes an hour for such a body.
    yield "coded in punycode", b"bcde-" + b"fghi" * 100_000, {"content_encoding": "punycode"}
    for codec in ("idna", "utf-7", "utf-16", "unicode_escape", "rot13", "zip", "bz2", "hex", MARKER):
        yield f"coded in {codec}", b"bcde-" + codec.encode() + b"fghi" * 1000, {"content_encoding": codec}


class _Pickled:
    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return print, (MARKER,)


def _headers() -> Iterator[tuple[str, dict[Any, Any]]]:
    for number, count in enumerate(("many", "", -1, 2**62, 1.5, True, None, [3], {"a": 3}, b"\xff\xfe")):
        yield f"deliveries {number}", {"x-delivery-count": count}
    deaths = ("a word", 7, None, [], ["a word"], [None], [[]], [{}], {"queue": "x"}, [{"queue": 7}], [{"queue": None}])
    queues = (MARKER, "\0", "x" * 5000, b"\xff\xfe", "reporting.hear_intake", "intake.nobody", ".", "a.b.c.d")
    for number, death in enumerate((*deaths, *([{"queue": name, "count": -1}] for name in queues))):
        yield f"deaths {number}", {"x-death": death}
    yield "old deaths", {"x-first-death-queue": 7, "x-first-death-reason": None, "x-first-death-exchange": [1]}
    yield "odd names", {"": "", b"\xff\xfe": MARKER, "x" * 255: 1, "\0": "\0"}
    yield "no UTF-8", {"call_id_stack": [b"\xff"], "traceparent": b"\xff\xfe"}
    yield "many", {f"h{number}": MARKER for number in range(2000)}


def raw_properties(user: str) -> Iterator[tuple[str, bytes]]:
    """Properties that the library which reads them cannot read: what it raises must not end the consumer."""
    kind = struct.pack("B", 16) + b"application/json"
    bad = struct.pack("B", 3) + b"\xff\xfe\xfd"
    who = struct.pack("B", len(user)) + user.encode()
    reply = struct.pack("B", 23) + b"amq.rabbitmq.reply-to.\xff"
    yield "content type of odd bytes", struct.pack(">H", 0x8010) + bad + who
    yield "correlation id of odd bytes", struct.pack(">H", 0x8410) + kind + bad + who
    yield "reply-to of odd bytes", struct.pack(">H", 0x8210) + kind + reply + who
    yield "message id of odd bytes", struct.pack(">H", 0x8090) + kind + bad + who
    yield "type of odd bytes", struct.pack(">H", 0x8030) + kind + bad + who
    tables = {
        "a moment beyond time": b"\x01aT" + b"\xff" * 8,
        "a decimal of many places": b"\x01aD\xff\x00\x00\x00\x01",
        "equal names": b"\x01aI\x00\x00\x00\x01" * 50,
        "deep": b"\x01a" + _deep(3_000),
    }
    for what, table in tables.items():
        raw = struct.pack(">H", 0xA010) + kind + struct.pack(">I", len(table)) + table + who
        yield f"headers with {what}", raw


def _deep(levels: int) -> bytes:
    """A list in a list in a list, as AMQP writes it."""
    lengths = (5 * (levels - level - 1) + 1 for level in range(levels))
    return b"".join(b"A" + struct.pack(">I", length) for length in lengths) + b"V"


def _for_the_broker(honest: bytes, properties: dict[str, Any]) -> Iterator[Hostile]:
    one = Hostile("for the broker", honest + b"\n\n", properties, alone=True)
    yield replace(one, properties={**properties, "user_id": "administrator"})
    yield replace(one, properties={**properties, "expiration": MARKER})
    yield replace(one, properties={**properties, "application_headers": {"CC": 7}})
    yield replace(one, raw=struct.pack(">H", 0x2000) + struct.pack(">I", 3) + b"\x01am")
    yield replace(one, raw=struct.pack(">H", 0x2001))


def dumped(document: Any) -> bytes:
    """JSON as a careless program writes it: with NUL and lone surrogates as escapes, NaN, and numbers of any size."""
    return json.dumps(document).encode()


def nested(levels: int) -> Any:
    """A list in a list, so many levels deep."""
    inner: Any = MARKER
    for _ in range(levels):
        inner = [inner]
    return inner
