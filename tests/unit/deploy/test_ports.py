"""Free ports and waiting."""

import socket
from pathlib import Path

import pytest

from deploy.errors import CannotRun
from deploy.ports import LOOPBACK, answers, free_ports, is_free, last_lines, wait_until


def test_free_ports_differ_and_lie_below_those_of_outgoing_connections() -> None:
    ports = free_ports(50)
    assert len(set(ports)) == 50
    assert max(ports) < 32_768


def test_a_chosen_port_is_kept_from_others_but_not_from_the_server_it_is_for() -> None:
    (port,) = free_ports(1)

    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind((LOOPBACK, port))
    for _ in ("started", "started again"):
        with socket.create_server((LOOPBACK, port)):
            assert answers(port)


def test_a_port_in_use_is_not_free_and_answers() -> None:
    with socket.create_server((LOOPBACK, 0)) as server:
        port = server.getsockname()[1]
        assert not is_free(port)
        assert answers(port)
    assert is_free(port)
    assert not answers(port)


def test_a_process_that_died_is_told_with_the_end_of_its_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("".join(f"line {number}\n" for number in range(100)))

    with pytest.raises(CannotRun, match="The thing stopped") as raised:
        wait_until(lambda: False, lambda: False, "The thing", log, 5)

    assert "line 99" in raised.value.message
    assert "line 50" not in raised.value.message


def test_a_process_that_never_gets_ready_is_not_waited_for_longer_than_said(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="not ready within 0 seconds"):
        wait_until(lambda: False, lambda: True, "The thing", tmp_path / "none", 0.2)


def test_who_is_ready_is_not_waited_for(tmp_path: Path) -> None:
    wait_until(lambda: True, lambda: False, "The thing", tmp_path / "none", 1)


def test_a_log_that_is_not_there_has_no_last_lines(tmp_path: Path) -> None:
    assert last_lines(tmp_path / "none") == ""
