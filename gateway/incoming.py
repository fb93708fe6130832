"""Reading a request: its body, its query and its headers, each strictly."""

import hashlib
import re
import time
from collections.abc import Callable, Mapping
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import parse_qsl

import orjson

from chassis.errors import Unavailable
from chassis.work import new_trace
from gateway.errors import BadHeader, TooLarge, Unreadable, WrongMediaType, wrong_field
from gateway.strict_json import loads

LARGEST_BODY = 1024 * 1024
MOST_ON_A_PAGE, USUAL_ON_A_PAGE = 200, 50
_JSON = re.compile(r'application/json(?:\s*;\s*charset="?utf-8"?)?\s*', re.I)
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_SECONDS = re.compile(r"\d{1,4}(?:\.\d{1,3})?")
_WHOLE = re.compile(r"\d{1,4}")
# W3C Trace Context: version 00, neither id all noughts.
_TRACEPARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")

# A body that comes slowly holds a thread until it is there. These may be held so; the others are for everybody else.
_ARRIVING = BoundedSemaphore(24)
# Who sends a signed body is not known until it is there, so there are few of these, and they are short.
_ARRIVING_UNKNOWN = BoundedSemaphore(4)
LARGEST_SIGNED = 16 * 1024

# Environment key that says that the whole body was read.
READ = "spinout.body_read"

Environ = Mapping[str, Any]


def leaves_body_unread(environ: Environ) -> bool:
    """Whether there is, or may be, a body of which not all was read."""
    announced = environ.get("CONTENT_LENGTH") not in (None, "", "0") or "HTTP_TRANSFER_ENCODING" in environ
    return announced and READ not in environ


def body_of(environ: dict[str, Any]) -> dict[str, Any]:
    """The object that the body holds; an empty one where there is no body at all.

    Raises TooLarge, WrongMediaType, Unreadable when not all of it came, BadJson, Invalid when it is no object, and
    Unavailable while too many others are on their way.
    """
    return _document(environ, _raw(environ, LARGEST_BODY, _ARRIVING))


def signed_body_of(environ: dict[str, Any], check: Callable[[bytes], None]) -> dict[str, Any]:
    """As `body_of`, of a short body that `check` must let pass before a word of it is read. Raises what that raises."""
    raw = _raw(environ, LARGEST_SIGNED, _ARRIVING_UNKNOWN)
    check(raw)
    return _document(environ, raw)


def _raw(environ: dict[str, Any], most: int, arriving: BoundedSemaphore) -> bytes:
    length = environ.get("CONTENT_LENGTH") or ""
    if length.isdecimal() and int(length) > most:
        raise TooLarge(most)
    # A chunked body names no length, so reading stops at one byte too many.
    raw: bytes = _read(environ, most, arriving)
    if len(raw) > most:
        raise TooLarge(most)
    # A connection that breaks ends the reading like the end of the body does, and half a body may be a whole command.
    if length.isdecimal() and len(raw) < int(length):
        raise Unreadable("The body ends before the length that was announced.")
    environ[READ] = True
    return raw


def _document(environ: Environ, raw: bytes) -> dict[str, Any]:
    if not raw and not environ.get("CONTENT_TYPE"):
        return {}
    coding = environ.get("HTTP_CONTENT_ENCODING", "identity").lower()
    if coding != "identity" or not _JSON.fullmatch(environ.get("CONTENT_TYPE") or ""):
        raise WrongMediaType
    value = loads(raw) if raw or "HTTP_TRANSFER_ENCODING" in environ else {}
    if not isinstance(value, dict):
        raise wrong_field("", "Must be an object.")
    return value


def _read(environ: Environ, most: int, arriving: BoundedSemaphore) -> Any:
    if not arriving.acquire(blocking=False):
        raise Unavailable("Too many bodies are on their way at once. Try again in a moment.")
    try:
        return environ["wsgi.input"].read(most + 1)
    finally:
        arriving.release()


def query_of(environ: Environ, names: frozenset[str]) -> dict[str, str]:
    """The query parameters by name.

    Raises Unreadable for what is not UTF-8 or holds a NUL, Invalid for unknown and for repeated ones.
    """
    text = environ.get("QUERY_STRING")
    if not text:
        return {}
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError:
        raise Unreadable("The query cannot be read: it must be UTF-8, percent-encoded.") from None
    found: dict[str, str] = {}
    for name, value in pairs:
        if "\0" in name or "\0" in value:
            raise Unreadable("The query holds a NUL.")
        if name not in names:
            raise wrong_field(_pointer(name), "Unknown query parameter.")
        if name in found:
            raise wrong_field(_pointer(name), "Given more than once.")
        found[name] = value
    return found


def limit_of(text: str) -> int:
    """How many items a page shall have at most. Raises Invalid."""
    if not _WHOLE.fullmatch(text) or not text.isascii() or not 1 <= int(text) <= MOST_ON_A_PAGE:
        raise wrong_field("/limit", f"Must be a whole number from 1 to {MOST_ON_A_PAGE}.")
    return int(text)


def key_of(environ: Environ) -> str | None:
    """The idempotency key, if one was sent. Raises BadHeader."""
    key: str | None = environ.get("HTTP_IDEMPOTENCY_KEY")
    if key is not None and not _KEY.fullmatch(key):
        raise BadHeader("Idempotency-Key must be 1 to 255 visible ASCII characters.")
    return key


def require_key(key: str | None) -> None:
    """Raise BadHeader when something would be made without an idempotency key."""
    if key is None:
        raise BadHeader("Send an Idempotency-Key: any text of your own that is new for each new request.")


def deadline_of(environ: Environ, usual: float) -> float:
    """Until when (epoch seconds) the answer must be there. The caller may lower the usual time, never raise it.

    Raises BadHeader.
    """
    wanted: str | None = environ.get("HTTP_X_REQUEST_TIMEOUT")
    if wanted is None:
        return time.time() + usual
    if not _SECONDS.fullmatch(wanted) or not wanted.isascii() or float(wanted) <= 0:
        raise BadHeader("X-Request-Timeout must be a number of seconds above 0, such as 2.5.")
    return time.time() + min(usual, float(wanted))


def trace_of(environ: Environ) -> str:
    """The caller's `traceparent` where it is a proper one, else a new one."""
    given: str | None = environ.get("HTTP_TRACEPARENT")
    return given if given is not None and _TRACEPARENT.fullmatch(given) else new_trace()


def fingerprint_of(environ: Environ, body: Mapping[str, Any]) -> str:
    """What tells one request from another under the same idempotency key, however its JSON was laid out."""
    asked = [environ["REQUEST_METHOD"], environ["PATH_INFO"], body]
    return hashlib.sha256(orjson.dumps(asked, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _pointer(name: str) -> str:
    return "/" + name[:100].replace("~", "~0").replace("/", "~1")
