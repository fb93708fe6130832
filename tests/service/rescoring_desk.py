"""What the tests of re-scoring share: enquiries that a stricter version would move, and what was told of them."""

import copy
from typing import Any

from services.triage.service import TriageService
from tests.fixtures.desk import Desk
from tests.service.triage_desk import FIRST, heard, load

LEAD = ("triage_lead",)
REASON = {"reason": "Agreed in the spring."}


def with_a_stricter_version(triage: Desk) -> Desk:
    """Ten enquiries, of which 3, 4, 8 and 9 are referred; then a version in force that refers 4 and 9 alone."""
    load(triage)
    for number in range(10):
        assess(triage, number)
    strict = copy.deepcopy(FIRST)
    strict["version"] = "strict"
    strict["bands"][0]["at_least"] = strict["bands"][1]["below"] = 100
    ask(triage, "draft_criteria", subject="lead-1", body=strict)
    ask(triage, "agree_criteria", subject="lead-2", version="strict", body=REASON)
    ask(triage, "activate_criteria", subject="lead-2", version="strict", body=REASON)
    return triage


def assess(triage: Desk, number: int, facts_version: int = 1, points: int | None = None) -> None:
    """Have an enquiry assessed."""
    data = heard(f"ENQ-{number}", facts_version=facts_version, points=number % 5 if points is None else points)
    triage.hear("intake", "enquiry_changed", subject=data["enquiry"], sequence=facts_version, data=data)


def ask(triage: Desk, method: str, **arguments: Any) -> Any:
    """Ask as a triage lead."""
    return triage.ask(method, roles=LEAD, **arguments)


def run(triage: Desk) -> None:
    """Run chunks until there is nothing to do. Rules are asked for anew, as half a second later."""
    while TriageService().run_jobs(triage.database):
        pass


def propose(triage: Desk) -> str:
    """Ask for a re-scoring under the strict version, and let it come to its proposal; its id."""
    job = str(ask(triage, "start_rescoring", version="strict", body={})["id"])
    run(triage)
    return job


def read(triage: Desk, job: str) -> dict[str, Any]:
    """The re-scoring."""
    answer: dict[str, Any] = ask(triage, "read_job", kind="rescoring", job_id=job)
    return answer


def moves(triage: Desk, job: str) -> set[tuple[str, str, str, str]]:
    """What it proposes: enquiry, from, to, state."""
    items = ask(triage, "list_moves", job_id=job, body={})["items"]
    return {(one["enquiry"], one["from"], one["to"], one["state"]) for one in items}


def moved(triage: Desk) -> list[tuple[str, int, str, str]]:
    """Enquiry, sequence, outcome and version of each verdict that is not the first on its facts."""
    told = [event for event in triage.told() if event.type == "enquiry_triaged" and event.sequence % 1000]
    return [(event.subject, event.sequence, event.data["outcome"], event.data["criteria_version"]) for event in told]
