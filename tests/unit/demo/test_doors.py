"""The doors: patient with what passes, frank about what does not."""

import json
from collections.abc import Mapping

import pytest
import urllib3

from deploy.demo.doors import Clock, Doors, NoAnswer, Refusal, Stopped
from tests.unit.demo.fake_gateway import FakeClock


class Replies:
    """Gives these replies in turn, and the last one for ever."""

    def __init__(self, *replies: tuple[int, object, Mapping[str, str]]) -> None:
        self.replies, self.urls = list(replies), list[str]()

    def request(
        self, method: str, url: str, *, body: bytes | None, headers: Mapping[str, str]
    ) -> urllib3.BaseHTTPResponse:
        self.urls.append(url)
        status, document, more = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        content = document if isinstance(document, bytes) else json.dumps(document).encode()
        return urllib3.HTTPResponse(content, dict(more), status)


def doors_of(replies: Replies, patience: float = 60) -> Doors:
    return Doors("http://gateway.test/", {"adviser": "token"}, replies, FakeClock(), patience)


def test_a_wait_that_the_gateway_names_is_kept() -> None:
    doors = doors_of(Replies((503, {}, {"Retry-After": "7"}), (200, {"a": 1}, {"ETag": '"3"'})))

    answer = doors.read("adviser", "/v1/fund")

    assert (answer.body, answer.etag, answer.is_replay) == ({"a": 1}, '"3"', False)
    assert doors.clock.now() == 7


def test_without_a_named_wait_the_waits_grow_until_patience_is_over() -> None:
    replies = Replies((503, {}, {}))
    doors = doors_of(replies, patience=5)

    with pytest.raises(NoAnswer, match=r"GET /v1/cases: the gateway answers 503 for 5 s"):
        list(doors.items("adviser", "/v1/cases"))

    assert 3 <= doors.clock.now() <= 5
    assert len(replies.urls) < 12


def test_a_wait_longer_than_our_patience_is_not_begun() -> None:
    doors = doors_of(Replies((503, {}, {"Retry-After": "3600"})))

    with pytest.raises(NoAnswer):
        doors.read("adviser", "/v1/fund")

    assert doors.clock.now() == 0


def test_a_refusal_says_what_the_gateway_said_and_where() -> None:
    problem = {
        "detail": "Some of what was sent cannot be accepted.",
        "errors": [{"pointer": "/channel", "message": "No."}],
    }
    doors = doors_of(Replies((422, problem, {})))

    with pytest.raises(Refusal, match=r"422: Some of what was sent cannot be accepted\. /channel No\.") as refused:
        doors.create("adviser", "POST /v1/enquiries", {}, "key")

    assert refused.value.status == 422


def test_an_error_page_that_is_not_ours_is_a_refusal_too() -> None:
    doors = doors_of(Replies((404, b"<html>", {})))

    with pytest.raises(Refusal, match="404: no words came with it"):
        doors.read("adviser", "/v1/fund")


def test_a_list_is_walked_to_its_end() -> None:
    replies = Replies((200, {"items": [{"n": 1}], "next": "a b"}, {}), (200, {"items": [{"n": 2}], "next": None}, {}))

    items = list(doors_of(replies).items("adviser", "/v1/referrals", case="CAS-1"))

    assert items == [{"n": 1}, {"n": 2}]
    assert replies.urls[1] == "http://gateway.test/v1/referrals?case=CAS-1&cursor=a+b"


def test_nothing_more_is_asked_once_all_is_to_stop() -> None:
    replies, clock = Replies((200, {}, {})), Clock()
    clock.stop()

    with pytest.raises(Stopped):
        Doors("http://gateway.test", {"adviser": "token"}, replies, clock).read("adviser", "/v1/fund")

    assert replies.urls == []
