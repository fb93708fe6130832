"""Webhook endpoints: who is told what, and the secrets that sign it."""

import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import update

from chassis.errors import Forbidden, Invalid, NotAllowedNow, NotFound, Refused, Stale
from chassis.work import Caller, Event, Work, new_trace
from services.referrals.models import Delivery
from services.referrals.service import ReferralsService
from services.referrals.webhooks.fanout import announce
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.referrals_samples import REVIEWER, accepted, deliveries, endpoint, sent

URL = "https://hooks.example.gov.uk/in"


@pytest.fixture
def referrals(desk: MakeDesk) -> Desk:
    return desk(ReferralsService)


def act(referrals: Desk, method: str, endpoint_id: str, **options: Any) -> Any:
    return referrals.ask(method, endpoint_id=endpoint_id, **REVIEWER, **options)


def changes_told(referrals: Desk) -> list[str]:
    return [event.data["change"] for event in referrals.told() if event.type == "webhook_endpoint_changed"]


def test_the_secret_is_shown_once(referrals: Desk) -> None:
    made = endpoint(referrals, URL, "referral.sent", "referral.decided")

    secret = made.pop("secret")
    assert secret.startswith("whsec_")
    assert (made["url"], made["enabled"], made["version"]) == (URL, True, 1)
    assert made["event_types"] == ["referral.sent", "referral.decided"]
    read = act(referrals, "read_endpoint", made["id"])
    changed = act(referrals, "change_endpoint", made["id"], body={"description": "Our intake."})
    listed = referrals.ask("list_endpoints", body={}, **REVIEWER)
    assert read == made
    assert secret not in str([changed, listed, referrals.told()])


@pytest.mark.parametrize(
    "url", ["http://hooks.example.gov.uk/", "https://127.0.0.1/", "https://[::1]/", "http://localhost:8000/"]
)
def test_an_address_to_which_nothing_may_be_sent_is_refused(referrals: Desk, url: str) -> None:
    made = endpoint(referrals, URL)

    with pytest.raises(Invalid) as at_first:
        endpoint(referrals, url)
    with pytest.raises(Invalid) as later:
        act(referrals, "change_endpoint", made["id"], body={"url": url})

    for refused in (at_first, later):
        assert [error.pointer for error in refused.value.errors] == ["/url"]
    assert act(referrals, "read_endpoint", made["id"])["url"] == URL


def test_only_reviewers_see_endpoints(referrals: Desk) -> None:
    made = endpoint(referrals, URL)

    with pytest.raises(Forbidden):
        referrals.ask("read_endpoint", endpoint_id=made["id"], roles=("adviser", "analyst", "manager"))


def test_an_event_is_written_down_for_each_endpoint_that_wants_it(referrals: Desk) -> None:
    wanting = [endpoint(referrals, f"{URL}/{number}")["id"] for number in range(2)]
    endpoint(referrals, URL, "referral.decided")
    off = endpoint(referrals, URL)["id"]
    act(referrals, "change_endpoint", off, body={"enabled": False})

    reference = sent(referrals)["reference"]

    [told] = [event for event in referrals.told() if event.subject == reference]
    waiting = deliveries(referrals)
    assert {one["endpoint"] for one in waiting} == set(wanting)
    for one in waiting:
        assert (one["webhook_id"], one["type"]) == (str(told.id), "referral.sent")
        assert (one["status"], one["attempts"]) == ("pending", 0)


def test_a_change_that_is_refused_tells_nobody(referrals: Desk) -> None:
    endpoint(referrals, URL, "referral.decided", "fund.entry_recorded")
    accepted(referrals, "10000000.00")
    before = deliveries(referrals)

    with pytest.raises(Refused):
        accepted(referrals, "0.01")

    assert {one["type"] for one in before} == {"referral.decided", "fund.entry_recorded"}
    assert deliveries(referrals) == before


def test_disabling_gives_up_what_is_pending_and_enabling_starts_anew(referrals: Desk) -> None:
    made = endpoint(referrals, URL)
    sent(referrals)

    off = act(referrals, "change_endpoint", made["id"], body={"enabled": False}, if_match=1)
    [given_up] = deliveries(referrals)
    still = act(referrals, "change_endpoint", made["id"], body={"description": "Resting."}, if_match=2)
    again = act(referrals, "change_endpoint", made["id"], body={"enabled": True}, if_match=3)
    sent(referrals)

    for one in (off, still):
        assert (one["enabled"], one["disabled_because"]) == (False, "by_hand")
    assert (given_up["status"], given_up["last_fault"], given_up["next_attempt_at"]) == (
        "failed",
        "endpoint_disabled",
        None,
    )
    assert (again["enabled"], again["disabled_because"]) == (True, None)
    assert sorted(one["status"] for one in deliveries(referrals)) == ["failed", "pending"]
    assert changes_told(referrals) == ["created", "changed", "changed", "changed"]


def test_whoever_disables_waits_for_those_who_are_telling_and_leaves_nothing_pending(referrals: Desk) -> None:
    # given an event that is being told: its endpoints are chosen, and its deliveries not even written yet
    made = endpoint(referrals, URL)["id"]
    off = threading.Thread(target=act, args=[referrals, "change_endpoint", made], kwargs={"body": {"enabled": False}})
    with referrals.session() as session:
        caller = Caller("adviser-1", "console")
        work = Work(session, "referrals", caller, datetime.now(UTC), new_trace(), "send_referral")
        announce(work, Event("referral_sent", "REF-0000-0000", 1, {}))
        # when its endpoint is disabled meanwhile
        off.start()
        off.join(0.3)
        assert off.is_alive()
    off.join()

    # then the delivery is given up as if it had been there before
    assert [one["status"] for one in deliveries(referrals)] == ["failed"]


