"""One story for all contract tests: it is told once and looked at often."""

from collections.abc import Iterator

import pytest

from tests.contract.chain import Chain, opened
from tests.contract.story import Story
from tests.fixtures.stores import fresh_databases


@pytest.fixture(scope="package")
def story() -> Iterator[Chain]:
    """The services after the whole story. Look, do not change."""
    with fresh_databases() as make, opened(make) as chain:
        Story(chain).tell()
        yield chain
