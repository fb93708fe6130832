"""A server that speaks as much of GOV.UK Notify's API as we use, over TLS, by its documentation."""

import json
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

SERVICE, SECRET = "26785a09-ab16-4eb0-8407-a37497a57506", "3d844edf-8d35-48ac-975b-e847b4f122b0"
API_KEY = f"mutuals_live-{SERVICE}-{SECRET}"
TEMPLATE = "f33517ff-2a88-4f6e-b855-c550268ce08a"
# Seconds by which a token's time may be wrong.
_LEEWAY = 30


@dataclass
class NotifyServer:
    """What was sent, and how the server behaves. `refusals` are the statuses of the next requests to send.

    `loses` keeps what the next request brings and hangs up instead of answering.
    """

    url: str = ""
    sent: list[dict[str, Any]] = field(default_factory=list)
    refusals: list[int] = field(default_factory=list)
    loses: bool = False
    subject: str = "((token)) We have received your enquiry"

    def say(self, status: str) -> None:
        """Let all that was sent stand at this status."""
        for one in self.sent:
            one["status"] = status

    def take(self, body: dict[str, Any]) -> dict[str, Any]:
        """Keep a message, and answer as Notify does."""
        subject = self.subject.replace("((token))", body["personalisation"]["token"])
        kept = {"id": str(uuid4()), "status": "created", "subject": subject, **body}
        self.sent.append(kept)
        return {"id": kept["id"], "reference": body["reference"], "content": {"subject": subject, "body": "…"}}


class _Handler(BaseHTTPRequestHandler):
    noted: NotifyServer

    def do_POST(self) -> None:
        """Take a message."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self._is_known():
            return self._answer(403, {"errors": [{"error": "AuthError", "message": "Invalid token"}]})
        if self.noted.refusals:
            return self._answer(self.noted.refusals.pop(0), {"errors": [{"error": "…", "message": "…"}]})
        if self.path != "/v2/notifications/email" or body["template_id"] != TEMPLATE:
            return self._answer(400, {"errors": [{"error": "BadRequestError", "message": "Template not found"}]})
        said = self.noted.take(body)
        if self.noted.loses:
            self.noted.loses = False
            return self.connection.close()
        return self._answer(201, said)

    def do_GET(self) -> None:
        """Say what is known of one message, or of those with a reference."""
        asked = urlsplit(self.path)
        if not self._is_known():
            return self._answer(403, {})
        if asked.path == "/v2/notifications":
            [reference] = parse_qs(asked.query)["reference"]
            return self._answer(
                200, {"notifications": [one for one in self.noted.sent if one["reference"] == reference]}
            )
        found = [one for one in self.noted.sent if asked.path == f"/v2/notifications/{one['id']}"]
        return self._answer(200, found[0]) if found else self._answer(404, {})

    def _is_known(self) -> bool:
        try:
            bearer = self.headers["Authorization"].removeprefix("Bearer ")
            claims = jwt.decode(bearer, OctKey.import_key(SECRET), algorithms=["HS256"]).claims
        except (JoseError, ValueError):
            return False
        return bool(claims["iss"] == SERVICE and abs(time.time() - claims["iat"]) < _LEEWAY)

    def _answer(self, status: int, document: dict[str, Any]) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A connection that we closed is no news here."""


@contextmanager
def notify_server(tls: ssl.SSLContext) -> Iterator[NotifyServer]:
    """A server on a free port of this machine."""
    noted = NotifyServer()
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"noted": noted}))
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    noted.url = f"https://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
    try:
        yield noted
    finally:
        server.shutdown()
        server.server_close()
