"""A person merges parties and takes it back: nothing moves, and everything is as it was."""

from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from chassis.errors import Refused, Stale
from services.intake.domain.parties import MOST_TOGETHER
from services.intake.models import Enquiry, Party
from services.intake.parties import families
from services.intake.service import IntakeService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.intake_samples import enquiry
from tests.service.parties_desk import REASON, merge, party, read, timeless, unmerge

NUMBER = "+447700900123"


@pytest.fixture
def intake(desk: MakeDesk) -> Desk:
    """Intake at work on a database of its own."""
    return desk(IntakeService)


def people(intake: Desk, count: int) -> list[str]:
    """So many parties, each with one enquiry."""
    return [party(intake, name=f"Jane {number}", email=f"{number}@example.org") for number in range(count)]


def change(intake: Desk, party_id: str, **body: str) -> Any:
    """The party after it was given another name or kind."""
    return intake.ask("change_party", party_id=party_id, body=body)


def code(intake: Desk, act: Any, *parties: str, **options: Any) -> str:
    """The code of a refusal."""
    with pytest.raises(Refused) as refused:
        act(intake, *parties, **options)
    return refused.value.code


def test_merged_parties_are_seen_as_one_and_nothing_has_moved(intake: Desk) -> None:
    jane, sian, third = people(intake, 3)

    merged = merge(intake, jane, sian, subject="ann")
    merge(intake, sian, third)
    later = intake.ask("create_enquiry", body=enquiry(email="0@example.org"))["reference"]

    shown = read(intake, third)
    assert (merged["merged_into"], merged["survivor"], read(intake, jane)["survivor"]) == (sian, sian, third)
    assert {one["id"]: one["merged_into"] for one in shown["merged"]} == {jane: sian, sian: third}
    assert [(one["value"], one["party"]) for one in shown["identifiers"]] == [
        (f"{number}@example.org", one) for number, one in enumerate((jane, sian, third))
    ]
    assert [one["party"] for one in shown["enquiries"]] == [jane, third, sian, jane]
    assert shown["enquiries"][0]["reference"] == later
    with intake.session() as session:
        stored = session.scalar(select(Enquiry.party_id).where(Enquiry.reference == later))
    assert str(stored) == jane
    assert [one["name"] for one in intake.ask("list_parties", body={"q": "Jane 0"})["items"]] == ["Jane 2"]


def test_undoing_merges_in_any_order_restores_exactly(intake: Desk) -> None:
    made = people(intake, 3)
    before = [timeless(read(intake, one)) for one in made]
    jane, sian, third = made

    merge(intake, jane, sian)
    merge(intake, sian, third)
    unmerge(intake, jane)
    assert timeless(read(intake, jane)) == before[0]
    unmerge(intake, sian)

    assert [timeless(read(intake, one)) for one in made] == before
    history = read(intake, sian)["history"]
    assert [(one["change"], one["other"]) for one in history] == [
        ("unmerged", third),
        ("released", jane),
        ("merged", third),
        ("absorbed", jane),
    ]
    assert {one["reason"] for one in history} == {"They rang and said so."}


def test_what_was_corrected_by_way_of_the_survivor_stays_with_whom_it_is_of(intake: Desk) -> None:
    jane, sian = people(intake, 2)
    merge(intake, jane, sian)
    [held] = [one["id"] for one in read(intake, sian)["identifiers"] if one["party"] == jane]
    version = read(intake, jane)["version"]

    intake.ask("verify_identifier", party_id=sian, identifier_id=held, body={"how": "wrote_back"})
    intake.ask("remove_identifier", party_id=sian, identifier_id=held, body=REASON)
    intake.ask("add_identifier", party_id=sian, body={"phone": NUMBER})
    assert read(intake, jane)["version"] == version + 2
    unmerge(intake, jane)

    one, other = read(intake, jane), read(intake, sian)
    assert (one["identifiers"], [held["value"] for held in other["identifiers"]]) == ([], ["1@example.org", NUMBER])
    done = [(change["change"], change["other"], change["before"]) for change in one["history"]]
    assert done[1:3] == [("identifier_removed", None, "0@example.org"), ("identifier_verified", None, None)]
    assert ("identifier_removed", jane, None) in [
        (change["change"], change["other"], change["before"]) for change in other["history"]
    ]
    assert "0@example.org" not in str(other)


def test_merges_are_told_by_ids_and_the_past_is_told_no_other_way(intake: Desk) -> None:
    jane, sian = people(intake, 2)
    past = [event.to_json() for event in intake.told()]
    listed = intake.ask("list_enquiries", body={})

    merge(intake, jane, sian)
    unmerge(intake, jane)

    told = intake.told()
    assert [event.to_json() for event in told[:2]] == past
    assert [(event.type, event.subject, event.sequence, event.data) for event in told[2:]] == [
        ("party_merged", jane, 2, {"party": jane, "into": sian}),
        ("party_unmerged", jane, 3, {"party": jane, "from": sian}),
    ]
    assert intake.ask("list_enquiries", body={}) == listed


