"""The telephone's routes: a number is asked for, and is nowhere afterwards."""

import logging

import pytest
from prometheus_client import generate_latest

from chassis.errors import FieldError, Incident, Invalid
from tests.unit.gateway.fakes import shared_gateway

NUMBER = "02079460123"


@pytest.mark.parametrize(
    "says", [None, Invalid([FieldError("/phone", "Longer than maximum length 320.")]), Incident("1"), RuntimeError()]
)
def test_a_number_that_is_asked_for_is_in_no_log_no_metric_and_no_problem(
    caplog: pytest.LogCaptureFixture, says: Exception | None
) -> None:
    caplog.set_level(logging.DEBUG)
    door = shared_gateway()
    if says is not None:
        door.bus.says["intake.find_callers"] = says

    answer = door.ask(
        "GET",
        f"/v1/telephony/pop?phone={NUMBER}&phone={NUMBER}" if says is None else f"/v1/telephony/pop?phone={NUMBER}",
    )

    assert answer.status_code >= 400
    assert NUMBER not in answer.get_data(as_text=True)
    assert NUMBER not in str([vars(record) for record in caplog.records])
    assert NUMBER not in generate_latest(door.metrics.registry).decode()


def test_a_number_reaches_intake_as_it_was_sent() -> None:
    door = shared_gateway()

    door.ask("GET", "/v1/telephony/pop?phone=%2B442079460123", roles=("adviser",))

    assert door.bus.last.arguments == {"body": {"phone": "+442079460123"}}
