"""What our processes are told."""

from pathlib import Path

import pytest

from deploy.home import Home, Secrets
from deploy.processes import MAIL_SETTINGS, Wiring, gateway, mailbox, services
from deploy.virtual_hosts import PROCESSES, SERVICES


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path)
    made.make()
    return made


def wiring(shared_user: str = "") -> Wiring:
    return Wiring(
        database_urls={service: f"postgresql://{service}" for service in SERVICES},
        broker_urls={process: f"amqp://{process}" for process in PROCESSES},
        shared_user=shared_user,
        port=8080,
        log_level="INFO",
    )


def test_each_service_is_told_of_its_own_database_and_broker_user_only(home: Home) -> None:
    for program in services(home, Secrets(home), wiring()):
        told = program.environment
        assert program.command[-2:] == ("chassis.serve", program.name)
        assert (told["DATABASE_URL"], told["BROKER_URL"]) == (f"postgresql://{program.name}", f"amqp://{program.name}")
        assert told["PID_FILE"] == str(home.path / "run" / f"{program.name}.pid")
        others = set(SERVICES) - {program.name}
        assert not any(other in value for other in others for key, value in told.items() if key.endswith("_URL"))


def test_only_referrals_may_call_this_machine(home: Home) -> None:
    allowed = [
        one.name for one in services(home, Secrets(home), wiring()) if "WEBHOOK_ALLOW_LOOPBACK" in one.environment
    ]
    assert allowed == ["referrals"]


def test_all_seal_callers_with_one_secret_and_the_gateway_alone_signs_cursors(home: Home) -> None:
    secrets = Secrets(home)
    programs = [*services(home, secrets, wiring()), gateway(home, secrets, wiring())]
    assert len({program.environment["CALLER_SECRET"] for program in programs}) == 1
    assert [program.name for program in programs if "CURSOR_SECRET" in program.environment] == ["gateway"]


def test_the_gateway_has_no_database(home: Home) -> None:
    assert "DATABASE_URL" not in gateway(home, Secrets(home), wiring()).environment


def test_a_shared_broker_user_is_told_to_all(home: Home) -> None:
    programs = [*services(home, Secrets(home), wiring("us")), gateway(home, Secrets(home), wiring("us"))]
    assert {program.environment["SHARED_BROKER_USER"] for program in programs} == {"us"}


@pytest.fixture
def without_mail(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """No setting of the mail process."""
    for name in MAIL_SETTINGS:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_without_mailboxes_and_a_server_to_send_by_there_is_no_mail_process(
    home: Home, without_mail: pytest.MonkeyPatch
) -> None:
    without_mail.setenv("MAIL_FROM", "help@mutuals.example")

    assert mailbox(home, Secrets(home), wiring()) == ()


@pytest.mark.parametrize("name", ["MAILBOXES", "SMTP_URL"])
def test_the_mail_process_has_intakes_database_and_keeps_its_key(
    home: Home, without_mail: pytest.MonkeyPatch, name: str
) -> None:
    without_mail.setenv(name, "imaps://user:password@host")

    [first], [second] = (mailbox(home, Secrets(home), wiring()) for _ in range(2))

    assert first.command[-1] == "services.intake.mailbox"
    assert first.environment[name] == "imaps://user:password@host"
    assert first.environment["DATABASE_URL"] == "postgresql://intake"
    assert len(first.environment["MAIL_KEYS"]) >= 16
    settings = [{**one.environment, "METRICS_PORT": "its own"} for one in (first, second)]
    assert settings[0] == settings[1]
