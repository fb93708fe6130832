"""Files as answers: fetched from a service in pieces that fit the bus, and given out so that no browser shows them."""

import threading
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote

from flask import Response

from chassis.errors import Unavailable
from gateway.routes import Manner
from gateway.rpc_client import Answer

# So many are put together at once, for each is in memory whole: 36 MiB at most, which is what intake takes.
MOST_AT_ONCE = 4
_room = threading.BoundedSemaphore(MOST_AT_ONCE)

# Whatever a file's sender says that it is: to us it is bytes.
FILE = Manner(HTTPStatus.OK, media="application/octet-stream")
MAIL = Manner(HTTPStatus.OK, media="message/rfc822")


@dataclass(frozen=True, slots=True, repr=False)
class Download:
    """A file, and by which name it may be kept."""

    name: str
    content: bytes


def fetched(ask: Callable[[int], Answer]) -> Answer:
    """A Download, put together of its pieces: `ask` is told how many bytes are there. Raises Unavailable, Refused."""
    if not _room.acquire(blocking=False):
        raise Unavailable("Too many files are being read now. Try again in a moment.")
    try:
        pieces: list[bytes] = []
        after: int | None = 0
        while after is not None:
            said = ask(after).result
            pieces.append(b64decode(said["content"]))
            after = said["next"]
        return Answer(Download(said["name"], b"".join(pieces)), replayed=False)
    finally:
        _room.release()


def response(download: Download, media: str) -> Response:
    """The answer: always to be kept, never to be shown."""
    answer = Response(download.content, content_type=media)
    plain = download.name.encode("ascii", "replace").decode().replace("?", "_")
    names = {"filename": plain} if plain == download.name else {"filename": plain, "filename*": _encoded(download.name)}
    answer.headers.set("Content-Disposition", "attachment", **names)
    return answer


def _encoded(name: str) -> str:
    """A name as RFC 8187 has it in a header, for browsers that know it (RFC 6266)."""
    return f"UTF-8''{quote(name, safe='')}"
