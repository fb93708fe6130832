"""Where webhooks may be sent: public addresses only, whatever a name resolves to.

`ipaddress.is_global` is not enough: it calls 6to4, NAT64, fec0::/10 and ::127.0.0.1 global. So the list is our own.
"""

import ipaddress
import re
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

# IANA's special-purpose registry for IPv4, multicast, and addresses where clouds keep their metadata.
_INNER_4 = [
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # a cloud's own services, on a public address
        "169.254.0.0/16",  # link-local, and most clouds' metadata
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
]
# Of IPv6 only 2000::/3 is given out to the public internet. All else is inner, or carries an IPv4 address that may be:
# ::/96 and ::ffff:0:0/96 (IPv4), 64:ff9b::/96 (NAT64), fc00::/7, fe80::/10, fec0::/10, ff00::/8. These parts of it:
_OUTER_6 = ipaddress.IPv6Network("2000::/3")
_INNER_6 = [
    ipaddress.IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments: Teredo carries IPv4; benchmarks, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4 carries IPv4
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
]
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
# What browsers and C libraries take for a number, and so for an address: 2130706433, 0x7f.1, 127.1
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_PRINTABLE = re.compile(r"[!-~]+")
_MOST_ADDRESSES = 4
_PORTS = {"https": 443, "http": 80}


class AddressRefused(Exception):
    """The name resolves to an address to which nothing may be sent."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where to connect for one URL: addresses that were checked, and the name that the certificate must bear."""

    scheme: str
    host: str
    port: int
    path: str
    addresses: tuple[str, ...]

    @property
    def authority(self) -> str:
        """The header `Host`: the name, and the port where it is not the scheme's own."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == _PORTS[self.scheme] else f"{name}:{self.port}"


@dataclass(frozen=True, slots=True)
class AddressRules:
    """Which addresses are allowed. `loopback` opens this machine, for local use and tests only."""

    loopback: bool = False

    def fault_of(self, url: str) -> str | None:
        """What is wrong with the URL of an endpoint, as a sentence; None when nothing is.

        Names are not resolved here: what one resolves to is checked at each attempt, since it can change.
        """
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            return "Must be a URL."
        if not _PRINTABLE.fullmatch(url) or "\\" in url or "%" in host or port == 0:
            return "Must be a URL of printable ASCII characters."
        if "@" in parts.netloc or "#" in url:
            return "Must have no user name, password or fragment."
        if "[" in parts.netloc and _literal(host) is None:
            return "Must name a host on the public internet."
        if parts.scheme != "https" and not (parts.scheme == "http" and self.loopback and _is_this_machine(host)):
            return "Must begin with https://."
        return self._fault_of_host(host)

    def _fault_of_host(self, host: str) -> str | None:
        address = _literal(host)
        if address is not None:
            return None if self.allows(address) else "Must be an address on the public internet."
        labels = host.split(".")
        if host == "localhost" and self.loopback:
            return None
        if len(labels) < 2 or len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
            return "Must name a host on the public internet."
        return "Must name a host on the public internet." if _NUMBER.fullmatch(labels[-1]) else None

    def allows(self, address: IPAddress) -> bool:
        """Whether something may be sent to this address."""
        if self.loopback and address.is_loopback:
            return True
        if isinstance(address, ipaddress.IPv4Address):
            return not any(address in network for network in _INNER_4)
        return address in _OUTER_6 and not any(address in network for network in _INNER_6)

    def resolve(self, url: str) -> Target:
        """Resolve the URL's name, once, and check every address that it has.

        Raises AddressRefused when one of them is inner, and OSError when there is none.
        """
        if self.fault_of(url) is not None:
            raise AddressRefused
        parts = urlsplit(url)
        host = str(parts.hostname)
        port = parts.port or _PORTS[parts.scheme]
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
        addresses = tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
        for text in addresses:
            address = ipaddress.ip_address(text)
            if not self.allows(address) or (parts.scheme == "http" and not address.is_loopback):
                raise AddressRefused
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return Target(parts.scheme, host, port, path, addresses[:_MOST_ADDRESSES])


def _is_this_machine(host: str) -> bool:
    address = _literal(host)
    return host == "localhost" if address is None else address.is_loopback


def _literal(host: str) -> IPAddress | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
