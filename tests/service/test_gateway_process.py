"""The gateway's process as it runs in earnest: its door, its broker, its end."""

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from chassis.entrypoints import entrypoints_of
from deploy.topology import declare
from deploy.virtual_hosts import SERVICES
from services.intake.service import IntakeService
from tests.fixtures.processes import Bus, eventually
from tests.fixtures.stores import MakeDatabase
from tests.service.gateway_door import Answer, Door
from tests.unit.gateway.fakes import token

ENQUIRY = {"channel": "phone", "enquirer": {"kind": "public_sector_employee"}, "subject": "Spinning out our library"}
NOWHERE = "amqp://guest:guest@127.0.0.1:9/none"


@pytest.fixture
def door(bus: Bus, tmp_path: Path) -> Iterator[Door]:
    """Give a gateway on the test's virtual host."""
    opened = Door(tmp_path, bus.host.url("gateway")).start()
    yield opened
    opened.stop()


@pytest.fixture(scope="module")
def lonely_door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """Give a gateway whose broker is not there; all tests share it."""
    opened = Door(tmp_path_factory.mktemp("gateway"), NOWHERE).start()
    yield opened
    opened.stop()


def test_an_enquiry_that_was_taken_can_be_read_listed_and_changed(door: Door, bus: Bus, database: MakeDatabase) -> None:
    bus.serve(IntakeService, database("intake"))

    made = door.ask("POST", "/v1/enquiries", ENQUIRY, Idempotency_Key="k1")
    again = door.ask("POST", "/v1/enquiries", ENQUIRY, Idempotency_Key="k1")
    other = door.ask("POST", "/v1/enquiries", {**ENQUIRY, "subject": "Another"}, Idempotency_Key="k1")

    assert made.status == 201, made.body
    assert (again.status, again.json, again.headers["Idempotent-Replay"]) == (201, made.json, "true")
    assert (other.status, other.json["code"]) == (422, "idempotency_key_reused")

    place, tag = made.headers["Location"], made.headers["ETag"]
    read = door.ask("GET", place)
    assert (read.status, read.json["reference"]) == (200, made.json["reference"])
    assert door.ask("GET", place, If_None_Match=read.headers["ETag"]).status == 304
    assert [item["reference"] for item in door.ask("GET", "/v1/enquiries").json["items"]] == [made.json["reference"]]

    changed = door.ask("PATCH", place, {"subject": "Our libraries"}, If_Match=tag)
    stale = door.ask("PATCH", place, {"subject": "Too late"}, If_Match=tag)
    assert (changed.status, changed.json["subject"]) == (200, "Our libraries")
    assert (stale.status, stale.json["code"]) == (412, "stale")


def test_what_a_service_refuses_is_told_with_its_place(door: Door, bus: Bus, database: MakeDatabase) -> None:
    bus.serve(IntakeService, database("intake"))

    answer = door.ask("POST", "/v1/enquiries", {**ENQUIRY, "channel": 7, "colour": "red"}, Idempotency_Key="k1")

    assert answer.status == 422
    assert {error["pointer"] for error in answer.json["errors"]} == {"/channel", "/colour"}
    assert door.ask("GET", "/v1/enquiries/ENQ-0000-0000").status == 404


def test_a_walk_over_a_list_skips_and_repeats_nothing_while_it_grows(
    door: Door, bus: Bus, database: MakeDatabase
) -> None:
    bus.serve(IntakeService, database("intake"))
    first = [door.ask("POST", "/v1/enquiries", ENQUIRY, Idempotency_Key=f"k{number}") for number in range(7)]
    seen: list[str] = []
    following = ""

    for step in range(10):
        page = door.ask("GET", f"/v1/enquiries?limit=2{following}").json
        seen += [item["reference"] for item in page["items"]]
        door.ask("POST", "/v1/enquiries", ENQUIRY, Idempotency_Key=f"later{step}")
        if page["next"] is None:
            break
        following = f"&cursor={page['next']}"

    assert sorted(seen) == sorted(answer.json["reference"] for answer in first)


def test_without_its_services_it_says_so_in_time(door: Door) -> None:
    eventually(lambda: door.ask("GET", "/v1/fund").status in (403, 503))
    started = time.monotonic()
    answer = door.ask("GET", "/v1/cases")
    ready = door.ask("GET", "/readyz")

    assert time.monotonic() - started < 6
    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
    assert ready.status == 503
    assert set(SERVICES) <= set(ready.json["missing"])


def test_without_its_broker_it_lives_and_says_so_at_once(lonely_door: Door) -> None:
    started = time.monotonic()
    answers = [lonely_door.ask("GET", "/v1/cases") for _ in range(20)]
    posted = lonely_door.ask("POST", "/v1/enquiries", ENQUIRY, Idempotency_Key="k1")

    assert time.monotonic() - started < 5
    assert {answer.status for answer in answers} | {posted.status} == {503}
    assert lonely_door.lives()
    assert min(_seconds_until_not_ready(lonely_door) for _ in range(5)) < 0.3


def _seconds_until_not_ready(door: Door) -> float:
    started = time.monotonic()
    assert door.ask("GET", "/readyz").status == 503
    return time.monotonic() - started


def test_metrics_are_on_the_second_port_only(lonely_door: Door) -> None:
    lonely_door.ask("GET", "/v1/cases/CAS-7K3M-9Q2D")

    metrics = lonely_door.ask("GET", "/metrics", port=lonely_door.metrics_port)

    assert lonely_door.ask("GET", "/metrics").status == 404
    assert b'route="/v1/cases/{reference}",status="503"' in metrics.body.replace(b'method="GET",', b"")
    assert b"7K3M" not in metrics.body


