"""Secrets and signatures, scheme `v1` of Standard Webhooks (HMAC-SHA256 over id, time and body)."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

_PREFIX = "whsec_"
# The specification wants 24 to 64 random bytes.
_SECRET_BYTES = 32


def new_secret() -> str:
    """A random secret as the subscriber is shown it."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def signed_headers(using: Sequence[str], webhook_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of one attempt made `at` that moment, with one signature for each secret.

    The id stays the same over all attempts, so that a subscriber can tell a repeat; the time is the attempt's, so
    that it can refuse what somebody recorded and plays back.
    """
    timestamp = str(int(at.timestamp()))
    signed = f"{webhook_id}.{timestamp}.".encode() + body
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(_signature(secret, signed) for secret in using),
    }


def _signature(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
