"""A script is read from its file in one way only, or refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.intake.diagnosis.documents import MOST_BYTES, MOST_FAULTS, Unsound, faults_in, read_script
from tests.unit.intake.scripts import SMALL

WHOLE = json.dumps(SMALL)


def test_a_sound_script_is_read_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "script.json"
    file.write_text(WHOLE)

    assert read_script(file) == SMALL


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Line 1, column 1"),
        (b"{", "Line 1, column 2"),
        (b"\xff\xfe", "It is not UTF-8."),
        (WHOLE.replace('"title"', '"version": "2", "title"').encode(), "“version” is given twice"),
        (WHOLE.replace('"scale": 2', '"scale": 2.0').encode(), "2.0 is not a whole number."),
        (WHOLE.replace('"scale": 2', '"scale": NaN').encode(), "NaN is not a whole number."),
        (WHOLE.replace('"scale": 2', f'"scale": {"9" * 5000}').encode(), "a number is too long"),
        (b"[" * 200_000, "Nested too deeply"),
        (b'{"nodes":' * 5_000 + b"[]" + b"}" * 5_000, "Nested too deeply"),
        (b" " * (MOST_BYTES + 1), f"larger than {MOST_BYTES} bytes"),
        (WHOLE.replace('"in_scope"', '"perhaps"').encode(), "Node “in”: 'perhaps' is not one of"),
        (WHOLE.replace("Place?", "Pla\\u0000ce?").encode(), "Node “place”: "),
        (WHOLE.replace("Place?", "Pla\\ud800ce?").encode(), "Node “place”: "),
    ],
)
def test_a_file_that_holds_no_sound_script_is_refused_with_the_reason(
    content: bytes, said: str, tmp_path: Path
) -> None:
    file = tmp_path / "script.json"
    file.write_bytes(content)

    with pytest.raises(Unsound) as refused:
        read_script(file)

    assert said in refused.value.faults[0].message


@pytest.mark.parametrize("nodes", [[0] * 300_000, [{"id": "a", "answers": [0] * 20}] * 299 + [0]], ids=["many", "full"])
def test_a_document_of_nothing_but_faults_is_not_looked_at_for_ever(nodes: list[Any]) -> None:
    assert 0 < len(faults_in({**SMALL, "nodes": nodes})) <= MOST_FAULTS


class Compared(str):
    """A text that counts how often texts of its kind are held against something."""

    times = 0

    def __eq__(self, other: object) -> bool:
        Compared.times += 1
        return str.__eq__(self, other)

    __hash__ = str.__hash__


def test_the_items_of_a_list_of_mixed_kinds_are_not_each_held_against_every_other() -> None:
    matters = [Compared(f"matter_{number}") if number % 2 else number for number in range(2_000)]

    assert faults_in(_with_matters(matters))

    assert Compared.times < 5 * len(matters)


@pytest.mark.parametrize(
    "matters", [["pensions", "pensions"], ["pensions", 1, 1], [{"a": 1, "b": 2}, {"b": 2, "a": 1}]]
)
def test_a_matter_that_is_named_twice_is_a_fault(matters: list[Any]) -> None:
    assert any("non-unique" in fault.message for fault in faults_in(_with_matters(matters)))


@pytest.mark.parametrize("matters", [["pensions", "tupe"], [1, True], [0, False], ["1", 1], [[1], [True]], [None, 0]])
def test_matters_that_differ_are_no_repeats(matters: list[Any]) -> None:
    assert not any("non-unique" in fault.message for fault in faults_in(_with_matters(matters)))


def _with_matters(matters: list[Any]) -> dict[str, Any]:
    """The small script, with an answer that names these matters."""
    script: dict[str, Any] = json.loads(WHOLE)
    answer = next(node["answers"][0] for node in script["nodes"] if "answers" in node)
    answer["matters"] = matters
    return script
