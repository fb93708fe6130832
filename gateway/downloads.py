"""Files as answers: fetched from a service in pieces that fit the bus, and given out so that no browser shows them."""

import threading
import weakref
from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote

from flask import Response, request

from chassis.errors import Unavailable
from gateway.edge import PIECE_BY_PIECE
from gateway.routes import Manner
from gateway.rpc_client import Answer

# So many are fetched and given out at once, for each is in memory: 36 MiB at most, which is what intake takes.
MOST_AT_ONCE = 4
_room = threading.BoundedSemaphore(MOST_AT_ONCE)

# Whatever a file's sender says that it is: to us it is bytes.
FILE = Manner(HTTPStatus.OK, media="application/octet-stream")
MAIL = Manner(HTTPStatus.OK, media="message/rfc822")


class Place:
    """Room for one file. It is free once it is given back, or whoever held it is gone. Raises Unavailable."""

    def __init__(self) -> None:
        if not _room.acquire(blocking=False):
            raise Unavailable("Too many files are being read now. Try again in a moment.")
        self.give_back = weakref.finalize(self, _room.release)  # whose second call does nothing


@dataclass(frozen=True, slots=True, repr=False)
class Download:
    """A file, of which the next piece comes last, and by which name it may be kept."""

    name: str
    pieces: list[bytes]
    place: Place


def fetched(ask: Callable[[int], Answer]) -> Answer:
    """A Download, fetched piece by piece: `ask` is told how many bytes are there. Raises Unavailable, Refused."""
    place = Place()
    try:
        pieces: list[bytes] = []
        after: int | None = 0
        while after is not None:
            said = ask(after).result
            pieces.append(b64decode(said["content"]))
            after = said["next"]
        return Answer(Download(said["name"], pieces[::-1], place), replayed=False)
    except BaseException:
        place.give_back()
        raise


def response(download: Download, media: str) -> Response:
    """The answer: always to be kept, never to be shown. Its place is free when the client has it, or has gone.

    Joined to one, it would be handed over to the server at once, and be in memory for as long as its reader takes.
    """
    answer = Response(_given_out(download), content_type=media)
    answer.content_length = sum(map(len, download.pieces))
    try:
        _name(answer, download.name)
    except BaseException:
        download.place.give_back()  # now, not when nobody looks at this exception any more
        raise
    answer.call_on_close(download.place.give_back)
    request.environ[PIECE_BY_PIECE] = True
    return answer


def _given_out(download: Download) -> Iterator[bytes]:
    """The pieces, each of which is forgotten when it is given out."""
    while download.pieces:
        yield download.pieces.pop()


def _name(answer: Response, name: str) -> None:
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    names = {"filename": plain} if plain == name else {"filename": plain, "filename*": _encoded(name)}
    answer.headers.set("Content-Disposition", "attachment", **names)


def _encoded(name: str) -> str:
    """A name as RFC 8187 has it in a header, for browsers that know it (RFC 6266)."""
    return f"UTF-8''{quote(name, safe='')}"
