"""What a register may say, and what a newer one says otherwise."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.domain.organisations.register import (
    Fault,
    Organisation,
    Row,
    chain,
    faults,
    filled,
    has_ended,
    planned,
)

GONE = date(2013, 4, 1)


def body(key: str, **values: object) -> Organisation:
    """A body of this key."""
    return Organisation(**{"key": key, "name": key.title(), "kind": "nhs_trust", **values})  # type: ignore[arg-type]


def ended(key: str, successor: str | None = None) -> Organisation:
    """A body that is no more."""
    return body(key, dissolved_on=GONE, successor=successor)


def rows(*organisations: Organisation) -> list[Row]:
    """The rows of a file, the first one on line 2."""
    return [Row(line, organisation) for line, organisation in enumerate(organisations, start=2)]


def known(*organisations: Organisation) -> dict[str, Organisation]:
    """What is registered."""
    return {organisation.key: organisation for organisation in organisations}


def places(found: list[Fault]) -> list[tuple[int, str | None]]:
    """Where the faults are."""
    return [(fault.line, fault.column) for fault in found]


def test_a_plan_says_whom_a_file_adds_and_changes_and_how_many_it_leaves_alone() -> None:
    there = known(body("a"), body("b"), body("z"))

    plan = planned(rows(body("a"), body("b", name="Other", region="london"), body("c")), there)

    assert [one.key for one in plan.added] == ["c"]
    assert [(one.key, names) for one, names in plan.changed] == [("b", ("name", "region"))]
    assert plan.unchanged == 1


def test_a_key_is_given_once() -> None:
    [fault] = faults(rows(body("a"), body("b"), body("a")), {})

    assert str(fault) == "line 4, column key: “a” is that of line 2."


def test_a_domain_is_one_bodys() -> None:
    there = known(body("x", domains=("x.gov.uk",)), body("y", domains=("y.gov.uk",)))

    twice = faults(rows(body("a", domains=("a.gov.uk",)), body("b", domains=("a.gov.uk", "x.gov.uk"))), there)
    moved = faults(rows(body("a", domains=("y.gov.uk",)), body("y")), there)

    assert places(twice) == [(3, "domains"), (3, "domains")]
    assert "x, which is registered" in twice[1].message
    assert moved == []


def test_a_successor_is_in_the_file_or_registered_and_follows_a_body_that_ended() -> None:
    there = known(body("x"))

    found = faults(
        rows(ended("a", "b"), ended("b", "x"), ended("c"), ended("d", "nobody"), body("e", successor="x")), there
    )

    assert places(found) == [(5, "successor"), (6, "dissolved_on")]


def test_a_successor_whose_own_row_has_a_fault_is_not_missing() -> None:
    assert faults(rows(ended("a", "b")), {}, unread={"b"}) == []


@pytest.mark.parametrize(
    ("told", "there", "lines"),
    [
        ([ended("a", "a")], [], [2]),
        ([ended("a", "b"), ended("b", "a"), ended("c", "a")], [], [2, 3]),
        ([ended("a", "x")], [ended("x", "y"), ended("y", "a"), ended("a")], [2]),
        ([ended("a", "x"), ended("x")], [ended("x", "a"), ended("a")], []),
    ],
)
def test_successors_never_lead_back(told: list[Organisation], there: list[Organisation], lines: list[int]) -> None:
    found = faults(rows(*told), known(*there))

    assert [fault.line for fault in found if "circle" in fault.message] == lines


def test_a_long_circle_is_told_by_its_beginning() -> None:
    keys = [f"body-{number}" for number in range(20)]
    round_ = [ended(key, after) for key, after in zip(keys, [*keys[1:], keys[0]], strict=True)]

    found = faults(rows(*round_), {})

    assert len(found) == 20
    assert found[0].message.endswith("circle: body-0 → body-1 → body-2 → body-3 → body-4 → body-5 → ….")


@settings(max_examples=200)
@given(st.dictionaries(st.sampled_from("abcdef"), st.sampled_from([None, *"abcdef"])))
def test_a_file_without_faults_has_chains_that_end(successors: dict[str, str | None]) -> None:
    told = [ended(key, successor) for key, successor in successors.items()]
    after = known(*told)
    found = faults(rows(*told), {})

    for one in told:
        keys = chain(one.key, after)
        assert len(set(keys)) == len(keys)
        if not found:
            assert one.key not in keys
            assert not keys or after[keys[-1]].successor is None
    assert bool(found) == any(_is_wrong(one.key, after) for one in told)


def _is_wrong(key: str, after: dict[str, Organisation]) -> bool:
    """Whether a body's successors come to nobody, or come round: walked step by step, as far as there are bodies."""
    at: str | None = key
    for _ in range(len(after) + 1):
        if at is None:
            return False
        if at not in after:
            return True
        at = after[at].successor
    return True


def test_a_body_ends_on_its_day() -> None:
    assert [has_ended(day, GONE) for day in (None, date(2013, 4, 2), GONE)] == [False, False, True]


def test_a_chosen_body_fills_what_the_enquirer_did_not_say() -> None:
    said = {"parent_body_kind": None, "region": "wales"}

    values, given = filled(said, [], body("a", region="london"))

    assert (values, given) == ({"parent_body_kind": "nhs_trust", "region": "wales"}, ["parent_body_kind"])


def test_what_the_register_filled_goes_with_the_choice() -> None:
    said = {"parent_body_kind": "nhs_trust", "region": "london"}
    both = ["parent_body_kind", "region"]

    assert filled(said, both, body("b", kind="police")) == (
        {"parent_body_kind": "police", "region": None},
        ["parent_body_kind"],
    )
    assert filled(said, both, None) == ({"parent_body_kind": None, "region": None}, [])
    assert filled(said, [], None) == (said, [])
