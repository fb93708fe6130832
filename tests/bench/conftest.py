"""What all measurements of a run share: the figures, written down when it ends."""

import json
import os
import platform
from collections.abc import Iterator
from typing import Any

import pytest

from tests.fixtures.processes import ROOT

RESULT = ROOT / "var" / "bench.json"


@pytest.fixture(scope="session")
def found() -> Iterator[dict[str, Any]]:
    """All figures of the run, by what was measured."""
    figures: dict[str, Any] = {
        "machine": f"{os.cpu_count()} cores, {platform.machine()}",
        "python": platform.python_version(),
    }
    yield figures
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(figures, indent=2) + "\n")
