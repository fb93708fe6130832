"""Bearer tokens."""

import base64
import hmac
import time
from typing import Any

import orjson
import pytest
from joserfc.jwk import ECKey, OKPKey, RSAKey

from chassis.work import Caller
from gateway.errors import Unauthenticated
from gateway.keys import KeyRing
from gateway.tokens import LEEWAY, REMEMBERED
from tests.unit.gateway.fakes import KEY, key_set, token, tokens

ELLIPTIC = ECKey.generate_key("P-256", {"kid": "one"})
RSA = RSAKey.generate_key(2048, {"kid": "one"})


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now


def _bearer(*roles: str, **more: Any) -> str:
    return f"Bearer {token(*roles, **more)}"


def test_a_token_says_who_calls() -> None:
    caller = tokens().caller(_bearer("adviser", "manager", sub="a-7", azp="console"))

    assert caller == Caller("a-7", "console", frozenset({"adviser", "manager"}))


def test_the_scheme_may_be_written_in_any_case() -> None:
    assert tokens().caller(f"bearer {token('adviser')}").subject == "adviser-1"


@pytest.mark.parametrize(
    ("claims", "client"),
    [({"azp": None, "client_id": "portal"}, "portal"), ({"azp": None}, "adviser-1"), ({"client_id": "x"}, "console")],
)
def test_the_client_is_azp_then_client_id_then_the_subject(claims: dict[str, Any], client: str) -> None:
    assert tokens().caller(_bearer("adviser", **claims)).client == client


@pytest.mark.parametrize(
    ("key", "alg"), [(KEY, "EdDSA"), (KEY, "Ed25519"), (ELLIPTIC, "ES256"), (RSA, "RS256"), (RSA, "PS256")]
)
@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")  # of the test's own signing
def test_the_algorithms_of_each_kind_of_key_are_taken(key: Any, alg: str) -> None:
    assert tokens(lambda: key_set(key)).caller(_bearer("adviser", key=key, alg=alg)).may(frozenset({"adviser"}))


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic YTpi", "adviser"])
def test_without_a_bearer_token_nobody_is_let_in(header: str | None) -> None:
    with pytest.raises(Unauthenticated) as refusal:
        tokens().caller(header)
    assert refusal.value.reason is None


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://other.example"},
        {"iss": None},
        {"aud": "other"},
        {"aud": ["other"]},
        {"aud": None},
        {"exp": None},
        {"exp": True},
        {"exp": "9999999999"},
        {"exp": 1},
        {"nbf": 99999999999},
        {"nbf": "0"},
        {"sub": None, "azp": "console"},
        {"sub": ""},
        {"sub": 7},
        {"sub": "a\nb"},
        {"sub": "x" * 201},
        {"azp": ["console"]},
        {"roles": "admin"},
        {"roles": [1]},
        {"roles": ["adviser"] * 51},
    ],
    ids=str,
)
def test_a_token_that_claims_the_wrong_thing_is_refused(claims: dict[str, Any]) -> None:
    with pytest.raises(Unauthenticated) as refusal:
        tokens().caller(_bearer(**{"roles": ["adviser"], **claims}))
    assert refusal.value.reason == "invalid_token"


def test_one_audience_of_several_will_do() -> None:
    assert tokens().caller(_bearer("adviser", aud=["other", "spinout"]))


def test_a_token_without_roles_has_none() -> None:
    assert tokens().caller(_bearer(roles=None)).roles == frozenset()


@pytest.mark.parametrize("late", [-1, 1])
def test_an_expired_token_is_taken_for_the_leeway_and_no_longer(late: int) -> None:
    clock = Clock()
    bearer = _bearer("adviser", exp=int(clock.now))
    clock.now = int(clock.now) + LEEWAY + late

    if late < 0:
        assert tokens(clock=clock).caller(bearer)
    else:
        with pytest.raises(Unauthenticated, match="expired"):
            tokens(clock=clock).caller(bearer)


