"""Scripts drawn as GraphML: what is read of a drawing, what stands in the way, and that nothing hostile is let in."""

import re
import time
from pathlib import Path

import pytest
from hypothesis import given

from services.intake.diagnosis.documents import MOST_BYTES, Unsound, faults_in, read_script
from services.intake.diagnosis.drawings import MOST_DEEP, Undrawable, document_of
from services.intake.domain.script_checks import MOST_FAULTS
from tests.unit.intake.drawing import GRAPHML, drawn
from tests.unit.intake.scripts import SMALL, Document, any_document

FILE = Path(__file__).parent / "small.graphml"
ENTITIES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 20))


def changed(old: str, new: str) -> bytes:
    """The drawing of the file with one thing otherwise."""
    text = FILE.read_text()
    assert old in text
    return text.replace(old, new, 1).encode()


def faults(content: bytes) -> list[str]:
    """What stands in the way of reading a drawing."""
    with pytest.raises(Undrawable) as refused:
        document_of(content)
    return [f"{fault.place}: {fault.message}" for fault in refused.value.faults]


def test_a_drawing_of_yed_is_read_by_its_labels_and_its_data() -> None:
    facts = {"gates": {"england": "yes"}, "criteria": {"scale": 2}, "spin_out_stage": "live"}
    inside = {"id": "in_england", "label": "In England", "next": "n1_n0", "facts": facts}
    outside = {
        "id": "outside_england",
        "label": "Outside England",
        "next": "out",
        "facts": {"gates": {"england": "no"}},
    }

    document = read_script(FILE)

    assert {name: document[name] for name in ("version", "title", "about", "author", "start")} == {
        **{"version": "drawn-1", "title": "A small drawing", "about": "For tests.", "author": "nobody"},
        "start": "place",
    }
    assert document["nodes"] == [
        {
            **{"id": "place", "words": "Where is the service delivered?", "note": "Go by the people served."},
            "answers": [{**inside, "matters": ["pensions", "vat_and_tax"]}, outside],
        },
        {"id": "n1_n0", "words": "This may be one for the programme.", "scope": "in_scope"},
        {"id": "out", "words": "The programme is for England.", "scope": "out_of_scope"},
    ]


@given(any_document())
def test_every_script_that_is_drawn_is_read_as_it_was(document: Document) -> None:
    assert document_of(drawn(document)) == document


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('<data key="d6" xml:space="preserve"><![CDATA[true]]></data>', "", ": 0 nodes say that they are the start"),
        ('xml:space="preserve">false<', 'xml:space="preserve">true<', ": 3 nodes (place, n1_n0, out) say"),
        ('target="n1::n0"', 'target="n1"', "edge e1, “In England”: Does not lead from one node to another."),
        ('source="n0" target="n1::n0"', 'target="n1::n0"', "edge e1, “In England”: Does not lead from"),
        ('source="n0" target="n1::n0"', 'source="n1::n1" target="n1::n0"', "Node “out” is an end: nothing leads on"),
        ("criteria.scale=2", "scale=2", "node “place”, edge e1, “In England”: “scale=2” is no fact"),
        ("criteria.scale=2", "gates.england=no", "“gates.england=no” is given twice."),
        ("criteria.scale=2", "spin_out_stage=live", "“spin_out_stage = live” is given twice."),
        ('<data key="d15">2</data>', '<data key="d15">two</data>', "edge e0: Its `order` is not a whole number."),
    ],
)
def test_what_cannot_be_read_is_said_with_its_place(old: str, new: str, said: str) -> None:
    assert any(said in fault for fault in faults(changed(old, new)))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('<node id="n1::n1">', '<node id="n0">', ["2 nodes have the id “n0”"]),
        ('id="n1::n0"', 'id="n1"', ["2 nodes have the id “n1”", "edge e1, “In England”: Does not lead"]),
        ('<edge id="e0"', '<edge id="e1"', ["2 edges have the id “e1”"]),
    ],
)
def test_what_is_there_twice_under_one_id_is_named_and_none_of_it_dropped(old: str, new: str, said: list[str]) -> None:
    found = faults(changed(old, new))

    for one in said:
        assert any(one in fault for fault in found), found


def test_arrows_need_no_id() -> None:
    bare = re.sub('<edge id="[^"]*"', "<edge", FILE.read_text())

    assert document_of(bare.encode()) == document_of(FILE.read_bytes())


def test_everything_that_cannot_be_read_is_said_at_once() -> None:
    text = FILE.read_text().replace("[true]", "[false]").replace("scale=2", "scale").replace(">2<", ">x<")

    assert len(faults(text.encode())) == 3


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[in_scope]", "[perhaps]", "Node “n1_n0”: 'perhaps' is not one of"),
        ("gates.england = no", "gates.england = never", "Node “place”: 'never' is not one of"),
        ("criteria.scale=2", "criteria.scale=99999999999", "Node “place”: '99999999999' is not of type 'integer'"),
        ("[drawn-1]", "[]", "'version' is a required property"),
        ('<data key="d8" xml:space="preserve"><![CDATA[out]]></data>', "", None),
        ('source="n0" target="n1::n0"', 'source="n0" target="n1::n1"', "Node “n1_n0” cannot be reached"),
        ("In England", "¡", "Node “place”: '' does not match"),
    ],
)
def test_what_is_drawn_is_checked_as_any_script(old: str, new: str, said: str | None) -> None:
    found = [fault.message for fault in faults_in(document_of(changed(old, new)))]

    assert any(said in message for message in found) if said else found == []


