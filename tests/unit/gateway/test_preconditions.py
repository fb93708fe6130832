"""ETags and the conditions made with them."""

import pytest

from chassis.errors import Stale
from gateway.errors import BadHeader, MatchRequired
from gateway.preconditions import digest_tag, is_known, require_match, version_tag, version_wanted


def test_a_tag_is_the_version() -> None:
    assert version_tag({"version": 12}) == '"12"'


@pytest.mark.parametrize("result", [{"version": "2011.1"}, {}, [], None])
def test_what_has_no_version_has_no_version_tag(result: object) -> None:
    assert version_tag(result) is None


def test_a_digest_tells_one_representation_from_another() -> None:
    assert digest_tag(b"one") == digest_tag(b"one") != digest_tag(b"two")


@pytest.mark.parametrize(("header", "version"), [(None, None), ("*", None), ('"3"', 3), (' "12" ', 12)])
def test_if_match_names_a_version(header: str | None, version: int | None) -> None:
    assert version_wanted(header) == version


@pytest.mark.parametrize("header", ["", "3", '"3', '3"', '"3", "4"', "W/3", '"3"x', '"é"', '"3"\n"4"'])
def test_an_if_match_that_cannot_be_read_is_refused(header: str) -> None:
    with pytest.raises(BadHeader):
        version_wanted(header)


@pytest.mark.parametrize("header", ['"abc"', 'W/"3"', '"-1"', '""', '"1234567890123456789"', '"３"'])
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
