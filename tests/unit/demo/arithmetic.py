"""The first criteria set, written down a second time on purpose: it must not lean on what it checks."""

from collections.abc import Mapping
from typing import Any

WEIGHTS = {
    "promise": 14,
    "learning": 14,
    "staff_engagement": 14,
    "parent_support": 14,
    "viability": 14,
    "social_benefit": 10,
    "feasibility": 8,
    "support_need": 8,
    "scale": 4,
}
ALWAYS_ASKED = {
    "public_origin",
    "public_service",
    "employee_control",
    "england",
    "senior_sponsor",
    "consent_to_share",
}
FAR_ENOUGH = {"making_the_case", "planning", "implementing", "live", "growing"}
BANDS = ((70, "refer"), (50, "develop"), (30, "advise"), (0, "inform"))


def judged(facts: Mapping[str, Mapping[str, Any]], stage: str | None, consent: Mapping[str, Any]) -> dict[str, Any]:
    """The outcome and the score, by hand."""
    share = {True: "yes", False: "no", None: "unknown"}[consent.get("share_with_cabinet_office")]
    gates = {"consent_to_share": share} | {k: v for k, v in facts["gates"].items() if v != "unknown"}
    asked = ALWAYS_ASKED | ({"early_life"} if stage in ("live", "growing", None) else set())
    answers = {gates.get(gate, "unknown") for gate in asked}
    low = sum(weight * facts["criteria"].get(name, 0) for name, weight in WEIGHTS.items()) / 4
    high = sum(weight * facts["criteria"].get(name, 4) for name, weight in WEIGHTS.items()) / 4
    score = {"value": low} if low == high else {"low": low, "high": high}
    if "no" in answers:
        return {"outcome": "out_of_scope", "score": score}
    worst, best = (next(name for least, name in BANDS if points >= least) for points in (low, high))
    if "unknown" in answers or worst != best:
        return {"outcome": "information_needed", "score": score}
    return {"outcome": "develop" if worst == "refer" and stage not in FAR_ENOUGH else worst, "score": score}
