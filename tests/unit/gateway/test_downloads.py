"""Files are given out whole, to be kept and never shown, and a few at a time."""

from base64 import b64encode
from typing import Any

import pytest

from chassis.errors import NotFound
from gateway import downloads
from gateway.rpc_client import Answer
from tests.unit.gateway.fakes import Gateway, gateway

RAW = "/v1/messages/0192f0c1/raw"


def piece(content: bytes, following: int | None, name: str = "a.bin") -> dict[str, Any]:
    """A piece as a service answers it."""
    return {"name": name, "content": b64encode(content).decode(), "next": following}


@pytest.fixture
def door() -> Gateway:
    """A gateway of one's own."""
    return gateway()


def test_a_message_is_put_together_of_its_pieces(door: Gateway) -> None:
    pieces = {0: piece(b"From: a\r\n", 9), 9: piece(b"\r\n\xff", None, "message.eml")}
    door.bus.says["intake.read_raw_message"] = lambda arguments: pieces[arguments["body"]["after"]]

    answer = door.ask("GET", RAW)

    assert (answer.status_code, answer.data) == (200, b"From: a\r\n\r\n\xff")
    assert answer.content_type == "message/rfc822"
    assert answer.headers["Content-Disposition"] == "attachment; filename=message.eml"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("計画.html", "attachment; filename=__.html; filename*=UTF-8''%E8%A8%88%E7%94%BB.html"),
        ('a";filename="b.exe', r'attachment; filename="a\";filename=\"b.exe"'),
        ("plän.html", "attachment; filename=pl_n.html; filename*=UTF-8''pl%C3%A4n.html"),
    ],
)
def test_a_file_is_bytes_whatever_its_sender_says(door: Gateway, name: str, said: str) -> None:
    door.bus.says["intake.read_message_file"] = piece(b"<script>", None, name)

    answer = door.ask("GET", "/v1/messages/0192f0c1/files/1")

    assert (answer.content_type, answer.data) == ("application/octet-stream", b"<script>")
    assert answer.headers["Content-Disposition"] == said


def test_a_refusal_gives_the_room_back_and_too_many_at_once_are_refused(door: Gateway) -> None:
    door.bus.says["intake.read_raw_message"] = NotFound("There is no message with this id.")
    for _ in range(downloads.MOST_AT_ONCE + 1):
        assert door.ask("GET", RAW).status_code == 404
    for name in ("a\r\nb", "a.bin"):  # the one cannot be a header
        door.bus.says["intake.read_raw_message"] = piece(b"", None, name)
        for _ in range(downloads.MOST_AT_ONCE + 1):
            assert (door.ask("GET", RAW).status_code == 200) is (name == "a.bin")

    def busy(_: Any) -> dict[str, Any]:
        statuses.append(door.ask("GET", RAW).status_code)
        return piece(b"", None)

    statuses: list[int] = []
    door.bus.says["intake.read_raw_message"] = busy
    assert door.ask("GET", RAW).status_code == 200
    assert statuses == [503, *[200] * (downloads.MOST_AT_ONCE - 1)]


def test_a_file_that_nobody_answers_with_keeps_no_place() -> None:
    for _ in range(downloads.MOST_AT_ONCE + 1):
        answer = downloads.fetched(lambda _: Answer(piece(b"one", None), replayed=False))
        del answer


def test_whoever_reads_slowly_keeps_the_place_until_the_answer_is_closed(door: Gateway) -> None:
    door.bus.says["intake.read_raw_message"] = lambda arguments: {
        0: piece(b"one", 3),
        3: piece(b"two", None),
    }[arguments["body"]["after"]]
    reading = [door.ask("GET", RAW, buffered=False) for _ in range(downloads.MOST_AT_ONCE)]

    assert [door.ask("GET", RAW).status_code for _ in range(2)] == [503, 503]
    pieces = reading[0].iter_encoded()
    assert (reading[0].content_length, next(pieces)) == (6, b"one")
    assert door.ask("GET", RAW).status_code == 503  # half of it is not the whole
    for one in reading:  # some read to the end, one has gone
        one.close()

    assert door.ask("HEAD", RAW).status_code == 200
    assert door.ask("GET", RAW).data == b"onetwo"


def test_where_a_piece_begins_is_no_parameter_of_the_route(door: Gateway) -> None:
    assert door.ask("GET", f"{RAW}?after=7").status_code == 422
