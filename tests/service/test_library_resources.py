"""Resources come into the library, change, and are retired; every version of them stays known."""

from typing import Any

import pytest
from sqlalchemy import text

from chassis.errors import Forbidden, Invalid, KeyReused, NotAllowedNow, NotFound, Stale
from services.library.errors import AddressTaken
from services.library.service import READERS, LibraryService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.library_shelf import EDITOR, GUIDE, add, edit, titles


@pytest.fixture
def library(desk: MakeDesk) -> Desk:
    """The library at work on a database of its own."""
    return desk(LibraryService)


def without(*names: str) -> dict[str, Any]:
    """The guide without some of its fields."""
    return {name: value for name, value in GUIDE.items() if name not in names}


def pointers(library: Desk, body: dict[str, Any]) -> list[str]:
    """Where a new resource is wrong."""
    with pytest.raises(Invalid) as refusal:
        edit(library, "create_resource", body=body)
    return sorted(fault.pointer for fault in refusal.value.errors)


def test_a_resource_is_added_and_can_be_read(library: Desk) -> None:
    made = edit(library, "create_resource", body=GUIDE)

    assert {name: made[name] for name in GUIDE} == GUIDE
    assert (made["version"], made["stale"], made["retired_at"]) == (1, False, None)
    assert made["helped"] == {"yes": 0, "partly": 0, "no": 0}
    assert library.ask("read_resource", resource_id=made["id"]) == made


def test_what_is_left_out_stands_for_all_or_for_nobody(library: Desk) -> None:
    lists = ("matters", "stages", "sectors", "regions", "audience")
    made = edit(library, "create_resource", body=without(*lists, "assured_by", "assured_on", "review_by"))

    assert [made[name] for name in lists] == [[]] * 5
    assert (made["assured_by"], made["assured_on"], made["review_by"]) == (None, None, None)


def test_each_change_is_a_version_and_tells_codes_only(library: Desk) -> None:
    made = edit(library, "create_resource", body=GUIDE, key="k1")
    changed = edit(library, "change_resource", resource_id=made["id"], body={"title": "New", "stages": []}, if_match=1)
    retired = edit(library, "retire_resource", resource_id=made["id"], body={"reason": "Gone"}, if_match=2)

    assert (changed["version"], changed["title"], changed["stages"]) == (2, "New", [])
    assert (retired["version"], retired["retired_because"]) == (3, "Gone")
    told = library.told()
    assert [(event.type, event.sequence) for event in told] == [
        ("resource_created", 1),
        ("resource_changed", 2),
        ("resource_retired", 3),
    ]
    assert told[1].data["changed"] == ["stages", "title"]
    assert not any(word in event.to_json() for event in told for word in ("Pensions when", "example.org", "Gone"))
    with library.session() as session:
        kept = session.execute(text("SELECT version, document->>'title', by FROM resource_versions ORDER BY 1")).all()
    assert [tuple(row) for row in kept] == [(1, GUIDE["title"], "lead-1"), (2, "New", "lead-1"), (3, "New", "lead-1")]


def test_a_change_that_changes_nothing_is_no_version(library: Desk) -> None:
    made = edit(library, "create_resource", body=GUIDE)

    again = edit(library, "change_resource", resource_id=made["id"], body={"title": GUIDE["title"]})

    assert again["version"] == 1
    assert len(library.told()) == 1


def test_the_same_key_adds_once(library: Desk) -> None:
    first = edit(library, "create_resource", body=GUIDE, key="k1")

    assert edit(library, "create_resource", body=GUIDE, key="k1") == first
    with pytest.raises(KeyReused):
        edit(library, "create_resource", body={**GUIDE, "title": "Other"}, key="k1")
    assert len(library.told()) == 1


def test_whoever_read_another_version_changes_nothing(library: Desk) -> None:
    made = edit(library, "create_resource", body=GUIDE)

    for method, body in (("change_resource", {"title": "New"}), ("retire_resource", {"reason": "Gone"})):
        with pytest.raises(Stale):
            edit(library, method, resource_id=made["id"], body=body, if_match=2)


