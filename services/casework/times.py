"""Moments that people give: whether they can be true."""

from datetime import datetime
from typing import Any

from chassis.errors import FieldError, Invalid
from services.casework.domain import case as rules

NOT_THEN = "Must not be in the future, nor before 2000."


def check(body: dict[str, Any], now: datetime) -> None:
    """Set when a contact began to now where it is left out. Raises Invalid when the times cannot be."""
    body["started_at"] = body["started_at"] or now
    for name in ("started_at", "ended_at"):
        if body[name] is not None and not rules.may_have_happened(body[name], now):
            raise Invalid([FieldError(f"/{name}", NOT_THEN)])
    if body["ended_at"] is not None and body["ended_at"] < body["started_at"]:
        raise Invalid([FieldError("/ended_at", "Must not be before the contact began.")])
