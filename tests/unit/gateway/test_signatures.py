"""A request of the telephone exchange is believed when one of our secrets signed it lately, and not before."""

import time
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import orjson
import pytest
from standardwebhooks.webhooks import Webhook
from werkzeug.test import TestResponse

from gateway.errors import Unsigned
from gateway.incoming import LARGEST_SIGNED
from gateway.signatures import TOLERANCE, Signatures
from tests.unit.gateway.fakes import TELEPHONY_SECRET, shared_gateway

EVENT = {"event": "newCall", "callId": "1", "from": "02079460123", "cause": "of tomorrow"}
OTHER = "whsec_" + "T3RoZXI" * 8


def signed(body: bytes, *, secret: str = TELEPHONY_SECRET, late: int = 0) -> dict[str, str]:
    """The headers of another implementation of the standard."""
    then = datetime.fromtimestamp(time.time() - late, UTC)
    signature = Webhook(secret).sign("msg_1", then, body.decode())
    return {"webhook-id": "msg_1", "webhook-timestamp": str(int(then.timestamp())), "webhook-signature": signature}


def send(body: bytes, headers: dict[str, str]) -> TestResponse:
    """Send an event as an exchange does: with no token."""
    usual = {"Authorization": None, "Idempotency-Key": None, "If-Match": None}
    sent: dict[str, Any] = {"data": body, "content_type": "application/json"}
    return shared_gateway().ask("POST", "/v1/telephony/events", headers={**usual, **headers}, **sent)


def test_a_signed_event_reaches_intake_as_the_exchange_without_what_nobody_reads() -> None:
    body, door = orjson.dumps(EVENT), shared_gateway()

    door.ask("POST", "/v1/telephony/events", headers={"Authorization": None, **signed(body)}, data=body,
             content_type="application/json")  # fmt: skip

    assert door.bus.last.method == "intake.hear_call"
    assert door.bus.last.arguments["body"] == {"event": "newCall", "callId": "1", "from": "02079460123"}
    assert door.bus.last.context["caller"] == "telephone_exchange/telephone_exchange/telephone_exchange"


@pytest.mark.parametrize("late", [-TOLERANCE - 60, TOLERANCE + 60])
def test_what_was_signed_long_ago_or_ahead_is_refused(late: int) -> None:
    body = orjson.dumps(EVENT)

    assert send(body, signed(body, late=late)).status_code == 401


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
@pytest.mark.parametrize("value", ["", "x", "v1,", "é", "1" * 300, "0", "v1,AAAA v2,BBBB"])
def test_headers_that_do_not_fit_are_refused_and_say_no_more(name: str, value: str) -> None:
    body = orjson.dumps(EVENT)

    answer = send(body, {**signed(body), name: value})

    assert (answer.status_code, answer.get_json()["code"]) == (401, "unsigned")
    assert answer.headers["WWW-Authenticate"].startswith("Webhook-Signature")


def test_another_body_and_another_secret_are_refused() -> None:
    body = orjson.dumps(EVENT)

    assert send(body + b" ", signed(body)).status_code == 401
    assert send(body, signed(body, secret=OTHER)).status_code == 401


def test_a_token_is_no_signature() -> None:
    door = shared_gateway()

    assert door.ask("POST", "/v1/telephony/events", roles=("admin",), json=EVENT).status_code == 401
    assert not door.bus.asked


def test_nothing_is_parsed_before_it_is_believed() -> None:
    body = b"[" * 1000

    assert send(body, signed(b"")).status_code == 401
    assert send(body, signed(body)).status_code == 400


def test_a_body_that_is_too_long_is_not_read() -> None:
    body = b" " * (LARGEST_SIGNED + 1)

    assert send(body, signed(body)).status_code == 413


def test_bodies_that_come_slowly_hold_four_places_of_this_route_and_none_of_others() -> None:
    body, door = orjson.dumps(EVENT), shared_gateway()
    signature, seen = signed(body), []

    class Slow(BytesIO):
        """A body that is not there before another event was sent."""

        def read(self, size: int | None = -1, /) -> bytes:
            seen.append(slow().status_code)
            seen.append(door.ask("POST", "/v1/fund/entries", json={}).status_code)
            return super().read(size)

    def slow() -> TestResponse:
        headers = {"Authorization": None, "Idempotency-Key": None, "If-Match": None, **signature}
        how = {"input_stream": Slow(body), "content_length": len(body), "content_type": "application/json"}
        return door.ask("POST", "/v1/telephony/events", headers=headers, **how)

    assert slow().status_code == 200
    assert seen == [503, 201, 200, 201, 200, 201, 200, 201]
    assert send(body, signature).status_code == 200


def test_both_secrets_count_while_one_follows_the_other() -> None:
    for secret in (TELEPHONY_SECRET, OTHER):
        headers = {
            f"HTTP_{name.upper().replace('-', '_')}": text for name, text in signed(b"{}", secret=secret).items()
        }
        Signatures(f"{TELEPHONY_SECRET} {OTHER}").announced(headers)(b"{}")
        with pytest.raises(Unsigned):
            Signatures("").announced(headers)


@pytest.mark.parametrize("secret", ["hunter2", "whsec_", "whsec_AAAA", "whsec_%%%", "MDEyMw" * 8])
def test_a_secret_that_is_none_stops_the_start_and_is_not_repeated(secret: str) -> None:
    with pytest.raises(ValueError, match="A secret is") as refusal:
        Signatures(secret)

    assert secret.removeprefix("whsec_")[:4] not in str(refusal.value) or secret == "whsec_"
