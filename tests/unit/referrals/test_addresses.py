"""Nothing of ours is ever sent to an inner address, however it is written or resolved."""

import ipaddress
import socket
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.referrals.webhooks.addresses import AddressRefused, AddressRules

RULES = AddressRules()
LOCAL = AddressRules(loopback=True)

INNER = """
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.254 127.0.0.1 127.255.255.254 168.63.129.16
169.254.169.254 169.254.0.1 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.192 192.0.2.1 192.31.196.1 192.52.193.1
192.88.99.1 192.168.0.1 192.175.48.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255
240.0.0.1 255.255.255.255
:: ::1 ::127.0.0.1 ::10.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:8.8.8.8 ::ffff:0:8.8.8.8
64:ff9b::7f00:1 64:ff9b::808:808 64:ff9b:1::1 100::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:2::1
2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1::1 2002:808:808::1 2620:4f:8000::1 3fff::1 4000::1 5f00::1 8000::1
fc00::1 fd00:ec2::254 fd12:3456::1 fe80::1 febf::1 fec0::1 feff::1 ff00::1 ff02::1 ff0e::1
""".split()
OUTER = "1.1.1.1 8.8.8.8 100.63.255.255 100.128.0.1 172.15.0.1 172.32.0.1 223.255.255.254 2606:4700::1111 2a00:1450::1"


@pytest.mark.parametrize("address", INNER)
def test_an_inner_address_is_refused(address: str) -> None:
    assert not RULES.allows(ipaddress.ip_address(address))
    assert RULES.fault_of(f"https://[{address}]/" if ":" in address else f"https://{address}/") is not None


@pytest.mark.parametrize("address", OUTER.split())
def test_an_address_on_the_public_internet_is_allowed(address: str) -> None:
    assert RULES.allows(ipaddress.ip_address(address))


@given(st.ip_addresses())
def test_what_python_calls_private_or_reserved_is_never_allowed(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    inner = not address.is_global or address.is_multicast or address.is_reserved or address.is_link_local

    assert not (inner and RULES.allows(address))


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_in_the_clothes_of_ipv6_is_never_allowed(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    clothed = [
        number,  # ::a.b.c.d
        0xFFFF << 32 | number,  # mapped
        0x64FF9B << 96 | number,  # NAT64
        0x2002 << 112 | number << 80 | 1,  # 6to4
        0x20010000 << 96 | (number ^ 0xFFFFFFFF),  # Teredo
    ]

    assert not any(RULES.allows(ipaddress.IPv6Address(one)) for one in clothed)


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.gov.uk",
        "https://hooks.example.gov.uk:8443/in?x=1&y=/../",
        "HTTPS://Hooks.Example.Gov.UK/",
        "https://xn--bcher-kva.example/",
        "https://8.8.8.8/",
        "https://[2606:4700::1111]:444/",
    ],
)
def test_an_https_address_is_accepted(url: str) -> None:
    assert RULES.fault_of(url) is None


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://",
        "https:///path",
        "hooks.example.org",
        "//hooks.example.org/",
        "http://hooks.example.org/",
        "ftp://hooks.example.org/",
        "file:///etc/passwd",
        "gopher://hooks.example.org/",
        "javascript:alert(1)",
        "https://user@hooks.example.org/",
        "https://user:word@hooks.example.org/",
        "https://@hooks.example.org/",
        "https://hooks.example.org@10.0.0.1/",
        "https://hooks.example.org/#fragment",
        "https://hooks.example.org/#",
        "https://hooks.example.org:0/",
        "https://hooks.example.org:65536/",
        "https://hooks.example.org:https/",
        "https://hooks.example.org /",
        "https://hooks.example.org\\@10.0.0.1/",
        "https://hooks.example.org/\r\nX-Injected: 1",
        "https://bücher.example/",
        "https://ｌocalhost/",
        "https://localhost/",
        "http://localhost/",
        "https://rabbitmq/",
        "https://hooks..example.org/",
        "https://hooks.example.org./",
        "https://-hooks.example.org/",
        f"https://{'a' * 64}.example.org/",
        f"https://{'a.' * 127}org/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.1/",
        "https://127.1/",
        "https://127.0.0.01/",
        "https://0177.0.0.1/",
        "https://[127.0.0.1]/",
        "https://[::1/",
        "https://[v1.example.org]/",
        "https://[fe80::1%25eth0]/",
        "https://[2606:4700::1111%25lo]/",
        "https://%31%32%37.0.0.1/",
    ],
)
def test_an_address_that_is_not_plainly_public_https_is_refused(url: str) -> None:
    assert RULES.fault_of(url) is not None