def test_what_cannot_be_merged_or_undone_is_refused_by_name(intake: Desk) -> None:
    jane, sian, third = people(intake, 3)
    body = party(intake, organisation="Aber Trust", email="info@example.org", kind="public_sector_body")
    nobody = "0193c5a0-7c00-7000-8000-000000000001"

    assert code(intake, merge, jane, jane) == code(intake, merge, jane, nobody) == "invalid"
    assert code(intake, merge, nobody, jane) == "party_not_found"
    assert code(intake, merge, jane, body) == "party_kinds_differ"
    assert code(intake, unmerge, jane) == "party_not_merged"
    with pytest.raises(Stale):
        merge(intake, jane, sian, if_match=7)
    merge(intake, jane, sian, if_match=1)
    assert code(intake, merge, jane, third) == code(intake, merge, jane, sian) == "party_merged"
    assert code(intake, merge, third, jane) == code(intake, merge, sian, jane) == "other_party_merged"
    with pytest.raises(Stale):
        unmerge(intake, jane, if_match=1)
    assert code(intake, change, jane, name="Bob") == "party_merged"
    assert code(intake, change, sian, kind="organisation") == "others_merged"
    assert read(intake, sian)["version"] == 2, "whoever read it before the merge has not seen what it stands for"


def test_so_many_are_seen_as_one_and_no_more(intake: Desk) -> None:
    one, *others = people(intake, 3)
    many = text("""
        INSERT INTO parties (id, created_at, merged_into)
        SELECT gen_random_uuid(), now(), CAST(:into AS uuid) FROM generate_series(2, CAST(:many AS int))
    """)
    with intake.session() as session:
        session.execute(many, {"into": one, "many": MOST_TOGETHER - 1})

    merge(intake, others[0], one)

    assert code(intake, merge, others[1], one) == "too_many_together"


def test_two_who_merge_each_other_at_once_make_one_merge_and_no_circle(intake: Desk) -> None:
    for _ in range(5):
        pair = people(intake, 2)
        together = Barrier(2)

        def one_way(ways: list[str], together: Barrier = together) -> str:
            together.wait()
            try:
                return str(merge(intake, *ways)["merged_into"])
            except Refused as refusal:
                return refusal.code

        with ThreadPoolExecutor(2) as threads:
            ends = list(threads.map(one_way, (pair, pair[::-1])))
        assert len({*ends} & {*pair}) == 1
        assert "other_party_merged" in ends
        [absorbed] = [one for one in pair if read(intake, one)["merged_into"]]
        unmerge(intake, absorbed)


def test_the_database_itself_lets_no_party_be_merged_into_itself(intake: Desk) -> None:
    [jane] = people(intake, 1)

    with pytest.raises(IntegrityError), intake.session() as session:
        session.execute(text("UPDATE parties SET merged_into = id"))

    assert read(intake, jane)["merged_into"] is None


def test_survivors_and_members_are_two_sides_of_the_same_links(intake: Desk) -> None:
    made, random = people(intake, 8), Random(2011)
    for _ in range(12):
        try:
            merge(intake, *random.sample(made, 2))
        except Refused:
            continue

    with intake.session() as session:
        ids = list(session.scalars(select(Party.id)))
        seen_as, together = families.survivors(session, ids), families.members(session, ids)
    roots = {*seen_as.values()}
    assert len(roots) < len(ids)
    assert {one: root for root in roots for one in together[root]} == seen_as
    assert all(one == everybody[0] for one, everybody in together.items())


def test_a_ringing_number_finds_merged_parties_as_one_candidate_with_the_reasons_of_both(intake: Desk) -> None:
    jane = party(intake, name="Jane", email="jane@example.org", phone=NUMBER)
    party(intake, name="Bob", email="bob@example.org")
    again = party(intake, name="Jane Smith", email="j.smith@example.org", phone=NUMBER)
    several = intake.ask("find_callers", body={"phone": NUMBER})["candidates"]

    merge(intake, again, jane)

    [one] = intake.ask("find_callers", body={"phone": NUMBER})["candidates"]
    assert sorted(one["confidence"] for one in several) == ["likely", "maybe"]
    assert (one["party"], one["name"], one["confidence"]) == (jane, "Jane Smith", "known")
    assert [reason["code"] for reason in one["reasons"]] == ["gave_number", "own_number"]
    assert len(one["enquiries"]) == 2


def test_what_one_of_the_merged_said_last_of_what_is_safe_is_shown_when_they_ring(intake: Desk) -> None:
    jane, again = (party(intake, name="Jane", email=f"{one}@example.org", phone=NUMBER) for one in "ab")
    said = [read(intake, one)["enquiries"][0]["reference"] for one in (again, jane)]
    for reference, at_home in zip(said, (True, False), strict=True):
        intake.ask("change_enquiry", reference=reference, body={"safe_to_contact": {"phone": at_home}})

    merge(intake, jane, again)

    [one] = intake.ask("find_callers", body={"phone": NUMBER})["candidates"]
    assert (one["party"], one["safe_to_contact"]["phone"]) == (again, False)
