"""The mail process: a thread for each mailbox and one that sends, until SIGTERM or SIGINT."""

import logging
import os
import signal
import ssl
import sys
import threading
from contextlib import closing
from pathlib import Path

from chassis.database import Database
from chassis.observe import configure_logging
from services.intake.mailbox.filing import Filing
from services.intake.mailbox.reader import Reader
from services.intake.mailbox.sending import Sender
from services.intake.mailbox.settings import Settings, Unusable

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
    with closing(Database(settings.database_url, connections=len(settings.mailboxes) + 3)) as database:
        filing = Filing(database, settings.rules)
        work = [Reader(mailbox, filing, tls, stopping).run for mailbox in settings.mailboxes]
        if settings.outgoing is not None:
            work.append(Sender(settings.outgoing, database, tls, stopping).run)
        threads = [threading.Thread(target=one, daemon=True) for one in work]
        for thread in threads:
            thread.start()
        _log.info("The mailboxes are read", extra={"count": len(settings.mailboxes)})
        stopping.wait()
        for thread in threads:
            thread.join(timeout=9)


if __name__ == "__main__":
    main()
