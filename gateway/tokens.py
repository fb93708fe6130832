"""Bearer tokens: JSON Web Tokens (RFC 7519) of one issuer for one audience, verified against its public keys."""

import hashlib
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeGuard

from joserfc import jws
from joserfc.errors import JoseError

from chassis.work import Caller
from gateway.errors import BadJson, Unauthenticated
from gateway.keys import KeyRing
from gateway.strict_json import loads

# Seconds by which the issuer's clock and ours may differ.
LEEWAY = 60
# Seconds for which a verified token is believed without looking again: a key taken away works no longer than that.
REMEMBERED = 30
_REMEMBERED_AT_MOST = 2_000
_LONGEST_TOKEN = 8_192
_LONGEST_NAME = 200
_MOST_ROLES = 50
_TYPES = ("jwt", "at+jwt", "application/jwt", "application/at+jwt")


class _Registry(jws.JWSRegistry):
    """EdDSA is the older name of Ed25519 (RFC 9864); the keys that we take are of that curve only."""

    def get_alg(self, name: str) -> Any:
        return super().get_alg("Ed25519" if name == "EdDSA" else name)


@dataclass(frozen=True, slots=True)
class Issuer:
    """Whose tokens we take, and what they must say they are for."""

    name: str
    audience: str


class Tokens:
    """Says who calls. Remembers what it verified for a short while, so that repeated calls are cheap."""

    def __init__(self, keys: KeyRing, issuer: Issuer, clock: Callable[[], float] = time.time) -> None:
        self.keys = keys
        self._issuer, self._clock = issuer, clock
        self._remembered: dict[bytes, tuple[float, Caller]] = {}

    def caller(self, authorization: str | None) -> Caller:
        """The caller that an Authorization header shows.

        Raises Unauthenticated, without a word of the token, for a missing, forged, expired or foreign one.
        """
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated("Send a bearer token in the Authorization header.")
        # Tokens are secrets: the digest is kept, not the token.
        mark = hashlib.sha256(token.encode("latin-1", "replace")).digest()
        known = self._remembered.get(mark)
        now = self._clock()
        if known is not None and now < known[0]:
            return known[1]
        claims = self._claims(token.strip())
        self._check_validity(claims, now)
        caller = _caller(claims)
        if len(self._remembered) >= _REMEMBERED_AT_MOST:
            self._remembered.clear()
        self._remembered[mark] = (min(now + REMEMBERED, claims["exp"] + LEEWAY), caller)
        return caller

    def _claims(self, token: str) -> dict[str, Any]:
        try:
            if len(token) > _LONGEST_TOKEN:
                raise _bad("The bearer token is too long.")
            read = jws.extract_compact(token.encode("ascii"))
            header = read.headers()
            key_id, kind = header.get("kid"), header.get("typ", "JWT")
            if str(kind).lower() not in _TYPES:
                raise _bad("The bearer token is not an access token.")
            found = self.keys.find(key_id if isinstance(key_id, str) else None)
            if found is None:
                raise _bad("The bearer token is signed with a key that is not known here.")
            registry = _Registry(algorithms=found.algorithms, strict_check_header=False)
            if not jws.validate_compact(read, found.key, registry=registry):
                raise _bad("The bearer token's signature is wrong.")
            claims = loads(read.payload)
        except (JoseError, UnicodeError, BadJson, ValueError, TypeError):
            raise _bad("The bearer token cannot be read, or is signed in a way that is not taken here.") from None
        if not isinstance(claims, dict):
            raise _bad("The bearer token has no claims.")
        return claims

    def _check_validity(self, claims: dict[str, Any], now: float) -> None:
        audience, expires, begins = claims.get("aud"), claims.get("exp"), claims.get("nbf", 0)
        if claims.get("iss") != self._issuer.name:
            raise _bad("The bearer token is of another issuer.")
        if self._issuer.audience not in (audience if isinstance(audience, list) else [audience]):
            raise _bad("The bearer token is for another audience.")
        if not _is_time(expires) or now >= expires + LEEWAY:
            raise _bad("The bearer token has expired.")
        if not _is_time(begins) or now < begins - LEEWAY:
            raise _bad("The bearer token is not valid yet.")


def _caller(claims: dict[str, Any]) -> Caller:
    subject, roles = claims.get("sub"), claims.get("roles", [])
    # A client of its own for each subject, where the issuer names none: idempotency keys belong to clients.
    client = claims.get("azp", claims.get("client_id", subject))
    if not _is_name(subject) or not _is_name(client):
        raise _bad("The bearer token does not say whose it is.")
    if not isinstance(roles, list) or len(roles) > _MOST_ROLES or not all(map(_is_name, roles)):
        raise _bad("The bearer token's roles cannot be read.")
    return Caller(subject, client, frozenset(roles))


def _bad(detail: str) -> Unauthenticated:
    return Unauthenticated(detail, "invalid_token")


def _is_time(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_name(value: Any) -> TypeGuard[str]:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_NAME and value.isprintable()
