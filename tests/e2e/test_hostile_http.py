"""HTTP as no library sends it, on a raw socket: refused in the manner of all errors, and nothing is stored."""

import json
import socket

import pytest

from tests.e2e.visitor import Visitor
from tests.e2e.wire import Wire, is_problem
from tests.fixtures.system import RunningSystem

pytestmark = [pytest.mark.timeout(300), pytest.mark.usefixtures("nothing_is_stored")]

MIB = 1024 * 1024
BODY = b'{"channel": "phone", "enquirer": {"kind": "other"}, "subject": "%s"}'
# What each body or header must come to; an empty answer is HTTP's own: granian could not read the request.
BAD_BODIES: dict[str, tuple[bytes, set[int]]] = {
    "deep lists": (b"[" * 100_000, {400}),
    "deep objects": (b'{"a":' * 100_000, {400}),
    "33 levels": (b'{"channel":' + b"[" * 33 + b"]" * 33 + b"}", {400}),
    "32 levels": (b'{"channel":' + b"[" * 31 + b"]" * 31 + b"}", {422}),
    "equal keys": (b'{"channel": "phone", "channel": "web"}', {400}),
    "equal keys, one of them escaped": (b'{"channel": "phone", "\\u0063hannel": "web"}', {400}),
    "NaN": (b'{"channel": NaN}', {400}),
    "minus infinity": (b'{"channel": -Infinity}', {400}),
    "a number beyond all": (b'{"channel": 1e999}', {400}),
    "a number of a mebibyte": (b'{"channel": ' + b"9" * (MIB - 100) + b"}", {400}),
    "a NUL": (BODY % b"a\\u0000b", {400}),
    "a naked NUL": (BODY % b"a\0b", {400}),
    "half a surrogate pair": (BODY % b"\\ud800", {400}),
    "the other half": (BODY % b"\\udfff\\ud800", {400}),
    "half a pair in a name": (b'{"\\ud800": 1}', {400}),
    "surrogates in UTF-8": (BODY % b"\xed\xa0\x80", {400}),
    "UTF-16": ((BODY % b"x").decode().encode("utf-16"), {400}),
    "UTF-16 without a mark": ((BODY % b"x").decode().encode("utf-16-le"), {400}),
    "UTF-32": ((BODY % b"x").decode().encode("utf-32"), {400}),
    "a mark and UTF-8": (b"\xef\xbb\xbf" + BODY % b"x", {400}),
    "overlong UTF-8": (BODY % b"\xc0\xaf", {400}),
    "Latin-1": (BODY % "Siân".encode("latin-1"), {400}),
    "two documents": (BODY % b"x" + b"{}", {400}),
    "a comment": (b"{} // x", {400}),
    "nothing but blanks": (b" " * 1000, {400, 422}),
    "a list": (b"[]", {422}),
    "a word": (b'"x"', {422}),
    "null": (b"null", {422}),
    "an odd name": (b'{"__proto__": {"admin": true}, "\\u202e": 1, "": 2, "a/~b": 3}', {422}),
    "80,000 odd names": (json.dumps(dict.fromkeys(map(str, range(80_000)), 1)).encode(), {400}),
    "as many odd names as may be": (json.dumps(dict.fromkeys(map(str, range(19_999)), 1)).encode(), {422}),
    "200,000 numbers": (b'{"a": [' + b"1e15," * 209_000 + b"1]}", {400}),
    "numbers that grow when they are written again": (b'{"a": [' + b"1e15," * 19_990 + b"1]}", {422}),
    "too long by one": (b'"' + b"x" * (MIB - 1) + b'"', {413}),
}


@pytest.fixture(scope="module")
def wire(system: RunningSystem) -> Wire:
    """A raw way in."""
    return Wire(system.port, system.token("adviser"))


JSON, CLOSE = b"Content-Type: application/json", b"Connection: close"


