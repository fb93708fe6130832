"""Takes the deliveries that are due, a few at a time, sends them, and notes what became of each.

No transaction is open while something is sent. What is taken is leased: should this process die, another takes it once
the lease is over, and the subscriber knows the repeat by its `webhook-id`. At most two of one endpoint are under way,
so a slow one holds up nobody else. Threads only send; the database is spoken to from where `run` was called.
"""

import logging
import queue
import random
import threading
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, aliased

from chassis.database import Database
from chassis.work import Caller, Work, new_trace
from services.referrals.domain.delivery import GONE, DeliveryStatus, judge
from services.referrals.events import webhook_endpoint_changed
from services.referrals.models import Delivery, Endpoint
from services.referrals.webhooks.endpoints import disable
from services.referrals.webhooks.sending import Answer, Sender
from services.referrals.webhooks.signing import signed_headers

MOST_AT_ONCE = 16
MOST_PER_ENDPOINT = 2
# Well over the sender's total time-out, so that no second process sends what the first is still sending.
LEASE = timedelta(seconds=60)
# Seconds after which to look for new work while slow deliveries are still under way.
_LOOK_AGAIN = 0.25

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Parcel:
    """One delivery that was taken: all that it needs, so that sending needs no database."""

    delivery: uuid.UUID
    endpoint: uuid.UUID
    lease: uuid.UUID
    event: uuid.UUID
    attempt: int
    url: str
    secrets: tuple[str, ...]
    body: bytes


class Courier:
    """Sends what is due from one database. Several may work at once, in one process or many."""

    def __init__(self, database: Database, sender: Sender) -> None:
        self._database = database
        self._sender = sender
        self._under_way: Counter[uuid.UUID] = Counter()
        self._workers: list[threading.Thread] = []
        self._out: queue.Queue[Parcel | None] = queue.Queue()
        self._back: queue.Queue[tuple[Parcel, Answer]] = queue.Queue()

    def run(self) -> int:
        """Send until nothing is due and nothing is under way; return how many attempts were made. Once only."""
        made = 0
        try:
            while self._take_all() or self._under_way.total():
                self._staff()
                ended = list(self._come_back())
                self._note(ended)
                made += len(ended)
        finally:
            for _ in self._workers:
                self._out.put(None)
        return made

    def _take_all(self) -> bool:
        """Hand out what is due and has room; return whether there was any."""
        taken = 0
        while some := self._take_some():
            taken += some
        return taken > 0

    def _take_some(self) -> int:
        free = MOST_AT_ONCE - self._under_way.total()
        if free < 1:
            return 0
        busy = [endpoint for endpoint, count in self._under_way.items() if count >= MOST_PER_ENDPOINT]
        with self._database.change() as session:
            parcels = take(session, datetime.now(UTC), busy, free)
        for parcel in parcels:
            self._under_way[parcel.endpoint] += 1
            self._out.put(parcel)
        return len(parcels)

    def _staff(self) -> None:
        """Have a thread for each delivery under way; one that a fault of ours ended is replaced."""
        self._workers = [worker for worker in self._workers if worker.is_alive()]
        while len(self._workers) < self._under_way.total():
            self._workers.append(threading.Thread(target=self._work, daemon=True))
            self._workers[-1].start()

    def _come_back(self) -> Iterator[tuple[Parcel, Answer]]:
        """All attempts that have ended; waits a little for the first of them."""
        with suppress(queue.Empty):
            yield self._back.get(timeout=_LOOK_AGAIN)
            while True:
                yield self._back.get_nowait()

    def _work(self) -> None:
        while (parcel := self._out.get()) is not None:
            answer = Answer(fault="unexpected")
            try:
                answer = self._send(parcel)
            finally:
                self._back.put((parcel, answer))

    def _send(self, parcel: Parcel) -> Answer:
        headers = signed_headers(parcel.secrets, str(parcel.event), datetime.now(UTC), parcel.body)
        return self._sender.post(parcel.url, {**headers, "content-type": "application/json"}, parcel.body)

    def _note(self, ended: list[tuple[Parcel, Answer]]) -> None:
        # Those that lock their endpoint go first, in one order for all, so that nobody waits in a circle.
        ended.sort(key=lambda one: (one[1].status != GONE, one[0].endpoint))
        self._under_way.subtract(parcel.endpoint for parcel, _ in ended)
        with self._database.change() as session:
            statuses = [note(session, parcel, answer, datetime.now(UTC)) for parcel, answer in ended]
        for status, (parcel, answer) in zip(statuses, ended, strict=True):
            if status is not DeliveryStatus.DELIVERED:
                seen = {"subject": str(parcel.endpoint), "event_id": str(parcel.event), "attempt": parcel.attempt}
                reason = answer.fault or answer.status
                _log.warning("A webhook was not delivered", extra={**seen, "outcome": status, "reason": reason})


