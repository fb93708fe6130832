"""ETags, and the conditions that clients make with them (RFC 9110, section 13)."""

import hashlib
import re
from typing import Any

from chassis.errors import Stale
from gateway.errors import BadHeader, MatchRequired

_TAG = r'(?:W/)?"[\x21\x23-\x7e]*"'
_ONE_TAG = re.compile(_TAG)
_TAGS = re.compile(rf"{_TAG}(?:[ \t]*,[ \t]*{_TAG})*")
_VERSION = re.compile(r'"(\d{1,18})"', re.A)


def version_tag(result: Any) -> str | None:
    """The ETag of a thing: its version. None where it has none."""
    version = result.get("version") if isinstance(result, dict) else None
    return f'"{version}"' if isinstance(version, int) else None


def digest_tag(body: bytes) -> str:
    """The ETag of a representation that has no version, such as a report."""
    return f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'


def version_wanted(header: str | None) -> int | None:
    """The version that If-Match names; None when there is no such header or it is `*`.

    Raises BadHeader when it cannot be read or names several, Stale when it is a tag that we never gave.
    """
    if header is None or header.strip() == "*":
        return None
    tag = header.strip()
    if not _ONE_TAG.fullmatch(tag):
        raise BadHeader('If-Match must be one entity tag, such as "3", or *.')
    version = _VERSION.fullmatch(tag)
    if version is None:
        raise Stale
    return int(version[1])


def require_match(header: str | None) -> None:
    """Raise MatchRequired when a change comes without If-Match."""
    if header is None:
        raise MatchRequired


def is_known(header: str | None, etag: str) -> bool:
    """Whether If-None-Match says that the client has this already. A header that cannot be read says nothing."""
    if header is None:
        return False
    if header.strip() == "*":
        return True
    if not _TAGS.fullmatch(header.strip()):
        return False
    return any(tag.removeprefix("W/") == etag for tag in _ONE_TAG.findall(header))
