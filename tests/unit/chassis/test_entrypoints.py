"""What a service notes with its decorators, and what is made of it."""

from typing import Any

import pytest
from marshmallow import Schema

from chassis.bus import RPC
from chassis.entrypoints import (
    Background,
    Handler,
    Remote,
    background,
    command,
    entrypoints_of,
    find_service,
    handles,
    query,
)
from chassis.errors import Invalid
from chassis.fields import Words
from deploy.topology import DEAD, UNROUTED, topology


class Note(Schema):
    """A note."""

    text = Words(20, required=True)


class Desk:
    """A service with one method of each kind."""

    name = "desk"

    @command(roles=("adviser",), takes=Note, gives=Note)
    def add(self, work: Any, reference: str, body: dict[str, Any]) -> dict[str, Any]:
        """Add a note."""
        return body

    @query(roles=("adviser", "analyst"))
    def read(self, work: Any, reference: str, version: str) -> str:
        """Read it."""
        return reference

    @query(roles=("ops",))
    def look(self, work: Any) -> None:
        """Look."""

    @handles("intake", "entered", "left", takes=Note)
    def follow(self, work: Any, data: dict[str, Any]) -> None:
        """Follow what intake tells."""

    @background(every=2.5)
    def tidy(self, database: Any) -> int:
        """Tidy up."""
        return 0

    def _not_noted(self) -> None:
        """Nobody's business."""


NOTED = entrypoints_of(Desk)


def test_each_decorator_notes_what_was_said_and_changes_nothing() -> None:
    assert NOTED.service == "desk"
    assert NOTED.remotes == {
        "add": Remote("add", frozenset({"adviser"}), Note, Note, changes=True, ids=("reference",)),
        "read": Remote(
            "read", frozenset({"adviser", "analyst"}), None, None, changes=False, ids=("reference", "version")
        ),
        "look": Remote("look", frozenset({"ops"}), None, None, changes=False, ids=()),
    }
    assert NOTED.handlers == {"follow": Handler("follow", "intake", ("entered", "left"), Note)}
    assert NOTED.backgrounds == {"tidy": Background("tidy", 2.5)}
    assert Desk().add(None, reference="R", body={"text": "a"}) == {"text": "a"}


def test_a_body_that_nothing_loads_is_refused_when_the_class_is_made() -> None:
    with pytest.raises(TypeError, match="add: `takes` and an argument `body` go together"):

        @command(roles=("adviser",))
        def add(self: Any, work: Any, body: dict[str, Any]) -> None:
            """Take what nobody checked."""


def test_a_schema_that_loads_nothing_is_refused_when_the_class_is_made() -> None:
    with pytest.raises(TypeError, match="go together"):

        @query(roles=("adviser",), takes=Note)
        def read(self: Any, work: Any, reference: str) -> None:
            """Check what nobody takes."""


def test_arguments_are_loaded_by_name() -> None:
    assert NOTED.remotes["add"].load({"reference": "R", "body": {"text": "a"}}) == {
        "reference": "R",
        "body": {"text": "a"},
    }
    assert NOTED.remotes["look"].load({}) == {}


@pytest.mark.parametrize(
    ("arguments", "pointers"),
    [
        (None, {""}),
        (["R"], {""}),
        ({}, {"/reference"}),
        ({"reference": ""}, {"/reference"}),
        ({"reference": "R" * 101}, {"/reference"}),
        ({"reference": "a\0b"}, {"/reference"}),
        ({"reference": 5}, {"/reference"}),
        ({"reference": "R"}, {"/text"}),
        ({"reference": "R", "body": None}, {""}),
        ({"reference": "R", "body": {"text": 5, "new": 1}}, {"/text", "/new"}),
        ({"reference": "R", "body": {}, "version": "1", "x": 1}, {"/version", "/x"}),
    ],
)
def test_every_fault_of_the_arguments_is_named(arguments: object, pointers: set[str]) -> None:
    with pytest.raises(Invalid) as refusal:
        NOTED.remotes["add"].load(arguments)

    assert {error.pointer for error in refusal.value.errors} == pointers


def test_a_body_for_a_method_that_takes_none_is_refused() -> None:
    with pytest.raises(Invalid):
        NOTED.remotes["look"].load({"body": {}})


def test_a_service_is_found_by_its_name_or_by_its_place() -> None:
    assert find_service("tests.unit.chassis.test_entrypoints:Desk") is Desk
    assert find_service("intake").name == "intake"


def test_the_topology_is_what_services_answer_and_hear() -> None:
    exchanges, queues = topology([NOTED])
    made = {queue.name: queue for queue in queues}

    assert {exchange.name: exchange.type for exchange in exchanges} == {
        RPC: "direct",
        DEAD: "direct",
        UNROUTED: "fanout",
        "desk.events": "topic",
        "intake.events": "topic",
    }
    assert set(made) == {UNROUTED, "desk.rpc", "desk.dead", "desk.follow"}
    assert [(one.exchange.name, one.routing_key) for one in sorted(made["desk.follow"].bindings, key=str)] == [
        ("intake.events", "entered"),
        ("intake.events", "left"),
    ]


def test_what_nobody_hears_and_what_is_given_up_is_kept_somewhere() -> None:
    exchanges, queues = topology([NOTED])
    made = {queue.name: queue for queue in queues}

    for exchange in exchanges:
        if exchange.name.endswith(".events"):
            assert exchange.arguments == {"alternate-exchange": UNROUTED}
    follow = made["desk.follow"].queue_arguments
    assert (follow["x-dead-letter-exchange"], follow["x-dead-letter-routing-key"]) == (DEAD, "desk")
    assert (follow["x-dead-letter-strategy"], follow["x-overflow"]) == ("at-least-once", "reject-publish")
    assert all(
        made[name].queue_arguments["x-queue-type"] == "quorum" for name in (UNROUTED, "desk.dead", "desk.follow")
    )
