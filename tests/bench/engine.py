"""What triage's engine takes: for one assessment with its explanation, and for a million snapshots scored again."""

import json
import time
import tracemalloc
from collections import Counter
from typing import Any

import numpy as np

from services.triage.documents import SHIPPED, read_document
from services.triage.domain import Facts, assess, compile_rules, snapshot
from services.triage.domain.columns import Snapshots, in_columns
from services.triage.domain.rescoring import Rescoring
from tests.unit.triage.mix.making import applications

RULES = compile_rules(read_document(SHIPPED / "2026-11.json"))
MILLION = 1_000_000


def one_by_one(times: int = 300) -> list[dict[str, Any]]:
    """Microseconds of an assessment with its explanation, as an object and written as JSON."""
    mix = [_facts(one) for one in applications(2011)]
    passed = {name: "yes" for name, question in RULES.questions.items() if question.kind == "gate"}
    strong: dict[str, str | int] = {**passed, **{one.fact: 3 for one in RULES.criteria}, "spin_out_stage": "planning"}
    missing = {name: value for name, value in strong.items() if name != RULES.criteria[0].fact}
    cases = {"all answered": [strong], "one answer missing": [missing], "nothing answered": [{}], "the mix of 110": mix}
    return [_timed(what, snapshots, times) for what, snapshots in cases.items()]


def _timed(what: str, snapshots: list[Facts], times: int) -> dict[str, Any]:
    assessing, writing = [], []
    for _ in range(times):
        for facts in snapshots:
            began = time.perf_counter()
            assessment = assess(RULES, facts)
            found = time.perf_counter()
            json.dumps(assessment.data())
            assessing.append(1e6 * (found - began))
            writing.append(1e6 * (time.perf_counter() - found))
    low, middle, high = np.percentile(assessing, [0, 50, 99])
    figures = {"least µs": low, "p50 µs": middle, "p99 µs": high, "as JSON p50 µs": np.median(writing)}
    return {"what": what, **{name: round(float(figure), 1) for name, figure in figures.items()}}


def at_once() -> dict[str, Any]:
    """Seconds and memory for a million random snapshots in columns, a chunk at a time, on one thread."""
    random = np.random.default_rng(2011)
    columns = {
        fact: random.integers(-1, len(question.answers), MILLION, dtype=np.int8)
        for fact, question in RULES.questions.items()
    }
    snapshots = Snapshots(MILLION, columns)
    seconds, processor = min(_rescored(snapshots) for _ in range(3))
    tracemalloc.start()
    _rescored(snapshots)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return {
        "snapshots": MILLION,
        "seconds": round(seconds, 3),
        "CPU seconds": round(processor, 3),
        "MB of columns": round(sum(column.nbytes for column in columns.values()) / 1e6, 1),
        "peak MB beside them": round(peak / 1e6, 2),
        "µs to put one into columns": round(_put_into_columns(), 1),
    }


def _rescored(snapshots: Snapshots) -> tuple[float, float]:
    """Wall and processor seconds to rescore and count all."""
    ready, outcomes = Rescoring(RULES), Counter[int]()
    began, used = time.perf_counter(), time.process_time()
    for found in ready.all(snapshots.chunks()):
        outcomes.update(dict(enumerate(np.bincount(found.outcome).tolist())))
    assert outcomes.total() == snapshots.count
    return time.perf_counter() - began, time.process_time() - used


def _put_into_columns(count: int = 110_000) -> float:
    """Microseconds for each snapshot that has to be put into columns first."""
    mix = [_facts(one) for one in applications(2011)] * (count // 110)
    began = time.perf_counter()
    for _ in in_columns(RULES, mix):
        pass
    return 1e6 * (time.perf_counter() - began) / count


def _facts(one: dict[str, Any]) -> Facts:
    return snapshot(one["facts"]["gates"], one["facts"]["criteria"], {"spin_out_stage": one["spin_out_stage"]})