def _request(*headers: bytes) -> bytes:
    authorization = f"Authorization: Bearer {token('adviser')}".encode()
    lines = [b"POST /v1/enquiries HTTP/1.1", b"Host: x", authorization, b"Idempotency-Key: k", *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n"


_JSON = b"Content-Type: application/json"


@pytest.mark.parametrize(
    ("parts", "status"),
    [
        ([_request(_JSON, b"Transfer-Encoding: chunked"), b"200000\r\n" + b" " * 0x200000, b"\r\n0\r\n\r\n"], b"413"),
        ([_request(_JSON, b"Content-Length: 2000000"), b" " * 100_000], b"413"),
        ([_request(_JSON, b"Transfer-Encoding: chunked"), b"2\r\n[]\r\n0\r\n\r\n"], b"422"),
        ([_request(_JSON, b"Content-Length: x"), b"{}"], b"400"),
        ([_request(_JSON, b"Content-Length: 1", b"Content-Length: 2"), b"{}"], b"400"),
        ([_request(b"Content-Length: 2", b"Content-Encoding: br", _JSON), b"{}"], b"415"),
        ([b"GET /v1/fund HTTP/1.1\r\nHost: a b\r\n\r\n"], b"40"),
        ([b"GET /v1/fund HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \xff\xfe\r\n\r\n"], b"401"),
        ([b"GET /v1/enquiries/%ff%00 HTTP/1.1\r\nHost: x\r\n\r\n"], b"404"),
        ([b"GET * HTTP/1.1\r\nHost: x\r\n\r\n"], b"40"),
        ([b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03"], b""),
        ([b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n"], b"4"),
        ([b"GET /livez HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 500 + b"\r\n"], b"4"),
    ],
    ids=range(13),
)
def test_garbage_is_refused_and_the_gateway_lives_on(lonely_door: Door, parts: list[bytes], status: bytes) -> None:
    heard = lonely_door.raw(*parts, seconds=2)

    assert heard == b"" or heard.startswith(b"HTTP/1.1 " + status), heard[:100]
    assert lonely_door.lives()


def test_a_client_that_goes_away_in_its_body_harms_nobody(lonely_door: Door) -> None:
    for _ in range(40):
        lonely_door.raw(_request(_JSON, b"Content-Length: 100"), b"{", seconds=0.02)

    assert lonely_door.lives()


def test_it_does_not_tell_what_it_is_made_of(lonely_door: Door) -> None:
    answer = lonely_door.ask("GET", "/livez")

    assert "granian" not in str(answer.headers).lower()
    assert "python" not in str(answer.headers).lower()


def test_told_to_stop_it_finishes_what_is_under_way(door: Door, bus: Bus) -> None:
    answers: list[Answer] = []
    # The queue is there and nobody serves it: the call waits for its deadline.
    declare(bus.host.url("operator"), [entrypoints_of(IntakeService)])
    eventually(lambda: door.ask("GET", "/v1/enquiries", X_Request_Timeout="0.2").json["code"] == "deadline_exceeded")
    waiting = threading.Thread(target=lambda: answers.append(door.ask("GET", "/v1/enquiries", X_Request_Timeout="2")))
    waiting.start()
    time.sleep(0.5)

    started = time.monotonic()
    code = door.stop()
    waiting.join(5)

    assert time.monotonic() - started < 10
    assert code == 0
    assert [answer.json["code"] for answer in answers] == ["deadline_exceeded"]


def test_killed_it_leaves_nothing_behind_that_holds_its_port(tmp_path: Path) -> None:
    door = Door(tmp_path, NOWHERE).start()
    parent = int((door.home / "gateway.pid").read_text())
    assert parent == door.process.pid

    os.kill(parent, signal.SIGKILL)
    door.process.wait(5)
    eventually(lambda: not door.lives(), 5)

    door.start()
    assert door.lives()
    door.stop()


def test_its_log_is_json_without_words_of_callers(lonely_door: Door) -> None:
    lonely_door.ask("POST", "/v1/enquiries", {"subject": "Siân Rhys"}, Idempotency_Key="k1")
    lonely_door.ask("GET", "/v1/enquiries?q=Rhys")

    log = lonely_door.log()

    assert all(line.startswith("{") for line in log.splitlines()), log
    assert "Rhys" not in log
    assert "Bearer" not in log


def test_who_hangs_up_in_the_middle_of_a_body_has_not_asked_for_anything(lonely_door: Door) -> None:
    head = f"POST /v1/enquiries HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token('adviser')}\r\n"
    head += "Idempotency-Key: cut\r\nContent-Type: application/json\r\n"
    for rest in ("Content-Length: 50\r\n\r\n", "Content-Length: 50\r\n\r\n{}", "Transfer-Encoding: chunked\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", lonely_door.port), timeout=5) as opened:
            opened.sendall((head + rest).encode())
            opened.shutdown(socket.SHUT_WR)
            answer = opened.recv(65_536)

        assert answer.startswith(b"HTTP/1.1 400 "), answer


def test_who_sends_bodies_slowly_leaves_threads_for_everybody_else(lonely_door: Door) -> None:
    with ExitStack() as stack:
        for _ in range(80):
            opened = stack.enter_context(socket.create_connection(("127.0.0.1", lonely_door.port), timeout=5))
            opened.sendall(_request(_JSON, b"Content-Length: 100") + b"{")

        assert lonely_door.lives()
        assert _seconds_until_not_ready(lonely_door) < 1
        assert opened.recv(100).startswith(b"HTTP/1.1 503 ")
