"""Deliveries from the change that they tell of to the subscriber's server, once more where it was away."""

import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from services.referrals.domain.delivery import SCHEDULE
from services.referrals.models import Endpoint
from services.referrals.service import ReferralsService
from services.referrals.webhooks.addresses import AddressRules
from services.referrals.webhooks.courier import LEASE, Courier, note, take
from services.referrals.webhooks.sending import Answer, Sender
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.referrals_receivers import Received, Receiver, receiver
from tests.service.referrals_samples import REVIEWER, deliver, deliveries, endpoint, make_due, sent


@pytest.fixture
def referrals(desk: MakeDesk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("WEBHOOK_ALLOW_LOOPBACK", "1")
    return desk(ReferralsService)


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver() as noted:
        yield noted


def verified(request: Received, secret: str) -> Any:
    return Webhook(secret).verify(request.body, request.headers)


def test_a_subscriber_can_verify_what_it_is_told(referrals: Desk, there: Receiver) -> None:
    secret = endpoint(referrals, f"{there.url}/in")["secret"]
    referral = sent(referrals, "9500.50")

    assert ReferralsService().deliver_webhooks(referrals.database) == 1

    [request] = there.got
    [told] = [event for event in referrals.told() if event.type == "referral_sent"]
    assert verified(request, secret) == {
        "type": "referral.sent",
        "timestamp": told.time,
        "data": {
            **told.data,
            "id": str(told.id),
            "source": "referrals",
            "version": 1,
            "subject": referral["reference"],
            "sequence": 1,
        },
    }
    assert (request.headers["webhook-id"], request.headers["content-type"]) == (str(told.id), "application/json")
    [done] = deliveries(referrals)
    assert (done["status"], done["attempts"], done["last_answer"], done["next_attempt_at"]) == (
        "delivered",
        1,
        200,
        None,
    )
    assert deliver(referrals) == 0


def test_subscribers_are_told_of_every_step_in_codes_and_never_in_words(referrals: Desk, there: Receiver) -> None:
    words = "Ask for Zebedee on 07700 900123"
    every = ["referral.acknowledged", "referral.decided", "referral.concluded", "fund.entry_recorded"]
    endpoint(referrals, there.url, "referral.sent", *every)
    reference = sent(referrals, summary=words)["reference"]
    yes = {"reason_code": "strong_case", "message": words, "amount": "10.00"}
    for method, body in (
        ("acknowledge_referral", {}),
        ("accept_referral", yes),
        ("conclude_referral", {"outcome": "delivered", "message": words}),
    ):
        referrals.ask(method, reference=reference, body=body, **REVIEWER)

    deliver(referrals)

    told = sorted(json.loads(request.body)["type"] for request in there.got)
    assert told == sorted(["referral.sent", *every, "fund.entry_recorded"])
    assert not any(b"Zebedee" in request.body or b"07700" in request.body for request in there.got)


def test_a_test_event_arrives_and_verifies(referrals: Desk, there: Receiver) -> None:
    made = endpoint(referrals, there.url)
    referrals.ask("test_endpoint", endpoint_id=made["id"], body={}, **REVIEWER)

    deliver(referrals)

    payload = verified(there.got[0], made["secret"])
    assert (payload["type"], payload["data"]["endpoint"]) == ("webhook.test", made["id"])


def test_what_failed_is_tried_again_later_under_the_same_id(referrals: Desk, there: Receiver) -> None:
    secret = endpoint(referrals, there.url)["secret"]
    sent(referrals)
    there.statuses = [500, 302]

    before = datetime.now(UTC)
    deliver(referrals)
    [waiting] = deliveries(referrals)
    assert deliver(referrals) == 0
    make_due(referrals)
    deliver(referrals)
    make_due(referrals)
    deliver(referrals)

    wait = datetime.fromisoformat(waiting["next_attempt_at"]) - before
    assert timedelta(seconds=5) <= wait <= timedelta(seconds=10)
    assert (waiting["status"], waiting["attempts"], waiting["last_answer"]) == ("pending", 1, 500)
    assert (len(there.ids), len(set(there.ids))) == (3, 1)
    assert len({request.body for request in there.got}) == 1
    for request in there.got:
        verified(request, secret)
    assert deliveries(referrals)[0]["status"] == "delivered"


def test_after_the_last_attempt_it_is_given_up_and_can_be_replayed(referrals: Desk, there: Receiver) -> None:
    endpoint(referrals, there.url)
    sent(referrals)
    there.statuses = [503] * (len(SCHEDULE) + 1)

    for _ in range(len(SCHEDULE) + 1):
        deliver(referrals)
        make_due(referrals)
    assert deliver(referrals) == 0

    [given_up] = deliveries(referrals)
    assert (given_up["status"], given_up["attempts"], given_up["next_attempt_at"]) == ("failed", 10, None)
    referrals.ask("replay_delivery", delivery_id=given_up["id"], body={}, **REVIEWER)
    assert deliver(referrals) == 1
    assert deliveries(referrals)[0]["status"] == "delivered"
    assert len(set(there.ids)) == 1


def test_an_endpoint_that_says_it_is_gone_is_disabled(referrals: Desk, there: Receiver) -> None:
    made = endpoint(referrals, there.url)
    for _ in range(5):
        sent(referrals)
    there.statuses = [410] * 5

    deliver(referrals)
    sent(referrals)

    after = referrals.ask("read_endpoint", endpoint_id=made["id"], **REVIEWER)
    assert (after["enabled"], after["disabled_because"], after["version"]) == (False, "gone", 2)
    assert [one["status"] for one in deliveries(referrals)] == ["failed"] * 5
    assert deliver(referrals) == 0
    changes = [event.data["change"] for event in referrals.told() if event.type == "webhook_endpoint_changed"]
    assert changes == ["created", "disabled"]


def test_while_a_secret_is_rotated_both_verify_and_a_day_later_only_the_new_one(
    referrals: Desk, there: Receiver
) -> None:
    made = endpoint(referrals, there.url)
    new = referrals.ask("rotate_secret", endpoint_id=made["id"], body={}, **REVIEWER)["secret"]

    sent(referrals)
    deliver(referrals)
    with referrals.session() as session:
        session.execute(update(Endpoint).values(previous_secret_until=func.now()))
    sent(referrals)
    deliver(referrals)

    during, after = there.got
    verified(during, made["secret"])
    verified(during, new)
    verified(after, new)
    with pytest.raises(WebhookVerificationError):
        verified(after, made["secret"])


def test_what_a_dead_process_had_taken_is_sent_by_another_once_its_lease_is_over(
    referrals: Desk, there: Receiver
) -> None:
    endpoint(referrals, there.url)
    sent(referrals)
    now = datetime.now(UTC)
    with referrals.session() as session:
        [taken] = take(session, now, [], 10)

    with referrals.session() as session:
        meanwhile = take(session, now + LEASE - timedelta(seconds=1), [], 10)
    make_due(referrals)
    deliver(referrals)

    assert (meanwhile, there.ids) == ([], [str(taken.event)])
    # and should the first not be dead but late, its word comes to nothing
    with referrals.session() as session:
        note(session, taken, Answer(410), datetime.now(UTC))
    [done] = deliveries(referrals)
    assert (done["status"], done["attempts"]) == ("delivered", 1)
    with referrals.session() as session:
        assert session.scalar(select(Endpoint.enabled)) is True


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_fault_of_our_own_is_noted_and_the_courier_goes_on(referrals: Desk) -> None:
    class Broken(Sender):
        def post(self, *_: object) -> Answer:
            raise RuntimeError

    endpoint(referrals, "https://hooks.example.org/")
    for _ in range(5):
        sent(referrals)

    assert Courier(referrals.database, Broken(AddressRules())).run() == 5

    assert {(one["status"], one["last_fault"]) for one in deliveries(referrals)} == {("pending", "unexpected")}


def test_an_endpoint_deleted_while_it_is_sent_to_is_no_trouble(referrals: Desk, there: Receiver) -> None:
    made = endpoint(referrals, there.url)
    sent(referrals)
    there.wait = 0.4
    thread = threading.Thread(target=deliver, args=[referrals])
    thread.start()
    time.sleep(0.2)

    referrals.ask("delete_endpoint", endpoint_id=made["id"], **REVIEWER)
    thread.join()

    assert (len(there.got), deliveries(referrals)) == (1, [])
