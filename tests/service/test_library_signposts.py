"""Who was pointed to what, in which version, and whether it helped."""

import threading
from typing import Any

import pytest

from chassis.errors import Forbidden, Invalid, NotAllowedNow, NotFound, Stale
from services.library.service import LibraryService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.library_shelf import ENQUIRY, GUIDE, add, edit, hear_of, titles

OTHER = "ENQ-W40H-X8TT"


@pytest.fixture
def library(desk: MakeDesk) -> Desk:
    """The library, which has heard of an enquiry."""
    made = desk(LibraryService)
    assert hear_of(made) == "done"
    return made


def give(library: Desk, resource: str, **more: Any) -> Any:
    """Point the enquirer to a resource."""
    return library.ask("give_signpost", reference=ENQUIRY, body={"resource_id": resource, **more})


def answer(library: Desk, signpost: str, helped: str, **options: Any) -> Any:
    """Say whether it helped."""
    body = {"helped": helped}
    return library.ask("answer_signpost", reference=ENQUIRY, signpost_id=signpost, body=body, **options)


def helped(library: Desk, resource: str) -> list[int]:
    """How often a resource helped, in part, and not."""
    counts = library.ask("read_resource", resource_id=resource)["helped"]
    return [counts[name] for name in ("yes", "partly", "no")]


def test_a_signpost_keeps_the_version_that_was_given(library: Desk) -> None:
    resource = edit(library, "create_resource", body=GUIDE)["id"]
    given = give(library, resource, note="Start with chapter two")
    edit(library, "change_resource", resource_id=resource, body={"title": "New", "address": "https://example.org/new"})
    edit(library, "retire_resource", resource_id=resource, body={"reason": "Gone"})

    [listed] = library.ask("list_signposts", reference=ENQUIRY)["items"]

    assert listed == given
    assert (given["resource_version"], given["title"], given["address"]) == (1, GUIDE["title"], GUIDE["address"])
    assert (given["note"], given["given_by"], given["helped"]) == ("Start with chapter two", "adviser-1", None)


def test_what_is_told_of_a_signpost_holds_no_words(library: Desk) -> None:
    resource = add(library, "Guide")
    given = give(library, resource, note="Siân asked for chapter two")
    answer(library, given["id"], "partly")

    told, answered = library.told()[-2:]
    assert told.data == {"signpost": given["id"], "enquiry": ENQUIRY, "resource": resource, "resource_version": 1}
    assert (answered.type, answered.sequence, answered.data["helped"]) == ("signpost_answered", 2, "partly")
    assert "chapter" not in told.to_json() + answered.to_json()


def test_a_later_answer_takes_the_place_of_an_earlier_one(library: Desk) -> None:
    resource = add(library, "Guide")
    given = give(library, resource)["id"]

    answer(library, given, "no", if_match=1)
    assert helped(library, resource) == [0, 0, 1]
    changed = answer(library, given, "yes", if_match=2)
    again = answer(library, given, "yes", if_match=3)

    assert helped(library, resource) == [1, 0, 0]
    assert (changed["version"], changed["helped"], changed["answered_by"]) == (3, "yes", "adviser-1")
    assert again == changed
    assert library.ask("read_resource", resource_id=resource)["version"] == 1
    with pytest.raises(Stale):
        answer(library, given, "no", if_match=2)


def test_no_answer_is_lost_to_another_one_at_the_same_moment(library: Desk) -> None:
    resource = add(library, "Guide")
    given = [give(library, resource)["id"] for _ in range(12)]
    threads = [threading.Thread(target=answer, args=(library, one, "yes")) for one in given]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert helped(library, resource) == [12, 0, 0]


def test_nobody_is_pointed_to_what_is_retired_or_is_not_there(library: Desk) -> None:
    resource = add(library, "Guide")
    edit(library, "retire_resource", resource_id=resource, body={"reason": "Gone"})

    with pytest.raises(NotAllowedNow):
        give(library, resource)
    with pytest.raises(NotFound):
        give(library, "00000000-0000-0000-0000-000000000000")
    with pytest.raises(Invalid):
        give(library, "x")


@pytest.mark.parametrize("reference", ["ENQ-W40H-X8TT", "ENQ-0000-0001", "x", "CAS-0000-0000"])
def test_without_an_enquiry_there_is_no_signpost(library: Desk, reference: str) -> None:
    resource = add(library, "Guide")

    with pytest.raises(NotFound):
        library.ask("give_signpost", reference=reference, body={"resource_id": resource})
    with pytest.raises(NotFound):
        library.ask("list_signposts", reference=reference)


def test_a_signpost_belongs_to_its_enquiry(library: Desk) -> None:
    hear_of(library, OTHER)
    given = give(library, add(library, "Guide"))["id"]

    for reference, signpost in ((OTHER, given), (ENQUIRY, "x"), (ENQUIRY, "00000000-0000-0000-0000-000000000000")):
        with pytest.raises(NotFound):
            library.ask("answer_signpost", reference=reference, signpost_id=signpost, body={"helped": "yes"})
    assert library.ask("list_signposts", reference=OTHER)["items"] == []


def test_signposts_are_the_adviser_s(library: Desk) -> None:
    for role in ("portal", "triage_lead", "analyst"):
        with pytest.raises(Forbidden):
            library.ask("list_signposts", roles=(role,), reference=ENQUIRY)
    assert library.ask("list_signposts", roles=("manager",), reference=ENQUIRY)["items"] == []


def test_a_walk_over_signposts_meets_each_once(library: Desk) -> None:
    resource = add(library, "Guide")
    given = [give(library, resource)["id"] for _ in range(5)]
    walked: list[str] = []
    after = None
    while not walked or after:
        page = library.ask("list_signposts", reference=ENQUIRY, body={"limit": 2, "after": after})
        walked += [item["id"] for item in page["items"]]
        after = page["next"]

    assert walked == given[::-1]


def test_the_newest_that_is_heard_of_an_enquiry_counts_in_whatever_order_it_comes(library: Desk) -> None:
    add(library, "tax", matters=["vat_and_tax"])
    add(library, "pensions", matters=["pensions"])

    hear_of(library, sequence=3, matters=["pensions"])
    hear_of(library, sequence=2, matters=["vat_and_tax"])

    assert titles(library, enquiry=ENQUIRY) == ["pensions", "tax"]


def test_an_enquiry_that_names_codes_of_tomorrow_is_heard(library: Desk) -> None:
    assert hear_of(library, sequence=2, matters=["time_travel"], stage="dreaming", service_sector="space") == "done"
    assert titles(library, enquiry=ENQUIRY) == []
