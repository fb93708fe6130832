"""Every build that is broken on purpose is found out by the checker of the kill tests."""

from pathlib import Path

import pytest

from tests.fixtures.broken import BUILDS
from tests.integration.test_the_checker import tried


@pytest.mark.timeout(400)
@pytest.mark.parametrize("build", BUILDS)
def test_the_checker_finds_what_it_does(tmp_path: Path, build: str) -> None:
    died, faults = tried(tmp_path / "home", build)

    assert died
    assert faults
