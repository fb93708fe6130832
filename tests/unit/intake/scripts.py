"""Scripts for tests: a small one, any valid one, and any way to walk it."""

from typing import Any

from hypothesis import strategies as st

from chassis.fields import codes
from services.intake.domain.script_checks import Lists
from services.intake.domain.scripts import Question, Scope, Script, compile_script
from services.intake.domain.walks import Walk

Document = dict[str, Any]

LISTS = Lists(matters=codes("matters"), spin_out_stages=codes("spin_out_stages"))


def answer(id: str, next: str, **more: Any) -> Document:
    """An answer that leads to a node."""
    return {"id": id, "label": f"{id.capitalize()}.", "next": next, **more}


def question(id: str, *answers: Document) -> Document:
    """A question with these answers."""
    return {"id": id, "words": f"{id.capitalize()}?", "answers": list(answers)}


def end(id: str, scope: str) -> Document:
    """An end."""
    return {"id": id, "words": f"{id.capitalize()}.", "scope": scope}


def script(*nodes: Document, **more: Any) -> Document:
    """A script of these nodes, which begins with the first."""
    about = {"format": "diagnosis.v1", "version": "1", "title": "Test", "about": "For tests.", "author": "nobody"}
    return {**about, "start": nodes[0]["id"], "nodes": list(nodes), **more}


# Where in England? leads to the stage, and a way round leads there too; anywhere else is the end.
SMALL = script(
    question(
        "place",
        answer("here", "stage", facts={"gates": {"england": "yes"}}),
        answer("partly", "share"),
        answer("abroad", "out", facts={"gates": {"england": "no"}}),
    ),
    question(
        "share",
        answer("most", "stage", facts={"gates": {"england": "yes"}}, matters=["other"]),
        answer("little", "out", facts={"gates": {"england": "no"}}),
        answer("again", "place", facts={"gates": {"england": "unknown"}}),
    ),
    question(
        "stage",
        answer("early", "money", facts={"spin_out_stage": "exploring"}, matters=["pensions", "other"]),
        answer("late", "money", facts={"spin_out_stage": "live", "criteria": {"scale": 1}}),
    ),
    question("money", answer("none", "talk", facts={"criteria": {"scale": 2}}), answer("some", "in")),
    end("in", "in_scope"),
    end("out", "out_of_scope"),
    end("talk", "contact_needed"),
)


# What an answer may set and name.
FINDS: list[Document] = [
    {},
    {"facts": {"gates": {"alpha": "yes"}}},
    {"facts": {"gates": {"alpha": "no", "beta": "unknown"}, "criteria": {"alpha": 4}}},
    {"facts": {"criteria": {"beta": 0, "gamma": 3}}, "matters": ["pensions"]},
    {"facts": {"spin_out_stage": "exploring"}, "matters": ["pensions", "other"]},
    {"facts": {"gates": {"gamma": "yes"}, "spin_out_stage": "live"}},
    {"matters": ["vat_and_tax", "other"]},
]


@st.composite
def any_document(draw: st.DrawFn) -> Document:
    """Any valid script of up to six questions and three ends, with loops and with several ways to a node."""
    questions = [f"q{number}" for number in range(draw(st.integers(1, 6)))]
    ends = [f"e{number}" for number in range(draw(st.integers(1, 3)))]
    ways = {id_: [following] for id_, following in zip(questions, [*questions[1:], "e0"], strict=True)}
    for id_ in ends[1:]:
        ways[draw(st.sampled_from(questions))].append(id_)
    for id_ in questions:
        ways[id_] = draw(st.permutations(ways[id_] + draw(st.lists(st.sampled_from(questions + ends), max_size=3))))
    any_find = st.sampled_from(FINDS)
    nodes = [
        *(question(i, *[answer(f"a{n}", to, **draw(any_find)) for n, to in enumerate(ways[i])]) for i in questions),
        *(end(id_, draw(st.sampled_from(list(Scope))).value) for id_ in ends),
    ]
    return script(*draw(st.permutations(nodes)), start="q0")


def any_script() -> st.SearchStrategy[Script]:
    """Any valid script, made ready."""
    return any_document().map(compile_script)


@st.composite
def any_walk(draw: st.DrawFn) -> Walk:
    """Any walk of up to twelve answers through any script."""
    walk = Walk(draw(any_script()))
    for _ in range(draw(st.integers(0, 12))):
        if not isinstance(walk.node, Question):
            break
        walk = walk.further(walk.node, draw(st.sampled_from(sorted(walk.node.answers))))
    return walk
