"""A walk over the pages of a search skips and repeats nothing, whatever comes into the library meanwhile."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chassis.errors import Invalid
from services.library.service import LibraryService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.library_shelf import add, edit, titles

YESTERDAY = (datetime.now(UTC).date() - timedelta(days=1)).isoformat()
ID = "01a2b3c4-0000-7000-8000-000000000000"


@pytest.fixture
def library(desk: MakeDesk) -> Desk:
    """The library at work on a database of its own."""
    return desk(LibraryService)


def walk(library: Desk, wanted: dict[str, Any], between: Callable[[int], object]) -> list[str]:
    """The titles on all pages of two, with something that happens after each of the first few."""
    walked: list[str] = []
    after, step = None, 0
    while step == 0 or after:
        page = library.ask("list_resources", body={"limit": 2, "after": after, **wanted})
        walked += [item["title"] for item in page["items"]]
        if step < 4:
            between(step)
        after, step = page["next"], step + 1
    return walked


@pytest.mark.parametrize("wanted", [{}, {"q": "guide"}, {"q": "giude"}, {"matter": "pensions"}])
def test_a_walk_skips_and_repeats_nothing_while_resources_are_added(library: Desk, wanted: dict[str, Any]) -> None:
    for number in range(7):
        add(library, f"guide {number}", matters=["pensions"][: number % 2])

    walked = walk(library, wanted, lambda step: add(library, f"new guide {step}", review_by=YESTERDAY))

    assert sorted(title for title in walked if "new" not in title) == [f"guide {number}" for number in range(7)]


def test_a_walk_by_a_misspelt_word_goes_on_though_somebody_spells_it_the_same_way(library: Desk) -> None:
    for number in range(5):
        add(library, f"charity {number}")

    walked = walk(library, {"q": "chairty"}, lambda step: add(library, f"chairty {step}"))

    assert sorted(walked) == [f"charity {number}" for number in range(5)]


def test_a_walk_by_a_misspelt_word_goes_on_though_likelier_words_come_in(library: Desk) -> None:
    for number, word in enumerate(("pensioner", "pensioners", "pensionable", "pensioner", "pensionable")):
        add(library, f"{word} {number}")
    begun = sorted(titles(library, q="penzionerr"))
    likelier = ("penzioners", "penzionert", "penzionerz", "penzionera")

    walked = walk(library, {"q": "penzionerr"}, lambda step: add(library, f"{likelier[step]} {step}"))

    assert len(begun) > 2
    assert sorted(walked) == begun


def test_a_walk_by_words_that_are_held_never_turns_to_what_is_spelt_nearly_so(library: Desk) -> None:
    held = [add(library, f"mansions {number}") for number in range(3)]
    add(library, "Pensions")

    def retire(step: int) -> None:
        for one in held if step == 0 else ():
            edit(library, "retire_resource", resource_id=one, body={"reason": "Gone"})

    assert all("mansions" in title for title in walk(library, {"q": "mansions"}, retire))


@pytest.mark.parametrize(
    "forged",
    [
        "1",
        ["1"],
        [1, ID],
        ["x", ID],
        ["1", "x"],
        ["1" * 30, ID],
        ["1", f"{ID}\n"],
        ["1", ID, "a'b | c"],
        ["1", ID, "here are four words"],
        ["1", ID, "word", "word"],
        ["1", ID, "x" * 41],
        ["1", ID, *["word"] * 9],
    ],
)
def test_a_place_that_no_page_gave_is_refused(library: Desk, forged: Any) -> None:
    with pytest.raises(Invalid) as refusal:
        library.ask("list_resources", body={"q": "chairty", "after": forged})

    assert {fault.pointer.split("/")[1] for fault in refusal.value.errors} == {"after"}


@pytest.mark.parametrize("wanted", [{}, {"q": "the"}, {"q": '"in quotes"'}])
def test_a_place_among_meant_words_is_refused_where_no_word_is_looked_for_nearly(
    library: Desk, wanted: dict[str, Any]
) -> None:
    with pytest.raises(Invalid):
        library.ask("list_resources", body={**wanted, "after": ["1", ID, "charity"]})
