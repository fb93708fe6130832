"""What a killed run left behind: stopped before the next one starts."""

from collections.abc import Callable

from deploy.home import Home
from deploy.programs import started_for, stop_all


def clear(home: Home, say: Callable[[str], object]) -> None:
    """Stop every process that was started for this folder, and forget their ids.

    Supervisor first, which stops its own in order and would otherwise start them again.
    """
    left = started_for(home.path)
    if left:
        say(f"  An earlier run ended without stopping: stopping its {len(left)} processes")
        supervisor = _supervisor_of(home)
        stop_all([pid for pid in left if pid == supervisor], 20)
        stop_all(started_for(home.path), 10)
    for path in (home.path / "run").glob("*.pid"):
        path.unlink()


def _supervisor_of(home: Home) -> int | None:
    try:
        return int(home.pid_file("supervisor").read_text())
    except (OSError, ValueError):
        return None
