"""ETags and the conditions made with them."""

import re
from typing import Any

import orjson
import pytest

from chassis.errors import Stale
from gateway.errors import BadHeader, MatchRequired
from gateway.preconditions import is_known, require_match, state_tag, version_tag, version_wanted


def tag_of(result: Any) -> str:
    """The tag of what was read, as JSON."""
    return state_tag(result, orjson.dumps, orjson.dumps(result))


def test_a_tag_is_the_version() -> None:
    assert version_tag({"version": 12}) == '"12"'


@pytest.mark.parametrize("result", [{"version": "2011.1"}, {}, [], None])
def test_what_has_no_version_has_no_version_tag(result: object) -> None:
    assert version_tag(result) is None


def test_the_tag_of_what_was_read_tells_one_state_from_another_and_which_version_it_is() -> None:
    before, after = {"version": 3, "overdue": False}, {"version": 3, "overdue": True}

    assert tag_of(before) == tag_of(dict(before)) != tag_of(after)
    assert re.fullmatch('"3-[0-9a-f]{24}"', tag_of(after))
    assert re.fullmatch('"[0-9a-f]{24}"', tag_of({"version": "2011.1"}))
    assert version_wanted(tag_of(after)) == 3


def test_when_a_report_was_counted_is_no_part_of_its_tag_which_is_weak() -> None:
    now, later = ({"rows": [1], "generated_at": moment} for moment in ("09:00", "09:01"))

    assert tag_of(now) == tag_of(later) != tag_of({**later, "rows": [2]})
    assert re.fullmatch('W/"[0-9a-f]{24}"', tag_of(now))
    assert is_known(tag_of(now), tag_of(later))


@pytest.mark.parametrize(
    ("header", "version"), [(None, None), ("*", None), ('"3"', 3), (' "12" ', 12), (f'"7-{"a1" * 12}"', 7)]
)
def test_if_match_names_a_version(header: str | None, version: int | None) -> None:
    assert version_wanted(header) == version


@pytest.mark.parametrize("header", ["", "3", '"3', '3"', '"3", "4"', "W/3", '"3"x', '"é"', '"3"\n"4"'])
def test_an_if_match_that_cannot_be_read_is_refused(header: str) -> None:
    with pytest.raises(BadHeader):
        version_wanted(header)


@pytest.mark.parametrize("header", ['"abc"', 'W/"3"', '"-1"', '""', '"1234567890123456789"', '"３"', '"3-"', '"3-xyz"'])
def test_a_tag_that_we_never_gave_is_stale_or_unreadable(header: str) -> None:
    with pytest.raises((Stale, BadHeader)):
        version_wanted(header)


def test_a_change_without_if_match_is_refused() -> None:
    require_match("*")
    with pytest.raises(MatchRequired):
        require_match(None)


@pytest.mark.parametrize(
    ("header", "known"),
    [
        (None, False),
        ("*", True),
        ('"3"', True),
        ('W/"3"', True),
        ('"1", "3"', True),
        ('"1" , W/"2"', False),
        ('"13"', False),
        ("3", False),
        ('"3', False),
        ('"3", x', False),
    ],
)
def test_if_none_match_says_what_the_client_has(header: str | None, known: bool) -> None:
    assert is_known(header, '"3"') is known
