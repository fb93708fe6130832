"""Sending over TLS: to the address that was checked, under the name that was given."""

import socket
import time
from pathlib import Path

import pytest

from services.referrals.webhooks.addresses import AddressRules
from services.referrals.webhooks.sending import Answer, Sender
from tests.service.certificates import Authority
from tests.service.referrals_receivers import Behaviour, drips, hangs_up, hostile, is_silent, receiver, says

TOTAL = 0.8
LOCAL = AddressRules(loopback=True)
OK = b"HTTP/1.1 200 OK\r\n"


class Names:
    """A resolver that says 127.0.0.1 for every name the first time, and somewhere else when it is asked again."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[str] = []
        self._real = socket.getaddrinfo
        monkeypatch.setattr(socket, "getaddrinfo", self._resolve)

    def _resolve(self, host: str, port: int, *rest: int, **options: int) -> object:
        if host[0].isdigit():
            return self._real(host, port, *rest, **options)
        self.asked.append(host)
        address = "127.0.0.1" if self.asked.count(host) == 1 else "10.0.0.1"
        return self._real(address, port, *rest, **options)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    return Names(monkeypatch)


def test_over_tls_the_name_is_kept_and_resolved_once(tmp_path: Path, names: Names) -> None:
    authority = Authority(tmp_path)
    with receiver(authority.serves("hooks.example.org")) as there:
        port = there.url.rpartition(":")[2]

        answer = Sender(LOCAL, tls=authority.trusted()).post(f"https://hooks.example.org:{port}/in", {}, b"{}")

    assert answer == Answer(200)
    assert there.names_asked == ["hooks.example.org"]
    assert there.got[0].headers["host"] == f"hooks.example.org:{port}"
    assert names.asked == ["hooks.example.org"]


@pytest.mark.parametrize("bears", ["other.example.org", "127.0.0.1"])
def test_a_certificate_that_bears_another_name_is_refused(tmp_path: Path, names: Names, bears: str) -> None:
    authority = Authority(tmp_path)
    with receiver(authority.serves(bears)) as there:
        port = there.url.rpartition(":")[2]

        answer = Sender(LOCAL, tls=authority.trusted()).post(f"https://hooks.example.org:{port}/", {}, b"{}")

    assert (answer, there.got) == (Answer(fault="tls"), [])


def test_a_certificate_of_an_unknown_authority_is_refused(tmp_path: Path, names: Names) -> None:
    with receiver(Authority(tmp_path).serves("hooks.example.org")) as there:
        port = there.url.rpartition(":")[2]

        answer = Sender(LOCAL).post(f"https://hooks.example.org:{port}/", {}, b"{}")

    assert (answer, there.got) == (Answer(fault="tls"), [])


@pytest.mark.parametrize(
    ("behave", "fault"),
    [
        (is_silent, "timeout"),
        # a TLS record that grows by a byte at a time, each byte in good time
        (drips(b"\x16\x03\x03\x40\x00", b"\x02"), "timeout"),
        (says(OK + b"\r\n"), "tls"),
        (hangs_up, "tls"),
    ],
    ids=["silent", "drips a handshake", "speaks plainly", "hangs up"],
)
def test_a_handshake_that_leads_nowhere_ends_in_time(names: Names, behave: Behaviour, fault: str) -> None:
    with hostile(behave) as url:
        began = time.monotonic()
        port = url.rpartition(":")[2].removesuffix("/in")

        answer = Sender(LOCAL, connect=0.3, total=TOTAL).post(f"https://hooks.example.org:{port}/", {}, b"{}")

    assert answer.fault in (fault, "connection")
    assert time.monotonic() - began < TOTAL + 2.0
