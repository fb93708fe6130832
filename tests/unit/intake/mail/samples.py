"""Nasty messages, each beside what should be understood of it. All are ours, people and addresses are invented."""

import json
from pathlib import Path
from typing import Any

from services.intake.mail.data import as_data
from services.intake.mail.message import Message
from services.intake.mail.reading import read_message

FOLDER = Path(__file__).parents[3] / "samples" / "mail"
SAMPLES = sorted(FOLDER.glob("*.eml"))
OWN = ["mis@example.org"]
KEY, KEY_BEFORE = b"a key of tests only", b"the key before that"


def read(raw: bytes) -> Message:
    """The reading of a message, as the service would do it."""
    return read_message(raw, own=OWN, keys=[KEY, KEY_BEFORE])


def expected(sample: Path) -> dict[str, Any]:
    """What should be understood of a sample."""
    reading: dict[str, Any] = json.loads(sample.with_suffix(".json").read_text())
    return reading


def understood(message: Message) -> dict[str, Any]:
    """A reading as it is printed."""
    data: dict[str, Any] = json.loads(json.dumps(as_data(message), ensure_ascii=False).encode())
    return data
