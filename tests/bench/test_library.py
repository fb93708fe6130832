"""The measurements of the library's search. What is wanted of it is held here."""

from typing import Any

from tests.bench import library
from tests.fixtures.stores import MakeDatabase


def test_a_search_over_5000_resources_takes_less_than_30_milliseconds_for_95_of_100(
    found: dict[str, Any], database: MakeDatabase
) -> None:
    found["library, search"] = library.search(database("library"))
    assert all(row["p95 ms"] < 30 for row in found["library, search"])
