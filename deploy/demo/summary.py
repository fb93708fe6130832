"""What became of the stories, as a table: from the gateway's lists and the fund's balances."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from deploy.demo.doors import Doors
from deploy.demo.scene import ADVISER, REVIEWER, Document

OUTCOMES = ("refer", "develop", "advise", "inform", "out_of_scope", "information_needed")
_LONGEST_PAGE = "200"
_BALANCES = ("earmarked", "committed", "spent", "available")


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of the table. All but `fund`, in pounds, are of the stories' own enquiries."""

    outcomes: Mapping[str, int]
    cases: Mapping[str, int]
    referrals: Mapping[str, int]
    decisions: Mapping[str, int]
    granted: Decimal
    released: Decimal
    fund: Mapping[str, Decimal]


def summary_of(doors: Doors, outcomes: Mapping[str, str]) -> Summary:
    """The figures for enquiries by reference, each with its outcome. Raises what Doors raises."""
    cases = list(_of(outcomes, doors.items(ADVISER, "/v1/cases", limit=_LONGEST_PAGE)))
    referrals = list(_of(outcomes, doors.items(REVIEWER, "/v1/referrals", limit=_LONGEST_PAGE)))
    decisions = [referral["decision"] for referral in referrals if referral["decision"] is not None]
    conclusions = [referral["conclusion"] for referral in referrals if referral["conclusion"] is not None]
    fund = doors.read(REVIEWER, "/v1/fund").body
    return Summary(
        outcomes=Counter(outcomes.values()),
        cases=Counter(case["status"] for case in cases),
        referrals=Counter(referral["status"] for referral in referrals),
        decisions=Counter(decision["decision"] for decision in decisions),
        granted=sum((Decimal(decision["amount"] or 0) for decision in decisions), Decimal(0)),
        released=sum((Decimal(ended["released"]) for ended in conclusions), Decimal(0)),
        fund={name: Decimal(fund[name]) for name in _BALANCES},
    )


def _of(references: Collection[str], items: Iterable[Document]) -> Iterator[Document]:
    return (item for item in items if item["enquiry"] in references)


def table(summary: Summary) -> str:
    """The figures as lines for people."""
    rows = [("Enquiries", f"{sum(summary.outcomes.values()):,}", "")]
    rows += [(f"  {_words(name)}", f"{summary.outcomes.get(name, 0):,}", "") for name in OUTCOMES]
    for title, counted in (
        ("Cases", summary.cases),
        ("Referrals", summary.referrals),
        ("Decisions", summary.decisions),
    ):
        rows.append((title, f"{sum(counted.values()):,}", _listed(counted)))
    rows.append(("Granted", f"£{summary.granted:,.2f}", "by these decisions"))
    rows.append(("Released", f"£{summary.released:,.2f}", "of it, unspent at the end"))
    rows += [(f"  {name}", f"£{summary.fund[name]:,.2f}", "of the whole fund") for name in _BALANCES]
    return "\n".join(f"{name:<22}{figure:>16}   {more}".rstrip() for name, figure, more in rows)


def _listed(counted: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {_words(name)}" for name, count in sorted(counted.items()))


def _words(code: str) -> str:
    return code.replace("_", " ")
