"""One running system for each file of tests."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.fixtures.system import RunningSystem


@pytest.fixture(scope="module")
def system() -> Iterator[RunningSystem]:
    """The whole system. Its folder is not pytest's own, which PostgreSQL's user may not enter."""
    with TemporaryDirectory(prefix="spinout-e2e-", ignore_cleanup_errors=True) as home:
        running = RunningSystem(Path(home) / "home").start()
        yield running
        running.stop()
