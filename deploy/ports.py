"""Free TCP ports on loopback, and waiting for someone to answer on one."""

import random
import socket
import time
from collections.abc import Callable
from pathlib import Path

from deploy.errors import CannotRun

LOOPBACK = "127.0.0.1"

# Below Linux's ephemeral ports (32768 on), so that no outgoing connection takes a server's port
# in the moment between its death and its restart.
_CHOICE = range(20_000, 32_000)
_TRIES = 200


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of loopback now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def free_ports(count: int) -> list[int]:
    """Choose `count` different free ports, and keep others who choose so from them while this process lives.

    A server that sets SO_REUSEADDR, as all of ours do, can listen on them, today and after each restart: for Linux two
    sockets may share a port when both set it and neither listens. Raises CannotRun when the machine has none left.
    """
    found: list[int] = []
    for _ in range(_TRIES * count):
        port = random.choice(_CHOICE)
        if _hold(port):
            found.append(port)
        if len(found) == count:
            return found
    raise CannotRun(f"no free TCP port between {_CHOICE.start} and {_CHOICE.stop} on {LOOPBACK}.")


def _hold(port: int) -> bool:
    holder = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        holder.bind((LOOPBACK, port))  # alone: whoever else holds it, listening or not, is in the way
    except OSError:
        holder.close()
        return False
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.detach()  # bound and not listened on until this process ends
    return True


def answers(port: int) -> bool:
    """Whether something accepts a connection on this port of loopback."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1):
            return True
    except OSError:
        return False


def wait_until(ready: Callable[[], bool], alive: Callable[[], bool], what: str, log: Path, seconds: float) -> None:
    """Wait for `ready`, asking ten times a second.

    Raises CannotRun with the end of `log` when the process is no longer `alive` or the time is over.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if ready():
            return
        if not alive():
            raise CannotRun(f"{what} stopped while it was starting.\n{last_lines(log)}")
        time.sleep(0.1)
    raise CannotRun(f"{what} was not ready within {seconds:.0f} seconds.\n{last_lines(log)}")


def last_lines(log: Path, count: int = 15) -> str:
    """The end of a log file with its path, for a person to read; empty when there is no such file."""
    if not log.is_file():
        return ""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 20_000))
        text = file.read().decode("utf-8", "replace")
    return "\n".join([f"The end of {log}:", *(f"  {line}" for line in text.splitlines()[-count:])])
