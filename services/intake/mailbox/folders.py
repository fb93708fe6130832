"""The folders of a mailbox: what lies in the one that is read, and where its messages go."""

from collections.abc import Mapping, Sequence
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from services.intake.domain.post import Disposition

_PROCESSED, _QUARANTINE = "Processed", "Quarantine"
# So many messages are asked for at once. A server answers in one line, of which no more than a million bytes are read.
_SPAN = 50_000


def undeleted(client: IMAPClient, folder: str) -> tuple[int, list[int]]:
    """The UIDVALIDITY of a folder, and the UIDs of what lies in it now, the lowest first, however many they are.

    The folder is opened for it, though it may be open: that alone tells how many messages it has by now. By their
    numbers, which have no gaps as UIDs do, they are asked for. What comes during a search is told along with its
    answer, which nobody hears, and never again: where the number is another one afterwards, it is searched once more.
    """
    opened = client.select_folder(folder)
    found = _found(client, opened)
    again = client.select_folder(folder)
    if again[b"EXISTS"] != opened[b"EXISTS"]:
        found = _found(client, again)
    return int(again[b"UIDVALIDITY"]), sorted(found)


def _found(client: IMAPClient, opened: Mapping[bytes, Any]) -> list[int]:
    number = int(opened[b"EXISTS"])
    parts = [(first, min(first + _SPAN - 1, number)) for first in range(1, number + 1, _SPAN)]
    return [uid for first, last in parts for uid in client.search(f"{first}:{last} UNDELETED")]


def folder_of(disposition: Disposition) -> str:
    """Where a message goes of which this became."""
    return _QUARANTINE if disposition in (Disposition.QUARANTINE, Disposition.DISCARDED) else _PROCESSED


def make_folders(client: IMAPClient) -> str:
    """Have the two folders there; return what stands before their names on this server."""
    personal: Sequence[tuple[str, str]] = client.namespace().personal or [("", "/")]
    prefix = personal[0][0]
    for name in (_PROCESSED, _QUARANTINE):
        if not client.folder_exists(prefix + name):
            client.create_folder(prefix + name)
    return prefix


def move(client: IMAPClient, uid: int, folder: str) -> None:
    """Move a message. A folder that somebody has deleted since we came is made anew."""
    try:
        client.move([uid], folder)
    except IMAPClientError as error:
        if "[TRYCREATE]" not in str(error):
            raise
        client.create_folder(folder)
        client.move([uid], folder)
