"""Getting RabbitMQ onto a machine that has none."""

from pathlib import Path

import pytest

from deploy import broker, broker_package
from deploy.broker_package import ensure_installed
from deploy.errors import CannotRun

INSTALL = "mkdir -p {0}/rabbitmq; touch {0}/rabbitmq/rabbitmq-server"


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without RabbitMQ, where we are root; its programs are in `bin`, what they did is in `done`."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    monkeypatch.setattr(broker, "PROGRAMS", tmp_path / "rabbitmq")
    monkeypatch.setattr(broker_package, "_POLICY", tmp_path / "policy")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    for name in ("erl", "epmd"):
        program(tmp_path, name, "true")
    return tmp_path


def program(machine: Path, name: str, does: str) -> None:
    path = machine / "bin" / name
    path.write_text(f"#!/bin/sh\n{does}\n")
    path.chmod(0o755)


def test_a_machine_that_has_it_is_left_alone(machine: Path) -> None:
    (machine / "rabbitmq").mkdir()
    (machine / "rabbitmq" / "rabbitmq-server").touch()
    program(machine, "apt-get", "exit 1")

    ensure_installed(pytest.fail)


def test_the_package_is_installed_and_kept_from_starting_a_broker_of_its_own(machine: Path) -> None:
    program(
        machine, "apt-get", f"set -e; echo $* >> {machine}/done; test -x {machine}/policy; {INSTALL.format(machine)}"
    )
    said: list[str] = []

    ensure_installed(said.append)

    commands = (machine / "done").read_text().splitlines()
    assert [command.split("=120 ")[1] for command in commands] == [
        "update",
        "install -y --no-install-recommends rabbitmq-server",
    ]
    assert not (machine / "policy").exists()
    assert len(said) == 1


def test_a_rule_of_the_machine_on_what_packages_may_start_is_not_touched(machine: Path) -> None:
    (machine / "policy").write_text("theirs")
    program(machine, "apt-get", INSTALL.format(machine))

    ensure_installed(lambda _: None)

    assert (machine / "policy").read_text() == "theirs"


def test_a_failed_installation_tells_what_apt_said_and_what_to_do_instead(machine: Path) -> None:
    program(machine, "apt-get", "echo no such network; exit 100")

    with pytest.raises(CannotRun, match="no such network") as raised:
        ensure_installed(lambda _: None)

    assert "BROKER_URL" in raised.value.message
    assert not (machine / "policy").exists()


def test_a_package_without_its_programs_is_not_taken_for_installed(machine: Path) -> None:
    program(machine, "apt-get", "true")
    with pytest.raises(CannotRun, match="its programs are not there"):
        ensure_installed(lambda _: None)


@pytest.mark.parametrize("sudo", ["exit 1", None])
def test_without_the_right_to_install_there_is_a_word_on_what_to_do(
    machine: Path, monkeypatch: pytest.MonkeyPatch, sudo: str | None
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    if sudo:
        program(machine, "sudo", sudo)
    with pytest.raises(CannotRun, match="apt-get install --no-install-recommends rabbitmq-server"):
        ensure_installed(pytest.fail)


def test_sudo_that_asks_for_no_password_will_do(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    program(machine, "sudo", 'shift; exec "$@"')
    program(machine, "apt-get", INSTALL.format(machine))

    ensure_installed(lambda _: None)
