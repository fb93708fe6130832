"""Load from outside: a small HTTP client that costs little, closed loop (N clients) and open loop (a rate)."""

import itertools
import socket
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field

Request = Callable[[int], bytes]
CALLING = 6.0  # seconds for which a rate of calls is taken


@dataclass
class Timing:
    """What a load gave: how many were answered well, the rest by status, seconds, and each latency in seconds."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    others: dict[int, int] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Requests a second that were answered well."""
        return len(self.latencies) / self.seconds

    def note(self, status: int, since: float) -> None:
        """Note an answer; its latency counts from `since` (as time.perf_counter)."""
        if status < 300:
            self.latencies.append(time.perf_counter() - since)
        else:
            self.others[status] = self.others.get(status, 0) + 1

    def percentile(self, share: float) -> float:
        """A percentile of the latencies, in milliseconds."""
        ranked = sorted(self.latencies)
        return 1000 * ranked[min(len(ranked) - 1, int(share * len(ranked)))]


class Connection:
    """One kept-alive connection to the gateway."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def status_of(self, request: bytes) -> int:
        """Send a request, read its answer whole, return its status."""
        self._socket.sendall(request)
        received = b""
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._more()
        head = received[:end].lower()
        start = head.index(b"content-length:") + 15
        length = int(head[start : head.find(b"\r\n", start) if head.find(b"\r\n", start) > 0 else None])
        missing = end + 4 + length - len(received)
        while missing > 0:
            missing -= len(self._more())
        return int(received[9:12])

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    def _more(self) -> bytes:
        more = self._socket.recv(65_536)
        if not more:
            raise ConnectionError("the gateway closed the connection")
        return more


def get(path: str, token: str) -> Request:
    """A GET, the same each time."""
    request = f"GET {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    return lambda number: request


def post(path: str, token: str, body: Callable[[int], bytes], run: str) -> Request:
    """A POST with a body and an idempotency key of its own each time."""

    def request(number: int) -> bytes:
        said = body(number)
        head = (
            f"POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/json\r\nIdempotency-Key: {run}-{number}\r\nContent-Length: {len(said)}\r\n\r\n"
        )
        return head.encode() + said

    return request


def closed_loop(port: int, request: Request, clients: int, seconds: float) -> Timing:
    """So many clients, each with one request under way at any time."""
    timing, numbers = Timing(), itertools.count()
    end = time.perf_counter() + seconds

    def client() -> None:
        with closing(Connection(port)) as connection:
            while (began := time.perf_counter()) < end:
                timing.note(connection.status_of(request(next(numbers))), began)

    began = time.perf_counter()
    _together(client, clients)
    timing.seconds = time.perf_counter() - began
    return timing


def open_loop(port: int, request: Request, rate: float, seconds: float) -> Timing:
    """Requests at a steady rate whatever becomes of them; a latency counts from when its request was due."""
    timing, numbers = Timing(), itertools.count()
    began = time.perf_counter()

    def client() -> None:
        with closing(Connection(port)) as connection:
            while (due := began + (number := next(numbers)) / rate) < began + seconds:
                time.sleep(max(0.0, due - time.perf_counter()))
                timing.note(connection.status_of(request(number)), due)

    _together(client, 32)
    timing.seconds = time.perf_counter() - began
    return timing


def _together(work: Callable[[], None], times: int) -> None:
    threads = [threading.Thread(target=work) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def rate_of(call: Callable[[], None], callers: int) -> float:
    """How often a second a call can be made by so many threads."""
    counts, end = [0] * callers, time.perf_counter() + CALLING

    def loop(number: int) -> None:
        while time.perf_counter() < end:
            call()
            counts[number] += 1

    threads = [threading.Thread(target=loop, args=(number,)) for number in range(callers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / CALLING
