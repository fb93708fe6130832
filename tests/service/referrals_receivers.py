"""Real servers on this machine to send webhooks to: well-behaved, and hostile."""

import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any


@dataclass
class Received:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes
    at: float = field(default_factory=time.monotonic)


@dataclass
class Receiver:
    """A server that notes what it gets. `statuses` is what it answers with, in turn; 200 when it is used up."""

    url: str = ""
    got: list[Received] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    answer_headers: dict[str, str] = field(default_factory=dict)
    wait: float = 0.0
    names_asked: list[str | None] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        """The webhook-id of each request, in the order of arrival."""
        return [request.headers["webhook-id"] for request in self.got]


class _Handler(BaseHTTPRequestHandler):
    noted: Receiver

    def do_POST(self) -> None:
        """Note the request, and answer as we were told to."""
        noted, body = self.noted, self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        noted.got.append(Received(self.path, headers, body))
        time.sleep(noted.wait)
        self.send_response(noted.statuses.pop(0) if noted.statuses else 200)
        for name, value in noted.answer_headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def do_GET(self) -> None:
        """Note it too: a redirect that is followed would become a GET."""
        self.do_POST()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Server(HTTPServer):
    """A few threads that stay: a new one for each request would be thousands in a run."""

    request_queue_size = 100

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self._threads = ThreadPoolExecutor(8)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Hand the request to one of the threads."""
        self._threads.submit(self._answer, request, client_address)

    def _answer(self, request: Any, client_address: Any) -> None:
        with suppress(OSError):
            self.finish_request(request, client_address)
        self.shutdown_request(request)

    def server_close(self) -> None:
        """Stop listening, and let the threads go."""
        super().server_close()
        self._threads.shutdown()

    def handle_error(self, *_: object) -> None:
        """A client that hangs up is no news here."""


@contextmanager
def receiver(tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A server on a free port of this machine."""
    noted = Receiver()
    server = _Server(type("Handler", (_Handler,), {"noted": noted}))
    if tls is not None:
        tls.sni_callback = lambda _, name, __: noted.names_asked.append(name)
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    noted.url = f"http{'s' if tls else ''}://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
    try:
        yield noted
    finally:
        server.shutdown()
        server.server_close()


Behaviour = Callable[[socket.socket], None]


@contextmanager
def hostile(behave: Behaviour) -> Iterator[str]:
    """The URL of a server that lets `behave` loose on each connection."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=50)
    listening.settimeout(0.05)
    closing = threading.Event()

    def run(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(5)
            behave(connection)

    def accept() -> None:
        while not closing.is_set():
            with suppress(TimeoutError):
                connection, _ = listening.accept()
                threads.submit(run, connection)

    with ThreadPoolExecutor(32) as threads:
        threads.submit(accept)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/in"
        finally:
            closing.set()
    listening.close()


def says(answer: bytes) -> Behaviour:
    """Reads the request, says this, and hangs up."""

    def behave(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(answer)

    return behave


def drips(start: bytes, drop: bytes, every: float = 0.02) -> Behaviour:
    """Says the start, and then a drop at a time for ever."""

    def behave(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(start)
        while True:
            connection.sendall(drop)
            time.sleep(every)

    return behave


def floods(start: bytes, counted: list[int]) -> Behaviour:
    """Says the start and then as much as the other side takes; counts the bytes."""

    def behave(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(start)
        while True:
            counted[0] += connection.send(b"x" * 65536)

    return behave


def is_silent(connection: socket.socket) -> None:
    """Takes the connection and never says a word."""
    while connection.recv(65536):
        pass


def hangs_up(connection: socket.socket) -> None:
    """Hangs up at once."""
    connection.close()


def resets(connection: socket.socket) -> None:
    """Reads a little and cuts the line."""
    connection.recv(10)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
