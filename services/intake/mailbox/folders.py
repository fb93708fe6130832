"""The folders of a mailbox: what lies in the one that is read, and where its messages go."""

from collections.abc import Sequence

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from services.intake.domain.post import Disposition

_PROCESSED, _QUARANTINE = "Processed", "Quarantine"
# So many UIDs are asked for at once. A server answers in one line, of which no more than a million bytes are read.
_SPAN = 50_000


def undeleted(client: IMAPClient) -> list[int]:
    """The UIDs of what lies in the folder that is open, the lowest first, however many they are."""
    last = client.search("UID *")
    if not last:
        return []
    first = min(client.search("1"), default=1)
    parts = range(first, max(last) + 1, _SPAN)
    return sorted(uid for start in parts for uid in client.search(f"UID {start}:{start + _SPAN - 1} UNDELETED"))


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
