"""Bands: from 0 to 100 without a gap and without an overlap, the highest first."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.triage.domain.faults import Fault
from services.triage.domain.rules import FULL_SCORE, MOST


def band_faults(bands: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    """Every place where a score would have no band, or two."""
    seen: set[str] = set()
    for index, band in enumerate(bands):
        if band["id"] in seen:
            yield Fault(f"/bands/{index}/id", f"“{band['id']}” is used more than once.")
        seen.add(band["id"])
        if band["below"] is not None and band["below"] <= band["at_least"]:
            yield Fault(f"/bands/{index}", f"“{band['id']}” is empty: `below` must be more than `at_least`.")
    if bands[0]["below"] is not None:
        yield Fault("/bands/0/below", "The first band must be open at the top: `below` is null.")
    if bands[-1]["at_least"] != 0:
        yield Fault(f"/bands/{len(bands) - 1}/at_least", "The last band must begin at 0.")
    for index in range(1, len(bands)):
        yield from _between(bands[index - 1], bands[index], index)


def _between(upper: Mapping[str, Any], lower: Mapping[str, Any], index: int) -> Iterator[Fault]:
    place, names = f"/bands/{index}/below", f"“{lower['id']}” and “{upper['id']}”"
    if lower["below"] is None or lower["below"] > upper["at_least"]:
        yield Fault(place, f"{names} overlap: `below` must be {upper['at_least']}.")
    elif lower["below"] < upper["at_least"]:
        yield Fault(place, f"There is a gap between {names}: `below` must be {upper['at_least']}.")


def unreachable_bands(bands: Sequence[Mapping[str, Any]], weights: Sequence[int]) -> Iterator[Fault]:
    """Every band in which no points can add up to a score."""
    scores = {0}
    for weight in weights:
        scores = {score + weight * points for score in scores for points in range(MOST + 1)}
    for index, band in enumerate(bands):
        low = band["at_least"] * MOST
        high = FULL_SCORE if band["below"] is None else band["below"] * MOST - 1
        if not any(low <= score <= high for score in scores):
            yield Fault(f"/bands/{index}", f"No points can add up to a score in “{band['id']}”.")