@given(st.text(max_size=60) | st.text(max_size=60).map("https://".__add__))
def test_any_text_at_all_is_judged_without_an_error(url: str) -> None:
    assert RULES.fault_of(url) is None or RULES.fault_of(url)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8000/", "http://localhost/", "http://[::1]:80/", "https://127.0.0.2/"]
)
def test_this_machine_is_allowed_for_local_use_only(url: str) -> None:
    assert LOCAL.fault_of(url) is None
    assert RULES.fault_of(url) is not None


@pytest.mark.parametrize(
    "url", ["http://hooks.example.org/", "http://10.0.0.1/", "https://10.0.0.1/", "http://[fc00::1]/"]
)
def test_local_use_opens_nothing_but_this_machine(url: str) -> None:
    assert LOCAL.fault_of(url) is not None


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """A resolver that knows what it is told: `names(("8.8.8.8",), …)`, one answer for each time it is asked."""
    asked: list[str] = []

    def know(*answers: tuple[str, ...]) -> list[str]:
        left = list(answers)

        def getaddrinfo(host: str, port: int, **options: object) -> list[tuple[object, ...]]:
            asked.append(host)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in left.pop(0)]

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        return asked

    return know


def test_a_name_is_resolved_once_and_the_checked_addresses_are_used(names: Callable[..., list[str]]) -> None:
    # given a name that turns inner when it is asked for again
    asked = names(("8.8.8.8", "8.8.8.8", "2606:4700::1111"), ("127.0.0.1",))

    target = RULES.resolve("https://Rebinding.example.org:8443/in?x=1")

    assert target.addresses == ("8.8.8.8", "2606:4700::1111")
    assert (target.host, target.port, target.path) == ("rebinding.example.org", 8443, "/in?x=1")
    assert target.authority == "rebinding.example.org:8443"
    assert asked == ["rebinding.example.org"]


@pytest.mark.parametrize(
    "answer", [("127.0.0.1",), ("8.8.8.8", "10.0.0.1"), ("2606:4700::1111", "::1"), ("fe80::1%2",)]
)
def test_a_name_with_any_inner_address_is_refused(answer: tuple[str, ...], names: Callable[..., list[str]]) -> None:
    names(answer)

    with pytest.raises(AddressRefused):
        RULES.resolve("https://hooks.example.org/")


def test_even_locally_plain_http_goes_to_this_machine_only(names: Callable[..., list[str]]) -> None:
    names(("8.8.8.8",))

    with pytest.raises(AddressRefused):
        LOCAL.resolve("http://localhost/")


def test_a_url_that_is_refused_is_not_even_resolved(names: Callable[..., list[str]]) -> None:
    asked = names(("8.8.8.8",))

    with pytest.raises(AddressRefused):
        RULES.resolve("http://hooks.example.org/")

    assert asked == []


@pytest.mark.parametrize(
    ("url", "authority"),
    [
        ("https://8.8.8.8/", "8.8.8.8"),
        ("https://8.8.8.8:443/", "8.8.8.8"),
        ("https://[2606:4700::1111]:8443/", "[2606:4700::1111]:8443"),
    ],
)
def test_the_host_header_names_the_host_and_a_port_that_is_not_the_schemes_own(
    url: str, authority: str, names: Callable[..., list[str]]
) -> None:
    names(("8.8.8.8",))

    assert RULES.resolve(url).authority == authority
