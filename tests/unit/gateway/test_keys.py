"""The issuer's keys."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import orjson
import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from chassis.errors import Unavailable
from gateway.errors import BadJson
from gateway.keys import UNKNOWN_KEY_PAUSE, KeyRing, key_ring, keys_of
from tests.unit.gateway.fakes import KEY, key_set

OTHER = OKPKey.generate_key("Ed25519", {"kid": "two"})


class Clock:
    """A clock that stands still until it is moved."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Source:
    """A place that holds a key set, until it fails."""

    def __init__(self, *keys: Any) -> None:
        self.keys, self.reads, self.fails = list(keys), 0, False

    def __call__(self) -> bytes:
        self.reads += 1
        if self.fails:
            raise OSError
        return key_set(*self.keys)


def _jwk(key: Any, **more: Any) -> dict[str, Any]:
    return {**key.as_dict(private=False), **more}


def test_a_key_is_found_by_its_id() -> None:
    ring = KeyRing(Source(KEY, OTHER), fresh=300)

    assert ring.find("two") is not None
    assert ring.find("three") is None


def test_without_an_id_the_only_key_is_meant() -> None:
    assert KeyRing(Source(KEY), fresh=300).find(None) is not None
    assert KeyRing(Source(KEY, OTHER), fresh=300).find(None) is None


def test_keys_are_read_again_when_they_are_no_longer_fresh() -> None:
    clock, source = Clock(), Source(KEY)
    ring = KeyRing(source, fresh=300, clock=clock)
    ring.find("one")
    source.keys = [OTHER]
    assert ring.find("one") is not None

    clock.now += 300

    assert ring.find("one") is None
    assert ring.find("two") is not None


def test_a_new_key_is_found_at_once_but_unknown_ids_do_not_make_a_storm() -> None:
    clock, source = Clock(), Source(KEY)
    ring = KeyRing(source, fresh=300, clock=clock)
    ring.find("one")
    source.keys = [KEY, OTHER]
    clock.now += UNKNOWN_KEY_PAUSE

    assert ring.find("two") is not None
    for _ in range(10):
        ring.find("three")

    assert source.reads == 2


def test_the_keys_stay_good_while_they_cannot_be_read() -> None:
    clock, source = Clock(), Source(KEY)
    ring = KeyRing(source, fresh=300, clock=clock)
    ring.find("one")
    source.fails = True
    clock.now += 3000

    assert ring.find("one") is not None
    assert ring.is_filled()


def test_without_any_keys_the_answer_is_later() -> None:
    source = Source()
    source.fails = True
    ring = KeyRing(source, fresh=300)

    assert not ring.is_filled()
    with pytest.raises(Unavailable):
        ring.find("one")


def test_one_thread_reads_while_the_others_go_on() -> None:
    clock, source, reading, go_on = Clock(), Source(KEY), threading.Event(), threading.Event()

    def slowly() -> bytes:
        if source.reads:
            reading.set()
            go_on.wait(5)
        return source()

    ring = KeyRing(slowly, fresh=300, clock=clock)
    ring.find("one")
    clock.now += 300
    reader = threading.Thread(target=ring.find, args=["one"])
    reader.start()
    assert reading.wait(5)

    assert ring.find("one") is not None

    go_on.set()
    reader.join(5)
    assert source.reads == 2


@pytest.mark.parametrize(
    ("entry", "algorithms"),
    [
        (_jwk(KEY), {"Ed25519"}),
        (_jwk(KEY, alg="EdDSA", use="sig", key_ops=["verify"]), {"Ed25519"}),
        (_jwk(ECKey.generate_key("P-256")), {"ES256"}),
        (_jwk(RSAKey.generate_key(2048)), {"RS256", "PS256"}),
        (_jwk(RSAKey.generate_key(2048), alg="PS256"), {"PS256"}),
    ],
)
def test_a_key_may_be_used_with_the_algorithms_of_its_type(entry: dict[str, Any], algorithms: set[str]) -> None:
    (key,) = keys_of(orjson.dumps({"keys": [entry]})).values()

    assert key.algorithms == algorithms


@pytest.mark.parametrize(
    "entry",
    [
        _jwk(KEY, use="enc"),
        _jwk(KEY, alg="ES256"),
        OctKey.generate_key(256).as_dict(),
        _jwk(ECKey.generate_key("P-384")),
        _jwk(ECKey.generate_key("secp256k1")),
        _jwk(OKPKey.generate_key("Ed448")),
        _jwk(OKPKey.generate_key("X25519")),
        {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
        {"kty": "OKP", "crv": "Ed25519"},
        {"kty": "OKP", "crv": "Ed25519", "x": 7},
        {"kty": ["OKP"]},
        _jwk(KEY, alg=["EdDSA"]),
        {"kty": "OKP", "crv": "Ed1999", "x": "AQAB"},
        {"kty": "EC", "crv": "BLS12381G1", "x": "AQAB", "y": "AQAB"},
        {},
        "key",
    ],
    ids=[
        "for encryption",
        "for another algorithm",
        "symmetric",
        "P-384",
        "secp256k1",
        "Ed448",
        "X25519",
        "RSA of one byte",
        "without a point",
        "with a number for its point",
        "with a list for its kind",
        "with a list for its algorithm",
        "of an unknown curve of its kind",
        "of a curve for pairings",
        "empty",
        "no object",
    ],
)
def test_a_key_that_is_not_for_verifying_is_left_out(entry: Any) -> None:
    assert list(keys_of(orjson.dumps({"keys": [entry, _jwk(OTHER)]}))) == ["two"]


@pytest.mark.parametrize("document", [b"", b"[]", b"{}", b'{"keys": {}}', b'{"keys": null}'])
def test_what_is_no_key_set_is_refused(document: bytes) -> None:
    with pytest.raises(BadJson):
        keys_of(document)


def test_keys_come_from_a_file(tmp_path: Path) -> None:
    place = tmp_path / "keys.json"
    place.write_bytes(key_set())

    assert key_ring(str(place)).find("one") is not None


@pytest.mark.parametrize("place", ["http://issuer.example/keys", "ftp://issuer.example/keys", "file:///keys"])
def test_keys_do_not_come_by_an_unprotected_way(place: str) -> None:
    with pytest.raises(ValueError, match="TOKEN_KEYS"):
        key_ring(place)


@pytest.mark.parametrize(
    ("status", "body", "filled"),
    [(200, key_set(), True), (500, key_set(), False), (302, b"", False), (200, b" " * 300_000, False)],
)
def test_keys_come_from_an_address(status: int, body: bytes, filled: bool) -> None:
    class Issuer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Issuer) as server:
        serving = threading.Thread(target=server.serve_forever, args=[0.01])
        serving.start()
        try:
            assert key_ring(f"http://127.0.0.1:{server.server_port}/keys").is_filled() is filled
        finally:
            server.shutdown()
            serving.join()


def test_an_address_where_nobody_answers_gives_no_keys() -> None:
    assert not key_ring("https://127.0.0.1:9/keys").is_filled()
