"""The fund: exact, append-only, and never overdrawn whatever happens at once."""

import random
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from chassis.errors import Invalid, Refused
from services.referrals.models import FundEntry, FundRow, Referral
from services.referrals.service import ReferralsService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.race import race
from tests.service.referrals_samples import ADVISER, REVIEWER, accepted, moved, sent

POTS = ("available", "earmarked", "committed", "spent")


@pytest.fixture
def referrals(desk: MakeDesk) -> Desk:
    return desk(ReferralsService)


def fund(referrals: Desk) -> dict[str, Any]:
    balances: dict[str, Any] = referrals.ask("read_fund", **REVIEWER)
    return balances


def accept(referrals: Desk, reference: str, amount: str) -> str:
    yes = {"reason_code": "strong_case", "amount": amount}
    status: str = referrals.ask("accept_referral", reference=reference, body=yes, **REVIEWER)["status"]
    return status


def check_the_books(referrals: Desk) -> None:
    """Hold the ledger, the balances and the referrals' accounts against each other."""
    with referrals.session() as session:
        row = session.scalars(select(FundRow)).one()
        sums = session.execute(
            select(*(func.coalesce(func.sum(getattr(FundEntry, f"{pot}_change")), 0) for pot in POTS))
        ).one()
        assert [getattr(row, pot) for pot in POTS] == [row.total + sums[0], *sums[1:]]
        held = session.execute(select(*(func.sum(getattr(Referral, pot)) for pot in POTS[1:]))).one()
        assert [value or Decimal(0) for value in held] == list(sums[1:])
        assert sorted(session.scalars(select(FundEntry.sequence))) == list(range(1, row.version + 1))
        assert min(getattr(row, pot) for pot in POTS) >= 0


def test_a_new_fund_holds_ten_million_pounds(referrals: Desk) -> None:
    nothing = dict.fromkeys(("earmarked", "committed", "spent"), "0.00")
    assert fund(referrals) == {"total": "10000000.00", "available": "10000000.00", **nothing, "version": 0}
    assert referrals.ask("read_fund", roles=("analyst",)) == fund(referrals)


def test_pounds_move_from_pot_to_pot_and_each_move_is_told(referrals: Desk) -> None:
    reference = accepted(referrals, "1000.00")
    moved(referrals, "commit", reference, "600.00")
    moved(referrals, "spend", reference, "250.25")
    last = moved(referrals, "release", reference, "500.00")

    assert fund(referrals) == {
        "total": "10000000.00",
        "available": "9999500.00",
        "earmarked": "0.00",
        "committed": "249.75",
        "spent": "250.25",
        "version": 4,
    }
    told = [event for event in referrals.told() if event.type == "fund_entry_recorded"]
    assert [(event.subject, event.sequence, event.data["kind"], event.data["available"]) for event in told] == [
        ("fund", 1, "earmark", "9999000.00"),
        ("fund", 2, "commitment", "9999000.00"),
        ("fund", 3, "spend", "9999000.00"),
        ("fund", 4, "release", "9999500.00"),
    ]
    assert told[-1].data["entry"] == last["id"]
    check_the_books(referrals)


@pytest.mark.parametrize(
    ("kind", "amount", "words"),
    [("commit", "400.01", "£400.00 earmarked"), ("spend", "600.01", "£600.00 committed"), ("release", "1000.01", "£")],
)
def test_a_referral_cannot_use_more_than_it_has(referrals: Desk, kind: str, amount: str, words: str) -> None:
    reference = accepted(referrals, "1000.00")
    moved(referrals, "commit", reference, "600.00")
    before = fund(referrals)

    with pytest.raises(Refused, match=words) as refused:
        moved(referrals, kind, reference, amount)

    assert (refused.value.kind, refused.value.code) == ("conflict", "referral_overdrawn")
    assert fund(referrals) == before
    check_the_books(referrals)


def test_an_acceptance_that_would_overdraw_changes_nothing(referrals: Desk) -> None:
    accepted(referrals, "9999999.99")
    reference = sent(referrals)["reference"]

    with pytest.raises(Refused, match=r"£0\.01 available") as refused:
        accept(referrals, reference, "0.02")

    assert refused.value.code == "fund_overdrawn"
    assert referrals.ask("read_referral", reference=reference, **ADVISER)["status"] == "sent"
    assert accept(referrals, reference, "0.01") == "accepted"
    assert fund(referrals)["available"] == "0.00"
    check_the_books(referrals)


def test_of_thirty_who_accept_at_once_as_many_pass_as_the_fund_can_bear(referrals: Desk) -> None:
    # given a fund that can bear three of these and no more
    waiting = [sent(referrals)["reference"] for _ in range(30)]

    outcomes = race([lambda one=one: accept(referrals, one, "3000000.00") for one in waiting])

    assert sorted(outcomes) == ["accepted"] * 3 + ["fund_overdrawn"] * 27
    assert fund(referrals) | {"version": 3} == {
        "total": "10000000.00",
        "available": "1000000.00",
        "earmarked": "9000000.00",
        "committed": "0.00",
        "spent": "0.00",
        "version": 3,
    }
    check_the_books(referrals)


