"""Describing a field, in the few words that all of them use."""

from typing import Any


def about(words: str, **shape: Any) -> dict[str, Any]:
    """A field's description, and what JSON Schema would say of one that only a method knows."""
    return {"metadata": {"description": words, **shape}}


def perhaps(words: str) -> dict[str, Any]:
    """The same for a field that may be null."""
    return {"allow_none": True, **about(words)}
