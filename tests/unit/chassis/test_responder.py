"""How requests come in: what is dropped, what is answered, and that nothing of an unforeseen failure is told."""

import json
import time
from collections.abc import Callable
from typing import Any

import amqp
import orjson
import pytest
from amqp.exceptions import RecoverableConnectionError
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.bus import REPLY_TO, Responder
from chassis.errors import Invalid, NotFound
from chassis.rpc import Reply, Request
from chassis.work import Caller, CallerSeal
from tests.unit.chassis.fakes import FakeChannel, FakeConnection, Noted, message

SEAL = CallerSeal("a secret")
ADVISER = Caller("adviser-1", "console", frozenset({"adviser"}))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=300),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=3,
)


class FakeAnswering:
    """Answers one method, as a test says."""

    service = "intake"

    def __init__(self, answers: Callable[[Request], Reply] = lambda _: Reply(b'{"name":"Ann"}')) -> None:
        self.methods = {"echo": ()}
        self.asked: list[Request] = []
        self._answers = answers

    def answer(self, request: Request) -> Reply:
        """Answer."""
        self.asked.append(request)
        if request.method not in self.methods:
            raise NotFound("There is no such method.")
        return self._answers(request)


class Door:
    """A responder, and what stands around it."""

    def __init__(self, answering: FakeAnswering | None = None) -> None:
        self.answering = answering or FakeAnswering()
        self.noted = Noted()
        self.channel = FakeChannel()
        self.acked_before_work: list[bool] = []
        self.responder = Responder(self.answering, SEAL, self.noted, self._spawn, "gateway")

    def take(self, body: bytes, **properties: Any) -> None:
        """Let one request come in."""
        usual = {"user_id": "gateway", "reply_to": f"{REPLY_TO}.g1", "correlation_id": "c-1"}
        self.responder.take(message(body, channel=self.channel, **(usual | properties)))

    def ask(self, body: bytes) -> dict[str, Any]:
        """Let one request come in; what it is told."""
        self.take(body)
        answer: amqp.Message = self.channel.published[-1][0]
        return dict(orjson.loads(answer.body))

    def _spawn(self, function: Callable[..., None], *arguments: Any) -> None:
        self.acked_before_work.append(bool(self.channel.acked))
        function(*arguments)


def request(method: str = "echo", **context: Any) -> dict[str, Any]:
    """A request as the gateway sends it."""
    usual = {"caller": SEAL.sign(ADVISER), "deadline": time.time() + 5}
    return {"method": method, "arguments": {"body": {}}, "context": {**usual, **context}}


def test_a_request_is_acknowledged_first_and_answered_where_it_came_from() -> None:
    door = Door()
    door.take(orjson.dumps(request(key="k", fingerprint="f", if_match=3)))

    [(answer, exchange, routing_key, _)] = door.channel.published
    assert (exchange, routing_key, answer.correlation_id) == ("", f"{REPLY_TO}.g1", "c-1")
    assert orjson.loads(answer.body) == {"replayed": False, "result": {"name": "Ann"}}
    assert door.acked_before_work == [True]
    assert door.noted.answers == [("echo", "done")]
    [asked] = door.answering.asked
    assert (asked.caller, asked.key, asked.fingerprint, asked.if_match) == (ADVISER, "k", "f", 3)
    assert len(asked.traceparent) == 55, "who brings no trace is given one"


def test_an_answer_that_was_given_before_is_said_to_be() -> None:
    door = Door(FakeAnswering(lambda _: Reply(b"null", replayed=True)))

    assert door.ask(orjson.dumps(request())) == {"replayed": True, "result": None}


def test_it_consumes_the_requests_of_its_service_and_of_no_other() -> None:
    connection, door = FakeConnection(), Door()

    door.responder.subscribe(connection)

    assert list(connection.last.consumers) == ["intake.rpc"]
    assert connection.last.prefetch == (0, 100, False)


