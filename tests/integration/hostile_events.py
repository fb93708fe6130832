"""Events that no service tells: odd envelopes, and data in which each field in turn is odd, missing or too much."""

import itertools
import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from chassis.work import Event, new_trace
from tests.contract.documents import Contract
from tests.integration.hostile_garbage import MARKER, Hostile, dumped, garbage
from tests.integration.hostile_requests import ODD

Data = dict[str, Any]

_LONG = ("x" * 201, MARKER * 100_000)
ENVELOPES: dict[str, tuple[Any, ...]] = {
    "id": (None, 5, True, "", MARKER, "g" * 32, "0" * 31, [], {}, "\0", "\ud800", *_LONG),
    "source": (None, 5, "", "intake", "reporting", MARKER, [], "\0", "\ud800", *_LONG),
    "type": (None, 5, "", "case_closed", "entered", MARKER, [], {}, "\0", "\ud800", *_LONG),
    "subject": (None, 5, [], {}, "", MARKER, f"{MARKER}\0", "\ud800", *_LONG),
    "sequence": (None, -1, 1.0, 1.5, True, "1", "", [], {}, 2**53, 2**53 - 1, 2**63, 2**64, 10**30, -(2**63), 1e308),
    "version": (None, -1, 1.0, True, "1", [], 2**53, 2**63),
    "time": (None, 5, "", MARKER, "2026-11-21", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "\0", *_LONG),
    "traceparent": (None, 5, "", MARKER, (MARKER * 9)[:55], "\0" * 55, "00-" + "z" * 52, "\ud800", *_LONG),
    "data": (None, 5, "", MARKER, True, [], [MARKER], {}, {MARKER: MARKER}, {"\0": "\0"}),
}
_ODD_EACH = 3


def envelope(contract: Contract, data: Data, sequence: int = 1000) -> Data:
    """A good envelope of such an event."""
    event = Event(
        contract.type,
        str(next(iter(data.values()))),
        sequence,
        data,
        source=contract.source,
        time="2026-11-21T09:05:00Z",
        traceparent=new_trace(),
    )
    return dict(json.loads(event.to_json()))


def properties(user: str) -> dict[str, Any]:
    """The properties of a good event."""
    return {"content_type": "application/json", "user_id": user, "delivery_mode": 2}


def no_envelopes(contract: Contract, data: Data) -> Iterator[Hostile]:
    """Everything that is no envelope at all, published by who may tell such events."""
    yield from garbage(dumped({**envelope(contract, data), "added": MARKER}), properties(contract.source))


def odd_envelopes(contract: Contract, data: Data) -> Iterator[Hostile]:
    """One field of the envelope odd or missing."""
    good = properties(contract.source)
    for name, values in ENVELOPES.items():
        for value in values:
            odd = {**envelope(contract, data), "added": MARKER, name: value}
            yield Hostile(f"envelope {name}", dumped(odd), good)
        missing = {key: value for key, value in envelope(contract, data).items() if key != name}
        yield Hostile(f"envelope without {name}", dumped(missing), good)


_odd = itertools.cycle(ODD)


def odd_data(contract: Contract, data: Data) -> Iterator[Hostile]:
    """Each place of the data odd in some ways, by turns all the ways there are; and each place missing."""
    for number, path in enumerate(_paths(data)):
        for value in itertools.islice(_odd, _ODD_EACH):
            yield _changed(contract, data, path, value, 1000 + number)
        yield _changed(contract, data, path, _GONE, 1000 + number)


_GONE = object()


def _changed(contract: Contract, data: Data, path: tuple[Any, ...], value: Any, sequence: int) -> Hostile:
    odd = deepcopy(data)
    place: Any = odd
    for step in path[:-1]:
        place = place[step]
    if value is _GONE:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    told = envelope(contract, data, sequence)
    return Hostile(f"{contract} {path}", dumped({**told, "data": odd}), properties(contract.source))


def _paths(value: Any, deepest: int = 3) -> Iterator[tuple[Any, ...]]:
    """Every place in the data, lists by their first item."""
    places: list[Any] = list(value) if isinstance(value, dict) else [0] if isinstance(value, list) and value else []
    for place in places:
        yield (place,)
        if deepest > 1:
            yield from ((place, *rest) for rest in _paths(value[place], deepest - 1))
