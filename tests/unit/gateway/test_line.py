"""The line to the services."""

from chassis.work import Caller
from gateway.clients.line import Exchange
from tests.unit.gateway.fakes import FakeBus


def _exchange() -> tuple[Exchange, list[Caller]]:
    sealed: list[Caller] = []

    def seal(caller: Caller) -> str:
        sealed.append(caller)
        return caller.subject

    return Exchange(FakeBus(), seal), sealed


def test_a_caller_is_sealed_once_for_many_requests() -> None:
    exchange, sealed = _exchange()
    one, other = Caller("a", "console", frozenset({"adviser"})), Caller("a", "console", frozenset({"manager"}))

    tokens = [exchange.line(caller, 1.0, {}).context["caller"] for caller in (one, one, other, one)]

    assert tokens == ["a"] * 4
    assert sealed == [one, other]


def test_what_is_kept_of_callers_is_bounded() -> None:
    exchange, sealed = _exchange()

    for number in range(4_001):
        exchange.line(Caller(str(number), "console"), 1.0, {})

    assert len(sealed) == 4_001
    assert len(exchange._sealed) <= 2_000


def test_an_empty_body_is_not_sent() -> None:
    bus = FakeBus()
    line = Exchange(bus, lambda caller: "").line(Caller("a", "b"), 1.0, {"traceparent": "t"})

    line.ask("intake", "read_enquiry", reference="ENQ", body={})
    line.ask("intake", "change_enquiry", reference="ENQ", body={"subject": "x"})

    assert [asked.arguments for asked in bus.asked] == [
        {"reference": "ENQ"},
        {"reference": "ENQ", "body": {"subject": "x"}},
    ]
    assert bus.last.context == {"caller": "", "deadline": 1.0, "traceparent": "t"}
