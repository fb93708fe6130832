"""The reports: what each one counts, in plain English, and by what it can be asked for. Pure data."""

from collections.abc import Mapping
from dataclasses import dataclass

WEEK = "The Monday of the week, in London."
MONTH = "The first day of the month, in London."
SECTOR = "The public service it is about; not_known when nobody said."
REGION = "Where the service is delivered; not_known when nobody said."


@dataclass(frozen=True, slots=True)
class Report:
    """A table of figures. `by` are the ways to break it down, the usual one first, each with its key columns.

    `definitions` tell what every column means; `figures` are the columns after the key, in their order.
    """

    name: str
    title: str
    by: Mapping[str, tuple[str, ...]]
    definitions: Mapping[str, str]
    figures: tuple[str, ...]

    def columns(self, by: str) -> tuple[str, ...]:
        """The columns of the report when it is asked for in this way."""
        return self.by[by] + self.figures


def _report(
    name: str, title: str, by: Mapping[str, tuple[str, ...]], keys: Mapping[str, str], figures: Mapping[str, str]
) -> Report:
    return Report(name, title, by, {**keys, **figures}, tuple(figures))


_OUTCOMES = {
    "refer": "Of those triaged, enquiries whose outcome is refer: fit to go to the Cabinet Office.",
    "develop": "Of those triaged, enquiries whose outcome is develop: a case is worked first.",
    "advise": "Of those triaged, enquiries whose outcome is advise: answered with advice.",
    "inform": "Of those triaged, enquiries whose outcome is inform: answered with information.",
    "out_of_scope": "Of those triaged, enquiries that a gate rules out, or an adviser did.",
    "information_needed": "Of those triaged, enquiries that lack an answer for their outcome.",
    "overridden": "Of those triaged, enquiries whose outcome an adviser set against what was found.",
}
_PASSAGE = {
    "cases": "Of those received, enquiries for which a case was opened.",
    "referred": "Of those received, enquiries that were referred to the Cabinet Office at least once.",
    "accepted": "Of those received, enquiries of which the Cabinet Office accepted a referral.",
}

FUNNEL = _report(
    "funnel",
    "From enquiry to decision",
    by={"week": ("week",), "month": ("month",)},
    keys={"week": WEEK, "month": MONTH},
    figures={
        "received": "Enquiries received in the period and within the dates asked for. The other figures of the row "
        "count some of these, whenever it happened to them.",
        "triaged": "Of those received, enquiries that were triaged at least once.",
        **_OUTCOMES,
        **_PASSAGE,
    },
)

BARRIERS = _report(
    "barriers",
    "What stands in the way",
    by={
        "category": ("category",),
        "service_sector": ("service_sector", "category"),
        "region": ("region", "category"),
    },
    keys={"category": "The matter that is the barrier.", "service_sector": SECTOR, "region": REGION},
    figures={
        "enquiries": "Enquiries received within the dates that name this matter. One may name several.",
        "cases": "Of those enquiries, the ones for which a case was opened.",
        "evidence": "Items of evidence of the kind barrier in this category, observed within the dates.",
        "evidenced": "Different enquiries to which those items of evidence belong.",
    },
)

TIMELINESS = _report(
    "timeliness",
    "Whether people were served in time",
    by={"clock": ("clock",), "month": ("month", "clock")},
    keys={
        "month": "The first day of the month, in London, in which the clock started.",
        "clock": "first_reply: from the receipt of an e-mail or web enquiry to the first outbound contact that got "
        "through, or to the enquiry's being answered. triage: from receipt to the first assessment. acknowledgement: "
        "from sending a referral to the Cabinet Office's first sign that it has it. decision: from sending a "
        "referral to its decision. These two are the clocks that the case shows: they rest while the enquirer owes "
        "the next action.",
    },
    figures={
        "target_days": "The target in working days. A working day is Monday to Friday, 09:00 to 17:30 in London, "
        "without bank holidays: 8.5 hours. The bank holidays are those of England and Wales; for acknowledgement and "
        "decision, those of the part of the United Kingdom that the case belongs to.",
        "started": "Clocks that started within the dates: the sum of the next four figures.",
        "met": "Clocks that stopped within the target.",
        "breached": "Clocks that stopped after the target, or passed it and still run, or had passed it when their "
        "enquiry ended or their referral was withdrawn.",
        "running": "Clocks that still run and have not passed the target.",
        "abandoned": "Clocks whose enquiry ended, or whose referral was withdrawn, within the target and before there "
        "was anything to time.",
        "median_days": "Half of those that were met or stopped late took at most this many working days.",
        "p90_days": "Nine in ten of those that were met or stopped late took at most this many working days.",
    },
)

