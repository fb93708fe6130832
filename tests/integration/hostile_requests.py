"""Requests that no gateway sends: odd contexts, forged and old seals, odd methods, odd arguments of every method."""

import itertools
import time
from collections.abc import Iterator
from typing import Any

from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from marshmallow import fields

from chassis.bus import REPLY_TO
from chassis.entrypoints import Remote, entrypoints_of, find_service
from chassis.operations import Operations
from chassis.work import Caller, CallerSeal
from tests.fixtures.processes import SECRET
from tests.integration.hostile_garbage import MARKER, Hostile, dumped, garbage, nested

ADMIN = Caller("admin-1", "console", frozenset({"admin"}))
ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, 2**31, 2**63, 10**30, 1e308, float("nan"), float("-inf")),
    *("", " ", MARKER, f"{MARKER}\0", f"\ud800{MARKER}", "x" * 300, MARKER * 3000, "NaN", "-0", "1e400", "99999999.99"),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.9-14:00", "2026-02-30", "\u202e\ufeff\U000e0041", "%s{0}$(x)"),
    *([], {}, [None], [MARKER] * 300, {MARKER: MARKER}, {"\0": 1}, {"": {"": {}}}, nested(40), nested(300)),
)
_TEXTS = (5, False, 0, 1.5, [], {}, [MARKER], "x" * 256, f"{MARKER}\0", "\ud800")
CONTEXTS: dict[str, tuple[Any, ...]] = {
    "caller": (*_TEXTS, None, "", MARKER, "a.b.c", "." * 200),
    "deadline": (*_TEXTS, None, "", True, "nan", "inf", -1, 1e308, float("nan"), MARKER),
    "key": (*_TEXTS, True, ""),
    "fingerprint": (*_TEXTS, True),
    "if_match": (*_TEXTS, True, "1", 2**70, -1, MARKER),
    "traceparent": (*_TEXTS, True, MARKER, (MARKER * 9)[:55], "00-" + "z" * 52, "\0" * 55),
}
METHODS = (None, 5, "", [], {}, MARKER, "__init__", "_methods", "create_enquiry\0", "x" * 300, "x" * 100_000)
ARGUMENTS = (
    None,
    5,
    MARKER,
    [],
    [MARKER],
    nested(40),
    nested(300),
    {MARKER: 1},
    {"": 1, "\0": 2},
    {"body": nested(900)},
)
_ODD_EACH = 3


class _AnHourAgo(TimestampSigner):
    def get_timestamp(self) -> int:
        return int(time.time()) - 3600


def requests(service: str) -> Iterator[Hostile]:
    """Every hostile request for one service, published by the gateway's user."""
    honest = request()
    yield from garbage(dumped(honest), properties())
    for change in _seals():
        yield _hostile("seal", {**honest, "context": {**honest["context"], **change}})
    for name, values in CONTEXTS.items():
        for value in values:
            yield _hostile(f"context {name}", {**honest, "context": {**honest["context"], name: value}})
    for value in (None, [], MARKER, 5, {}):
        yield _hostile("context", {**honest, "context": value})
    for value in METHODS:
        yield _hostile("method", {**honest, "method": value})
    for value in ARGUMENTS:
        yield _hostile("arguments", {**honest, "arguments": value})
    for missing in honest:
        yield _hostile("missing", {name: value for name, value in honest.items() if name != missing})
    yield _hostile("many arguments", {**honest, "arguments": {f"{MARKER}{number}": 1 for number in range(50_000)}})
    for reply_to in ("intake.rpc", "unrouted", MARKER, "", "\0", f"{REPLY_TO}."):
        yield Hostile(f"reply-to {reply_to}", dumped(honest), {**properties(), "reply_to": reply_to or None})
    for remote in _methods(service):
        yield from _arguments(remote)


def forged_reply_to() -> Hostile:
    """A reply-to that only the broker can make. RabbitMQ ends the connection of whoever answers there."""
    forged = f"{REPLY_TO}.g2dkAA{MARKER}.AAAA=="
    return Hostile("forged reply-to", dumped(request()), {**properties(), "reply_to": forged})


def properties(user: str = "gateway") -> dict[str, Any]:
    """The properties of a good request."""
    return {"content_type": "application/json", "reply_to": REPLY_TO, "user_id": user, "correlation_id": MARKER}


def request(method: str = "discard_parked", arguments: Any = None) -> dict[str, Any]:
    """A good request: to discard a parked event that is not there, which every service refuses."""
    nobody = {"event_id": "x", "handler": "y", "body": {"reason": f"{MARKER} because"}}
    context = {"caller": CallerSeal(SECRET).sign(ADMIN), "deadline": time.time() + 600, "key": None, "odd": MARKER}
    return {"method": method, "arguments": arguments or nobody, "context": context}


def _hostile(what: str, document: Any) -> Hostile:
    return Hostile(what, dumped(document), properties())


def _seals() -> Iterator[dict[str, Any]]:
    serializer = URLSafeTimedSerializer(SECRET, salt="caller")
    said = [ADMIN.subject, ADMIN.client, ["admin"]]
    yield {"caller": CallerSeal("another secret").sign(ADMIN)}
    yield {"caller": URLSafeTimedSerializer(SECRET, salt="caller", signer=_AnHourAgo).dumps(said)}
    yield {"caller": URLSafeTimedSerializer(SECRET, salt="cursor").dumps(said)}
    yield {"caller": serializer.dumps(said)[:-1]}
    yield {"caller": serializer.dumps(said).upper()}
    for shape in ([], {}, "abc", said[:2], [*said, 1], [1, 2, 3], [*said[:2], [["admin"]]], None):
        yield {"caller": serializer.dumps(shape)}


def _methods(service: str) -> Iterator[Remote]:
    yield from entrypoints_of(find_service(service)).remotes.values()
    yield from entrypoints_of(Operations).remotes.values()


_odd = itertools.cycle(ODD)


def _arguments(remote: Remote) -> Iterator[Hostile]:
    """Each id and each field of the body odd in some ways, by turns all the ways there are."""
    good: dict[str, Any] = dict.fromkeys(remote.ids, "ENQ-7K3M-9Q2D")
    for name in remote.ids:
        for value in itertools.islice(_odd, _ODD_EACH):
            yield _hostile(f"{remote.name} {name}", request(remote.name, {**good, "body": {}, name: value}))
    for value in itertools.islice(_odd, _ODD_EACH):
        yield _hostile(f"{remote.name} body", request(remote.name, {**good, "body": value}))
    for path in _paths(remote.takes() if remote.takes else None):
        for value in itertools.islice(_odd, _ODD_EACH):
            body: Any = value
            for name in reversed(path):
                body = {name: body}
            yield _hostile(f"{remote.name} {path}", request(remote.name, {**good, "body": body}))


def _paths(schema: Any) -> Iterator[tuple[str, ...]]:
    for name, each in (schema.fields if schema else {}).items():
        key = each.data_key or name
        yield (key,)
        if isinstance(each, fields.Nested):
            yield from ((key, *rest) for rest in _paths(each.schema))
