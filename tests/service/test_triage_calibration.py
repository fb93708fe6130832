"""Calibrations: weights fitted to what was decided, thresholds to what is wished, all of it a draft to be agreed."""

import random
import subprocess
from typing import Any

import numpy as np
import pytest

from chassis.errors import Conflict, Invalid, Unavailable
from services.triage import fitting
from services.triage.domain import fitting as fits
from services.triage.domain.calibration import whole_weights
from services.triage.jobs import steps
from services.triage.models import CriteriaVersion
from services.triage.service import TriageService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.triage_desk import FIRST, STRONG, heard, load

LEAD = ("triage_lead",)
ALL_TIME = {"from": "2020-01-01T00:00:00Z"}
CRITERIA = [one["id"] for one in FIRST["criteria"]]


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks of twenty, so that the walks take several."""
    monkeypatch.setattr(steps, "CHUNK", 20)


@pytest.fixture
def fitted_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fits in this process, which has loaded the library: another one would take seconds each time."""

    def fit(points: list[list[int]], accepted: list[bool]) -> fitting.Fitted:
        cases = np.array(points, np.float64), np.array(accepted)
        return fitting.Fitted(fits.fit(*cases), fits.scores_of_others(*cases, whole_weights))

    monkeypatch.setattr(fitting, "fit", fit)


@pytest.fixture
def triage(desk: MakeDesk) -> Desk:
    """Triage with the first criteria set in force."""
    made = desk(TriageService)
    load(made)
    return made


def decide(triage: Desk, count: int, *, only: str | None = None) -> None:
    """Have enquiries assessed and decided: the more promise and the less scale, the more likely accepted."""
    chance = random.Random(7)
    for number in range(count):
        points = {name: chance.randint(0, 4) for name in CRITERIA}
        data = heard(f"ENQ-{number}")
        data["facts"] = {"gates": STRONG["gates"], "criteria": points}
        triage.hear("intake", "enquiry_received", subject=data["enquiry"], sequence=1, data=data)
        accepted = points["promise"] * 2 - points["scale"] + chance.randint(0, 3) > 3
        if only == "by turns":
            accepted = number % 2 == 0
        decision = only if only == "accepted" else "accepted" if accepted else "rejected"
        decided = {"enquiry": data["enquiry"], "decision": decision, "reason_code": "x"}
        decided["decided_at"] = "2026-12-01T09:00:00Z"
        triage.hear("referrals", "referral_decided", subject="REF", sequence=4, data=decided)


def ask(triage: Desk, method: str, **arguments: Any) -> Any:
    """Ask as a triage lead."""
    return triage.ask(method, roles=LEAD, **arguments)


def calibrate(triage: Desk, **wishes: Any) -> dict[str, Any]:
    """Ask for a calibration and run it to its end."""
    asked = ask(triage, "start_calibration", subject="lead-1", body={**ALL_TIME, **wishes})
    while TriageService().run_jobs(triage.database):
        pass
    answer: dict[str, Any] = ask(triage, "read_job", kind="calibration", job_id=asked["id"])
    return answer


def test_the_weights_follow_the_decisions_and_the_draft_is_to_be_agreed(triage: Desk) -> None:
    decide(triage, 90)

    done = calibrate(triage)

    assert (done["state"], done["seen"], done["total"]) == ("done", 180, 180)
    result = done["result"]
    weights = {one["id"]: one["after"] for one in result["weights"]}
    assert sum(weights.values()) == 100
    assert weights["promise"] == max(weights.values())
    assert weights["scale"] == 1
    assert result["after"]["area_under_curve"] > result["before"]["area_under_curve"]
    assert result["after_on_others"]["area_under_curve"] > 0.7
    draft = ask(triage, "read_criteria", version=result["criteria_version"])
    assert (draft["state"], draft["author"]) == ("draft", "lead-1")
    assert {one["id"]: one["weight"] for one in draft["document"]["criteria"]} == weights
    with pytest.raises(Conflict):
        ask(triage, "agree_criteria", subject="lead-1", version=draft["version"], body={"reason": "My own."})
    ask(triage, "agree_criteria", subject="lead-2", version=draft["version"], body={"reason": "Read the report."})
    with triage.session() as session:
        rests_on = session.get_one(CriteriaVersion, draft["version"]).population
    assert (rests_on["seen"], sum(rests_on["tenths"]), sum(rests_on["criteria"]["promise"])) == (90, 90, 90)