def test_whatever_many_do_at_once_the_books_agree(referrals: Desk) -> None:
    # given a few referrals, and ten hands that each try a dozen moves on any of them
    references = [sent(referrals)["reference"] for _ in range(6)]

    outcomes = race([partial(try_a_dozen_moves, referrals, references, random.Random(seed)) for seed in range(10)])

    refusals = {"fund_overdrawn", "referral_overdrawn", "not_allowed_now"}
    assert set(",".join(outcomes).split(",")) - refusals >= {"accepted", "ended_early"}
    check_the_books(referrals)


def try_a_dozen_moves(referrals: Desk, references: list[str], chance: random.Random) -> str:
    """Try twelve moves of any kind; return what became of each."""
    outcomes = []
    for _ in range(12):
        reference, amount = chance.choice(references), f"{chance.randint(1, 400_000_000) / 100:.2f}"
        kind = chance.choice(["accept", "end", "commit", "spend", "release"])
        outcomes.extend(race([partial(move, referrals, kind, reference, amount)]))
    return ",".join(outcomes)


def move(referrals: Desk, kind: str, reference: str, amount: str) -> str:
    """One move; return where it led."""
    if kind == "accept":
        return accept(referrals, reference, amount)
    if kind == "end":
        ended = {"outcome": "ended_early"}
        return str(referrals.ask("conclude_referral", reference=reference, body=ended, **REVIEWER)["status"])
    return str(moved(referrals, kind, reference, amount)["kind"])


def test_the_same_referral_is_not_spent_twice_at_once(referrals: Desk) -> None:
    reference = accepted(referrals, "100.00")
    moved(referrals, "commit", reference, "100.00")

    outcomes = race([lambda: moved(referrals, "spend", reference, "40.00")["kind"]] * 8)

    assert sorted(outcomes) == ["referral_overdrawn"] * 6 + ["spend"] * 2
    check_the_books(referrals)


def test_a_referral_that_spent_all_concludes_without_a_release(referrals: Desk) -> None:
    reference = accepted(referrals, "100.00")
    moved(referrals, "commit", reference, "100.00")
    moved(referrals, "spend", reference, "100.00")

    ended = referrals.ask("conclude_referral", reference=reference, body={"outcome": "delivered"}, **REVIEWER)

    assert (ended["conclusion"]["released"], fund(referrals)["version"]) == ("0.00", 3)


def test_a_repeat_under_the_same_key_moves_nothing_twice(referrals: Desk) -> None:
    reference = accepted(referrals, "100.00")
    entry = {"kind": "commit", "referral": reference, "amount": "10.00"}

    first = referrals.ask("add_fund_entry", body=entry, key="k1", **REVIEWER)
    second = referrals.ask("add_fund_entry", body=entry, key="k1", **REVIEWER)

    assert first == second
    assert fund(referrals)["committed"] == "10.00"


def test_pounds_of_an_unknown_referral_are_refused_with_the_place(referrals: Desk) -> None:
    with pytest.raises(Invalid) as invalid:
        moved(referrals, "commit", "REF-0000-0000", "1.00")

    assert [error.pointer for error in invalid.value.errors] == ["/referral"]


def test_the_ledger_is_listed_newest_first_without_gaps_while_it_grows(referrals: Desk) -> None:
    reference = accepted(referrals, "100.00")
    other = accepted(referrals, "100.00")
    for _ in range(5):
        moved(referrals, "commit", reference, "1.00")

    first = referrals.ask("list_fund_entries", body={"limit": "3"}, **REVIEWER)
    moved(referrals, "commit", reference, "2.00")
    rest = referrals.ask("list_fund_entries", body={"limit": "200", "after": first["next"]}, **REVIEWER)

    assert [entry["sequence"] for entry in first["items"] + rest["items"]] == [7, 6, 5, 4, 3, 2, 1]
    [only] = referrals.ask("list_fund_entries", body={"referral": other}, roles=("analyst",))["items"]
    assert (only["kind"], only["amount"], only["made_by"], only["note"]) == ("earmark", "100.00", "reviewer-1", "")
    earmarks = referrals.ask("list_fund_entries", body={"kind": "earmark"}, **REVIEWER)["items"]
    assert [entry["referral"] for entry in earmarks] == [other, reference]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE fund_entries SET amount = 1",
        "UPDATE fund_entries SET made_by = 'somebody else'",
        "DELETE FROM fund_entries",
        "TRUNCATE fund_entries",
    ],
)
def test_the_database_itself_refuses_to_change_the_ledger(referrals: Desk, statement: str) -> None:
    accepted(referrals, "100.00")

    with pytest.raises(IntegrityError, match="append-only"), referrals.session() as session:
        session.execute(text(statement))


IMPOSSIBLE = [
    "UPDATE fund SET available = available - 10000000, spent = spent + 10000000",
    "UPDATE fund SET available = available + 1",
    "INSERT INTO fund VALUES (2, 0, 1, 1, 0, 0, 0)",
    "UPDATE referrals SET earmarked = -1",
]


@pytest.mark.parametrize("statement", IMPOSSIBLE)
def test_the_database_itself_refuses_balances_that_cannot_be(referrals: Desk, statement: str) -> None:
    accepted(referrals, "100.00")

    with pytest.raises(IntegrityError), referrals.session() as session:
        session.execute(text(statement))
