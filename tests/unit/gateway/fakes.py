"""A gateway with a bus, a clock and an issuer that a test holds in its hand."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import orjson
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import KeySet, OKPKey
from werkzeug.test import TestResponse

from chassis.errors import Unavailable
from chassis.work import Caller
from gateway.api import ROUTES
from gateway.app import create_app
from gateway.clients.line import Exchange
from gateway.contracts import Contracts
from gateway.cursors import Cursors
from gateway.dispatch import Parts
from gateway.health import Readiness
from gateway.keys import KeyRing
from gateway.metrics import Metrics
from gateway.rpc_client import Answer
from gateway.signatures import Signatures
from gateway.tokens import Issuer, Tokens
from gateway.url_secrets import UrlSecrets

KEY = OKPKey.generate_key("Ed25519", {"kid": "one"})
ISSUER, AUDIENCE = "https://issuer.example", "spinout"
TELEPHONY_SECRET = "whsec_" + "MDEyMw==".rstrip("=") * 8
TELEPHONY_URL_SECRET, EXCHANGE_ADDRESS = "a-secret-of-the-exchange-of-40-characters", "192.0.2.17"
CONTRACTS = Contracts.read()
_REFERENCE = "ENQ-7K3M-9Q2D"
THING = {"reference": _REFERENCE, "enquiry": _REFERENCE, "id": "0192f0c1", "version": 3, "columns": [], "rows": []}
THING |= {"name": "a.bin", "content": "", "next": None}  # a piece of a file


@dataclass(frozen=True, slots=True)
class Asked:
    """One call that reached the bus."""

    method: str
    arguments: dict[str, Any]
    context: dict[str, Any]


@dataclass
class FakeBus:
    """Answers every method that the contracts know: with a thing, with an empty page, or as a test says."""

    asked: list[Asked] = field(default_factory=list)
    says: dict[str, Any] = field(default_factory=dict)
    replayed: bool = False

    def forget(self) -> None:
        """Be as new."""
        self.asked, self.says, self.replayed = [], {}, False

    def call(self, service: str, method: str, arguments: dict[str, Any], context: dict[str, Any]) -> Answer:
        """Keep what was asked, and answer."""
        name = f"{service}.{method}"
        self.asked.append(Asked(name, arguments, context))
        contract = CONTRACTS.of(name)
        usual = {"items": [], "next": None} if contract.is_paged else THING
        said = self.says.get(name, usual)
        if isinstance(said, BaseException):
            raise said
        return Answer(said(arguments) if callable(said) else said, self.replayed)

    @property
    def last(self) -> Asked:
        """The last call."""
        return self.asked[-1]


def key_set(*keys: OKPKey) -> bytes:
    """A key set as the issuer publishes it."""
    return orjson.dumps(KeySet(list(keys or (KEY,))).as_dict(private=False))


def token(
    *roles: str, key: Any = KEY, alg: str = "Ed25519", header: dict[str, Any] | None = None, **claims: Any
) -> str:
    """A signed token of the issuer; a claim that is None is left out."""
    now = int(time.time())
    whole = {"iss": ISSUER, "aud": AUDIENCE, "sub": "adviser-1", "azp": "console", "exp": now + 600, "roles": [*roles]}
    told = {name: value for name, value in (whole | claims).items() if value is not None}
    return jwt.encode({"alg": alg, "kid": "one", **(header or {})}, told, key, algorithms=[alg])


def tokens(
    read: Callable[[], bytes] = key_set, clock: Callable[[], float] = time.time, ring: KeyRing | None = None
) -> Tokens:
    """What verifies the issuer's tokens."""
    return Tokens(ring or KeyRing(read, fresh=300), Issuer(ISSUER, AUDIENCE), clock)


def seal(caller: Caller) -> str:
    """A caller as its token tells, so that tests can read it."""
    return f"{caller.subject}/{caller.client}/{','.join(sorted(caller.roles))}"


@dataclass
class Gateway:
    """The whole gateway but the bus."""

    client: FlaskClient
    bus: FakeBus
    metrics: Metrics

    def ask(
        self, method: str, path: str, *, roles: tuple[str, ...] = ("admin",), json: Any = None, **options: Any
    ) -> TestResponse:
        """Send a request with a token of these roles, a key and a match; a header that is None is left out.

        All of the answer is read, and closed, unless it is not to be `buffered`.
        """
        usual = {"Authorization": f"Bearer {token(*roles)}"}
        if method != "GET":
            usual |= {"Idempotency-Key": "k1", "If-Match": '"3"'}
        headers = {**usual, **options.pop("headers", {})}
        sent = {name: value for name, value in headers.items() if value is not None}
        if json is not None:
            options |= {"data": orjson.dumps(json), "content_type": "application/json"}
        return self.client.open(path, method=method, headers=sent, **{"buffered": True, **options})


def gateway(bus: FakeBus | None = None, ring: KeyRing | None = None) -> Gateway:
    """A gateway with a fake bus."""
    bus, metrics, ring = bus or FakeBus(), Metrics(), ring or KeyRing(key_set, fresh=300)
    exchange = Exchange(bus, seal)
    programs = Signatures(TELEPHONY_SECRET), UrlSecrets(TELEPHONY_URL_SECRET, EXCHANGE_ADDRESS)
    parts = Parts(tokens(ring=ring), exchange, Cursors("secret"), CONTRACTS, 5.0, *programs)
    app = create_app(ROUTES, parts, Readiness(exchange, CONTRACTS.services, ring), metrics)
    return Gateway(app.test_client(), bus, metrics)


@cache
def _one() -> Gateway:
    return gateway()


def shared_gateway() -> Gateway:
    """One gateway for many tests, since it writes its documents when it starts; its bus remembers nothing."""
    door = _one()
    door.bus.forget()
    return door


def down(*services: str) -> dict[str, Any]:
    """What a bus says whose services are away."""
    return {f"{service}.ping": Unavailable() for service in services}
