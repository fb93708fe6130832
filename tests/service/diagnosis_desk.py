"""What the tests of the guided diagnosis share: one that has begun, and its shortest way to an end."""

from typing import Any

from tests.fixtures.desk import Desk
from tests.service.intake_samples import LEAST

SHORTEST = [("place", "here"), ("stage", "late"), ("money", "none")]


def begun(intake: Desk, body: dict[str, Any] = LEAST) -> str:
    """An enquiry whose diagnosis has begun: its reference."""
    reference = str(intake.ask("create_enquiry", body=body)["reference"])
    intake.ask("start_diagnosis", reference=reference, body={}, if_match=1)
    return reference


def give(intake: Desk, reference: str, node: str, answer: str, **options: Any) -> Any:
    """Answer a question."""
    return intake.ask("answer_diagnosis", reference=reference, body={"node": node, "answer": answer}, **options)


def walked(intake: Desk, reference: str) -> Any:
    """The diagnosis after the shortest way to an end."""
    return [give(intake, reference, *step) for step in SHORTEST][-1]


def ids(steps: list[dict[str, str]]) -> list[tuple[str, str]]:
    """Answers as they were given."""
    return [(step["node"], step["answer"]) for step in steps]
