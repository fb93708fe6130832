"""Of 110 applications as they may come in, about as many are referred as the historic scheme did (`mix/making.py`)."""

import json
from collections import Counter
from typing import Any

from services.triage.domain import Facts, assess, snapshot
from services.triage.domain.columns import in_columns
from services.triage.domain.rescoring import Rescoring
from tests.unit.triage.examples import FIRST_RULES
from tests.unit.triage.mix.making import FILE, applications, text

MIX: list[dict[str, Any]] = [json.loads(line) for line in FILE.read_text().splitlines()]


def facts_of(one: dict[str, Any]) -> Facts:
    """The snapshot of an application."""
    return snapshot(one["facts"]["gates"], one["facts"]["criteria"], {"spin_out_stage": one["spin_out_stage"]})


def outcomes(mix: list[dict[str, Any]]) -> Counter[str]:
    """How many applications come to each outcome under the first set."""
    return Counter(assess(FIRST_RULES, facts_of(one)).outcome for one in mix)


def test_the_file_is_what_its_maker_makes() -> None:
    assert FILE.read_text() == text()


def test_18_to_25_of_110_applications_are_referred() -> None:
    assert len(MIX) == 110
    assert 18 <= outcomes(MIX)["refer"] <= 25


def test_the_mix_is_varied() -> None:
    assert len({json.dumps(one, sort_keys=True) for one in MIX}) == 110
    assert {name for name, count in outcomes(MIX).items() if count >= 5} == set(Rescoring(FIRST_RULES).outcomes)


def test_other_mixes_of_the_same_kinds_refer_as_many_on_average() -> None:
    referred = [outcomes(applications(seed))["refer"] for seed in range(40)]

    assert 18 <= sum(referred) / len(referred) <= 25


def test_many_at_once_come_to_the_same_mix() -> None:
    ready = Rescoring(FIRST_RULES)
    [found] = ready.all(in_columns(FIRST_RULES, map(facts_of, MIX)))

    assert Counter(ready.outcomes[outcome] for outcome in found.outcome) == outcomes(MIX)