def test_bodies_that_are_no_strict_json_are_refused_with_a_problem(wire: Wire) -> None:
    for what, (body, statuses) in BAD_BODIES.items():
        [answer] = wire.send(wire.post(JSON, CLOSE, body=body), seconds=10)
        assert answer[0] in statuses, f"{what}: {answer}"
        assert is_problem(answer), what


@pytest.mark.parametrize(
    "media",
    [
        *(b"text/plain", b"application/xml", b"application/x-www-form-urlencoded", b"multipart/form-data; boundary=x"),
        *(b"application/json; charset=utf-16", b"application/json; charset=latin-1", b"application/json, text/html"),
        *(b"application/x-python-serialize", b"application/yaml", b"*/*", b"", b"\xff\xfe", b"application/json\x00"),
    ],
)
def test_bodies_of_another_kind_are_refused(wire: Wire, media: bytes) -> None:
    answers = wire.send(wire.post(b"Content-Type: " + media, CLOSE, body=BODY % b"x"))

    assert [answer[0] for answer in answers] in ([415], [400], [])
    assert all(is_problem(answer) for answer in answers if answer[2])


@pytest.mark.parametrize("coding", [b"gzip", b"deflate", b"br", b"zstd", b"compress", b"identity, gzip", b"x"])
def test_coded_bodies_are_refused_without_being_decoded(wire: Wire, coding: bytes) -> None:
    [answer] = wire.send(wire.post(JSON, CLOSE, b"Content-Encoding: " + coding, body=b"\x1f\x8b" + b"\0" * 1000))

    assert answer[0] == 415
    assert is_problem(answer)


def test_a_chunked_body_beyond_a_mebibyte_is_refused(wire: Wire) -> None:
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    head = wire.post(JSON, CLOSE, b"Transfer-Encoding: chunked")

    for chunks in (17, 40):
        answers = wire.send(head, *[chunk] * chunks, b"0\r\n\r\n", seconds=10)
        assert [answer[0] for answer in answers] in ([413], []), chunks


def test_a_chunked_body_that_is_right_is_read_whole(wire: Wire) -> None:
    body = BODY % b"x"
    chunks = b"".join(b"1\r\n%c\r\n" % letter for letter in b"{" + b" " * 100 + body[1:].replace(b"phone", b"nothing"))
    [answer] = wire.send(wire.post(JSON, CLOSE, b"Transfer-Encoding: chunked"), chunks + b"0\r\n\r\n")

    assert answer[0] == 422
    assert b"/channel" in answer[2]


@pytest.mark.parametrize(
    "headers",
    [
        [b"Content-Length: -1"],
        [b"Content-Length: +5"],
        [b"Content-Length: 0x10"],
        [b"Content-Length: 5, 6"],
        [b"Content-Length: 99999999999999999999999"],
        [b"Content-Length: 5", b"Content-Length: 6"],
        [b"Content-Length: 5", b"Transfer-Encoding: chunked"],
        [b"Transfer-Encoding: chunked, identity"],
        [b"Transfer-Encoding: gzip"],
        [b"Transfer-Encoding : chunked"],
        [b"Transfer-Encoding: \x0bchunked"],
    ],
)
def test_a_body_of_an_unclear_length_is_refused_and_nothing_of_it_is_taken_for_a_request(
    wire: Wire, headers: list[bytes]
) -> None:
    smuggled = wire.request(b"GET", b"/v1/fund", CLOSE)
    answers = wire.send(wire.post(JSON, *headers) + b"0\r\n\r\n" + smuggled)

    assert len(answers) <= 1
    assert [answer[0] for answer in answers if not 400 <= answer[0] < 500] == []


