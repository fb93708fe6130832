"""What a hostile or broken program may send: each trick that once stopped, held up or misled a service."""

from contextlib import closing
from typing import Any

import amqp
import orjson
import pytest
from sqlalchemy import text

from chassis.bus import REPLY_TO, connect
from chassis.entrypoints import entrypoints_of, handles
from chassis.work import Event, Work, new_trace
from deploy.topology import declare
from tests.fixtures.desk import Desk
from tests.fixtures.probes import Base, Hearer
from tests.fixtures.processes import Bus, MakeProbeDatabase, ServiceProcess, eventually, rows
from tests.integration.hostile_garbage import Hostile, raw_properties

PARKED = "SELECT handler, type, error FROM inbox WHERE state = 'parked'"


@pytest.fixture
def heard(probe_database: MakeProbeDatabase) -> str:
    """The hearing probe's database."""
    return probe_database(Base, "triage")


@pytest.fixture
def hearer(bus: Bus, heard: str) -> ServiceProcess:
    """The hearing probe, up."""
    return bus.serve(Hearer, heard)


def envelope(name: str, **changes: Any) -> bytes:
    """A good event for the probe, but for the changes."""
    event = Event("entered", name, 1, {"name": name}, source="intake", time="x", traceparent=new_trace())
    return orjson.dumps({**orjson.loads(event.to_json()), **changes})


def send(bus: Bus, user: str, exchange: str, key: str, message: amqp.Message) -> None:
    """Publish a message as a user, and wait until the broker has it."""
    with connect(bus.host.url(user), "a test") as connection:
        connection.sock.settimeout(30)  # the machine may be busy
        channel = connection.channel()
        channel.confirm_select()
        if message.properties.get("reply_to") == REPLY_TO:
            channel.basic_consume(REPLY_TO, no_ack=True)
        channel.basic_publish(message, exchange, key)
        channel.close()


def tell(bus: Bus, body: bytes, **properties: Any) -> None:
    """Publish to the probe's queue as its source does."""
    good = {"content_type": "application/json", "user_id": "intake"}
    send(bus, "intake", "intake.events", "entered", amqp.Message(body, **{**good, **properties}))


def bury(bus: Bus, user: str, body: bytes, death: Any) -> None:
    """Publish a dead letter as a user, past the broker's own way of making one."""
    headers = {"x-death": death}
    message = amqp.Message(body, content_type="application/json", user_id=user, application_headers=headers)
    send(bus, user, "", "triage.dead", message)


def still_hears(bus: Bus, heard: str, process: ServiceProcess) -> bool:
    """Whether an honest event has its effect soon, in the same process."""
    pid = process.process.pid
    tell(bus, envelope("honest"))
    eventually(lambda: rows(heard, "SELECT name FROM entries WHERE name = 'honest'") == [("honest",)], 10)
    return process.process.poll() is None and process.process.pid == pid


def test_a_body_is_never_decoded_by_a_codec_that_the_message_names(
    bus: Bus, heard: str, hearer: ServiceProcess
) -> None:
    """Python has a codec for which a mebibyte is the work of an hour."""
    tell(bus, b"bcde-" + b"fghi" * 250_000, content_encoding="punycode")

    assert still_hears(bus, heard, hearer)
    assert len(rows(heard, PARKED)) == 1


def test_properties_that_the_library_cannot_read_do_not_end_the_consumer(
    bus: Bus, heard: str, hearer: ServiceProcess
) -> None:
    odd = [Hostile(what, envelope(what), raw=raw) for what, raw in raw_properties("intake")]
    for one in odd:
        send(bus, "intake", "intake.events", "entered", one.message())

    assert still_hears(bus, heard, hearer)
    eventually(lambda: rows(heard, "SELECT count(*) FROM inbox") == [(len(odd) + 1,)])


DEATHS: list[Any] = [
    *(["a word"], [None], [{}], {"queue": "x"}, 7, [{"queue": 7}], [{"queue": "\0"}], [{"queue": b"\xff\xfe"}]),
    *([{"queue": "triage." + "x" * 5000}], [{"queue": "triage.nobody"}]),
]


def test_dead_letters_with_an_odd_history_are_parked_all_the_same(bus: Bus, heard: str, hearer: ServiceProcess) -> None:
    for death in DEATHS:
        bury(bus, "intake", envelope("Ann", type="words"), death)

    assert still_hears(bus, heard, hearer)
    eventually(lambda: [row[:2] for row in rows(heard, PARKED)] == [("triage.unknown", "words")] * len(DEATHS))
    assert "words" not in hearer.log.read_text()


def test_a_dead_letter_of_a_queue_of_ours_is_parked_under_its_handler(
    bus: Bus, heard: str, hearer: ServiceProcess
) -> None:
    letters = (("intake", envelope("Ann")), ("casework", envelope("Bob", source="casework")), ("intake", b"no event"))
    for user, body in letters:
        bury(bus, user, body, [{"queue": "triage.keep"}])

    parked = [("triage.keep", "entered"), ("triage.keep", "garbage"), ("triage.unknown", "entered")]
    eventually(lambda: sorted(row[:2] for row in rows(heard, PARKED)) == parked)


def test_an_event_that_the_broker_gives_up_is_parked_whole(bus: Bus, heard: str) -> None:
    declare(bus.host.url("operator"), [entrypoints_of(Hearer)])
    tell(bus, envelope("Ann"))
    with connect(bus.host.url("triage"), "a test") as connection:
        channel = connection.channel()
        while (message := channel.basic_get("triage.keep")) is not None:
            channel.basic_reject(message.delivery_tag, requeue=True)

    bus.serve(Hearer, heard)

    kept = "SELECT handler, state, envelope::jsonb -> 'data' ->> 'name' FROM inbox"
    eventually(lambda: rows(heard, kept) == [("triage.keep", "parked", "Ann")])


def test_a_dead_letter_in_the_name_of_another_service_is_not_kept_to_be_tried_again(
    bus: Bus, heard: str, hearer: ServiceProcess
) -> None:
    bury(bus, "casework", envelope("forged"), [{"queue": "triage.keep"}])

    eventually(lambda: [row[:2] for row in rows(heard, PARKED)] == [("triage.keep", "garbage")])
    assert rows(heard, "SELECT envelope FROM inbox") == [(None,)]


class Careless(Hearer):
    """Hands the database whatever it hears."""

    @handles("intake", "entered")
    def keep(self, work: Work, data: dict[str, Any]) -> None:
        """Keep a number."""
        work.session.execute(text("SELECT cast(:name AS smallint)"), data)


@pytest.mark.parametrize("name", ["no number", "70000", ""])
def test_data_that_the_database_refuses_are_parked_at_once(heard: str, name: str) -> None:
    with closing(Desk(Careless, heard)) as desk:
        assert desk.hear("intake", "entered", subject="x", sequence=1, data={"name": "7"}) == "done"
        assert desk.hear("intake", "entered", subject="x", sequence=1, data={"name": name}) == "parked"
        assert str(desk.noted.error).startswith("DataError at ")
