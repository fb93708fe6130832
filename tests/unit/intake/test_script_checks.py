"""Every fault of a script is said at once, with its place and the name of its node."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given

from services.intake.diagnosis.documents import faults_in
from services.intake.domain.script_checks import Fault, faults_of
from services.intake.domain.scripts import compile_script, fingerprint
from tests.unit.intake.scripts import LISTS, SMALL, Document, answer, any_document, end, question, script

OUT = end("out", "out_of_scope")


def changed(change: Callable[[Document], Any]) -> Document:
    """The small script after a change."""
    document = copy.deepcopy(SMALL)
    change(document)
    return document


def places(document: Any) -> dict[str, str]:
    """The faults of a document: place and message."""
    return {fault.place: fault.message for fault in faults_in(document)}


def test_the_small_script_has_no_fault() -> None:
    assert faults_in(SMALL) == []


@given(any_document())
def test_every_script_that_has_ways_to_its_ends_is_valid(document: Document) -> None:
    assert faults_in(document) == []
    assert compile_script(document).least.keys() == {node["id"] for node in document["nodes"]}


@pytest.mark.parametrize(
    ("change", "place", "said"),
    [
        (lambda d: d["nodes"][0]["answers"][0].update(next="limbo"), "/nodes/0/answers/0/next", "no node “limbo”"),
        (lambda d: d["nodes"][0].update(id="share"), "/nodes/1/id", "“share” is there more than once"),
        (lambda d: d["nodes"][0]["answers"][0].update(id="partly"), "/nodes/0/answers", "“place” has more than one"),
        (lambda d: d.update(start="limbo"), "/start", "no node “limbo”"),
        (lambda d: d.update(start="in"), "/start", "“in” is an end"),
        (lambda d: d["nodes"].append(end("lost", "unknown")), "/nodes/7", "“lost” cannot be reached"),
        (lambda d: d["nodes"][1]["answers"][0]["matters"].append("magic"), "/nodes/1/answers/0/matters/1", "“magic”"),
        (
            lambda d: d["nodes"][2]["answers"][0]["facts"].update(spin_out_stage="flying"),
            "/nodes/2/answers/0/facts/spin_out_stage",
            "“stage”, answer “early”: there is no spin-out stage “flying”",
        ),
    ],
)
def test_a_fault_of_meaning_is_said_with_its_place_and_its_node(
    change: Callable[[Document], Any], place: str, said: str
) -> None:
    assert said in places(changed(change))[place]


@pytest.mark.parametrize(
    ("change", "place", "said"),
    [
        (lambda d: d["nodes"][4].update(scope="somewhere"), "/nodes/4/scope", "Node “in”: 'somewhere'"),
        (lambda d: d["nodes"][3].update(answers=[]), "/nodes/3/answers", "Node “money”: "),
        (lambda d: d["nodes"][3].pop("answers"), "/nodes/3", "Node “money”: 'answers' is a required"),
        (lambda d: d["nodes"][4].update(answers=[]), "/nodes/4", "Node “in”: "),
        (lambda d: d["nodes"][4].update(colour="red"), "/nodes/4", "'colour' was unexpected"),
        (lambda d: d["nodes"][0].update(words=""), "/nodes/0/words", "Node “place”: "),
        (lambda d: d["nodes"][0].update(id=5), "/nodes/0/id", "Node “5”: "),
        (lambda d: d["nodes"][0].pop("id"), "/nodes/0", "'id' is a required"),
        (lambda d: d["nodes"].insert(0, "place"), "/nodes/0", "'place' is not of type 'object'"),
        (lambda d: d["nodes"][0]["answers"][0]["facts"]["gates"].update(x="perhaps"), None, "'perhaps' is not one of"),
        (lambda d: d["nodes"][0]["answers"][0]["facts"].update(criteria={"x": 5}), None, "5 is greater than"),
        (lambda d: d["nodes"][0]["answers"][0]["facts"].update(criteria={"x": True}), None, "not of type 'integer'"),
        (lambda d: d["nodes"][0]["answers"][0]["facts"].update(criteria={"9" * 5000: 9}), None, "9 is greater than"),
        (lambda d: d.update(nodes=[]), "/nodes", "[] is too short"),
        (lambda d: d.update(nodes="none"), "/nodes", "not of type 'array'"),
        (lambda d: d.pop("nodes"), "", "'nodes' is a required"),
        (lambda d: d.update(start=["place"]), "/start", "not of type 'string'"),
        (lambda d: d.update(format="diagnosis.v2"), "/format", "'diagnosis.v1' was expected"),
    ],
)
def test_a_fault_of_form_is_said_with_its_place_and_its_node(
    change: Callable[[Document], Any], place: str | None, said: str
) -> None:
    found = places(changed(change))

    assert any(said in message for where, message in found.items() if place in (where, None)), found


@pytest.mark.parametrize("document", [None, [], "script", 1, {}, [[[]]]])
def test_what_is_no_script_at_all_has_faults(document: Any) -> None:
    assert faults_in(document)


def test_every_node_of_a_loop_without_an_exit_is_named() -> None:
    document = script(
        question("a", answer("on", "b"), answer("out", "out")),
        question("b", answer("on", "c")),
        question("c", answer("back", "b"), answer("stay", "c")),
        OUT,
    )

    assert [fault.place for fault in faults_in(document)] == ["/nodes/1", "/nodes/2"]
    assert "“b” leads round for ever" in places(document)["/nodes/1"]


def test_a_loop_with_an_exit_is_no_fault() -> None:
    document = script(question("a", answer("on", "b")), question("b", answer("back", "a"), answer("out", "out")), OUT)

    assert faults_in(document) == []
    ready = compile_script(document)
    assert (ready.least["a"], dict(ready.most)) == (2, {"out": 0})


def test_all_faults_are_said_at_once_and_in_order() -> None:
    document = script(
        question("a", answer("one", "limbo"), answer("one", "out", matters=["magic"])),
        OUT,
        *(end(f"lost_{number}", "unknown") for number in range(10)),
        end("last", "nowhere"),
        title="",
    )

    assert [fault.place for fault in faults_in(document)] == [
        *("/nodes/0/answers", "/nodes/0/answers/0/next", "/nodes/0/answers/1/matters/0", "/nodes/12/scope", "/title"),
    ]


def test_what_rests_on_a_faulty_node_is_not_blamed_for_it() -> None:
    document = script(question("a", answer("on", "b")), {"id": "b", "words": "B?", "answers": [{"next": "out"}]}, OUT)

    assert {fault.place.rpartition("/answers")[0] for fault in faults_in(document)} == {"/nodes/1"}


def test_no_walk_sets_more_facts_than_an_enquiry_holds() -> None:
    gates = [{f"gate_{number}": "yes" for number in some} for some in (range(25), range(20, 41))]
    document = script(
        question("a", *(answer(f"n{n}", "out", facts={"gates": some}) for n, some in enumerate(gates))), OUT
    )

    assert [fault.message for fault in faults_in(document)] == [
        "The answers set 41 gates; an enquiry holds 40 at most."
    ]


def test_a_document_nested_too_deeply_is_a_fault() -> None:
    deep: Any = {}
    for _ in range(100_000):
        deep = {"nodes": deep}
    try:
        assert faults_in({**SMALL, "nodes": deep})
    finally:
        while deep:  # a deep nest is taken apart step by step, for Python would do it by recursion
            deep = deep.pop("nodes")


def test_meaning_is_not_looked_for_where_there_are_no_sound_nodes() -> None:
    assert faults_of(SMALL, LISTS, [Fault("/nodes", "Too many.")]) == []


def test_two_spellings_of_a_document_have_one_fingerprint() -> None:
    assert fingerprint(dict(reversed(SMALL.items()))) == fingerprint(SMALL) == compile_script(SMALL).sha256
    assert fingerprint({**SMALL, "title": "Another"}) != fingerprint(SMALL)
