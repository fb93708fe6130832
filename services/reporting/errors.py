"""The refusals that callers of reporting may see."""

from collections.abc import Iterable

from chassis.errors import NotFound


class UnknownReport(NotFound):
    """There is no report of that name."""

    code = "unknown_report"

    def __init__(self, known: Iterable[str]) -> None:
        super().__init__(f"There is no such report. Ask for one of: {', '.join(known)}.")