def test_a_retired_resource_can_be_read_and_nothing_else(library: Desk) -> None:
    made = edit(library, "create_resource", body=GUIDE)
    edit(library, "retire_resource", resource_id=made["id"], body={"reason": "Gone"})

    assert library.ask("read_resource", resource_id=made["id"])["retired_because"] == "Gone"
    assert titles(library) == titles(library, q="pensions") == []
    for method, body in (("change_resource", {"title": "New"}), ("retire_resource", {"reason": "Gone"})):
        with pytest.raises(NotAllowedNow):
            edit(library, method, resource_id=made["id"], body=body)
    assert edit(library, "create_resource", body=GUIDE)["id"] != made["id"], "its address is free again"


def test_no_two_resources_in_use_have_one_address(library: Desk) -> None:
    first = edit(library, "create_resource", body=GUIDE)["id"]
    other = add(library, "Other")

    with pytest.raises(AddressTaken, match=first):
        edit(library, "create_resource", body=GUIDE)
    with pytest.raises(AddressTaken, match=first):
        edit(library, "change_resource", resource_id=other, body={"address": GUIDE["address"]})


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"kind": "poem"}, ["/kind"]),
        ({"title": " "}, ["/title"]),
        ({"title": "two\nlines"}, ["/title"]),
        ({"title": 5, "colour": "red"}, ["/colour", "/title"]),
        ({"summary": ""}, ["/summary", "/summary"]),
        ({"matters": ["pensions", "pensions"]}, ["/matters"]),
        ({"matters": ["pensions", "poetry"]}, ["/matters/1"]),
        ({"regions": "london"}, ["/regions"]),
        ({"assured_on": "20261120"}, ["/assured_on"]),
        ({"assured_on": None}, ["/assured_on"]),
        ({"assured_by": None}, ["/assured_by"]),
        ({"assured_on": "2999-01-01"}, ["/assured_on"]),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(library: Desk, change: dict[str, Any], wrong: list[str]) -> None:
    assert sorted(set(pointers(library, {**GUIDE, **change}))) == sorted(set(wrong))
    assert library.told() == []


@pytest.mark.parametrize(
    "address",
    [
        *(
            "javascript:alert(1)",
            "//example.org",
            "ftp://example.org",
            "https://",
            "https://a b.org",
            "www.example.org",
        ),
        *("https://user@example.org", "https://example.org/\n", "https://exämple.org", "https://example.org/<b>"),
    ],
)
def test_an_address_that_a_browser_should_not_follow_is_refused(library: Desk, address: str) -> None:
    assert "/address" in pointers(library, {**GUIDE, "address": address})


def test_a_change_is_checked_with_what_is_there(library: Desk) -> None:
    made = edit(library, "create_resource", body=GUIDE)

    with pytest.raises(Invalid) as refusal:
        edit(library, "change_resource", resource_id=made["id"], body={"assured_by": None})

    assert [fault.pointer for fault in refusal.value.errors] == ["/assured_by"]
    both = {"assured_by": None, "assured_on": None}
    assert edit(library, "change_resource", resource_id=made["id"], body=both)["assured_by"] is None


@pytest.mark.parametrize("resource_id", ["x", "ENQ-7K3M-9Q2R", "00000000-0000-0000-0000-000000000000"])
def test_what_is_not_there_is_not_found(library: Desk, resource_id: str) -> None:
    with pytest.raises(NotFound):
        library.ask("read_resource", resource_id=resource_id)
    with pytest.raises(NotFound):
        edit(library, "change_resource", resource_id=resource_id, body={})


def test_everybody_reads_and_few_write(library: Desk) -> None:
    made = edit(library, "create_resource", body=GUIDE)
    for role in READERS:
        assert library.ask("read_resource", roles=(role,), resource_id=made["id"])["id"] == made["id"]
    with pytest.raises(Forbidden):
        library.ask("read_resource", roles=("nobody",), resource_id=made["id"])
    for role in {*READERS} - {"manager", *EDITOR}:
        with pytest.raises(Forbidden):
            library.ask("create_resource", roles=(role,), body=GUIDE)
