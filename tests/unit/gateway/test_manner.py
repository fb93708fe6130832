"""How all routes behave: bodies, keys, deadlines, answers."""

import io
import time
from typing import Any

import orjson
import pytest

from tests.unit.gateway.fakes import THING, Gateway, shared_gateway

ENQUIRY = "/v1/enquiries/ENQ-7K3M-9Q2D"
JSON, PROBLEM = "application/json", "application/problem+json"


@pytest.fixture
def door() -> Gateway:
    return shared_gateway()


def _post(door: Gateway, raw: bytes, **options: Any) -> Any:
    return door.ask("POST", "/v1/enquiries", data=raw, **{"content_type": JSON, **options})


def test_what_was_made_is_told_with_its_place_and_version(door: Gateway) -> None:
    answer = _post(door, b'{"channel": "phone"}')

    assert answer.status_code == 201
    assert answer.headers["Location"] == ENQUIRY
    assert answer.headers["ETag"] == '"3"'
    assert answer.content_type == JSON
    assert answer.get_json() == THING
    assert "Idempotent-Replay" not in answer.headers


def test_the_first_answer_again_says_so(door: Gateway) -> None:
    door.bus.replayed = True

    answer = _post(door, b"{}")

    assert (answer.status_code, answer.headers["Idempotent-Replay"]) == (201, "true")


@pytest.mark.parametrize(
    ("raw", "content_type", "status", "code"),
    [
        (b"{", JSON, 400, "bad_json"),
        (b'{"a": NaN}', JSON, 400, "bad_json"),
        (b'{"a": 1, "a": 1}', JSON, 400, "bad_json"),
        (b"[" * 5000, JSON, 400, "bad_json"),
        (b"\xff", JSON, 400, "bad_json"),
        (b"[]", JSON, 422, "invalid"),
        (b"null", JSON, 422, "invalid"),
        (b"{}", "text/plain", 415, "wrong_media_type"),
        (b"{}", None, 415, "wrong_media_type"),
        (b"a=1", "application/x-www-form-urlencoded", 415, "wrong_media_type"),
        (b"{}", "application/json; charset=utf-16", 415, "wrong_media_type"),
        (b"{}", "application/jsonx", 415, "wrong_media_type"),
        (b'{"a": "' + b"x" * 1024 * 1024 + b'"}', JSON, 413, "body_too_large"),
    ],
)
def test_a_body_that_cannot_be_taken_is_refused(
    door: Gateway, raw: bytes, content_type: str | None, status: int, code: str
) -> None:
    answer = _post(door, raw, content_type=content_type)

    assert (answer.status_code, answer.content_type) == (status, PROBLEM)
    assert answer.get_json()["code"] == code
    assert not door.bus.asked


def test_where_nothing_is_needed_no_body_is_needed(door: Gateway) -> None:
    for path in ("/v1/cases/CAS-7K3M-9Q2D/tasks/1/complete", "/v1/webhooks/endpoints/1/test"):
        assert door.ask("POST", path).status_code in (200, 202)
        assert "body" not in door.bus.last.arguments


def test_a_coded_body_is_refused(door: Gateway) -> None:
    assert _post(door, b"{}", headers={"Content-Encoding": "gzip"}).status_code == 415


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", 'Application/JSON;charset="UTF-8"'])
def test_a_charset_of_utf_8_may_be_named(door: Gateway, content_type: str) -> None:
    assert _post(door, b"{}", content_type=content_type).status_code == 201


