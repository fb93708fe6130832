"""Empties one mailbox, for ever: takes what lies there, has it filed, and only then moves it away.

Whatever goes wrong with the server, the reader begins again with a new connection, later each time. What goes wrong
with one message puts that one aside, longer each time, and the others go on. A message is never changed and never
deleted: it goes to `Processed` or `Quarantine`. Who dies before the move finds the message again, and it is known by
then.
"""

import logging
import math
import random
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError

from services.intake.domain.post import Disposition
from services.intake.mail.parsing import LARGEST
from services.intake.mailbox.filing import Filing, Post
from services.intake.mailbox.folders import folder_of, make_folders, move, undeleted
from services.intake.mailbox.rows import Filed
from services.intake.mailbox.settings import Mailbox

# Seconds. A server that says nothing for so long is given up.
_TIMEOUTS = SocketTimeout(connect=10, read=60)
# How long to believe that the server will tell of new mail.
_LOOK_AGAIN = 60.0
# How long to wait where it cannot tell.
_POLL = 15.0
# How soon we notice that we are to stop.
_STEP = 0.5
_SHORTEST_WAIT, _LONGEST_WAIT = 0.5, 60.0
# For how long a message is put aside at first, and at most: it stays where it is. Short at first, for a connection that
# is lost while a message is fetched says nothing of that message.
_SHORTEST_ASIDE, _LONGEST_ASIDE = 15.0, 3600.0
# After these nothing more can be said on a connection.
_LOST = (IMAPClientAbortError, OSError)
_CHUNK = 200
_SAID = ("INTERNALDATE", "RFC822.SIZE")
# One byte more than is read: so that a message that is too large shows.
_BODY = f"BODY.PEEK[]<0.{LARGEST + 1}>"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Aside:
    """Until when a message is left alone, by the monotonic clock, and for how many seconds that was."""

    until: float
    lasts: float


class Reader:
    """Reads one mailbox. `tls` decides whom to trust.

    `looked` hears of each time that it was looked through, and how many messages are put aside since.
    """

    def __init__(
        self,
        mailbox: Mailbox,
        filing: Filing,
        tls: ssl.SSLContext,
        stopping: threading.Event,
        looked: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._mailbox = mailbox
        self._filing = filing
        self._tls = tls
        self._stopping = stopping
        self._looked = looked
        self._aside: dict[tuple[int, int], _Aside] = {}
        self._wait = _SHORTEST_WAIT

    def run(self) -> None:
        """Read until told to stop."""
        while not self._stopping.is_set():
            try:
                with self._connected() as client:
                    self._follow(client)
            except Exception as error:
                _log.warning("A mailbox cannot be read now", extra={"error": type(error).__name__})
                self._stopping.wait(self._wait * random.uniform(0.8, 1.2))
                self._wait = min(self._wait * 2, _LONGEST_WAIT)

    @contextmanager
    def _connected(self) -> Iterator[IMAPClient]:
        """A connection on which we are logged in, always under TLS."""
        account = self._mailbox.account
        client = IMAPClient(account.host, account.port, ssl=account.tls_first, ssl_context=self._tls, timeout=_TIMEOUTS)
        try:
            if not account.tls_first:
                client.starttls(self._tls)
            client.login(account.user, account.password)
            client.normalise_times = False
            yield client
            client.logout()
        finally:
            with suppress(Exception):
                client.shutdown()

    def _follow(self, client: IMAPClient) -> None:
        """Empty the mailbox whenever there is something in it."""
        prefix = make_folders(client)
        while not self._stopping.is_set():
            handled = self._empty(client, prefix)
            self._wait = _SHORTEST_WAIT
            self._looked(len(self._aside))
            if not handled and not self._stopping.is_set():
                self._sleep(client)

    def _empty(self, client: IMAPClient, prefix: str) -> int:
        """Take out what lies in the mailbox now; return how many messages were moved."""
        moved, now = 0, time.monotonic()
        uid_validity, there = undeleted(client, self._mailbox.folder)
        stay = {(uid_validity, uid) for uid in there}
        self._aside = {key: one for key, one in self._aside.items() if key in stay}
        leave = {uid for (_, uid), one in self._aside.items() if now < one.until}
        waiting = [uid for uid in there if uid not in leave]
        for start in range(0, len(waiting), _CHUNK):
            chunk = waiting[start : start + _CHUNK]
            known = self._filing.known(self._mailbox.name, uid_validity, chunk)
            for uid in chunk:
                if self._stopping.is_set():
                    return moved
                moved += self._take_out(client, uid_validity, uid, prefix, known.get(uid))
        return moved

    def _take_out(self, client: IMAPClient, uid_validity: int, uid: int, prefix: str, known: Filed | None) -> bool:
        """File one message, unless it is known what became of it, and move it; whether it was moved.

        Raises what leaves us without database or connection. Who is in the way of either is put aside all the same.
        """
        try:
            is_known = known is not None and known.is_of(*_said(client.fetch([uid], _SAID).get(uid, {})))
            disposition = known.disposition if known and is_known else self._file(client, uid_validity, uid)
            if disposition is not None:
                move(client, uid, prefix + folder_of(disposition))
        except Exception as error:
            if self._filing.is_away():
                raise
            before = self._aside.get((uid_validity, uid))
            lasts = min(before.lasts * 2, _LONGEST_ASIDE) if before else _SHORTEST_ASIDE
            self._aside[uid_validity, uid] = _Aside(time.monotonic() + lasts, lasts)
            _log.exception(
                "A message cannot be taken out: it stays in the mailbox", extra={"error": type(error).__name__}
            )
            if isinstance(error, _LOST):
                raise
            return False
        self._aside.pop((uid_validity, uid), None)
        return disposition is not None

    def _file(self, client: IMAPClient, uid_validity: int, uid: int) -> Disposition | None:
        """File one message; None when it is gone. Raises LookupError when it is there and the server gives no bytes."""
        found = client.fetch([uid], [*_SAID, _BODY]).get(uid)
        if found is None:
            return None
        raw = next((value for name, value in found.items() if name.startswith(b"BODY[]")), None)
        if raw is None:
            raise LookupError("a message without its bytes")
        arrived, size = _said(found)
        return self._filing.file(Post(self._mailbox.name, uid_validity, uid, arrived or datetime.now(UTC), size, raw))

    def _sleep(self, client: IMAPClient) -> None:
        """Wait until the server tells of something, or it is time to look: again, or at what was put aside."""
        next_aside = min((one.until for one in self._aside.values()), default=math.inf)
        if not client.has_capability("IDLE"):
            self._stopping.wait(max(0.0, min(_POLL, next_aside - time.monotonic())))
            return
        until = min(time.monotonic() + _LOOK_AGAIN, next_aside)
        client.idle()
        while not self._stopping.is_set() and time.monotonic() < until:
            began = time.monotonic()
            # An end of the connection shows as nothing, too early.
            if client.idle_check(timeout=_STEP) or time.monotonic() - began < _STEP / 2:
                break
        client.idle_done()


def _said(found: Mapping[bytes, Any]) -> tuple[datetime | None, int | None]:
    """What the server says of a message: when it arrived, and how many bytes it has."""
    arrived = found.get(b"INTERNALDATE")
    return arrived and arrived.astimezone(UTC), found.get(b"RFC822.SIZE")
