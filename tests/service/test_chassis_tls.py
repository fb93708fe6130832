"""The way to a broker over TLS: only to the one that bears its name, under an authority that is trusted."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from chassis.bus import connect
from tests.service.certificates import Authority

HEADER = b"AMQP\x00\x00\x09\x01"


@contextmanager
def broker(certificate: ssl.SSLContext) -> Iterator[tuple[int, list[bytes]]]:
    """A broker that hangs up on whoever has said the first word: its port, and the words it heard."""
    heard: list[bytes] = []

    def serve() -> None:
        with suppress(OSError):
            plain, _ = listening.accept()
            with plain, certificate.wrap_socket(plain, server_side=True) as line:
                heard.append(line.recv(len(HEADER)))

    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(5)
        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1], heard
        thread.join()


def address(port: int) -> str:
    """The URL of the broker at this port."""
    return f"amqps://intake:secret@localhost:{port}//"


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """The one authority that this machine trusts."""
    made = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.path))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "none"))
    return made


def test_a_broker_that_bears_its_name_is_spoken_to(authority: Authority) -> None:
    with broker(authority.serves("localhost")) as (port, heard), pytest.raises(OSError, match=r"closed|reset"):
        connect(address(port), "a test")

    assert heard == [HEADER]


def test_a_broker_that_bears_another_name_is_told_nothing(authority: Authority) -> None:
    refused = pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch")
    with broker(authority.serves("other.example.org")) as (port, heard), refused:
        connect(address(port), "a test")

    assert heard == []


def test_a_broker_of_an_authority_that_is_not_trusted_is_told_nothing(authority: Authority, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = Authority(tmp_path / "other")
    with broker(other.serves("localhost")) as (port, heard), pytest.raises(ssl.SSLCertVerificationError):
        connect(address(port), "a test")

    assert heard == []
