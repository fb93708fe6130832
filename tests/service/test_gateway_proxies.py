"""Whose address counts when a proxy stands in front of the gateway."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.serve import behind_proxies
from tests.service.gateway_door import Door
from tests.unit.gateway.fakes import EXCHANGE_ADDRESS, TELEPHONY_URL_SECRET

NOWHERE = "amqp://guest:guest@127.0.0.1:9/none"
EVENT = {"event": "newCall", "callId": "1", "from": "02079460123"}
PLACE = f"/v1/telephony/events?secret={TELEPHONY_URL_SECRET}"
BELIEVED, REFUSED = 503, 401  # the broker is not there


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """Give a gateway that believes a proxy of its own machine."""
    settings = {
        "TELEPHONY_URL_SECRET": TELEPHONY_URL_SECRET,
        "TELEPHONY_ADDRESSES": f"{EXCHANGE_ADDRESS} 198.51.100.0/24",
        "PROXY_ADDRESSES": "127.0.0.1 203.0.113.7",
    }
    opened = Door(tmp_path_factory.mktemp("gateway"), NOWHERE, settings=settings).start()
    yield opened
    opened.stop()


@pytest.mark.parametrize(
    ("forwarded", "status"),
    [
        (EXCHANGE_ADDRESS, BELIEVED),
        (f"{EXCHANGE_ADDRESS}, 203.0.113.7", BELIEVED),
        ("10.0.0.1, 198.51.100.200", BELIEVED),
        (f"{EXCHANGE_ADDRESS}, 192.0.2.99", REFUSED),
        (f"{EXCHANGE_ADDRESS}, unknown", REFUSED),
        ("", REFUSED),
    ],
)
def test_the_address_is_the_last_one_that_no_proxy_of_ours_has(door: Door, forwarded: str, status: int) -> None:
    assert door.ask("POST", PLACE, EVENT, X_Forwarded_For=forwarded).status == status


def test_without_a_word_of_the_proxy_the_address_is_its_own(door: Door) -> None:
    assert door.ask("POST", PLACE, EVENT).status == REFUSED


@pytest.mark.parametrize("name", ["TELEPHONY_URL_SECRET", "PROXY_ADDRESSES"])
def test_what_is_wrong_with_a_setting_ends_the_start_with_a_word(name: str, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=name if name.startswith("T") else "is no address"):
        Door(tmp_path, NOWHERE, settings={name: "x"}).start()


def test_the_secret_is_in_no_log(door: Door) -> None:
    door.ask("POST", PLACE, EVENT, X_Forwarded_For="192.0.2.99")

    assert "/v1/telephony/events" in door.log()
    assert TELEPHONY_URL_SECRET not in door.log()


@pytest.mark.parametrize(
    ("peer", "address"),
    [
        ("127.0.0.1", EXCHANGE_ADDRESS),
        ("::ffff:127.0.0.1", EXCHANGE_ADDRESS),
        ("::ffff:10.0.0.9", EXCHANGE_ADDRESS),
        ("::ffff:10.0.1.9", "::ffff:10.0.1.9"),
        ("::1", "::1"),
    ],
)
def test_a_proxy_is_known_by_either_form_of_its_address(peer: str, address: str) -> None:
    """Where the gateway takes requests at `::`, addresses of the older kind come in the newer form."""
    seen: list[str] = []
    environ = {"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": EXCHANGE_ADDRESS}

    behind_proxies(lambda told, _start: seen.append(told["REMOTE_ADDR"]) or [], "127.0.0.1 10.0.0.0/24")(environ, print)

    assert seen == [address]
