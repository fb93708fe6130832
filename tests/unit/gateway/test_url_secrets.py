"""An exchange that cannot sign is believed by the secret in its URL, and only at its own address."""

import pytest
from werkzeug.test import TestResponse

from gateway.url_secrets import UrlSecrets, networks_of
from tests.unit.gateway.fakes import EXCHANGE_ADDRESS, TELEPHONY_URL_SECRET, shared_gateway

EVENT = {"event": "newCall", "callId": "1", "from": "02079460123"}
NEXT_SECRET = "the-one-that-follows-it-of-40-characters"


def send(query: str, address: str = EXCHANGE_ADDRESS, token: str | None = None) -> TestResponse:
    """Send an event as an exchange does that can neither sign nor hold a token."""
    headers = {"Authorization": token, "Idempotency-Key": None, "If-Match": None}
    place = {"environ_base": {"REMOTE_ADDR": address}}
    return shared_gateway().ask("POST", f"/v1/telephony/events{query}", json=EVENT, headers=headers, **place)


def is_believed(secret: str, address: str, *, networks: str = EXCHANGE_ADDRESS) -> bool:
    """Whether a request with this secret from this address would be."""
    known = UrlSecrets(f"{TELEPHONY_URL_SECRET} {NEXT_SECRET}", networks)
    return known.vouch_for({"QUERY_STRING": f"secret={secret}", "REMOTE_ADDR": address})


def test_an_event_with_the_secret_from_the_exchanges_address_reaches_intake_as_the_exchange() -> None:
    door = shared_gateway()

    assert send(f"?secret={TELEPHONY_URL_SECRET}").status_code == 200

    assert (door.bus.last.method, door.bus.last.arguments["body"]) == ("intake.hear_call", EVENT)
    assert door.bus.last.context["caller"] == "telephone_exchange/telephone_exchange/telephone_exchange"


@pytest.mark.parametrize(
    ("query", "address"),
    [
        ("", EXCHANGE_ADDRESS),
        ("?secret=", EXCHANGE_ADDRESS),
        (f"?secret={NEXT_SECRET}", EXCHANGE_ADDRESS),
        (f"?secret={TELEPHONY_URL_SECRET[:-1]}", EXCHANGE_ADDRESS),
        ("?secret=%C3%A9", EXCHANGE_ADDRESS),
        (f"?secret={TELEPHONY_URL_SECRET}", "192.0.2.99"),
        (f"?secret={TELEPHONY_URL_SECRET}", ""),
        (f"?secret={TELEPHONY_URL_SECRET}", "unix:"),
    ],
)
def test_without_the_secret_or_from_elsewhere_nothing_is_believed(query: str, address: str) -> None:
    door = shared_gateway()

    answer = send(query, address)

    assert (answer.status_code, answer.get_json()["code"]) == (401, "unsigned")
    assert TELEPHONY_URL_SECRET not in answer.text
    assert not door.bus.asked


def test_a_secret_in_the_url_opens_no_other_door() -> None:
    door = shared_gateway()
    place = {"environ_base": {"REMOTE_ADDR": EXCHANGE_ADDRESS}, "headers": {"Authorization": None}}

    assert door.ask("GET", f"/v1/telephony/calls?secret={TELEPHONY_URL_SECRET}", **place).status_code == 401


@pytest.mark.parametrize(
    "query", [f"?secret={TELEPHONY_URL_SECRET}&from=020", f"?secret=x&secret={TELEPHONY_URL_SECRET}"]
)
def test_a_query_with_more_in_it_is_refused(query: str) -> None:
    assert send(query).status_code == 422


def test_both_secrets_count_while_one_follows_the_other() -> None:
    assert is_believed(TELEPHONY_URL_SECRET, EXCHANGE_ADDRESS)
    assert is_believed(NEXT_SECRET, EXCHANGE_ADDRESS)


@pytest.mark.parametrize(
    ("address", "believed"),
    [
        ("192.0.2.17", True),
        ("192.0.2.32", False),
        ("::ffff:192.0.2.17", True),
        ("2001:db8::7", True),
        ("2001:db9::", False),
    ],
)
def test_addresses_are_known_by_their_networks_in_either_form(address: str, believed: bool) -> None:
    assert is_believed(NEXT_SECRET, address, networks="192.0.2.16/28 2001:db8::/32") is believed


@pytest.mark.parametrize("secret", ["hunter2", "a" * 31, "a" * 201, "é" * 40, "with/a/slash/that/a/URL/would/read"])
def test_a_secret_that_is_none_stops_the_start_and_is_not_repeated(secret: str) -> None:
    with pytest.raises(ValueError, match="TELEPHONY_URL_SECRET is") as refusal:
        UrlSecrets(secret, EXCHANGE_ADDRESS)

    assert secret not in str(refusal.value)


def test_a_secret_without_addresses_stops_the_start() -> None:
    with pytest.raises(ValueError, match="TELEPHONY_ADDRESSES"):
        UrlSecrets(TELEPHONY_URL_SECRET, "")


@pytest.mark.parametrize("text", ["*", "exchange.example", "192.0.2.17/28", "192.0.2.300"])
def test_what_is_no_network_is_named(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no address"):
        networks_of(f"192.0.2.1 {text}")
