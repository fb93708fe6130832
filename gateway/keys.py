"""The issuer's public keys: read from a file or by https, kept, and read again from time to time."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import urllib3
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey, import_key

from chassis.errors import Unavailable
from gateway.errors import BadJson
from gateway.strict_json import loads

# Seconds between two readings: of a file, of an address, and when a token names a key that we do not know.
FILE_FRESH, URL_FRESH, UNKNOWN_KEY_PAUSE = 5.0, 300.0, 5.0
_FETCH_TIMEOUT = urllib3.Timeout(connect=1.0, read=2.0)
_LARGEST_SET = 256 * 1024
_SMALLEST_RSA = 2048  # bits; NIST SP 800-131A
_LOOPBACK = ("127.0.0.1", "::1", "localhost")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class VerifyingKey:
    """A public key and the algorithms that it may be used with. The token has no say in that."""

    key: Key
    algorithms: frozenset[str]


class KeyRing:
    """The keys by their ids. Safe for threads; one thread reads anew while the others go on with what there is."""

    def __init__(self, read: Callable[[], bytes], fresh: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._read, self._fresh, self._clock = read, fresh, clock
        self._keys: dict[str, VerifyingKey] = {}
        self._tried: float | None = None
        self._lock = Lock()

    def find(self, key_id: str | None) -> VerifyingKey | None:
        """The key of that id; without an id the only key there is. None when there is no such key.

        Raises Unavailable when no keys could ever be read.
        """
        self._refresh(self._fresh)
        found = self._pick(key_id)
        if found is None:
            self._refresh(UNKNOWN_KEY_PAUSE)
            found = self._pick(key_id)
        if not self._keys:
            raise Unavailable("The keys that tokens are verified with cannot be read. Try again in a moment.")
        return found

    def is_filled(self) -> bool:
        """Whether there are any keys to verify tokens with."""
        self._refresh(self._fresh)
        return bool(self._keys)

    def _pick(self, key_id: str | None) -> VerifyingKey | None:
        if key_id is not None:
            return self._keys.get(key_id)
        return next(iter(self._keys.values())) if len(self._keys) == 1 else None

    def _refresh(self, older_than: float) -> None:
        if not self._is_due(older_than) or not self._lock.acquire(blocking=not self._keys):
            return
        try:
            if self._is_due(older_than):
                self._tried = self._clock()
                self._keys = keys_of(self._read())
        except (OSError, urllib3.exceptions.HTTPError, BadJson) as error:
            # The keys that we have stay good: an issuer that is down must not lock everybody out.
            log.warning("key set not read", extra={"error": type(error).__name__})
        finally:
            self._lock.release()

    def _is_due(self, older_than: float) -> bool:
        return self._tried is None or self._clock() - self._tried >= older_than


def key_ring(place: str) -> KeyRing:
    """The key ring of a path, or of an https address (http for this machine only).

    Raises ValueError for any other address.
    """
    address = urlsplit(place)
    if "://" not in place:
        return KeyRing(Path(place).read_bytes, FILE_FRESH)
    if address.scheme == "https" or (address.scheme == "http" and address.hostname in _LOOPBACK):
        return KeyRing(lambda: _fetch(place), URL_FRESH)
    raise ValueError("TOKEN_KEYS must be a path or an https address")


def keys_of(document: bytes) -> dict[str, VerifyingKey]:
    """The usable keys of a JSON Web Key set. Others are left out: a set may hold keys for other uses.

    Raises BadJson when it is no key set.
    """
    whole = loads(document)
    if not isinstance(whole, dict) or not isinstance(whole.get("keys"), list):
        raise BadJson("A key set is an object with a list of keys.")
    found = {}
    for number, entry in enumerate(whole["keys"]):
        key = _verifying_key(entry) if isinstance(entry, dict) else None
        if key is not None:
            found[str(entry.get("kid", f"#{number}"))] = key
    return found


def _verifying_key(entry: dict[str, Any]) -> VerifyingKey | None:
    if entry.get("use", "sig") != "sig" or entry.get("kty") not in ("OKP", "EC", "RSA"):
        return None
    try:
        # Without `alg` and `key_ops`: what the key may do is decided here, and by its type.
        key = import_key({name: value for name, value in entry.items() if name not in ("alg", "key_ops", "use")})
        algorithms = _algorithms(key)
    except (JoseError, ValueError, TypeError, KeyError):  # KeyError: of a curve that nobody has heard of
        return None
    said = entry.get("alg")
    if said is not None:
        algorithms &= {"Ed25519" if said == "EdDSA" else str(said)}
    return VerifyingKey(key, algorithms) if algorithms else None


def _algorithms(key: Key) -> frozenset[str]:
    if isinstance(key, OKPKey) and key.curve_name == "Ed25519":
        return frozenset({"Ed25519"})
    if isinstance(key, ECKey) and key.curve_name == "P-256":
        return frozenset({"ES256"})
    if isinstance(key, RSAKey) and key.public_key.key_size >= _SMALLEST_RSA:
        return frozenset({"RS256", "PS256"})
    return frozenset()


def _fetch(address: str) -> bytes:
    with urllib3.PoolManager(timeout=_FETCH_TIMEOUT, retries=False) as pool:
        answer = pool.request("GET", address, redirect=False, preload_content=False)
        try:
            body = answer.read(_LARGEST_SET + 1)
        finally:
            answer.close()
    if answer.status != 200 or len(body) > _LARGEST_SET:
        raise OSError("no key set there")
    return bytes(body)
