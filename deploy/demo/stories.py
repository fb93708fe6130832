"""The stories to be played: each an enquiry as it is sent, and the steps that follow it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "enquiries"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that somebody does next. `task` is the title of the task that the step completes, if it does."""

    kind: str
    body: Mapping[str, Any]
    key: str
    task: str | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """One enquiry and what follows it. `outcome` and `score` are what triage should say in the end."""

    role: str
    key: str
    enquiry: Mapping[str, Any]
    steps: tuple[Step, ...]
    outcome: str
    score: Mapping[str, float]


def read_stories(folder: Path = FOLDER) -> tuple[Story, ...]:
    """Every story of the folder's files, in the order of their names."""
    return tuple(_story(entry) for path in sorted(folder.glob("*.json")) for entry in json.loads(path.read_text()))


def _story(entry: Mapping[str, Any]) -> Story:
    key = f"demo-{entry['id']}"
    expected = entry["expected"].get("after_change", entry["expected"])
    steps = tuple(
        Step(step["step"], step["body"], f"{key}-{number}-{step['step']}", step.get("title"))
        for number, step in enumerate(entry.get("next", []), start=1)
    )
    return Story(entry["as"], key, entry["enquiry"], steps, expected["outcome"], expected["score"])
