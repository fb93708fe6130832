"""One POST to servers that behave, and to those that do not: always an answer, always in time."""

import random
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from services.referrals.webhooks.addresses import AddressRules
from services.referrals.webhooks.sending import MOST_READ, Answer, Sender
from tests.service.referrals_receivers import (
    Behaviour,
    Receiver,
    drips,
    floods,
    hangs_up,
    hostile,
    is_silent,
    receiver,
    resets,
    says,
)

TOTAL = 0.8
# Seconds that a busy machine may add. Without a limit of ours most of these servers would hold on for ever.
PATIENCE = 2.0
LOCAL = AddressRules(loopback=True)
OK = b"HTTP/1.1 200 OK\r\n"


@pytest.fixture
def sender() -> Sender:
    """A sender with its usual patience, that may send to this machine."""
    return Sender(LOCAL)


@pytest.fixture
def hurried() -> Sender:
    """A sender with little patience. For servers that never end: a busy machine may make others as slow as that."""
    return Sender(LOCAL, connect=0.3, total=TOTAL)


@pytest.fixture
def canary() -> Iterator[Receiver]:
    """A server that nothing may ever reach."""
    with receiver() as noted:
        yield noted
    assert noted.got == []


def answer_of(sender: Sender, behave: Behaviour) -> Answer:
    with hostile(behave) as url:
        return sender.post(url, {}, b"{}")


def answer_in_time(hurried: Sender, behave: Behaviour) -> Answer:
    with hostile(behave) as url:
        began = time.monotonic()
        answer = hurried.post(url, {}, b"{}")
        assert time.monotonic() - began < TOTAL + PATIENCE
    return answer


def test_what_is_sent_arrives_as_it_is(sender: Sender) -> None:
    with receiver() as there:
        answer = sender.post(f"{there.url}/in?x=1", {"webhook-id": "id-1"}, '{"é": 1}'.encode())

    assert answer == Answer(200)
    [request] = there.got
    assert (request.path, request.body) == ("/in?x=1", '{"é": 1}'.encode())
    assert (request.headers["webhook-id"], request.headers["host"]) == ("id-1", there.url.removeprefix("http://"))


@pytest.mark.parametrize("status", [204, 400, 410, 429, 500, 503])
def test_the_status_is_the_answer(sender: Sender, status: int) -> None:
    with receiver() as there:
        there.statuses = [status]
        assert sender.post(there.url, {}, b"{}") == Answer(status)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(sender: Sender, canary: Receiver, status: int) -> None:
    with receiver() as there:
        there.statuses, there.answer_headers = [status], {"Location": canary.url}
        assert sender.post(there.url, {}, b"{}") == Answer(status)


@pytest.mark.parametrize(
    "behave",
    [
        is_silent,
        drips(b"", b"H"),
        drips(OK, b"X: y\r\n", every=0.05),
        drips(OK + b"X: ", b"y"),
        drips(b"", b"HTTP/1.1 100 Continue\r\n\r\n", every=0.001),
    ],
    ids=["silent", "drips a status", "drips headers", "drips one header", "says continue for ever"],
)
def test_a_slow_answer_is_cut_at_the_deadline(hurried: Sender, behave: Behaviour) -> None:
    assert answer_in_time(hurried, behave) == Answer(fault="timeout")


@pytest.mark.parametrize(
    ("behave", "faults"),
    [
        (hangs_up, {"connection"}),
        (resets, {"connection"}),
        (says(b""), {"connection"}),
        (says(b"\r\n\r\n"), {"not_http"}),
        (says(b"220 mail.example.org ESMTP\r\n"), {"not_http"}),
        (says(b"SSH-2.0-OpenSSH_9.2\r\n"), {"not_http"}),
        (says(b"HTTP/1.1 abc OK\r\n\r\n"), {"not_http"}),
        (says(b"HTTP/1.1 99999 OK\r\n\r\n"), {"not_http"}),
        (says(b"HTTP/1.1 -200 OK\r\n\r\n"), {"not_http"}),
        (says(OK + b"X" * 70_000 + b"\r\n\r\n"), {"not_http"}),
        (says(OK + b"X: y\r\n" * 200 + b"\r\n"), {"not_http"}),
        (says(OK + b"Content-Length: 1, 2\r\n\r\n"), {"not_http"}),
    ],
)
def test_an_answer_that_is_none_is_a_fault(sender: Sender, behave: Behaviour, faults: set[str]) -> None:
    answer = answer_of(sender, behave)

    assert (answer.status, answer.fault in faults) == (None, True), answer


