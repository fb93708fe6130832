"""What the runbook tells operators to do in a database, for tests to do it."""

from pathlib import Path
from textwrap import dedent

_RUNBOOK = (Path(__file__).parents[2] / "docs" / "runbook.md").read_text()


def retention(period: str) -> str:
    """The statements that empty what is older than a period, in the place of the one that is written there."""
    return _RUNBOOK.partition("    BEGIN;\n")[2].partition("    COMMIT;")[0].replace("2 years", period)


def after_restore() -> list[str]:
    """The statements for what is queued: one for Notify, one to hold it for a mail server, one to let it go."""
    restore = _RUNBOOK.partition("\n## Restore\n")[2].partition("\n## ")[0]
    return [dedent(line) for line in restore.splitlines() if line.startswith("        UPDATE outgoing_messages")]