def test_a_change_of_nothing_changes_nothing(referrals: Desk) -> None:
    made = endpoint(referrals, URL)

    same = act(referrals, "change_endpoint", made["id"], body={})

    assert same["version"] == made["version"]
    assert changes_told(referrals) == ["created"]


def test_a_deleted_endpoint_is_gone_with_all_that_was_waiting_for_it(referrals: Desk) -> None:
    made = endpoint(referrals, URL)
    sent(referrals)

    assert act(referrals, "delete_endpoint", made["id"], if_match=1) is None

    with pytest.raises(NotFound):
        act(referrals, "read_endpoint", made["id"])
    assert deliveries(referrals) == []
    assert changes_told(referrals) == ["created", "deleted"]


def test_a_rotated_secret_is_new_and_the_old_one_has_a_day_left(referrals: Desk) -> None:
    made = endpoint(referrals, URL)

    rotated = act(referrals, "rotate_secret", made["id"], body={})

    assert rotated["secret"] != made["secret"]
    assert rotated["previous_secret_until"] > made["created_at"]
    assert made["secret"] not in str(rotated)
    assert "secret" not in act(referrals, "read_endpoint", made["id"])


@pytest.mark.parametrize("method", ["change_endpoint", "delete_endpoint", "rotate_secret", "test_endpoint"])
def test_an_action_on_what_was_read_earlier_is_stale(referrals: Desk, method: str) -> None:
    made = endpoint(referrals, URL)
    act(referrals, "change_endpoint", made["id"], body={"description": "New."}, if_match=1)
    body = {} if method == "delete_endpoint" else {"body": {}}

    with pytest.raises(Stale):
        act(referrals, method, made["id"], if_match=1, **body)


@pytest.mark.parametrize("endpoint_id", ["019aa5f3-01c7-7f39-b0de-3b1d2c8c9f01", "none", "7", "' OR 1=1"])
def test_an_unknown_endpoint_or_delivery_is_not_found(referrals: Desk, endpoint_id: str) -> None:
    for method in ("read_endpoint", "delete_endpoint"):
        with pytest.raises(NotFound):
            act(referrals, method, endpoint_id)
    with pytest.raises(NotFound):
        referrals.ask("replay_delivery", delivery_id=endpoint_id, body={}, **REVIEWER)


def test_a_test_goes_to_its_endpoint_alone_and_not_to_a_disabled_one(referrals: Desk) -> None:
    made = endpoint(referrals, URL)
    endpoint(referrals, f"{URL}/other")

    test = act(referrals, "test_endpoint", made["id"], body={}, if_match=1)
    act(referrals, "change_endpoint", made["id"], body={"enabled": False})

    assert (test["endpoint"], test["type"], test["status"]) == (made["id"], "webhook.test", "pending")
    with pytest.raises(Refused) as refused:
        act(referrals, "test_endpoint", made["id"], body={})
    assert refused.value.code == "endpoint_disabled"
    assert len(deliveries(referrals)) == 1


def test_what_was_given_up_can_be_replayed_and_what_is_under_way_cannot(referrals: Desk) -> None:
    made = endpoint(referrals, URL)
    sent(referrals)
    [waiting] = deliveries(referrals)
    with pytest.raises(NotAllowedNow):
        referrals.ask("replay_delivery", delivery_id=waiting["id"], body={}, **REVIEWER)
    with referrals.session() as session:
        session.execute(update(Delivery).values(status="failed", attempts=10, next_attempt_at=None))

    again = referrals.ask("replay_delivery", delivery_id=waiting["id"], body={}, **REVIEWER)

    assert (again["status"], again["attempts"], again["webhook_id"]) == ("pending", 0, waiting["webhook_id"])
    assert changes_told(referrals) == ["created", "delivery_replayed"]
    act(referrals, "change_endpoint", made["id"], body={"enabled": False})
    with pytest.raises(Refused) as refused:
        referrals.ask("replay_delivery", delivery_id=waiting["id"], body={}, **REVIEWER)
    assert refused.value.code == "endpoint_disabled"


def test_deliveries_are_listed_by_endpoint_state_and_time(referrals: Desk) -> None:
    first, second = endpoint(referrals, URL), endpoint(referrals, f"{URL}/2")
    for _ in range(3):
        sent(referrals)
    newest, *_, oldest = deliveries(referrals)

    assert len(deliveries(referrals)) == 6
    assert {one["endpoint"] for one in deliveries(referrals, endpoint=first["id"])} == {first["id"]}
    assert deliveries(referrals, status="failed") == []
    assert len(deliveries(referrals, endpoint=second["id"], status="pending")) == 3
    assert len(deliveries(referrals, **{"from": newest["created_at"]})) == 2
    assert len(deliveries(referrals, to=newest["created_at"])) == 4
    assert deliveries(referrals, to=oldest["created_at"]) == []
    page = referrals.ask("list_deliveries", body={"limit": "4"}, **REVIEWER)
    rest = referrals.ask("list_deliveries", body={"limit": "4", "after": page["next"]}, **REVIEWER)
    assert page["items"] + rest["items"] == deliveries(referrals)


def test_endpoints_are_listed_newest_first(referrals: Desk) -> None:
    made = [endpoint(referrals, f"{URL}/{number}")["id"] for number in range(3)]

    first = referrals.ask("list_endpoints", body={"limit": "2"}, **REVIEWER)
    rest = referrals.ask("list_endpoints", body={"limit": "2", "after": first["next"]}, **REVIEWER)

    assert [one["id"] for one in first["items"] + rest["items"]] == made[::-1]
