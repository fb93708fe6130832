"""The private servers that the local system and the tests run on."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit
from uuid import uuid4

import amqp
import psycopg2
import pytest
from sqlalchemy.engine import make_url

from chassis.entrypoints import entrypoints_of, find_service
from deploy.databases import administrator, database_url, ensure_database, ensure_role
from deploy.errors import CannotRun
from deploy.topology import declare
from tests.fixtures.stores import MakeVirtualHost, VirtualHost, servers


def connect(url: str) -> psycopg2.extensions.connection:
    return psycopg2.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False))


@pytest.fixture
def two_databases() -> Iterator[tuple[str, str]]:
    """Two roles with a database each; the URLs of their owners."""
    names = [f"spinout_test_{side}_{uuid4().hex}" for side in ("left", "right")]
    admin_url = servers().admin_url
    with administrator(admin_url) as cursor:
        for name in names:
            ensure_role(cursor, name, "first")
            ensure_role(cursor, name, "second")
            ensure_database(cursor, name, name)
            ensure_database(cursor, name, name)
    yield database_url(admin_url, names[0], "second", names[0]), database_url(admin_url, names[1], "second", names[1])
    with administrator(admin_url) as cursor:
        for name in names:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
            cursor.execute(f"DROP ROLE {name}")


def test_a_service_reaches_its_own_database_and_no_other(two_databases: tuple[str, str]) -> None:
    left, right = two_databases

    own = connect(left)
    with own.cursor() as cursor:
        cursor.execute("CREATE EXTENSION pg_trgm")
        cursor.execute("CREATE TABLE kept (id int)")
    own.close()

    with pytest.raises(psycopg2.OperationalError, match="permission denied for database"):
        connect(make_url(left).set(database=make_url(right).database).render_as_string(hide_password=False))


def test_the_last_password_given_is_the_one_that_counts(two_databases: tuple[str, str]) -> None:
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        connect(make_url(two_databases[0]).set(password="first").render_as_string(hide_password=False))


def test_an_unreachable_server_is_named_without_its_password() -> None:
    with (
        pytest.raises(CannotRun, match="no connection") as raised,
        administrator("postgresql://a:hidden@127.0.0.1:1/x"),
    ):
        pass
    assert "hidden" not in raised.value.message


def channel_of(host: VirtualHost, process: str) -> amqp.Channel:
    parts = urlsplit(host.url(process))
    connection = amqp.Connection(
        f"{parts.hostname}:{parts.port}", userid=parts.username, password=parts.password, virtual_host=host.name
    )
    connection.connect()
    return connection.channel()


@pytest.fixture
def host(vhost: MakeVirtualHost) -> VirtualHost:
    """A virtual host with the topology of intake and triage."""
    made = vhost()
    declare(made.url("operator"), [entrypoints_of(find_service(name)) for name in ("intake", "triage")])
    return made


def test_the_gateway_asks_and_a_service_answers_with_their_narrow_permissions(host: VirtualHost) -> None:
    gateway, intake = channel_of(host, "gateway"), channel_of(host, "intake")
    answers: list[amqp.Message] = []
    gateway.basic_consume("amq.rabbitmq.reply-to", no_ack=True, callback=answers.append)

    gateway.basic_publish(amqp.Message("?", reply_to="amq.rabbitmq.reply-to", user_id="gateway"), "rpc", "intake")
    question = None
    while question is None:
        question = intake.basic_get("intake.rpc", no_ack=True)
    intake.basic_publish(amqp.Message("!"), "", question.properties["reply_to"])
    gateway.connection.drain_events(timeout=5)

    assert [answer.body for answer in answers] == ["!"]
    gateway.connection.close()
    intake.connection.close()


FORBIDDEN = [
    ("intake", lambda channel: channel.queue_declare("intake.mine")),
    ("intake", lambda channel: channel.basic_get("triage.rpc")),
    ("intake", lambda channel: publish(channel, "triage.events")),
    ("intake", lambda channel: publish(channel, "rpc")),
    ("intake", lambda channel: channel.queue_bind("intake.rpc", "triage.events", routing_key="#")),
    ("gateway", lambda channel: channel.basic_get("intake.rpc")),
    ("gateway", lambda channel: publish(channel, "intake.events")),
    ("gateway", lambda channel: publish(channel, "")),
    ("gateway", lambda channel: channel.queue_declare("replies")),
]


def publish(channel: amqp.Channel, exchange: str) -> None:
    channel.confirm_select()
    channel.basic_publish_confirm(amqp.Message("x"), exchange, "any", timeout=5)


@pytest.mark.parametrize(("process", "act"), FORBIDDEN)
def test_a_process_may_do_nothing_else_on_the_bus(
    host: VirtualHost, process: str, act: Callable[[amqp.Channel], object]
) -> None:
    channel = channel_of(host, process)
    with pytest.raises(amqp.exceptions.AccessRefused):
        act(channel)
    channel.connection.close()


def test_nobody_sends_in_the_name_of_another(host: VirtualHost) -> None:
    channel = channel_of(host, "gateway")
    channel.confirm_select()
    with pytest.raises(amqp.exceptions.PreconditionFailed, match="user_id"):
        channel.basic_publish_confirm(amqp.Message("x", user_id="operator"), "rpc", "intake", timeout=5)
    channel.connection.close()
