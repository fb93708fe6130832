"""Back-tests: a criteria version tried on what was assessed, chunk by chunk, beside live triage."""

import copy
import threading
from typing import Any

import pytest

from chassis.errors import Invalid, NotAllowedNow, NotFound, Unavailable
from services.triage import jobs, store
from services.triage.jobs import back_tests, steps
from services.triage.service import TriageService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.triage_desk import FIRST, heard, load

LEAD = ("triage_lead",)
ALL_TIME = {"from": "2020-01-01T00:00:00Z"}


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks of three, so that a few enquiries make several."""
    monkeypatch.setattr(steps, "CHUNK", 3)


@pytest.fixture
def triage(desk: MakeDesk) -> Desk:
    """Triage with ten assessed enquiries, points from 0 to 4 twice, and a stricter version drafted."""
    made = desk(TriageService)
    load(made)
    for number in range(10):
        assess(made, number)
    made.ask("draft_criteria", roles=LEAD, subject="lead-1", body=strict())
    return made


def strict() -> dict[str, Any]:
    """The first set, referring only what is perfect."""
    document = copy.deepcopy(FIRST)
    document["version"] = "strict"
    document["bands"][0]["at_least"] = document["bands"][1]["below"] = 100
    return document


def assess(triage: Desk, number: int, facts_version: int = 1, points: int | None = None) -> None:
    """Have an enquiry assessed."""
    data = heard(f"ENQ-{number}", facts_version=facts_version, points=number % 5 if points is None else points)
    assert (
        triage.hear("intake", "enquiry_received", subject=data["enquiry"], sequence=facts_version, data=data) == "done"
    )


def ask(triage: Desk, method: str, **arguments: Any) -> Any:
    """Ask as a triage lead."""
    return triage.ask(method, roles=LEAD, **arguments)


def start(triage: Desk, **body: Any) -> str:
    """Ask for a back-test of the strict version; its id."""
    return str(ask(triage, "start_back_test", version="strict", body={**ALL_TIME, **body})["id"])


def run(triage: Desk) -> int:
    """Run chunks until there is nothing to do; how many those were."""
    chunks = 0
    while TriageService().run_jobs(triage.database):
        chunks += 1
    return chunks


def test_a_back_test_says_what_would_have_come_out(triage: Desk) -> None:
    back_test = start(triage)
    chunks = run(triage)

    done = ask(triage, "read_job", kind="back_test", job_id=back_test)

    assert (done["state"], done["seen"], done["total"], chunks) == ("done", 10, 10, 4)
    result = done["result"]
    assert result["funnel"]["before"] == {"refer": 4, "develop": 2, "inform": 4}
    assert result["funnel"]["after"] == {"refer": 2, "develop": 4, "inform": 4}
    assert result["moved"] == [{"from": "refer", "to": "develop", "count": 2}]
    assert {one["enquiry"] for one in result["moved_enquiries"]} == {"ENQ-3", "ENQ-8"}
    assert (result["referred"]["hits"], result["referred"]["of"], result["referred"]["usual"]) == (2, 10, True)
    assert [(one["value"], one["of"]) for one in result["groups"]["region"]] == [("north_west", 10)]


def test_it_is_held_against_what_was_decided_and_how_cases_ended(triage: Desk) -> None:
    for number, decision in ((3, "accepted"), (4, "accepted"), (8, "rejected"), (9, "accepted")):
        data = {
            "enquiry": f"ENQ-{number}",
            "decision": decision,
            "reason_code": "x",
            "decided_at": "2026-12-01T09:00:00Z",
        }
        triage.hear("referrals", "referral_decided", subject="REF", sequence=4, data=data)
    closed = {"enquiry": "ENQ-4", "outcome": "became_a_mutual"}
    triage.hear("casework", "case_closed", subject="CAS", sequence=9, data=closed)
    back_test = start(triage)
    run(triage)

    result = ask(triage, "read_job", kind="back_test", job_id=back_test)["result"]

    decisions = result["decisions"]
    assert (decisions["referred_accepted"], decisions["referred_rejected"]) == (2, 0)
    assert (decisions["not_referred_accepted"], decisions["not_referred_rejected"]) == (1, 1)
    assert (decisions["precision"]["share"], decisions["recall"]["hits"], decisions["recall"]["of"]) == (1.0, 2, 3)
    assert decisions["area_under_curve"] == pytest.approx((1 + 1 + 0.5) / 3)
    assert result["endings"] == [{"outcome": "refer", "case_outcome": "became_a_mutual", "count": 1}]


def test_an_enquiry_counts_once_by_its_last_assessment(triage: Desk) -> None:
    assess(triage, 4, facts_version=2, points=0)
    back_test = start(triage)
    run(triage)

    result = ask(triage, "read_job", kind="back_test", job_id=back_test)["result"]

    assert (result["enquiries"], result["funnel"]["after"]["refer"]) == (10, 1)


def test_it_can_be_held_against_another_version(triage: Desk) -> None:
    back_test = start(triage, against="strict")
    run(triage)

    result = ask(triage, "read_job", kind="back_test", job_id=back_test)["result"]

    assert result["moved"] == []


def test_it_goes_on_where_a_process_that_died_had_come_to(triage: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    back_test = start(triage)
    TriageService().run_jobs(triage.database)
    with monkeypatch.context() as dying:
        dying.setattr(back_tests, "figures", lambda *_: 1 / 0)
        with pytest.raises(jobs.ChunkFailed):
            run(triage)

    half = ask(triage, "read_job", kind="back_test", job_id=back_test)
    run(triage)

    assert (half["state"], half["seen"], half["result"]) == ("running", 9, None)
    assert ask(triage, "read_job", kind="back_test", job_id=back_test)["result"]["enquiries"] == 10


def test_a_back_test_that_fails_over_and_over_ends_and_holds_nobody_up(
    triage: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = start(triage)
    good = start(triage, against="strict")
    own = back_tests.tried

    def fails(rows: Any, rules: Any, against: Any = None) -> Any:
        return own(rows, rules, against) if against else 1 / 0

    monkeypatch.setattr(back_tests, "tried", fails)
    for _ in range(jobs.MOST_ATTEMPTS):
        with pytest.raises(jobs.ChunkFailed):
            run(triage)

    ended = [ask(triage, "read_job", kind="back_test", job_id=one) for one in (bad, good)]
    assert [one["state"] for one in ended] == ["failed", "done"]
    assert "failed" in ended[0]["result"]


def test_a_job_that_is_held_is_not_waited_for_by_others(triage: Desk) -> None:
    held, other = start(triage), start(triage)
    with triage.session() as session:
        assert str(store.next_job(session).id) == held  # type: ignore[union-attr]
        run(triage)
        states = [ask(triage, "read_job", kind="back_test", job_id=one)["state"] for one in (held, other)]

    assert states == ["queued", "done"]


def test_who_cancels_a_job_whose_chunk_takes_long_is_told_to_come_again(triage: Desk) -> None:
    held = start(triage)
    with triage.session() as session:
        store.next_job(session)
        with pytest.raises(Unavailable):
            ask(triage, "cancel_job", kind="back_test", job_id=held, body={})


def test_several_processes_share_back_tests_and_try_nothing_twice(triage: Desk) -> None:
    asked = [start(triage) for _ in range(3)]
    workers = [threading.Thread(target=run, args=(triage,)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    run(triage)

    ended = [ask(triage, "read_job", kind="back_test", job_id=one) for one in asked]

    assert [(one["state"], one["result"]["enquiries"]) for one in ended] == [("done", 10)] * 3


def test_a_cancelled_back_test_is_run_no_further(triage: Desk) -> None:
    back_test = start(triage)
    TriageService().run_jobs(triage.database)

    cancelled = ask(triage, "cancel_job", kind="back_test", job_id=back_test, body={})

    assert (cancelled["state"], cancelled["seen"], run(triage)) == ("cancelled", 3, 0)
    with pytest.raises(NotAllowedNow):
        ask(triage, "cancel_job", kind="back_test", job_id=back_test, body={})
    told = [event.data["state"] for event in triage.told() if event.type == "back_test_state_changed"]
    assert told == ["queued", "cancelled"]


def test_a_period_without_enquiries_gives_figures_of_nothing(triage: Desk) -> None:
    back_test = start(triage, to="2020-01-02T00:00:00Z")
    run(triage)

    result = ask(triage, "read_job", kind="back_test", job_id=back_test)["result"]

    assert (result["enquiries"], result["referred"]["share"], result["stability_index"]) == (0, None, None)


@pytest.mark.parametrize(
    ("version", "body", "refusal"),
    [
        ("none", ALL_TIME, NotFound),
        ("strict", {**ALL_TIME, "against": "none"}, NotFound),
        ("strict", {"from": "2026-01-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"}, Invalid),
        ("strict", {}, Invalid),
    ],
)
def test_what_cannot_be_tried_is_refused(
    triage: Desk, version: str, body: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        ask(triage, "start_back_test", version=version, body=body)


@pytest.mark.parametrize("back_test", ["nonsense", "019aa6d2-7c3e-7b1a-9f42-3d5c8e1b7a60"])
def test_a_back_test_that_is_not_there_is_not_found(triage: Desk, back_test: str) -> None:
    with pytest.raises(NotFound):
        ask(triage, "read_job", kind="back_test", job_id=back_test)


def test_back_tests_are_listed_newest_first_without_their_results(triage: Desk) -> None:
    asked = [start(triage) for _ in range(2)]

    lines = ask(triage, "list_jobs", kind="back_test", body={})["items"]

    assert [line["id"] for line in lines] == asked[::-1]
    assert "result" not in lines[0]