@pytest.mark.parametrize(
    ("line", "statuses"),
    [
        (b"GET /v1/cases\0 HTTP/1.1", {400}),
        (b"GET /v1/cases/%00 HTTP/1.1", {404}),
        (b"GET /v1/cases?q=%00 HTTP/1.1", {400}),
        (b"GET /v1/cases?q=%ff HTTP/1.1", {400}),
        (b"GET /v1/cases?q=%ed%a0%80 HTTP/1.1", {400}),
        (b"GET /v1/cases?limit=1&limit=2 HTTP/1.1", {422}),
        (b"GET /v1/cases?limit=%F0%9D%9F%99 HTTP/1.1", {422}),
        (b"GET /v1/cases?" + b"a=1&" * 5000 + b" HTTP/1.1", {400, 414, 422}),
        (b"GET /v1/cases?q=" + b"a" * 60_000 + b" HTTP/1.1", {414, 422}),
        (b"GET /v1/cases/../../etc/passwd HTTP/1.1", {404}),
        (b"GET /v1/cases/..%2f..%2fetc HTTP/1.1", {404}),
        (b"GET //v1/cases HTTP/1.1", {200, 404}),
        (b"GET http://elsewhere/v1/cases HTTP/1.1", {200, 400, 404}),
        (b"GET * HTTP/1.1", {400, 404}),
        (b"GET /v1/cases HTTP/9.9", {400, 505}),
        (b"GET  /v1/cases  HTTP/1.1", {400}),
        (b"G\x00T /v1/cases HTTP/1.1", {400}),
        (b"GET /v1/cases", {400}),
        (b"\xff\xfe\xfd", {400}),
        (b"PRI * HTTP/2.0\r\n\r\nSM", {400, 404, 405, 505}),
    ],
)
def test_an_odd_request_line_is_refused(wire: Wire, line: bytes, statuses: set[int]) -> None:
    answers = wire.send(
        line + b"\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer " + wire.token.encode() + b"\r\n\r\n"
    )

    assert {answer[0] for answer in answers} <= statuses
    assert all(is_problem(answer) for answer in answers if answer[2] and answer[0] >= 400)


@pytest.mark.parametrize(
    "header",
    [
        b"X: " + b"a" * 100_000,
        b"a" * 100_000 + b": x",
        b"\r\n".join(b"X%d: y" % number for number in range(5000)),
        b"X: a\0b",
        b"X : y",
        b": y",
        b"X\xff: \xff\xfe",
        b" folded: y",
        b"Idempotency-Key: \xff\xfe",
        b"If-Match: " + b"9" * 5000,
        b"traceparent: 00-" + b"\xff" * 32 + b"-00f067aa0ba902b7-01",
        b"X-Request-Timeout: nan",
        b"X-Request-Timeout: -1",
        b"X-Request-Timeout: 1e9",
        b"Authorization: Bearer x",
        b"Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: AAAA\r\nSec-WebSocket-Version: 13",
        b"Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__",
    ],
    ids=range(17),
)
def test_an_odd_header_harms_nobody(wire: Wire, header: bytes) -> None:
    answers = wire.send(wire.post(JSON, CLOSE, header, body=b"{}"))

    assert [answer[0] for answer in answers if not 400 <= answer[0] < 500] == []


def test_requests_in_a_row_on_one_connection_are_each_answered_in_order(wire: Wire) -> None:
    good, bad = wire.request(b"GET", b"/v1/cases?limit=1"), wire.request(b"GET", b"/v1/cases?limit=0")

    answers = wire.send(*[good, bad] * 20, wire.request(b"GET", b"/v1/cases", CLOSE), seconds=10)

    assert [answer[0] for answer in answers] == [200, 422] * 20 + [200]


def test_clients_that_stop_in_the_middle_hold_nobody_up(wire: Wire, system: RunningSystem) -> None:
    halves = []
    for number in range(100):
        opened = socket.create_connection(("127.0.0.1", wire.port), timeout=3)
        opened.sendall(b"GET /v1/cas" if number % 2 else b"POST /v1/enquiries HTTP/1.1\r\nHost: x\r\nX: ")
        halves.append(opened)

    assert Visitor(system, "adviser").get("/v1/cases?limit=1").status == 200
    for opened in halves:
        opened.close()
