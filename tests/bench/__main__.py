"""`make bench`: run every measurement, print the tables; the JSON is in var/bench.json."""

import json
import subprocess
import sys
from typing import Any

from tests.bench.conftest import RESULT


def table(rows: list[dict[str, Any]]) -> str:
    """Rows as a Markdown table."""
    names = list(rows[0])
    lines = [names, ["---"] * len(names), *([str(row[name]) for name in names] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def main() -> int:
    """Measure and print. The exit code is pytest's."""
    code = subprocess.call([sys.executable, "-m", "pytest", "tests/bench", *sys.argv[1:]])
    figures = json.loads(RESULT.read_text())
    for title, found in figures.items():
        rows = found if isinstance(found, list) else [found] if isinstance(found, dict) else None
        sys.stdout.write(f"\n{title}\n\n{table(rows)}\n" if rows else f"{title}: {found}\n")
    return code


if __name__ == "__main__":
    raise SystemExit(main())
