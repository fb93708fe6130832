"""Requests of programs that hold a secret instead of a token: scheme `v1` of Standard Webhooks.

HMAC-SHA256 over id, time and body (https://www.standardwebhooks.com). The headers are looked at before any of the body
is read, and no word of the body is believed, or even parsed, before its signature is.
"""

import base64
import binascii
import hashlib
import hmac
import re
import time
from collections.abc import Callable, Mapping
from typing import Any

from gateway.errors import Unsigned

# Seconds by which the sender's clock and ours may differ: what is older may have been recorded and played back.
TOLERANCE = 300
_PREFIX = "whsec_"
_FEWEST_BYTES = 24  # of a secret, as the specification wants
_ID = re.compile(r"[\x21-\x7e]{1,255}")
_TIMESTAMP = re.compile(r"[0-9]{1,11}")
_LONGEST = 1_000  # characters of all signatures together, so that few are compared


class Signatures:
    """Knows the secrets of one sender: several, separated by blanks, while it changes from one to the next."""

    def __init__(self, secrets: str, clock: Callable[[], float] = time.time) -> None:
        """Raises ValueError, without a word of the secret, when one of them is none."""
        self._keys = [_key(secret) for secret in secrets.split()]
        self._clock = clock

    def announced(self, environ: Mapping[str, Any]) -> Callable[[bytes], None]:
        """What checks the body that is announced: it raises Unsigned unless one of our secrets signed it, lately.

        Raises Unsigned at once where the headers alone show that none did.
        """
        id_, sent = environ.get("HTTP_WEBHOOK_ID", ""), environ.get("HTTP_WEBHOOK_TIMESTAMP", "")
        given = environ.get("HTTP_WEBHOOK_SIGNATURE", "")
        if not self._keys or not _ID.fullmatch(id_) or not _TIMESTAMP.fullmatch(sent) or not 0 < len(given) <= _LONGEST:
            raise Unsigned
        if abs(self._clock() - int(sent)) > TOLERANCE:
            raise Unsigned
        start = f"{id_}.{sent}.".encode()

        def check(body: bytes) -> None:
            wanted = [hmac.digest(key, start + body, hashlib.sha256) for key in self._keys]
            found = [
                hmac.compare_digest(f"v1,{base64.b64encode(one).decode()}".encode(), each.encode("latin-1"))
                for one in wanted
                for each in given.split(" ")
            ]
            if not any(found):
                raise Unsigned

        return check


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if not secret.startswith(_PREFIX) or len(key) < _FEWEST_BYTES:
        raise ValueError(f"A secret is {_PREFIX} and then at least {_FEWEST_BYTES} bytes in base 64.")
    return key
