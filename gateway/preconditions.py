"""ETags, and the conditions that clients make with them (RFC 9110, section 13)."""

import hashlib
import re
from collections.abc import Callable
from typing import Any

from chassis.errors import Stale
from gateway.errors import BadHeader, MatchRequired

_TAG = r'(?:W/)?"[\x21\x23-\x7e]*"'
_ONE_TAG = re.compile(_TAG)
_TAGS = re.compile(rf"{_TAG}(?:[ \t]*,[ \t]*{_TAG})*")
# As `version_tag` and `state_tag` write them: a change is of a version, whatever else was read with it.
_VERSION = re.compile(r'"(\d{1,18})(?:-[0-9a-f]{24})?"', re.A)
# When the figures of a report were counted.
_COUNTED_AT = "generated_at"


def version_tag(result: Any) -> str | None:
    """The ETag of a thing that was made or changed: its version. None where it has none."""
    version = _version_of(result)
    return None if version is None else f'"{version}"'


def state_tag(result: Any, render: Callable[[Any], bytes], body: bytes) -> str:
    """The ETag of what was read, and rendered as `body`: a digest of it, after the version where it has one.

    The version alone would not do: a clock of a case runs out without a change. When a report was counted is left out,
    so that the same figures are known again; its tag is weak, because the body is not the same to the byte.
    """
    version, weak = _version_of(result), ""
    if isinstance(result, dict) and _COUNTED_AT in result:
        body = render({name: value for name, value in result.items() if name != _COUNTED_AT})
        weak = "W/"
    digest = hashlib.blake2b(body, digest_size=12).hexdigest()
    return f'{weak}"{digest}"' if version is None else f'{weak}"{version}-{digest}"'


def _version_of(result: Any) -> int | None:
    """The version of a thing; the revision of one whose version is a name (criteria)."""
    counts = (result.get("version"), result.get("revision")) if isinstance(result, dict) else ()
    return next((count for count in counts if isinstance(count, int)), None)


def version_wanted(header: str | None) -> int | None:
    """The version that If-Match names, by a tag of it or of what was read; None without such a header or for `*`.

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
    return any(tag.removeprefix("W/") == etag.removeprefix("W/") for tag in _ONE_TAG.findall(header))
