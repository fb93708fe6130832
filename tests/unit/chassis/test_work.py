"""Units of work, the events they tell, and the trace that all that follows from one request shares."""

import json
import re
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.errors import Stale, Unacceptable
from chassis.work import Answered, Caller, Event, Work, child_of, correlation_of, new_trace
from tests.unit.chassis.fakes import event

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=200)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
NUMBERS = st.integers(0, 2**53 - 1)
EVENTS = st.builds(
    Event,
    type=TEXTS,
    subject=TEXTS,
    sequence=NUMBERS,
    data=st.dictionaries(TEXTS, VALUES, max_size=3),
    version=NUMBERS,
    id=st.uuids(),
    source=TEXTS,
    time=TEXTS,
    traceparent=TEXTS,
)


class Session:
    """A session that keeps what is executed, and whether it was flushed before."""

    def __init__(self) -> None:
        self.flushed = False
        self.rows: tuple[Any, ...] = ()

    def flush(self) -> None:
        """Write what was changed."""
        self.flushed = True

    def connection(self) -> "Session":
        """The session's connection."""
        return self

    def exec_driver_sql(self, _: str, rows: tuple[Any, ...]) -> None:
        """Execute."""
        assert self.flushed
        self.rows = rows


def work(session: Any = None) -> Work:
    """An adviser's work."""
    caller = Caller("adviser-1", "console", frozenset({"adviser"}))
    return Work(session, "intake", caller, datetime(2026, 11, 21, 9, 5, tzinfo=UTC), TRACE, "enter")


def test_work_may_what_its_caller_may() -> None:
    assert work().may("ops", "adviser")
    assert not work().may("ops")
    assert not work().may()


def test_a_change_to_the_version_that_was_read_passes_and_any_other_is_stale() -> None:
    changing = work()
    changing.expect(7)

    changing.expected = 7
    changing.expect(7)
    for version in (6, 8):
        with pytest.raises(Stale):
            changing.expect(version)


def test_an_event_told_bears_its_source_its_time_and_the_trace_of_the_request() -> None:
    session = Session()
    telling = work(session)

    telling.tell(Event("entered", "Ann", 1, {"name": "Ann"}))
    telling.tell(Event("entered", "Bob", 2, {}))

    assert telling.record() == 2
    told = [Event.from_json(envelope) for envelope in session.rows[2]]
    assert [(one.source, one.time, one.subject) for one in told] == [
        ("intake", "2026-11-21T09:05:00Z", "Ann"),
        ("intake", "2026-11-21T09:05:00Z", "Bob"),
    ]
    assert {one.correlation_id for one in told} == {correlation_of(TRACE)}
    assert len({TRACE, *(one.traceparent for one in told)}) == 3


def test_work_that_told_nothing_and_has_no_key_to_keep_writes_nothing() -> None:
    session = Session()

    assert work(session).record() == 0
    assert work(session).record(Answered(None, "f", "{}")) == 0
    assert session.rows == ()


def test_work_that_told_nothing_still_keeps_the_answer_to_its_key() -> None:
    session = Session()

    assert work(session).record(Answered("k", "f", "{}")) == 0
    assert session.rows[-5:] == ("console", "k", "f", "{}", True)


@settings(max_examples=50)
@given(EVENTS)
def test_an_event_is_the_same_when_it_has_crossed_the_bus(told: Event) -> None:
    assert Event.from_json(told.to_json()) == told
    assert Event.from_json(told.to_json().encode()) == told


@given(st.binary() | st.text())
def test_whatever_bytes_come_are_an_event_or_unacceptable(body: bytes | str) -> None:
    with pytest.raises(Unacceptable) as refusal:
        Event.from_json(body)

    assert str(refusal.value) == "not an event's envelope"


@given(st.sampled_from(sorted(Event.__slots__)), VALUES | st.integers())
def test_an_envelope_with_any_value_at_any_place_is_an_event_or_unacceptable(name: str, value: Any) -> None:
    body = json.dumps({**orjson.loads(event().to_json()), name: value})

    with suppress(Unacceptable):
        heard = Event.from_json(body)
        assert Event.from_json(heard.to_json()) == heard
        assert type(heard.sequence) is int
        assert isinstance(heard.id, UUID)
        assert isinstance(heard.data, dict)


@pytest.mark.parametrize("name", sorted(Event.__slots__))
def test_an_envelope_without_one_of_its_fields_is_unacceptable(name: str) -> None:
    envelope = orjson.loads(event().to_json())
    del envelope[name]

    with pytest.raises(Unacceptable):
        Event.from_json(orjson.dumps(envelope))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("subject", "a\0b"),
        ("type", "x" * 201),
        ("source", None),
        ("time", 5),
        ("traceparent", []),
        ("sequence", True),
        ("sequence", -1),
        ("sequence", 2**53),
        ("sequence", 1.0),
        ("version", "1"),
        ("data", []),
        ("data", None),
        ("id", 5),
        ("id", "no uuid"),
    ],
)
def test_a_field_of_the_wrong_type_or_size_makes_it_unacceptable(name: str, value: object) -> None:
    with pytest.raises(Unacceptable):
        Event.from_json(orjson.dumps({**orjson.loads(event().to_json()), name: value}))


def test_events_nested_deeper_than_any_of_ours_are_unacceptable() -> None:
    body = event().to_json().replace('"data":{}', '"data":{"a":' + "[" * 100_000 + "]" * 100_000 + "}")

    with pytest.raises(Unacceptable):
        Event.from_json(body)


def test_traces_are_those_of_w3c_and_differ() -> None:
    pattern = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01")

    assert pattern.fullmatch(new_trace())
    assert pattern.fullmatch(child_of(TRACE))
    assert new_trace() != new_trace()


def test_a_child_is_another_step_of_the_same_trace() -> None:
    assert correlation_of(child_of(TRACE)) == correlation_of(TRACE) == "4bf92f3577b34da6a3ce929d0e0e4736"
    assert child_of(TRACE) != TRACE


@pytest.mark.parametrize("nonsense", ["", "00", TRACE + "-x"])
def test_what_is_no_trace_has_a_new_one_for_its_child(nonsense: str) -> None:
    assert len(child_of(nonsense)) == 55
    assert correlation_of(child_of(nonsense)) != correlation_of(TRACE)