def test_a_chunked_body_that_is_too_large_is_refused(door: Gateway) -> None:
    class Endless:
        def read(self, most: int) -> bytes:
            return b" " * most

    environment = {"wsgi.input": Endless(), "wsgi.input_terminated": True, "CONTENT_LENGTH": ""}

    answer = _post(door, b"", environ_overrides=environment)

    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("sent", "announced"),
    [
        (b"", {"CONTENT_LENGTH": "50"}),
        (b'{"channel": "phone"}', {"CONTENT_LENGTH": "21"}),
        (b"", {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}),
    ],
    ids=["nothing came", "some of it came", "no chunk came"],
)
def test_a_body_that_was_cut_off_is_never_taken_for_a_whole_one(
    door: Gateway, sent: bytes, announced: dict[str, Any]
) -> None:
    for path in ("/v1/enquiries", "/v1/referrals/REF-7K3M-9Q2D/acknowledge"):
        environment = {"wsgi.input": io.BytesIO(sent), "HTTP_IF_MATCH": '"1"', **announced}
        answer = door.ask("POST", path, content_type=JSON, environ_overrides=environment)

        assert (answer.status_code, answer.content_type) == (400, PROBLEM)
    assert not door.bus.asked


@pytest.mark.parametrize("key", ["", " ", "a b", "é", "x" * 256, "a\tb"])
def test_a_key_that_cannot_be_read_is_refused(door: Gateway, key: str) -> None:
    answer = _post(door, b"{}", headers={"Idempotency-Key": key})

    assert (answer.status_code, answer.get_json()["code"]) == (400, "bad_header")


def test_the_fingerprint_is_of_what_is_asked_not_of_how_it_is_laid_out(door: Gateway) -> None:
    for raw in (b'{"a": 1, "b": "\\u00e9"}', '{ "b":"é",\n"a":1 }'.encode(), b'{"a": 2, "b": "\\u00e9"}'):
        _post(door, raw)
    door.ask("POST", "/v1/fund/entries", data=b'{"a": 1, "b": "\\u00e9"}', content_type=JSON)

    one, same, other_body, other_path = (asked.context["fingerprint"] for asked in door.bus.asked)
    assert one == same
    assert len({one, other_body, other_path}) == 3
    assert door.bus.last.context["key"] == "k1"


def test_what_the_gateway_fills_no_caller_may_send(door: Gateway) -> None:
    answer = door.ask("POST", "/v1/cases/CAS-7K3M-9Q2D/referral", json={"snapshot": {}, "amount": "1.00"})

    assert (answer.status_code, answer.get_json()["errors"][0]["pointer"]) == (422, "/snapshot")
    assert not door.bus.asked


def test_a_referral_is_sent_with_what_casework_tells_of_the_case(door: Gateway) -> None:
    door.bus.says["casework.referral_snapshot"] = {"case": "CAS-7K3M-9Q2D"}
    door.bus.says["referrals.send_referral"] = {"reference": "REF-7K3M-9Q2D", "version": 1}

    answer = door.ask("POST", "/v1/cases/CAS-7K3M-9Q2D/referral", json={"amount": "1.00"})

    assert (answer.status_code, answer.headers["Location"]) == (201, "/v1/referrals/REF-7K3M-9Q2D")
    assert door.bus.last.arguments == {"body": {"amount": "1.00", "snapshot": {"case": "CAS-7K3M-9Q2D"}}}


@pytest.mark.parametrize(("wanted", "seconds"), [(None, 5.0), ("2", 2.0), ("0.25", 0.25), ("60", 5.0)])
def test_the_caller_may_lower_the_deadline_and_not_raise_it(door: Gateway, wanted: str | None, seconds: float) -> None:
    door.ask("GET", ENQUIRY, headers={"X-Request-Timeout": wanted})

    assert door.bus.last.context["deadline"] == pytest.approx(time.time() + seconds, abs=1.0)


@pytest.mark.parametrize("wanted", ["", "0", "0.000", "-1", "1e3", "nan", "5s", "12345", "١"])
def test_a_timeout_that_cannot_be_read_is_refused(door: Gateway, wanted: str) -> None:
    assert door.ask("GET", ENQUIRY, headers={"X-Request-Timeout": wanted.encode().decode("latin-1")}).status_code == 400


def test_an_answer_is_orjson_of_what_the_service_gave(door: Gateway) -> None:
    assert door.ask("GET", ENQUIRY).data == orjson.dumps(THING)
