"""The courier among subscribers that are slow, hostile or away: the others are served as if those were not there."""

import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from services.referrals.models import Delivery, Endpoint
from services.referrals.service import ReferralsService
from services.referrals.webhooks.addresses import AddressRules
from services.referrals.webhooks.courier import Courier
from services.referrals.webhooks.sending import Sender
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.race import race
from tests.service.referrals_receivers import (
    Behaviour,
    Receiver,
    drips,
    floods,
    hangs_up,
    hostile,
    is_silent,
    receiver,
    resets,
    says,
)
from tests.service.referrals_samples import REVIEWER, courier, deliver, deliveries, endpoint, make_due, sent


@pytest.fixture
def referrals(desk: MakeDesk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("WEBHOOK_ALLOW_LOOPBACK", "1")
    return desk(ReferralsService)


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver() as noted:
        yield noted


def test_a_slow_endpoint_with_much_to_get_leaves_room_for_the_others(
    referrals: Desk, there: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given room for four at once, and a slow endpoint that could take all of it
    monkeypatch.setattr("services.referrals.webhooks.courier.MOST_AT_ONCE", 4)
    with hostile(is_silent) as slow:
        silent = endpoint(referrals, slow, "referral.decided")["id"]
        for _ in range(4):
            referrals.ask("test_endpoint", endpoint_id=silent, body={}, **REVIEWER)
        endpoint(referrals, there.url)
        for _ in range(6):
            sent(referrals)
        began = time.monotonic()

        courier(referrals, total=2.0).run()

    # then all the others were served before the first of the slow ones was given up
    assert [request.at - began < 2.0 for request in there.got] == [True] * 6
    assert [one["last_fault"] for one in deliveries(referrals, endpoint=silent)] == ["timeout"] * 4


def test_what_comes_while_a_slow_one_is_under_way_does_not_wait_for_it(referrals: Desk, there: Receiver) -> None:
    with hostile(is_silent) as slow:
        endpoint(referrals, slow)
        sent(referrals)
        thread = threading.Thread(target=courier(referrals, total=3.0).run)
        thread.start()
        time.sleep(0.2)
        endpoint(referrals, there.url)
        began = time.monotonic()
        sent(referrals)
        thread.join()

    assert [request.at - began < 2.0 for request in there.got] == [True]


def test_two_couriers_at_once_send_each_delivery_once(referrals: Desk, there: Receiver) -> None:
    for number in range(4):
        endpoint(referrals, f"{there.url}/{number}")
    for _ in range(12):
        sent(referrals)

    made = race([lambda: str(deliver(referrals))] * 3)

    assert sum(int(count) for count in made) == 48
    assert len({(request.path, request.headers["webhook-id"]) for request in there.got}) == len(there.got) == 48


@pytest.mark.parametrize(
    ("behave", "fault", "answer"),
    [
        (is_silent, "timeout", None),
        (drips(b"HTTP/1.1 200 OK\r\nX: ", b"y"), "timeout", None),
        (hangs_up, "connection", None),
        (resets, "connection", None),
        (says(b"\x00\xff garbage \r\n\r\n"), "not_http", None),
        (says(b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\n\r\n"), None, 302),
        (floods(b"HTTP/1.1 500 Oh\r\n\r\n", [0]), None, 500),
    ],
)
def test_whatever_a_hostile_server_does_it_is_tried_again_and_the_others_are_served(
    referrals: Desk, there: Receiver, behave: Behaviour, fault: str | None, answer: int | None
) -> None:
    with hostile(behave) as url:
        bad = endpoint(referrals, url)["id"]
        endpoint(referrals, there.url)
        sent(referrals)

        assert deliver(referrals) == 2

    [failed] = deliveries(referrals, endpoint=bad)
    assert (failed["status"], failed["last_fault"], failed["last_answer"]) == ("pending", fault, answer)
    assert len(there.got) == 1


def test_an_inner_address_that_was_stored_before_is_still_not_sent_to(referrals: Desk, there: Receiver) -> None:
    endpoint(referrals, there.url)
    sent(referrals)

    Courier(referrals.database, Sender(AddressRules())).run()

    [refused] = deliveries(referrals)
    assert (refused["status"], refused["last_fault"], there.got) == ("pending", "address_refused", [])


def test_five_hundred_arrive_once_each_while_some_subscribers_are_away(referrals: Desk) -> None:
    with ExitStack() as stack:
        well = [stack.enter_context(receiver()) for _ in range(4)]
        dead = stack.enter_context(hostile(hangs_up))
        for one in well:
            endpoint(referrals, one.url)
        endpoint(referrals, dead)
        event_ids = add_deliveries(referrals, 100)
        well[0].statuses = [503] * 100

        deliver(referrals)
        make_due(referrals)
        deliver(referrals)

        for one in well:
            assert set(one.ids) == event_ids
        assert [len(one.got) for one in well] == [200, 100, 100, 100]


def add_deliveries(referrals: Desk, count: int) -> set[str]:
    """So many events for every endpoint, without the referrals that they would tell of; return the events' ids."""
    now, ids = datetime.now(UTC), [uuid.uuid4() for _ in range(count)]
    with referrals.session() as session:
        for endpoint_id in session.scalars(select(Endpoint.id)).all():
            session.add_all(
                Delivery(
                    id=uuid.uuid4(),
                    version=1,
                    endpoint_id=endpoint_id,
                    event_id=event,
                    type="referral.sent",
                    body='{"type":"referral.sent"}',
                    status="pending",
                    attempts=0,
                    next_attempt_at=now,
                    created_at=now,
                )
                for event in ids
            )
    return {str(event) for event in ids}