def take(session: Session, now: datetime, busy: list[uuid.UUID], most: int) -> list[Parcel]:
    """Lease the longest due delivery of each of up to `most` endpoints that are not busy, chosen by lot."""
    due = (Delivery.status == DeliveryStatus.PENDING) & (Delivery.next_attempt_at <= now)
    waiting = (
        select(Endpoint.id)
        .where(Endpoint.enabled, Endpoint.id.not_in(busy))
        .where(select(Delivery.id).where(due, Delivery.endpoint_id == Endpoint.id).exists())
        .order_by(func.random())
        .limit(most)
        .subquery()
    )
    first = (
        select(Delivery)
        .where(due, Delivery.endpoint_id == waiting.c.id)
        .order_by(Delivery.next_attempt_at)
        .limit(1)
        .with_for_update(skip_locked=True)
        .lateral()
    )
    taken = aliased(Delivery, first)
    rows = session.execute(
        select(taken, Endpoint)
        .select_from(waiting)
        .join(first, first.c.id.is_not(None))
        .join(Endpoint, Endpoint.id == waiting.c.id)
    ).all()
    return [_lease(delivery, endpoint, now) for delivery, endpoint in rows]


def _lease(delivery: Delivery, endpoint: Endpoint, now: datetime) -> Parcel:
    delivery.lease = uuid.uuid4()
    delivery.next_attempt_at = now + LEASE
    secrets = [endpoint.secret]
    if endpoint.previous_secret and endpoint.previous_secret_until and now < endpoint.previous_secret_until:
        secrets.append(endpoint.previous_secret)
    return Parcel(
        delivery=delivery.id,
        endpoint=endpoint.id,
        lease=delivery.lease,
        event=delivery.event_id,
        attempt=delivery.attempts + 1,
        url=endpoint.url,
        secrets=tuple(secrets),
        body=delivery.body.encode(),
    )


def note(session: Session, parcel: Parcel, answer: Answer, now: datetime) -> DeliveryStatus:
    """Write down what became of an attempt, unless its lease was lost meanwhile; return where the delivery stands."""
    verdict = judge(answer.status, parcel.attempt, now, random.random())
    endpoint = None
    if verdict.endpoint_is_gone:
        endpoint = session.get(Endpoint, parcel.endpoint, with_for_update=True)
    kept = session.execute(
        update(Delivery)
        .where(Delivery.id == parcel.delivery, Delivery.lease == parcel.lease)
        .values(
            status=verdict.status,
            attempts=parcel.attempt,
            lease=None,
            next_attempt_at=verdict.next_attempt_at,
            last_attempt_at=now,
            last_answer=answer.status,
            last_fault=answer.fault,
            version=Delivery.version + 1,
        )
        .returning(Delivery.id)
    ).all()
    if kept and endpoint is not None and endpoint.enabled:
        _disable(session, endpoint, now)
    return verdict.status


def _disable(session: Session, endpoint: Endpoint, now: datetime) -> None:
    endpoint.version += 1
    disable(session, endpoint, "gone")
    work = Work(session, "referrals", Caller("webhooks", "referrals"), now, new_trace(), "deliver_webhooks")
    work.tell(webhook_endpoint_changed(endpoint, "disabled"))
    work.record()
