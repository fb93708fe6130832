"""A raw socket to the gateway, for what no library sends."""

import json
import random
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass


@dataclass(frozen=True)
class Wire:
    """A way to the gateway's socket, with a token for those who would pass."""

    port: int
    token: str

    def send(self, *parts: bytes, seconds: float = 2) -> list[tuple[int, bytes, bytes]]:
        """Send these bytes; every answer (status, head, body) until the other side closes or is silent."""
        heard = b""
        with socket.create_connection(("127.0.0.1", self.port), timeout=seconds) as opened, suppress(OSError):
            for part in parts:
                opened.sendall(part)
            while more := opened.recv(65_536):
                heard += more
        return list(_answers(heard))

    def request(self, method: bytes, path: bytes, *headers: bytes, body: bytes = b"") -> bytes:
        """A whole request of an adviser; its length is given unless the headers say how the body comes."""
        lines = [method + b" " + path + b" HTTP/1.1", b"Host: x", b"Authorization: Bearer " + self.token.encode()]
        lines += [b"Idempotency-Key: %d" % random.getrandbits(64), *headers]
        if body and not any(line.lower().startswith((b"content-length", b"transfer-encoding")) for line in headers):
            lines.append(b"Content-Length: %d" % len(body))
        return b"\r\n".join(lines) + b"\r\n\r\n" + body

    def post(self, *headers: bytes, body: bytes = b"") -> bytes:
        """A POST of an enquiry."""
        return self.request(b"POST", b"/v1/enquiries", *headers, body=body)


def _answers(heard: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    while heard.startswith(b"HTTP/1.1 "):
        head, _, rest = heard.partition(b"\r\n\r\n")
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        length = int(lengths[0].partition(b":")[2]) if lengths else 0
        yield int(head[9:12]), head, rest[:length]
        heard = rest[length:]


def is_problem(answer: tuple[int, bytes, bytes]) -> bool:
    """Whether an answer is a problem document of its own status."""
    status, head, body = answer
    return b"application/problem+json" in head and json.loads(body)["status"] == status
