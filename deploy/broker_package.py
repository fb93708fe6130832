"""Gets RabbitMQ onto a Debian or Ubuntu machine where it is missing and we may install it."""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which

from deploy.broker import is_installed
from deploy.errors import CannotRun

_POLICY = Path("/usr/sbin/policy-rc.d")

_INSTEAD = (
    "Install it (`sudo apt-get install --no-install-recommends rabbitmq-server`), "
    "or set BROKER_URL and BROKER_MANAGEMENT_URL to a broker that you have."
)


def ensure_installed(say: Callable[[str], object]) -> None:
    """Install the package rabbitmq-server by apt if it is missing. Raises CannotRun with what to do instead."""
    ensure_package("rabbitmq-server", "RabbitMQ", is_installed, say, _INSTEAD)


def ensure_package(
    package: str, program: str, is_there: Callable[[], bool], say: Callable[[str], object], instead: str
) -> None:
    """Install a package by apt, and let it start nothing, if its program is missing.

    Raises CannotRun with what to do instead.
    """
    if is_there():
        return
    root = _as_root()
    if root is None or which("apt-get") is None:
        raise CannotRun(f"{program} is not installed on this machine, and we may not install it. {instead}")
    say(f"{program} is missing: installing Debian's package {package} (a minute or two)")
    with _package_starts_nothing(root):
        for words in ("update", f"install -y --no-install-recommends {package}"):
            _apt(root, words, instead)
    if not is_there():
        raise CannotRun(f"the package {package} was installed, but its programs are not there. {instead}")


def _as_root() -> list[str] | None:
    """The words that make a command run as root: none for root itself; None when we may not (or only by password)."""
    if os.geteuid() == 0:
        return []
    if which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0:
        return ["sudo", "-n"]
    return None


def _apt(root: list[str], words: str, instead: str) -> None:
    command = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-o", "DPkg::Lock::Timeout=120"]
    done = subprocess.run([*command, *words.split()], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = "\n".join((done.stdout + done.stderr).splitlines()[-10:])
        raise CannotRun(f"`apt-get {words}` failed. {instead}\n{said}")


@contextmanager
def _package_starts_nothing(root: list[str]) -> Iterator[None]:
    """Keep the package from starting a broker of its own, open to the network, while it is installed."""
    if _POLICY.exists():
        yield
        return
    write = f"printf '#!/bin/sh\\nexit 101\\n' > {_POLICY} && chmod 755 {_POLICY}"
    subprocess.run([*root, "sh", "-c", write], check=True)
    try:
        yield
    finally:
        subprocess.run([*root, "rm", "-f", str(_POLICY)], check=True)
