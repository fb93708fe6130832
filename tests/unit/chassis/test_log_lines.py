"""What is logged: lines with allowed fields only, and never a word of a person."""

import io
import logging
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.errors import FieldError, Invalid, NotFound
from chassis.observe import ALLOWED, Metrics, bound, configure_logging, describe
from tests.unit.chassis.fakes import event

WORDS = "Ann Example, 07700 900123"
RESERVED = set(vars(logging.makeLogRecord({}))) | {"message", "asctime"}
NAMES = st.text(min_size=1).filter(lambda name: name not in RESERVED)


class Lines(io.StringIO):
    """What was written to standard output, line by line."""

    @property
    def all(self) -> list[dict[str, Any]]:
        """The lines, read."""
        return [orjson.loads(line) for line in self.getvalue().splitlines()]

    @property
    def last(self) -> dict[str, Any]:
        """The last line."""
        return self.all[-1]


@contextmanager
def logging_to_lines() -> Iterator[Lines]:
    """The process's logging as in a service; as it was when the block ends."""
    root, lines, usual = logging.getLogger(), Lines(), sys.stdout
    before, level = list(root.handlers), root.level
    root.handlers, sys.stdout = [], lines
    try:
        configure_logging("intake")
        yield lines
    finally:
        root.handlers, sys.stdout = before, usual
        root.setLevel(level)


@pytest.fixture
def lines() -> Iterator[Lines]:
    """What is logged."""
    with logging_to_lines() as written:
        yield written


def raised(error: Exception) -> Exception:
    """The error as it is after it was raised."""
    try:
        raise error
    except type(error) as seen:
        return seen


def test_a_line_says_what_when_where_and_in_which_service(lines: Lines) -> None:
    logging.getLogger("chassis.test").warning("A request was dropped", extra={"reason": "too long", "size": 5})

    line = lines.last
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "A request was dropped",
        "level": "warning",
        "logger": "chassis.test",
        "service": "intake",
        "reason": "too long",
        "size": 5,
    }


def test_all_that_is_logged_within_a_request_bears_its_correlation_id(lines: Lines) -> None:
    with bound(correlation_id="a" * 32, method="enter"):
        logging.getLogger().info("inside")
    logging.getLogger().info("outside")

    inside, outside = lines.all
    assert (inside["correlation_id"], inside["method"]) == ("a" * 32, "enter")
    assert not {"correlation_id", "method"} & outside.keys()


def test_no_field_is_kept_but_those_that_are_allowed() -> None:
    with logging_to_lines() as lines:

        @settings(max_examples=50)
        @given(st.dictionaries(NAMES | st.sampled_from(sorted(ALLOWED - {"event"})), st.text(), max_size=5))
        def keeps_nothing_else(extra: dict[str, str]) -> None:
            logging.getLogger("chassis.test").info("said", extra=extra)

            assert lines.last.keys() <= ALLOWED
            assert lines.last["event"] == "said"
            assert lines.last.keys() >= ALLOWED & extra.keys()

        keeps_nothing_else()


def test_what_a_library_puts_into_its_message_is_dropped(lines: Lines) -> None:
    logging.getLogger("library").error("could not handle %s of %r", WORDS, {"name": WORDS})

    assert lines.last["event"] == "could not handle %s of %r"


def test_what_an_exception_says_is_dropped_and_where_it_was_raised_is_kept(lines: Lines) -> None:
    try:
        raise ValueError(WORDS)
    except ValueError:
        logging.getLogger("library").exception("it failed", stack_info=True)

    assert WORDS not in lines.getvalue()
    assert lines.last["error"].startswith("ValueError at test_log_lines.py:")
    assert lines.last["place"].startswith("test_log_lines.py:")


def test_an_exception_that_is_itself_the_message_says_no_more(lines: Lines) -> None:
    logging.getLogger("library").error(raised(ValueError(WORDS)))

    assert WORDS not in lines.getvalue()
    assert lines.last["event"].startswith("ValueError at test_log_lines.py:")


def test_of_a_message_that_is_no_text_nothing_is_kept_but_its_type(lines: Lines) -> None:
    logging.getLogger("library").error({"name": WORDS})

    assert lines.last["event"] == "dict"


@pytest.mark.parametrize("seen", [(None, None, None), True, None])
def test_a_line_about_no_exception_has_no_place(lines: Lines, seen: object) -> None:
    logging.getLogger().error("nothing is wrong", exc_info=seen)

    assert not {"error", "place"} & lines.last.keys()


def test_libraries_that_talk_much_are_heard_only_when_something_is_wrong(lines: Lines) -> None:
    for name in ("amqp", "kombu.connection", "nameko.containers", "alembic", "urllib3"):
        logging.getLogger(name).info("chatter")
        logging.getLogger(name).warning("news")

    assert {line["event"] for line in lines.all} == {"news"}


def test_an_error_is_described_by_its_class_and_place() -> None:
    assert describe(raised(ValueError(WORDS))).startswith("ValueError at test_log_lines.py:")
    assert describe(ValueError(WORDS)) == "ValueError at nowhere"


def test_a_refusal_is_described_by_its_code_and_the_first_places_of_its_faults() -> None:
    many = Invalid([FieldError(f"/f{number}", WORDS) for number in range(9)])

    assert describe(NotFound(WORDS)) == "not_found at nowhere"
    assert describe(many) == "invalid /f0 /f1 /f2 /f3 /f4 at nowhere"


def test_an_event_that_was_not_handled_is_logged_by_its_id_and_never_by_its_data(lines: Lines) -> None:
    bad = event(WORDS)

    Metrics(None).heard("keep", bad, "parked", "ValueError at probes.py:3")

    assert lines.last["event_id"] == str(uuid.UUID(str(bad.id)))
    assert (lines.last["handler"], lines.last["outcome"]) == ("keep", "parked")
    assert WORDS not in lines.getvalue()


def test_nothing_is_left_bound_when_a_request_ends() -> None:
    with pytest.raises(ZeroDivisionError), bound(correlation_id="a" * 32):
        raise ZeroDivisionError

    assert "correlation_id" not in structlog.contextvars.get_contextvars()
