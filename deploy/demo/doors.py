"""The front doors: the running gateway, over HTTP, as people of several roles use it."""

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, repeat
from threading import Event
from typing import Any, Protocol
from urllib.parse import urlencode

import urllib3

# What passes by itself: a part that is down or busy, a proxy in between that says so, a rate limit.
_PASSES = frozenset({429, 502, 503, 504})


class Stopped(Exception):
    """Somebody pressed Ctrl-C."""


class NoAnswer(Exception):
    """The gateway gave no answer that we could use for as long as we had patience."""


class Refusal(Exception):
    """The gateway refused. `status` is that of HTTP, the words are those of its problem document."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(f"{status}: {detail}")
        self.status = status


class Clock:
    """Time in seconds, and rests that end at once when all is to stop."""

    def __init__(self) -> None:
        self._stop = Event()

    def now(self) -> float:
        """A moment that only differences are made of."""
        return time.monotonic()

    def rest(self, seconds: float) -> None:
        """Wait. Raises Stopped when all is to stop."""
        if self._stop.wait(seconds):
            raise Stopped

    def stop(self) -> None:
        """End every rest, those under way and those to come."""
        self._stop.set()


class Pool(Protocol):
    """What carries requests: urllib3's pool. Raises its HTTPError when there is no answer."""

    def request(
        self, method: str, url: str, *, body: bytes | None, headers: Mapping[str, str]
    ) -> urllib3.BaseHTTPResponse:
        """The answer to one request, whatever its status."""


def connections(at_once: int) -> Pool:
    """Kept connections for so many requests at a time. It never repeats a request: that is for Doors to decide."""
    timeout = urllib3.Timeout(connect=5, read=15)
    pool: Pool = urllib3.PoolManager(maxsize=at_once, retries=False, timeout=timeout)
    return pool


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the body, its ETag, and whether it is the repetition of an earlier answer."""

    body: dict[str, Any]
    etag: str
    is_replay: bool


class Doors:
    """The gateway at a URL, with a token for each role. Safe for threads.

    A request is repeated, after the wait that the answer names, until `patience` seconds are over: everything sent
    here bears either an idempotency key or If-Match, so a repetition never does a thing twice.
    """

    def __init__(self, url: str, tokens: Mapping[str, str], pool: Pool, clock: Clock, patience: float = 60.0) -> None:
        self.clock, self.patience = clock, patience
        self._url, self._tokens, self._pool = url.rstrip("/"), tokens, pool

    def read(self, role: str, path: str) -> Answer:
        """What is at a path. Raises Refusal, NoAnswer, Stopped; so does everything below."""
        return self._send(role, f"GET {path}", None, {})

    def items(self, role: str, path: str, **filters: str) -> Iterator[dict[str, Any]]:
        """Every item of a list, page by page."""
        following: str | None = ""
        while following is not None:
            query = {**filters, **({"cursor": following} if following else {})}
            page = self.read(role, f"{path}?{urlencode(query)}" if query else path).body
            yield from page["items"]
            following = page["next"]

    def create(self, role: str, rule: str, body: Mapping[str, Any], key: str) -> Answer:
        """Make something, once for each key. `rule` is a method and a path."""
        return self._send(role, rule, body, {"Idempotency-Key": key})

    def change(self, role: str, rule: str, body: Mapping[str, Any], etag: str) -> Answer:
        """Change something as it was when it was read."""
        return self._send(role, rule, body, {"If-Match": etag})

    def _send(self, role: str, rule: str, body: Mapping[str, Any] | None, headers: Mapping[str, str]) -> Answer:
        method, _, path = rule.partition(" ")
        all_headers = {"Authorization": f"Bearer {self._tokens[role]}", "Accept": "application/json", **headers}
        content = None
        if body is not None:
            content = json.dumps(body, ensure_ascii=False).encode()
            all_headers["Content-Type"] = "application/json"
        give_up, waits = self.clock.now() + self.patience, growing()
        while True:
            self.clock.rest(0)
            try:
                reply = self._pool.request(method, self._url + path, body=content, headers=all_headers)
            except urllib3.exceptions.HTTPError as error:
                wait, why = next(waits), f"no answer ({type(error).__name__})"
            else:
                if not _passes(reply):
                    return _read(reply)
                wait, why = _named_wait(reply, next(waits)), f"the gateway answers {reply.status}"
            if self.clock.now() + wait > give_up:
                raise NoAnswer(f"{method} {path.partition('?')[0]}: {why} for {self.patience:.0f} s")
            self.clock.rest(wait)


def growing() -> Iterator[float]:
    """Seconds to wait before each further try: short at first, never more than two."""
    return chain((0.05, 0.1, 0.2, 0.4, 0.8), repeat(1.6))


def _passes(reply: urllib3.BaseHTTPResponse) -> bool:
    """Whether the same request may well succeed in a moment. A conflict that names a wait is a key still running."""
    return reply.status in _PASSES or (reply.status == 409 and "Retry-After" in reply.headers)


def _named_wait(reply: urllib3.BaseHTTPResponse, usual: float) -> float:
    named = reply.headers.get("Retry-After", "")
    return float(named) if named.isdecimal() else usual


def _read(reply: urllib3.BaseHTTPResponse) -> Answer:
    try:
        document = json.loads(reply.data) if reply.data else {}
    except ValueError:
        document = {}
    if reply.status >= 400:
        places = [f"{error['pointer']} {error['message']}" for error in document.get("errors", [])]
        raise Refusal(reply.status, " ".join([document.get("detail", "no words came with it."), *places]))
    return Answer(document, reply.headers.get("ETag", ""), reply.headers.get("Idempotent-Replay") == "true")
