"""The rules of the fund's ledger.

    available ──earmark──▶ earmarked ──commitment──▶ committed ──spend──▶ spent
        ▲                      │                         │
        └───────release────────┴─────────release─────────┘

Every entry moves pounds between these four pots and makes none: its posting sums to zero, and the fund's balances are
its total plus the sum of all postings, in whatever order they are added. No pot may ever hold less than nothing:
neither the fund's, nor those that each referral has of it.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

TOTAL = Decimal("10000000.00")
NOTHING = Decimal("0.00")


class Kind(StrEnum):
    """The moves of the ledger."""

    EARMARK = "earmark"
    COMMITMENT = "commitment"
    SPEND = "spend"
    RELEASE = "release"


class Overdrawn(Exception):
    """A move would take more from a pot than is in it. `left` is what it holds, in pounds."""

    def __init__(self, pot: str, left: Decimal) -> None:
        super().__init__(f"{pot}: {left} left")
        self.pot = pot
        self.left = left


@dataclass(frozen=True, slots=True)
class Posting:
    """What one entry adds to each pot, in pounds; negative where it takes away. Sums to zero."""

    available: Decimal = NOTHING
    earmarked: Decimal = NOTHING
    committed: Decimal = NOTHING
    spent: Decimal = NOTHING


@dataclass(frozen=True, slots=True)
class Account:
    """What one referral has of the fund: earmarked and not committed, committed and not spent, and spent."""

    earmarked: Decimal = NOTHING
    committed: Decimal = NOTHING
    spent: Decimal = NOTHING

    @property
    def unspent(self) -> Decimal:
        """What a release could still give back."""
        return self.earmarked + self.committed

    def after(self, posting: Posting) -> "Account":
        """The account with the posting added. Raises Overdrawn when a pot would hold less than nothing."""
        return Account(
            _added("earmarked", self.earmarked, posting.earmarked),
            _added("committed", self.committed, posting.committed),
            _added("spent", self.spent, posting.spent),
        )


@dataclass(frozen=True, slots=True)
class Fund:
    """The balances of the whole fund."""

    available: Decimal
    earmarked: Decimal = NOTHING
    committed: Decimal = NOTHING
    spent: Decimal = NOTHING

    @property
    def total(self) -> Decimal:
        """All that there is. No posting changes it."""
        return self.available + self.earmarked + self.committed + self.spent

    def after(self, posting: Posting) -> "Fund":
        """The fund with the posting added. Raises Overdrawn when a pot would hold less than nothing."""
        return Fund(
            _added("available", self.available, posting.available),
            _added("earmarked", self.earmarked, posting.earmarked),
            _added("committed", self.committed, posting.committed),
            _added("spent", self.spent, posting.spent),
        )


def posting(kind: Kind, amount: Decimal, account: Account) -> Posting:
    """The posting of a move of `amount` pounds (more than nothing) for the referral that has this account.

    A release gives back what is not committed first, and only then what is committed and not spent.
    """
    if kind is Kind.EARMARK:
        return Posting(available=-amount, earmarked=amount)
    if kind is Kind.COMMITMENT:
        return Posting(earmarked=-amount, committed=amount)
    if kind is Kind.SPEND:
        return Posting(committed=-amount, spent=amount)
    uncommitted = min(amount, account.earmarked)
    return Posting(available=amount, earmarked=-uncommitted, committed=uncommitted - amount)


def _added(pot: str, held: Decimal, change: Decimal) -> Decimal:
    if held + change < NOTHING:
        raise Overdrawn(pot, held)
    return held + change
