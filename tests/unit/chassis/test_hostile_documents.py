"""What can be read but not be kept, and what a log would repeat: found out before anything is done with it."""

import json
from typing import Any

import pytest
from itsdangerous import URLSafeTimedSerializer

from chassis.errors import Forbidden, Unacceptable
from chassis.rpc import Request
from chassis.work import Caller, CallerSeal, Event, child_of, correlation_of
from tests.unit.chassis.fakes import event

SEAL = CallerSeal("a secret")


def told(**data: Any) -> str:
    """An envelope with these data, NUL and lone surrogates written as escapes."""
    return json.dumps({**json.loads(event().to_json()), "data": data})


def asking(**context: Any) -> str:
    """A good request, but for these parts of its context."""
    given = {"caller": SEAL.sign(Caller("adviser-1", "console")), "deadline": 9e9, **context}
    return json.dumps({"method": "enter", "arguments": {}, "context": given})


def nested(levels: int) -> Any:
    """A list in a list, so many levels deep."""
    inner: Any = "x"
    for _ in range(levels):
        inner = [inner]
    return inner


def test_an_event_too_deep_to_be_written_again_is_unacceptable() -> None:
    """It could not be parked either: whoever handles it would be at it for ever."""
    assert Event.from_json(told(a=nested(200))).to_json()
    with pytest.raises(Unacceptable):
        Event.from_json(told(a=nested(300)))


@pytest.mark.parametrize("data", [{"a": "\0"}, {"a": {"b": ["c", "d\0e"]}}, {"\0": 1}, {"a": "\\\0"}])
def test_an_event_with_a_nul_anywhere_in_its_data_is_unacceptable(data: dict[str, Any]) -> None:
    """No database keeps it."""
    with pytest.raises(Unacceptable):
        Event.from_json(told(**data))


@pytest.mark.parametrize("words", ["\\u0000", "\\\\u0000", "u0000", "\\"])
def test_words_that_only_look_like_a_nul_are_none(words: str) -> None:
    assert Event.from_json(told(a=words)).data == {"a": words}


@pytest.mark.parametrize(
    "words", ["Siân Jones, 07700 900123, ring her at home please, now", "00-" + "Z" * 52, "\n" * 55]
)
def test_words_in_the_place_of_a_trace_go_no_further(words: str) -> None:
    """They would be in every log line and every event that follows."""
    assert correlation_of(words) == ""
    assert words[3:35] not in child_of(words)


@pytest.mark.parametrize("context", [{"deadline": "inf"}, {"deadline": "9"}, {"deadline": True}, {"deadline": [9]}])
def test_a_deadline_is_a_number(context: dict[str, Any]) -> None:
    with pytest.raises(Unacceptable):
        Request.from_json(asking(**context), SEAL)


@pytest.mark.parametrize("arguments", [{"body": {"a": "\0"}}, {"body": nested(300)}, {"\0": 1}])
def test_a_request_whose_arguments_could_not_be_kept_is_unacceptable(arguments: dict[str, Any]) -> None:
    assert Request.from_json(asking(), SEAL).arguments == {}
    with pytest.raises(Unacceptable):
        Request.from_json(json.dumps({**json.loads(asking()), "arguments": arguments}), SEAL)


@pytest.mark.parametrize("said", [[], {}, 5, None, ["x"], ["x", "y"], ["x", "y", 5], ["x", "y", [["adviser"]]]])
def test_a_seal_around_anything_but_a_caller_is_refused(said: Any) -> None:
    sealed = URLSafeTimedSerializer("a secret", salt="caller").dumps(said)

    with pytest.raises(Forbidden):
        SEAL.read(sealed)
