"""One running system for all tests of this folder: one worker of the run takes them all, and stops it after them."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.e2e.visitor import Visitor, at_rest
from tests.fixtures.system import RunningSystem


@pytest.fixture(scope="package")
def system() -> Iterator[RunningSystem]:
    """The whole system. Its folder is not pytest's own, which PostgreSQL's user may not enter."""
    with TemporaryDirectory(prefix="spinout-e2e-", ignore_cleanup_errors=True) as home:
        running = RunningSystem(Path(home) / "home").start()
        yield running
        running.stop()


@pytest.fixture(scope="module")
def nothing_is_stored(system: RunningSystem) -> Iterator[None]:
    """Whatever the tests of a file send, no table of any service has one more row after all of them."""
    before = at_rest(system)
    yield
    assert at_rest(system) == before


@pytest.fixture
def adviser(system: RunningSystem) -> Visitor:
    """An adviser at the console."""
    return Visitor(system, "adviser")


@pytest.fixture
def reviewer(system: RunningSystem) -> Visitor:
    """A reviewer of the Cabinet Office."""
    return Visitor(system, "co_reviewer", client="reviewers")