@pytest.mark.parametrize(
    "rest",
    [
        b"\r\nhalf of an ans",
        b"Content-Length: 1000\r\n\r\nshort",
        b"Content-Length: -1\r\n\r\n",
        b"Content-Length: many\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffffff\r\nx",
        b"Content-Encoding: gzip\r\n\r\nnot gzip",
        b"Content-Type: \xff\xfe\r\nX\x00Y: \x00\r\n\r\n\xff\xfe\x00",
    ],
)
def test_what_follows_the_status_changes_nothing(sender: Sender, rest: bytes) -> None:
    assert answer_of(sender, says(OK + rest)) == Answer(200)


@pytest.mark.parametrize("seed", range(30))
def test_any_garbage_is_an_answer_or_a_fault(sender: Sender, seed: int) -> None:
    chance = random.Random(seed)
    start = chance.choice([b"", b"HTTP", b"HTTP/1.1 ", OK, OK + b"Content-Length: "])

    answer = answer_of(sender, says(start + chance.randbytes(chance.randint(1, 3000))))

    assert (answer.status is None) != (answer.fault is None)
    assert answer.fault in (None, "not_http", "connection")


def test_of_a_huge_answer_no_more_is_read_than_the_limit(sender: Sender) -> None:
    sent = [0]

    answer = answer_of(sender, floods(OK + b"\r\n", sent))

    assert answer == Answer(200)
    # what the kernel's buffers swallowed comes on top of what we read
    assert MOST_READ <= sent[0] < MOST_READ + 10_000_000


def test_a_slow_body_is_left_at_the_deadline_and_the_status_counts(hurried: Sender) -> None:
    assert answer_in_time(hurried, drips(OK + b"\r\n", b"x")) == Answer(200)


def test_nobody_there_is_a_fault(sender: Sender) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]

    assert sender.post(f"http://127.0.0.1:{port}/", {}, b"{}") == Answer(fault="connection")


def test_a_connection_that_is_never_taken_up_times_out_long_before_the_whole() -> None:
    # given a server whose queue of connections is full, so that the kernel drops the next one
    with ExitStack() as stack:
        full = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        stack.enter_context(socket.create_connection(full.getsockname()))
        began = time.monotonic()

        sender = Sender(LOCAL, connect=0.3, total=30)
        answer = sender.post(f"http://127.0.0.1:{full.getsockname()[1]}/", {}, b"{}")

    assert answer == Answer(fault="timeout")
    assert time.monotonic() - began < 0.3 + PATIENCE


def test_the_next_address_is_tried_when_the_first_does_not_answer(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = socket.getaddrinfo

    def two_addresses(host: str, *rest: int, **options: int) -> object:
        if host != "localhost":
            return real(host, *rest, **options)
        return [*real("127.0.0.9", *rest, **options), *real("127.0.0.1", *rest, **options)]

    with receiver() as there:
        monkeypatch.setattr(socket, "getaddrinfo", two_addresses)
        assert sender.post(there.url.replace("127.0.0.1", "localhost"), {}, b"{}") == Answer(200)

    assert len(there.got) == 1


def test_a_name_that_does_not_exist_is_a_fault(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    assert sender.post("https://hooks.example.org/", {}, b"{}") == Answer(fault="name_unknown")


def test_an_inner_address_is_never_connected_to(canary: Receiver) -> None:
    port = canary.url.rpartition(":")[2]

    answer = Sender(AddressRules()).post(f"https://127.0.0.1:{port}/", {}, b"{}")

    assert answer == Answer(fault="address_refused")


def test_sending_leaves_no_thread_and_no_socket_behind(sender: Sender) -> None:
    def descriptors() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    with receiver() as there, hostile(hangs_up) as rude:
        sender.post(there.url, {}, b"{}")
        time.sleep(0.1)
        threads, before = threading.active_count(), descriptors()
        for _ in range(20):
            sender.post(there.url, {}, b"{}")
            sender.post(rude, {}, b"{}")
        time.sleep(0.1)
        assert threading.active_count() <= threads + 2
        assert descriptors() <= before + 2
