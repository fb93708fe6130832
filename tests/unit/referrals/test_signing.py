"""Signatures, held against the library of the specification's authors."""

import base64
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from services.referrals.webhooks.signing import new_secret, signed_headers


def test_a_secret_is_32_random_bytes_as_the_specification_writes_them() -> None:
    one, other = new_secret(), new_secret()

    assert one.startswith("whsec_")
    assert len(base64.b64decode(one.removeprefix("whsec_"), validate=True)) == 32
    assert one != other


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200), st.uuids())
def test_whoever_holds_the_secret_can_verify_any_body(body: str, webhook_id: uuid.UUID) -> None:
    secret = new_secret()

    headers = signed_headers([secret], str(webhook_id), datetime.now(UTC), body.encode())

    Webhook(secret).verify(body, headers, json_parse=False)


def test_while_a_secret_is_rotated_either_of_the_two_verifies_and_no_third() -> None:
    new, old, other = new_secret(), new_secret(), new_secret()

    headers = signed_headers([new, old], "id-1", datetime.now(UTC), b'{"type":"referral.sent"}')

    for secret in (new, old):
        assert Webhook(secret).verify('{"type":"referral.sent"}', headers) == {"type": "referral.sent"}
    with pytest.raises(WebhookVerificationError):
        Webhook(other).verify('{"type":"referral.sent"}', headers)


@pytest.mark.parametrize("what", ["body", "webhook-id", "webhook-timestamp"])
def test_what_was_changed_on_the_way_does_not_verify(what: str) -> None:
    secret, now = new_secret(), datetime.now(UTC)
    headers, body = signed_headers([secret], "id-1", now, b"{}"), "{}"

    match what:
        case "body":
            body = "{ }"
        case "webhook-timestamp":
            headers[what] = str(int(now.timestamp()) + 1)
        case _:
            headers[what] = "id-2"

    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body, headers)


def test_what_was_recorded_and_is_played_back_later_does_not_verify() -> None:
    secret = new_secret()

    headers = signed_headers([secret], "id-1", datetime.now(UTC) - timedelta(minutes=6), b"{}")

    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify("{}", headers)