def test_a_remembered_token_is_refused_as_soon_as_it_expires() -> None:
    clock = Clock()
    verifier, bearer = tokens(clock=clock), _bearer("adviser", exp=int(clock.now) + 5)
    verifier.caller(bearer)
    clock.now += 5 + LEEWAY + 1

    with pytest.raises(Unauthenticated, match="expired"):
        verifier.caller(bearer)


def test_a_verified_token_is_verified_again_after_a_while_only() -> None:
    clock, reads = Clock(), []
    ring = KeyRing(lambda: reads.append(1) or key_set(), fresh=0, clock=clock)
    verifier, bearer = tokens(clock=clock, ring=ring), _bearer("adviser")

    for _ in range(5):
        verifier.caller(bearer)
    assert len(reads) == 1
    clock.now += REMEMBERED
    verifier.caller(bearer)
    assert len(reads) == 2


def test_what_is_remembered_is_bounded() -> None:
    verifier = tokens()
    verifier._remembered = {str(number).encode(): (0.0, Caller("", "")) for number in range(2_000)}

    verifier.caller(_bearer("adviser"))

    assert len(verifier._remembered) == 1


def test_a_token_signed_by_another_key_is_refused() -> None:
    other = OKPKey.generate_key("Ed25519", {"kid": "one"})

    with pytest.raises(Unauthenticated, match="signature"):
        tokens().caller(_bearer("adviser", key=other))


def test_a_token_of_an_unknown_key_is_refused() -> None:
    with pytest.raises(Unauthenticated, match="not known"):
        tokens().caller(_bearer("adviser", header={"kid": "two"}))


def _part(content: object) -> str:
    raw = content if isinstance(content, bytes) else orjson.dumps(content)
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _with_header(**header: Any) -> str:
    _, claims, signature = token("admin").split(".")
    return f"{_part({'kid': 'one', 'typ': 'JWT', **header})}.{claims}.{signature}"


@pytest.mark.parametrize(
    "forged",
    [
        _with_header(alg="none"),
        _with_header(alg="none").rpartition(".")[0] + ".",
        _with_header(alg="HS256"),
        _with_header(alg="ES256"),
        _with_header(alg="RS256"),
        _with_header(alg=["Ed25519"]),
        _with_header(),
        _with_header(alg="Ed25519", crit=["b64"], b64=False),
        _with_header(alg="Ed25519", typ="logout+jwt"),
        _with_header(alg="Ed25519", kid=["one"]),
        "x",
        "a.b",
        "a.b.c",
        "a.b.c.d.e",
        "...",
        "é.é.é",
        "x" * 9_000,
        token("admin") + "x",
    ],
    ids=lambda text: text[:30],
)
def test_a_forged_or_broken_token_is_refused(forged: str) -> None:
    with pytest.raises(Unauthenticated):
        tokens().caller(f"Bearer {forged}")


def test_the_public_key_is_no_shared_secret() -> None:
    claims = token("admin", key=RSA, alg="RS256").split(".")[1]
    signed = f"{_part({'alg': 'HS256', 'kid': 'one'})}.{claims}"
    signature = hmac.digest(RSA.as_pem(private=False), signed.encode(), "sha256")

    with pytest.raises(Unauthenticated):
        tokens(lambda: key_set(RSA)).caller(f"Bearer {signed}.{_part(signature)}")


@pytest.mark.parametrize(
    "claims", [b"[]", b"1", b'{"exp": NaN}', b'{"sub": "a", "sub": "b"}', b"\xff", b'{"exp": 99999999999999999999}']
)
def test_claims_that_are_no_strict_json_object_are_refused(claims: bytes) -> None:
    signed = f"{_part({'alg': 'Ed25519', 'kid': 'one'})}.{_part(claims)}"
    signature = KEY.private_key.sign(signed.encode())

    with pytest.raises(Unauthenticated):
        tokens().caller(f"Bearer {signed}.{_part(signature)}")


def test_a_refusal_holds_nothing_of_the_token() -> None:
    forged = token("admin", sub="secret-person") + "x"

    with pytest.raises(Unauthenticated) as refusal:
        tokens().caller(f"Bearer {forged}")

    assert not any(part in refusal.value.detail for part in forged.split("."))
