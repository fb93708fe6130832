"""The fund's rules: no pound is made or lost, and no pot ever holds less than nothing."""

from dataclasses import astuple
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.referrals.domain.fund import NOTHING, TOTAL, Account, Fund, Kind, Overdrawn, Posting, posting
from services.referrals.errors import ReferralOverdrawn

amounts = st.decimals(min_value=Decimal("0.01"), max_value=TOTAL, places=2)
# Small ones too, or nearly every move after the first would be refused.
moves = st.lists(
    st.tuples(
        st.sampled_from(Kind),
        st.integers(0, 3),
        amounts | st.decimals(min_value=Decimal("0.01"), max_value=Decimal("2000000"), places=2),
    ),
    max_size=40,
)


def pounds(text: str) -> Decimal:
    return Decimal(text)


def sum_of(pots: list[Posting] | list[Account], pot: str) -> Decimal:
    return sum((getattr(one, pot) for one in pots), NOTHING)


@given(moves)
def test_whatever_is_moved_the_ledger_sums_to_the_balances_and_nothing_is_overdrawn(
    tries: list[tuple[Kind, int, Decimal]],
) -> None:
    # given a full fund, four referrals, and any moves at all
    fund, accounts, ledger = Fund(TOTAL), [Account()] * 4, []
    # when each is tried, and the refused ones change nothing
    for kind, whose, amount in tries:
        entry = posting(kind, amount, accounts[whose])
        try:
            account, balances = accounts[whose].after(entry), fund.after(entry)
        except Overdrawn:
            continue
        accounts[whose], fund = account, balances
        ledger.append(entry)
    # then the fund holds its total, every pot is what the ledger says, and none is below nothing
    assert fund.total == TOTAL
    assert fund.available == TOTAL + sum_of(ledger, "available")
    for pot in ("earmarked", "committed", "spent"):
        assert getattr(fund, pot) == sum_of(ledger, pot) == sum_of(accounts, pot)
    for pots in (fund, *accounts):
        assert min(astuple(pots)) >= NOTHING


@given(st.sampled_from(Kind), amounts, amounts, amounts)
def test_every_posting_sums_to_zero(kind: Kind, amount: Decimal, earmarked: Decimal, committed: Decimal) -> None:
    entry = posting(kind, amount, Account(earmarked, committed))

    assert sum(astuple(entry)) == 0
    assert amount in {abs(change) for change in astuple(entry)} or kind is Kind.RELEASE


@given(amounts, amounts)
def test_a_release_of_all_that_is_unspent_leaves_what_was_spent(earmarked: Decimal, committed: Decimal) -> None:
    account = Account(earmarked, committed, pounds("5.00"))

    after = account.after(posting(Kind.RELEASE, account.unspent, account))

    assert after == Account(spent=pounds("5.00"))


def test_pounds_go_from_available_to_earmarked_to_committed_to_spent() -> None:
    fund, account = Fund(TOTAL), Account()

    for kind, amount in ((Kind.EARMARK, "100.00"), (Kind.COMMITMENT, "60.00"), (Kind.SPEND, "25.50")):
        entry = posting(kind, pounds(amount), account)
        fund, account = fund.after(entry), account.after(entry)

    assert account == Account(pounds("40.00"), pounds("34.50"), pounds("25.50"))
    assert fund == Fund(TOTAL - pounds("100.00"), pounds("40.00"), pounds("34.50"), pounds("25.50"))
    assert fund.total == TOTAL


def test_a_release_takes_what_is_not_committed_first() -> None:
    account = Account(pounds("40.00"), pounds("34.50"), pounds("25.50"))

    some = account.after(posting(Kind.RELEASE, pounds("39.99"), account))
    more = account.after(posting(Kind.RELEASE, pounds("50.00"), account))

    assert some == Account(pounds("0.01"), pounds("34.50"), pounds("25.50"))
    assert more == Account(NOTHING, pounds("24.50"), pounds("25.50"))


@pytest.mark.parametrize(
    ("kind", "amount", "pot", "left"),
    [
        (Kind.COMMITMENT, "40.01", "earmarked", "40.00"),
        (Kind.SPEND, "34.51", "committed", "34.50"),
        (Kind.RELEASE, "74.51", "committed", "34.50"),
    ],
)
def test_a_referral_cannot_use_more_than_it_has(kind: Kind, amount: str, pot: str, left: str) -> None:
    account = Account(pounds("40.00"), pounds("34.50"), pounds("25.50"))

    with pytest.raises(Overdrawn) as refused:
        account.after(posting(kind, pounds(amount), account))

    assert (refused.value.pot, refused.value.left) == (pot, pounds(left))


def test_a_refusal_says_how_much_could_be_moved_or_that_nothing_could() -> None:
    assert "has £1,034.50 committed and no more" in ReferralOverdrawn("committed", pounds("1034.50")).detail
    assert "has nothing earmarked" in ReferralOverdrawn("earmarked", NOTHING).detail


def test_the_fund_can_be_earmarked_to_the_last_penny_and_no_further() -> None:
    emptied = Fund(TOTAL).after(posting(Kind.EARMARK, TOTAL, Account()))

    assert emptied.available == 0
    with pytest.raises(Overdrawn, match=r"available: 0\.00 left"):
        emptied.after(posting(Kind.EARMARK, pounds("0.01"), Account()))
