"""The mail process: a thread for each mailbox and one that sends, until SIGTERM or SIGINT."""

import logging
import os
import signal
import ssl
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

from chassis.database import Database
from chassis.observe import configure_logging
from services.intake.mailbox.filing import Filing
from services.intake.mailbox.following import Following
from services.intake.mailbox.health import Metrics, missing, serve
from services.intake.mailbox.notify import Notify
from services.intake.mailbox.reader import Reader
from services.intake.mailbox.sending import Sender, Way
from services.intake.mailbox.settings import Settings, Unusable
from services.intake.mailbox.smtp import Smtp

_STOP_WITHIN = 9.0  # seconds for all that is under way: a server that says nothing is not waited for

_log = logging.getLogger(__name__)


def main() -> None:
    """Read all mailboxes until told to stop; what is under way then is finished."""
    try:
        settings = Settings.from_environment()
    except Unusable as error:
        sys.exit(str(error))
    configure_logging("mailbox", settings.log_level)
    logging.getLogger("imapclient").setLevel(logging.WARNING)
    if settings.pid_file:
        Path(settings.pid_file).write_text(f"{os.getpid()}\n")
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    tls = ssl.create_default_context()
    with closing(Database(settings.database_url, connections=len(settings.mailboxes) + 4)) as database:
        metrics = Metrics(database, len(settings.mailboxes))
        threads = list(_work(settings, database, metrics, tls, stopping))
        for thread in threads:
            thread.start()
        if settings.metrics_port:
            serve(settings.metrics_host, settings.metrics_port, metrics.exposition, partial(missing, database, threads))
        _log.info("The mailboxes are read", extra={"count": len(settings.mailboxes)})
        stopping.wait()
        until = time.monotonic() + _STOP_WITHIN
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))


def _work(
    settings: Settings, database: Database, metrics: Metrics, tls: ssl.SSLContext, stopping: threading.Event
) -> Iterator[threading.Thread]:
    """A thread for each mailbox and, where there is a way to send, one that sends."""
    filing = Filing(database, settings.rules, metrics.filed)
    for place, mailbox in enumerate(settings.mailboxes, start=1):
        reader = Reader(mailbox, filing, tls, stopping, partial(metrics.read, place))
        yield threading.Thread(target=reader.run, name=f"mailbox {place}", daemon=True)
    if (way := _way(settings, tls)) is not None:
        sender = Sender(way, database, stopping, metrics.tried)
        yield threading.Thread(target=sender.run, name="sending", daemon=True)
    if isinstance(way, Notify):
        yield threading.Thread(target=Following(way, database, stopping).run, name="following", daemon=True)


def _way(settings: Settings, tls: ssl.SSLContext) -> Way | None:
    """How we send. Where both are set GOV.UK Notify goes first: whoever has it wants it used."""
    if settings.notify is not None:
        return Notify(settings.notify, tls)
    return None if settings.outgoing is None else Smtp(settings.outgoing, tls)


if __name__ == "__main__":
    main()
