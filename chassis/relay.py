"""The way out: from the outbox to the broker, at least once, in batches, only ever called sent when confirmed."""

import logging
import random
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import amqp
from amqp.exceptions import AMQPError
from sqlalchemy import Row, text

from chassis.bus import CLOSED, connect
from chassis.database import Database, is_outage
from chassis.observe import Observer

BATCH = 200
CONFIRM_TIMEOUT = 10  # seconds; then the channel is thrown away, because a late confirm would be taken for another's
SWEEP = 1.0  # seconds between looks at the outbox when nobody wakes the relay

_log = logging.getLogger(__name__)
# Never `position > last`: a transaction that began earlier may commit later.
_UNSENT = text("""
SELECT position, event_id, type, envelope FROM outbox WHERE sent_at IS NULL
ORDER BY position LIMIT :batch FOR UPDATE SKIP LOCKED
""")
_SENT = text("UPDATE outbox SET sent_at = now() WHERE position = ANY(CAST(:positions AS bigint[]))")


class NotConfirmed(Exception):
    """The broker did not take every message of a batch: it refused some, or did not answer in time."""


class Publisher:
    """A channel that publishes events and waits for the broker's confirms, batch by batch."""

    def __init__(self, url: str, source: str, user: str) -> None:
        self._connection = connect(url, f"{source} relay")
        self._exchange = f"{source}.events"
        self._user = user
        self._channel = self._connection.channel()
        self._channel.events["basic_ack"].add(self._on_ack)
        self._channel.events["basic_nack"].add(self._on_nack)
        self._channel.events["basic_return"].add(self._on_return)
        self._channel.confirm_select()
        self._published = 0
        self._open: set[int] = set()
        self._refused = 0

    def publish(self, rows: Sequence[Row[Any]]) -> None:
        """Publish a batch of outbox rows and wait until the broker has them all.

        Raises NotConfirmed, OSError or AMQPError: then close this publisher, some of them may have arrived.
        """
        self._refused = 0
        for row in rows:
            self._published += 1
            self._open.add(self._published)
            message = amqp.Message(
                row.envelope,
                content_type="application/json",
                delivery_mode=2,
                message_id=str(row.event_id),
                user_id=self._user,
            )
            self._channel.basic_publish(message, self._exchange, row.type, mandatory=True)
        until = time.monotonic() + CONFIRM_TIMEOUT
        while self._open and time.monotonic() < until:
            with suppress(TimeoutError):
                self._connection.drain_events()
        if self._open or self._refused:
            raise NotConfirmed

    def beat(self) -> None:
        """Keep the connection alive while there is nothing to publish. Raises OSError or AMQPError."""
        self._connection.sock.settimeout(0.001)
        with suppress(TimeoutError):
            self._connection.drain_events()
        self._connection.sock.settimeout(2)
        self._connection.heartbeat_tick()

    def close(self) -> None:
        """Let go of the connection, whatever state it is in."""
        with suppress(*CLOSED, AttributeError):
            self._connection.close()

    def _on_ack(self, tag: int, multiple: bool) -> None:
        self._open -= {one for one in self._open if one <= tag} if multiple else {tag}

    def _on_nack(self, tag: int, multiple: bool) -> None:
        self._refused += 1
        self._on_ack(tag, multiple)

    def _on_return(self, error: Exception, exchange: str, routing_key: str, message: Any) -> None:
        # The alternate exchange takes what no queue wants, so a return means that the topology was not declared.
        self._refused += 1
        _log.error("An event has no queue: declare the topology", extra={"event_type": routing_key})


class Relay:
    """Publishes what a service has told. Any number of processes may do so at once; each row goes to one of them."""

    def __init__(self, database: Database, url: str, source: str, user: str, observer: Observer) -> None:
        self._database = database
        self._arguments = (url, source, user)
        self._observer = observer
        self._publisher: Publisher | None = None
        self._awake = threading.Event()

    def wake(self) -> None:
        """Look at the outbox now: something was committed."""
        self._awake.set()

    def run(self, stopping: threading.Event) -> None:
        """Publish until `stopping` is set; what is left then is published by whoever starts next."""
        wait = 0.2
        while not stopping.is_set():
            self._awake.clear()
            try:
                while self.relay_batch() == BATCH and not stopping.is_set():
                    wait = 0.2
                if self._publisher is not None:
                    self._publisher.beat()
            except Exception as error:
                self._stumble(error)
                stopping.wait(wait * random.uniform(0.8, 1.2))
                wait = min(wait * 2, 5)
            else:
                wait = 0.2
                self._awake.wait(SWEEP)
        if self._publisher is not None:
            self._publisher.close()

    def relay_batch(self) -> int:
        """Publish one batch and mark it sent, in one transaction that locks its rows; return its size.

        Dying between the confirm and the commit publishes the batch again: the hearers' inboxes know it then.
        """
        with self._database.change() as session:
            rows = session.execute(_UNSENT, {"batch": BATCH}).all()
            if rows:
                if self._publisher is None:
                    self._publisher = Publisher(*self._arguments)
                self._publisher.publish(rows)
                session.execute(_SENT, {"positions": [row.position for row in rows]})
        self._observer.published(len(rows))
        return len(rows)

    def _stumble(self, error: Exception) -> None:
        if self._publisher is not None:
            self._publisher.close()
            self._publisher = None
        expected = isinstance(error, (*CLOSED, AMQPError, NotConfirmed)) or is_outage(error)
        say = _log.warning if expected else _log.exception
        say("Events could not be published; they wait in the outbox", extra={"error": type(error).__name__})