@pytest.mark.parametrize(
    ("prologue", "inside"),
    [
        ('<!DOCTYPE g [<!ENTITY e0 "ha">' + ENTITIES + "]>", "&e19;"),
        ('<!DOCTYPE g [<!ENTITY file SYSTEM "file:///etc/passwd">]>', "&file;"),
        ('<!DOCTYPE g [<!ENTITY % far SYSTEM "http://127.0.0.1:1/far.dtd"> %far;]>', ""),
        ('<!DOCTYPE g SYSTEM "http://127.0.0.1:1/far.dtd">', ""),
        ('<!DOCTYPE g [<!ENTITY big "' + "x" * 100_000 + '">]>', "&big;" * 10_000),
    ],
)
def test_a_document_type_is_refused_and_no_entity_is_looked_at(prologue: str, inside: str) -> None:
    text = FILE.read_text().replace("<graphml", f"{prologue}<graphml", 1).replace("For tests.", f"]]>{inside}<![CDATA[")

    assert faults(text.encode()) == [": A document type declaration is not allowed."]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<graphml", "Not well-formed XML: line 1."),
        (b"<a>&nothing;</a>", "Not well-formed XML"),
        (b"<html/>", "It is XML, but no GraphML."),
        (b"<graphml xmlns='http://example.org'/>", "It is XML, but no GraphML."),
        (b"<?xml version='1.0' encoding='utf-7'?><graphml/>", "encoding"),
        (b"<?xml version='1.0' encoding='shift_jis'?><graphml/>", "encoding"),
        (b"<a>" * 300_000, "Nested too deeply."),
        (b"<a>" * (MOST_DEEP + 1) + b"</a>" * (MOST_DEEP + 1), "Nested too deeply."),
        (b"<a>\xff</a>", "Not well-formed XML"),
        (b"<graphml xmlns='http://graphml.graphdrawing.org/xmlns'/>", "0 nodes say that they are the start"),
    ],
)
def test_what_is_no_drawing_is_refused(content: bytes, said: str) -> None:
    [fault] = faults(content)

    assert said in fault


def hostile(kind: str, name: str, default: str, bulk: str, size: int = MOST_BYTES) -> bytes:
    """A drawing as large as may be: half of it a default, or keys, the other half elements to which that applies."""
    head = (
        f"<graphml xmlns='{GRAPHML}'><key id='k' for='{kind}' attr.name='{name}'>"
        f"<default>{default}</default></key><graph><node id='a'/><node id='b'/>"
    )
    tail = "</graph></graphml>"
    return f"{head}{bulk * ((size - len(head) - len(tail)) // len(bulk))}{tail}".encode()


HALF = MOST_BYTES // 2
ARROW = "<edge source='a' target='b'/>"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (hostile("edge", "facts", "x," * (HALF // 2), ARROW), "More than 10000 nodes and edges."),
        (hostile("edge", "facts", "x," * (HALF // 2), ARROW, HALF + 100_000), "key k: Its default is longer than 1000"),
        (hostile("edge", "facts", "x," * 400, ARROW, 200_000), "“x” is no fact"),
        (hostile("edge", "order", "x", ARROW, 200_000), "Its `order` is not a whole number."),
        (hostile("edge", "matters", "pensions," * 100, ARROW, 200_000), "0 nodes say that they are the start"),
        (hostile("node", "start", "true", "<node/>", 50_000), "nodes (a, b, , , , , , , , …) say that they are the"),
    ],
)
def test_a_drawing_that_is_made_to_keep_the_reader_busy_is_refused_at_once(content: bytes, said: str) -> None:
    began = time.process_time()

    found = faults(content)

    assert any(said in fault for fault in found), found[:3]
    assert len(found) <= MOST_FAULTS
    assert time.process_time() - began < 5


def test_as_many_keys_as_elements_are_read_in_one_go() -> None:
    keys = "".join(f"<key for='node' attr.name='n{at}'><default>x</default></key>" for at in range(8000))
    began = time.process_time()

    faults(hostile("node", "x", "", "<node/>", 60_000).replace(b"<graph>", f"{keys}<graph>".encode()))

    assert time.process_time() - began < 5


def test_a_drawing_in_a_file_is_known_by_its_first_sign(tmp_path: Path) -> None:
    file = tmp_path / "script.json"
    file.write_bytes(b"\xef\xbb\xbf\n" + re.sub(rb"<\?xml.*?\?>", b"", drawn(SMALL)))

    assert read_script(file) == SMALL
    file.write_bytes(b"<graphml")
    with pytest.raises(Unsound) as refused:
        read_script(file)
    assert refused.value.faults[0].message == "Not well-formed XML: line 1."
