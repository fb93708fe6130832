"""Cursors: a place in a list, opaque to the client and signed, good for that list and those filters only."""

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson
from itsdangerous import BadData, URLSafeSerializer

from gateway.errors import BadCursor, wrong_field


class _Compact:
    """orjson as itsdangerous wants a serialiser."""

    dumps = staticmethod(orjson.dumps)
    loads = staticmethod(orjson.loads)


class Cursors:
    """Makes and reads cursors. The secret must be the same in every gateway that serves the same clients."""

    def __init__(self, secret: str) -> None:
        self._serializer = URLSafeSerializer(
            secret, salt="cursor", serializer=_Compact, signer_kwargs={"digest_method": hashlib.sha256}
        )

    def seal(self, position: Any, path: str, filters: Mapping[str, str]) -> str:
        """The cursor of a position in the list at `path` under these filters."""
        sealed = self._serializer.dumps([_list_mark(path, filters), position])
        return sealed if isinstance(sealed, str) else sealed.decode()

    def open(self, cursor: str, path: str, filters: Mapping[str, str]) -> Any:
        """The position that a cursor names.

        Raises BadCursor for one that we did not sign, Invalid for one of another list or of other filters.
        """
        try:
            mark, position = self._serializer.loads(cursor)
        except (BadData, UnicodeError):
            raise BadCursor from None
        if mark != _list_mark(path, filters):
            raise wrong_field("/cursor", "Belongs to another list or to other filters. Start without a cursor.")
        return position


def _list_mark(path: str, filters: Mapping[str, str]) -> str:
    """A short digest, so that no filter's value, which may be a name, is written into the next URL once more."""
    told = orjson.dumps([path, sorted(filters.items())])
    return hashlib.blake2b(told, digest_size=9).hexdigest()
