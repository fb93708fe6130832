"""A gateway in memory: the manner of the real one as far as the player relies on it, and faults on demand."""

import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from itertools import count
from urllib.parse import parse_qs, urlsplit

import urllib3

from deploy.demo.doors import Clock
from tests.unit.demo.fake_services import Document, FakeServices, Refused, Sent

Fault = Callable[[int, str], str | None]
_STATUS = {"busy": 503, "running": 409, "stranger": 401}


class FakeClock(Clock):
    """Time that passes only by resting, for each thread by itself."""

    def __init__(self) -> None:
        super().__init__()
        self._own = threading.local()

    def now(self) -> float:
        return getattr(self._own, "now", 0.0)

    def rest(self, seconds: float) -> None:
        super().rest(0)
        self._own.now = self.now() + seconds


class FakeGateway:
    """Carries requests as urllib3's pool does. `fault` may name what goes wrong with the n-th, a method and a path.

    `busy` is 503 and `running` is 409 of a key still running, both with Retry-After; `stranger` is 401. `deaf` takes
    no request, `mute` does what it is asked and then breaks the connection. `done` counts what changed something.
    """

    def __init__(self, fault: Fault = lambda number, rule: None) -> None:
        self.services, self.fault = FakeServices(), fault
        self.done: Counter[str] = Counter()
        self._answers: dict[tuple[str, str], tuple[str, Document]] = {}
        self._requests, self._lock = count(1), threading.Lock()

    def request(
        self, method: str, url: str, *, body: bytes | None, headers: Mapping[str, str]
    ) -> urllib3.BaseHTTPResponse:
        """One request and its answer."""
        with self._lock:
            fault = self.fault(next(self._requests), f"{method} {urlsplit(url).path}")
            if fault == "deaf":
                raise urllib3.exceptions.ProtocolError("nobody listens")
            if fault in _STATUS:
                return _reply(_STATUS[fault], {"detail": fault}, {"Retry-After": "1"} if fault != "stranger" else {})
            reply = self._answer(method, url, body, headers)
            if fault == "mute":
                raise urllib3.exceptions.ProtocolError("broken off")
            return reply

    def forget_keys_of_steps(self) -> None:
        """As if the keys of all but the enquiries themselves had outlived their 72 hours."""
        self._answers = {k: known for k, known in self._answers.items() if known[0].startswith('["/v1/enquiries", ')}

    def _answer(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> urllib3.HTTPResponse:
        parts, role = urlsplit(url), headers["Authorization"].removeprefix("Bearer ")
        filters = {name: values[0] for name, values in parse_qs(parts.query).items()}
        key, match = headers.get("Idempotency-Key"), headers.get("If-Match")
        sent = Sent(json.loads(body) if body else {}, filters, key, match)
        fingerprint = json.dumps([parts.path, sent.body])
        if key is not None and (role, key) in self._answers:
            first, answer = self._answers[role, key]
            if first != fingerprint:
                return _reply(422, {"detail": "This Idempotency-Key was used with another request."}, {})
            return _reply(201, answer, {"Idempotent-Replay": "true"})
        try:
            result = self.services.call(method, parts.path.removeprefix("/v1/").split("/"), role, sent)
        except Refused as refused:
            return _reply(refused.status, {"detail": str(refused)}, {})
        if method != "GET":
            self.done[f"{method} {re.sub('(ENQ|CAS|REF)-[0-9]+|tasks/[0-9]+', '*', parts.path)}"] += 1
        if key is not None:
            self._answers[role, key] = (fingerprint, json.loads(json.dumps(result)))
        etag = {"ETag": f'"{result["version"]}"'} if "version" in result else {}
        return _reply(201 if key else 200, result, etag)


def _reply(status: int, document: Document, headers: Mapping[str, str]) -> urllib3.HTTPResponse:
    return urllib3.HTTPResponse(json.dumps(document).encode(), dict(headers), status)
