"""Many who do something at the same moment."""

import threading
from collections.abc import Callable, Sequence

from chassis.errors import Refused


def race(runners: Sequence[Callable[[], str]]) -> list[str]:
    """Start all at once, each in a thread of its own; return what each returned, or the code it was refused with."""
    outcomes: list[str] = []
    start = threading.Barrier(len(runners))

    def run(runner: Callable[[], str]) -> None:
        start.wait()
        try:
            outcomes.append(runner())
        except Refused as refused:
            outcomes.append(refused.code)

    threads = [threading.Thread(target=run, args=[runner]) for runner in runners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
