"""Many who do something at the same moment."""

import threading
import time
from collections.abc import Callable, Sequence

from sqlalchemy import text

from chassis.errors import Refused
from tests.fixtures.desk import Desk

# How many of those at work on a database wait for a lock.
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def race(runners: Sequence[Callable[[], str]]) -> list[str]:
    """Start all at once, each in a thread of its own; return what each returned, or the code it was refused with."""
    outcomes: list[str] = []
    start = threading.Barrier(len(runners))

    def run(runner: Callable[[], str]) -> None:
        start.wait()
        try:
            outcomes.append(runner())
        except Refused as refused:
            outcomes.append(refused.code)

    threads = [threading.Thread(target=run, args=[runner]) for runner in runners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def wait_until_somebody_waits(desk: Desk) -> None:
    """Return once a transaction waits for another one."""
    waiting = text(
        "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)"
        " WHERE NOT granted AND locktype = 'transactionid' AND datname = current_database()"
    )
    until = time.monotonic() + 10
    with desk.database.read() as session:
        while not session.scalar(waiting):
            assert time.monotonic() < until, "nobody waits"
            time.sleep(0.01)
