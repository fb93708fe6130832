"""One POST to somebody else's server, which may be slow, broken or hostile: bounded in time and in space."""

import http.client
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache

import urllib3

from services.referrals.webhooks.addresses import AddressRefused, AddressRules, Target
from services.referrals.webhooks.deadlines import Deadline, Watch

# Seconds to connect, and from the name's resolution to the end of the answer.
CONNECT_TIMEOUT = 5.0
TOTAL_TIMEOUT = 10.0
# Bytes read of an answer. Nobody looks at them: they are read so that the other side can finish in peace.
MOST_READ = 64 * 1024
_CHUNK = 8 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: an HTTP status, or a code for why there was none."""

    status: int | None = None
    fault: str | None = None


class Sender:
    """Sends to addresses that the rules allow. Times are in seconds; `tls` None means the machine's own trust."""

    def __init__(
        self,
        rules: AddressRules,
        *,
        tls: ssl.SSLContext | None = None,
        connect: float = CONNECT_TIMEOUT,
        total: float = TOTAL_TIMEOUT,
    ) -> None:
        self._rules = rules
        self._tls = tls
        self._connect = connect
        self._total = total
        self._watch = Watch()

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send the body and wait for an answer. Follows no redirect. Never raises for what the other side does."""
        until = Deadline(self._total)
        try:
            target = self._rules.resolve(url)
            with self._connected(target, until) as connection:
                _ask(connection, target, headers, body)
                return Answer(_status_of(connection, until))
        except AddressRefused:
            return Answer(fault="address_refused")
        except (OSError, ValueError, http.client.HTTPException, urllib3.exceptions.HTTPError) as error:
            return Answer(fault="timeout" if until.passed else _code_of(error))

    @contextmanager
    def _connected(self, target: Target, until: Deadline) -> Iterator[urllib3.connection.HTTPConnection]:
        """A connection to the address that was checked; the name is used for TLS and `Host` only, never looked up."""
        plain = _dial(target, min(self._connect, until.left))
        with self._watch.over(plain, until):
            wire: socket.socket = plain
            try:
                if target.scheme == "https":
                    wire = (self._tls or _trust()).wrap_socket(plain, server_hostname=target.host)
                wire.settimeout(until.left)
                connection = urllib3.connection.HTTPConnection(target.host, target.port, timeout=until.left)
                connection.sock = wire
                yield connection
            finally:
                wire.close()
                plain.close()


def _dial(target: Target, seconds: float) -> socket.socket:
    """A connection to the first of the addresses that answers, within so many seconds for all of them."""
    until = Deadline(seconds)
    for address in target.addresses[:-1]:
        with suppress(OSError):
            return socket.create_connection((address, target.port), until.left)
    return socket.create_connection((target.addresses[-1], target.port), until.left)


def _ask(
    connection: urllib3.connection.HTTPConnection, target: Target, headers: Mapping[str, str], body: bytes
) -> None:
    connection.request(
        "POST",
        target.path,
        body=body,
        headers={"Host": target.authority, "Connection": "close", "User-Agent": "spinout-webhooks/1", **headers},
        preload_content=False,
        decode_content=False,
    )


def _status_of(connection: urllib3.connection.HTTPConnection, until: Deadline) -> int:
    answer = connection.getresponse()
    # Headers that were cut off look as if they had ended.
    if until.passed:
        raise TimeoutError
    # The status is the answer. Whatever happens to the rest of it changes nothing.
    with suppress(OSError, ValueError, http.client.HTTPException, urllib3.exceptions.HTTPError):
        _drain(answer)
    return answer.status


def _drain(answer: urllib3.response.BaseHTTPResponse) -> None:
    left = MOST_READ
    while left > 0:
        chunk = answer.read(min(left, _CHUNK), decode_content=False)
        if not chunk:
            return
        left -= len(chunk)


def _code_of(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, ssl.SSLError):
        return "tls"
    if isinstance(error, socket.gaierror):
        return "name_unknown"
    return "connection" if isinstance(error, OSError) else "not_http"


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()