@pytest.mark.parametrize(
    "properties",
    [
        {"user_id": "triage"},
        {"content_type": "text/plain"},
        {"reply_to": None},
        {"reply_to": "triage.keep"},
        {"reply_to": 5},
    ],
)
def test_what_is_no_request_of_the_gateways_is_dropped_without_a_word_of_it(
    properties: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    door = Door()

    door.take(b"Ann Example, 07700 900123", **properties)

    assert door.channel.acked == [(1, False)]
    assert door.channel.published == []
    assert door.answering.asked == []
    assert [record.getMessage() for record in caplog.records] == ["A request was dropped"]
    assert "07700" not in str(vars(caplog.records[0]))


@pytest.mark.parametrize("fault", [ConnectionResetError(), RecoverableConnectionError(), AttributeError()])
def test_an_answer_that_comes_too_late_is_let_go(fault: Exception, caplog: pytest.LogCaptureFixture) -> None:
    door = Door()
    door.channel.fault = fault

    with caplog.at_level("INFO"):
        door.take(orjson.dumps(request()))

    assert "An answer came too late" in caplog.text
    assert door.noted.answers == [("echo", "done")]


def test_a_refusal_is_told_as_it_is() -> None:
    def refuse(_: Request) -> Reply:
        raise Invalid([])

    door = Door(FakeAnswering(refuse))

    assert door.ask(orjson.dumps(request()))["error"]["kind"] == "invalid"
    assert door.noted.answers == [("echo", "invalid")]


def test_of_an_unforeseen_failure_the_caller_learns_an_id_that_the_log_holds(caplog: pytest.LogCaptureFixture) -> None:
    def fail(_: Request) -> Reply:
        raise ValueError("Ann Example")

    door = Door(FakeAnswering(fail))
    said = door.ask(orjson.dumps(request(traceparent="00-" + "a" * 32 + "-" + "b" * 16 + "-01")))

    [record] = caplog.records
    assert said == {"incident": record.incident}
    assert (record.correlation_id, record.method) == ("a" * 32, "echo")
    assert record.error.startswith("ValueError at test_responder.py:")
    assert door.noted.answers == [("echo", "incident")]


def test_methods_that_are_not_there_are_counted_under_one_name() -> None:
    door = Door()

    assert door.ask(orjson.dumps(request("x" * 255)))["error"]["kind"] == "not_found"
    assert door.noted.answers == [("unknown", "not_found")]


def test_a_caller_without_a_seal_is_refused() -> None:
    door = Door()

    assert door.ask(orjson.dumps(request(caller="adviser-1")))["error"]["kind"] == "forbidden"
    assert door.noted.answers == [("unreadable", "forbidden")]


@settings(max_examples=50)
@given(st.binary(max_size=50) | JSON.map(lambda value: json.dumps(value).encode()))
def test_whatever_bytes_come_they_are_answered_as_a_request_that_cannot_be_read(body: bytes) -> None:
    door = Door()

    said = door.ask(body)

    assert said["error"]["errors"] == [{"pointer": "", "message": "The request cannot be read."}]
    assert door.noted.answers == [("unreadable", "invalid")]


@settings(max_examples=50)
@given(st.sampled_from(["method", "key", "fingerprint", "if_match", "traceparent", "deadline", "caller"]), JSON)
def test_whatever_a_request_holds_it_is_read_as_what_it_must_be_or_refused(name: str, value: Any) -> None:
    door, whole = Door(), request()
    (whole if name == "method" else whole["context"])[name] = value

    said = door.ask(json.dumps(whole).encode())

    assert len({"result", "error", "incident"} & said.keys()) == 1
    assert "incident" not in said
    for asked in door.answering.asked:
        texts = (asked.method, asked.key, asked.fingerprint, asked.traceparent)
        assert all(text is None or (isinstance(text, str) and len(text) <= 255) for text in texts)
        assert asked.if_match is None or type(asked.if_match) is int
        assert isinstance(asked.deadline, float)


@pytest.mark.parametrize("name", ["method", "arguments", "context"])
def test_a_request_without_one_of_its_parts_is_refused(name: str) -> None:
    whole = request()
    del whole[name]

    assert Door().ask(orjson.dumps(whole))["error"]["code"] == "invalid"


@pytest.mark.parametrize("name", ["key", "fingerprint"])
@pytest.mark.parametrize("value", [0, False, [], {}, 5, "a\0b", "x" * 256])
def test_a_key_or_fingerprint_that_is_no_text_is_refused(name: str, value: object) -> None:
    door = Door()

    assert door.ask(orjson.dumps(request(**{name: value})))["error"]["code"] == "invalid"
    assert door.answering.asked == []


@pytest.mark.parametrize("value", ["3", 3.0, True, [3]])
def test_a_version_that_is_no_number_is_refused(value: object) -> None:
    assert Door().ask(orjson.dumps(request(if_match=value)))["error"]["code"] == "invalid"
