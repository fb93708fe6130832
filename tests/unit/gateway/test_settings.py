"""The gateway's settings."""

import pytest

from gateway.settings import Settings

NEEDED = {
    "BROKER_URL": "amqp://broker",
    "CALLER_SECRET": "a",
    "CURSOR_SECRET": "b",
    "TOKEN_KEYS": "keys.json",
    "TOKEN_ISSUER": "c",
    "TOKEN_AUDIENCE": "d",
}


def test_what_is_not_said_has_its_usual_value() -> None:
    settings = Settings.from_environment(NEEDED)

    assert (settings.broker_url, settings.token_keys) == ("amqp://broker", "keys.json")
    assert (settings.request_deadline_seconds, settings.port, settings.metrics_port) == (5.0, 8000, 9100)
    assert (settings.host, settings.metrics_host, settings.pid_file) == ("127.0.0.1", "127.0.0.1", "")


def test_what_is_said_counts() -> None:
    said = {"REQUEST_DEADLINE_SECONDS": "2.5", "PORT": "80", "METRICS_PORT": "81", "HOST": "::", "LOG_LEVEL": "DEBUG"}

    settings = Settings.from_environment(NEEDED | said)

    assert (settings.request_deadline_seconds, settings.port, settings.metrics_port) == (2.5, 80, 81)
    assert (settings.host, settings.log_level) == ("::", "DEBUG")


def test_every_missing_setting_is_named() -> None:
    with pytest.raises(ValueError, match=r"CALLER_SECRET, TOKEN_KEYS\."):
        Settings.from_environment({**NEEDED, "CALLER_SECRET": "", "TOKEN_KEYS": ""})


@pytest.mark.parametrize("number", ["x", "0", "-1", "nan", "inf", "70000"])
def test_a_number_that_is_none_is_refused_by_name(number: str) -> None:
    with pytest.raises(ValueError, match="PORT"):
        Settings.from_environment({**NEEDED, "PORT": number})
