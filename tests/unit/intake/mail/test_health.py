"""What operators see of the mail process."""

import threading
from typing import Any

from services.intake.mailbox.health import Metrics, missing


class Database:
    """A database that answers, or does not."""

    def __init__(self, *, there: bool) -> None:
        self._there = there

    def answers(self) -> bool:
        """Whether it can be asked."""
        return self._there

    def read(self) -> Any:
        """Nothing can be read here."""
        raise OSError


def test_what_is_missing_is_named() -> None:
    stopping = threading.Event()
    threads = [threading.Thread(target=stopping.wait, name="mailbox 1"), threading.Thread(target=int, name="sending")]
    for thread in threads:
        thread.start()
    threads[1].join()

    assert missing(Database(there=True), threads[:1]) == []  # type: ignore[arg-type]
    assert missing(Database(there=False), threads) == ["database", "sending"]  # type: ignore[arg-type]
    stopping.set()


def test_the_metrics_count_what_was_done_even_while_the_database_is_away() -> None:
    metrics = Metrics(Database(there=False), mailboxes=2)  # type: ignore[arg-type]
    metrics.filed("reply")
    metrics.tried("later")
    metrics.read(2, aside=3)

    shown = metrics.exposition().decode()

    assert 'messages_filed_total{disposition="reply"} 1.0' in shown
    assert 'messages_tried_total{outcome="later"} 1.0' in shown
    assert 'mailbox_aside{mailbox="1"} 0.0' in shown
    assert 'mailbox_aside{mailbox="2"} 3.0' in shown
    [first, second] = [float(line.split()[1]) for line in shown.splitlines() if line.startswith("mailbox_unread")]
    assert first >= second