SECTORS = _report(
    "sectors",
    "Where enquiries come from",
    by={
        "service_sector": ("service_sector",),
        "region": ("region",),
        "parent_body_kind": ("parent_body_kind",),
        "channel": ("channel",),
    },
    keys={
        "service_sector": SECTOR,
        "region": REGION,
        "parent_body_kind": "The kind of public body that the service leaves; not_known when nobody said.",
        "channel": "How the enquiry reached the service.",
    },
    figures={
        "received": "Enquiries received within the dates.",
        "triaged": "Of those received, enquiries that were triaged at least once.",
        "refer": _OUTCOMES["refer"],
        **_PASSAGE,
        "amount_accepted": "Pounds accepted by the Cabinet Office for referrals of those received.",
    },
)

STAGES = _report(
    "stages",
    "How far teams get, and how long it takes",
    by={"stage": ("stage",), "service_sector": ("service_sector", "stage")},
    keys={"stage": "The stage of the team's own progress, not of our case.", "service_sector": SECTOR},
    figures={
        "at_receipt": "Enquiries received within the dates whose team was at this stage already.",
        "reached_later": "Enquiries received within the dates whose team was first seen at this stage later.",
        "median_days": "Half of those that reached the stage later did so within this many calendar days of receipt.",
        "p90_days": "Nine in ten of those that reached the stage later did so within this many calendar days.",
    },
)

REFERRALS = _report(
    "referrals",
    "What the Cabinet Office decided",
    by={
        "outcome": ("outcome",),
        "score": ("score",),
        "criteria_version": ("criteria_version",),
        "reason": ("reason",),
        "month": ("month",),
    },
    keys={
        "outcome": "The outcome of triage when the referral was sent.",
        "score": "The lower end of a band of ten points in which the score lay when the referral was sent (its worst "
        "case, where it was a range).",
        "criteria_version": "The criteria version that had triaged the enquiry when the referral was sent.",
        "reason": "The Cabinet Office's coded reason; not_decided when there is no decision.",
        "month": "The first day of the month, in London, in which the referral was sent.",
    },
    figures={
        "sent": "Referrals sent within the dates: the sum of the next four figures.",
        "accepted": "Of those sent, referrals that the Cabinet Office accepted.",
        "rejected": "Of those sent, referrals that the Cabinet Office rejected.",
        "withdrawn": "Of those sent, referrals that were withdrawn, or expired, without a decision.",
        "waiting": "Of those sent, referrals that still wait for a decision.",
        "amount_asked": "Pounds asked for by the referrals sent.",
        "amount_accepted": "Pounds that the Cabinet Office accepted for them.",
        "amount_released": "Pounds of the accepted amounts that went back to the fund when support ended.",
        "median_score": "Half of the referrals sent had at most this score (its worst case, where it was a range).",
    },
)

EVIDENCE = _report(
    "evidence",
    "What was learned",
    by={
        "kind": ("kind",),
        "category": ("kind", "category"),
        "grade": ("kind", "grade"),
        "service_sector": ("kind", "service_sector"),
        "region": ("kind", "region"),
        "month": ("month", "kind"),
    },
    keys={
        "kind": "Barrier, opportunity, success, progress or requirement for support.",
        "category": "The matter it is about; not_known when nobody said.",
        "grade": "How far it can be relied upon.",
        "service_sector": SECTOR,
        "region": REGION,
        "month": "The first day of the month in which it was observed.",
    },
    figures={
        "items": "Items of evidence observed within the dates.",
        "enquiries": "Different enquiries to which those items belong.",
        "latest_on": "The day on which the latest of them was observed.",
    },
)

REPORTS = {report.name: report for report in (FUNNEL, BARRIERS, TIMELINESS, SECTORS, STAGES, REFERRALS, EVIDENCE)}