@pytest.mark.usefixtures("fitted_here")
def test_the_threshold_is_set_to_a_wished_share(triage: Desk) -> None:
    decide(triage, 60)

    result = calibrate(triage, share=0.2)["result"]

    assert result["referred"]["after"]["share"] == pytest.approx(0.2, abs=0.05)
    assert result["referred"]["after"]["usual"] is True
    starts = [one["after"] for one in result["thresholds"]]
    assert starts == sorted(set(starts), reverse=True)


@pytest.mark.usefixtures("fitted_here")
def test_the_threshold_is_set_to_a_wished_precision(triage: Desk) -> None:
    decide(triage, 90)

    result = calibrate(triage, precision=0.9)["result"]

    draft = ask(triage, "read_criteria", version=result["criteria_version"])["document"]
    weights = {one["id"]: one["weight"] for one in draft["criteria"]}
    back_test = ask(triage, "start_back_test", version=draft["version"], body=ALL_TIME)["id"]
    while TriageService().run_jobs(triage.database):
        pass
    tried = ask(triage, "read_job", kind="back_test", job_id=back_test)["result"]
    assert weights
    assert tried["decisions"]["precision"]["share"] >= 0.85
    assert tried["stability_index"] == 0


@pytest.mark.parametrize(
    ("count", "only", "words"),
    [
        (29, None, "29 decided cases with every criterion answered are too few: it takes 30."),
        (30, "accepted", "30 cases were accepted and 0 rejected: it takes 5 of either."),
    ],
)
def test_with_too_little_to_go_by_it_refuses_and_says_why(
    triage: Desk, count: int, only: str | None, words: str
) -> None:
    decide(triage, count, only=only)

    done = calibrate(triage)

    assert (done["state"], done["result"]) == ("refused", {"refused": words})
    assert [one["state"] for one in ask(triage, "list_criteria", body={})["items"]] == ["active"]


@pytest.mark.usefixtures("fitted_here")
def test_a_wish_that_nothing_can_meet_is_refused(triage: Desk) -> None:
    decide(triage, 60, only="by turns")

    done = calibrate(triage, precision=1)

    assert done["state"] == "refused"
    assert done["result"]["refused"].startswith("No threshold with 10 decided cases above it reaches 1.0;")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (subprocess.CalledProcessError(1, "fit", stderr="ImportError"), "The fit failed."),
        (subprocess.TimeoutExpired("fit", 20), "The fit took too long."),
    ],
)
def test_a_fit_that_fails_is_refused(
    triage: Desk, monkeypatch: pytest.MonkeyPatch, error: Exception, words: str
) -> None:
    decide(triage, 30)

    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr(fitting, "fit", fails)

    done = calibrate(triage)

    assert (done["state"], done["result"]["refused"].startswith(words)) == ("refused", True)


@pytest.mark.usefixtures("fitted_here")
def test_a_case_with_an_answer_missing_is_left_out_and_counted(triage: Desk) -> None:
    decide(triage, 31)
    data = heard("ENQ-0", facts_version=2)
    del data["facts"]["criteria"]["scale"]
    triage.hear("intake", "enquiry_changed", subject="ENQ-0", sequence=2, data=data)

    result = calibrate(triage)["result"]

    assert (result["decided"], result["left_out"]) == (30, 1)


def test_without_a_version_in_force_there_is_nothing_to_calibrate(desk: MakeDesk) -> None:
    with pytest.raises(Unavailable):
        desk(TriageService).ask("start_calibration", roles=LEAD, body=ALL_TIME)


@pytest.mark.parametrize(
    "wishes",
    [{"share": 0}, {"share": 1}, {"precision": 2}, {"share": "0.2"}, {"colour": 1}, {"precision": 0.9, "share": 0.2}],
)
def test_a_wish_without_meaning_is_refused_by_name(triage: Desk, wishes: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        ask(triage, "start_calibration", body={**ALL_TIME, **wishes})

    assert [error.pointer for error in refused.value.errors] == [f"/{next(iter(wishes))}"]
