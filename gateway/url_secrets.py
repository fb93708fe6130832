"""Requests of programs that can neither sign nor hold a token: a secret in the URL, from an address that we know.

Many telephone exchanges can do no more than call an address that is typed into a form. Such an address is seen by
whoever keeps the exchange and may stand in logs on the way, so that the secret alone would not do.
"""

import hmac
import re
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from gateway.incoming import query_of

PARAMETER = "secret"
_ONE = re.compile(r"[A-Za-z0-9_-]{32,200}")


class UrlSecrets:
    """Knows the secrets of one sender: several, separated by blanks, while it changes from one to the next.

    `networks` are the addresses that it sends from, separated by blanks: `192.0.2.17` or `192.0.2.0/28`.
    """

    def __init__(self, secrets: str, networks: str) -> None:
        """Raises ValueError, without a word of the secret, when one of them is none or has no addresses with it."""
        self._secrets = [one.encode() for one in secrets.split()]
        if not all(_ONE.fullmatch(one.decode()) for one in self._secrets):
            raise ValueError("TELEPHONY_URL_SECRET is 32 to 200 letters, digits, hyphens and underscores.")
        self._networks = networks_of(networks)
        if self._secrets and not self._networks:
            raise ValueError("TELEPHONY_URL_SECRET counts only with TELEPHONY_ADDRESSES, from which it may come.")

    def vouch_for(self, environ: Mapping[str, Any]) -> bool:
        """Whether a request names one of our secrets and comes from one of these addresses.

        The address is the connection's, or what a proxy that we trust says of it (`gateway.serve`). Raises what
        `query_of` raises.
        """
        given = query_of(environ, frozenset({PARAMETER})).get(PARAMETER, "").encode()
        is_ours = [hmac.compare_digest(one, given) for one in self._secrets]
        return any(is_ours) and self._is_known(environ.get("REMOTE_ADDR", ""))

    def _is_known(self, address: str) -> bool:
        try:
            peer = ip_address(address)
        except ValueError:
            return False
        peer = getattr(peer, "ipv4_mapped", None) or peer
        return any(peer in network for network in self._networks)


def networks_of(text: str) -> list[IPv4Network | IPv6Network]:
    """The networks that a setting names, separated by blanks. Raises ValueError naming one that is none."""
    found = []
    for one in text.split():
        try:
            found.append(ip_network(one))
        except ValueError:
            raise ValueError(f"{one} is no address and no network, such as 192.0.2.17 or 192.0.2.0/28.") from None
    return found
