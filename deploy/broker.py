"""A private RabbitMQ node, beside whatever else runs on the machine.

Debian's programs are called directly, not by their wrapper, which would change the user and look at /etc.
The node's name server (epmd) is a program of ours too: started by the node itself it would outlive it.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from shutil import which

from deploy.errors import CannotRun
from deploy.ports import LOOPBACK, answers, free_ports
from deploy.programs import Program
from deploy.virtual_hosts import Management

ADMIN = "administrator"
PROGRAMS = Path("/usr/lib/rabbitmq/bin")

_CONFIGURATION = """\
listeners.tcp.default = 127.0.0.1:{amqp}
management.tcp.ip = 127.0.0.1
management.tcp.port = {management}
prometheus.tcp.ip = 127.0.0.1
prometheus.tcp.port = {metrics}
default_user = {admin}
default_pass = {password}
default_user_tags.administrator = true
# A handler that holds a message for longer than this hangs: the channel is closed, the message goes to another.
consumer_timeout = 1800000
# Publishers are held back at these marks: shared machine, so far from all of it.
vm_memory_high_watermark.relative = 0.3
disk_free_limit.absolute = 256MB
# The default of 512 MiB is kept in memory several times over.
raft.wal_max_size_bytes = 67108864
log.console = true
log.console.level = warning
log.console.formatter = json
log.file = false
"""

# One scheduler for each of two cores and no busy waiting: the node shares the machine with all that it serves.
_ERLANG = "+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1}"


@dataclass(frozen=True)
class Broker:
    """A RabbitMQ node of our own: its folder, its ports (all on loopback) and its administrator's password."""

    home: Path
    password: str
    amqp: int
    management: int
    metrics: int
    distribution: int
    names: int

    @property
    def address(self) -> str:
        """Host and port for AMQP."""
        return f"{LOOPBACK}:{self.amqp}"

    @property
    def management_url(self) -> str:
        """Where the management API is, with its administrator."""
        return f"http://{ADMIN}:{self.password}@{LOOPBACK}:{self.management}"

    def api(self) -> Management:
        """The management API."""
        return Management.at(self.management_url)

    def is_ready(self) -> bool:
        """Whether the node takes connections and its management answers."""
        return answers(self.amqp) and self.api().answers()


def on_free_ports(home: Path, password: str) -> Broker:
    """A node on ports that are free now."""
    amqp, management, metrics, distribution, names = free_ports(5)
    return Broker(home, password, amqp, management, metrics, distribution, names)


def is_installed() -> bool:
    """Whether RabbitMQ's programs are on this machine."""
    return (PROGRAMS / "rabbitmq-server").is_file() and which("erl") is not None and _epmd() is not None


def name_server(broker: Broker, log: Path) -> Program:
    """The node's name server; it has to listen before the node starts."""
    epmd = _epmd()
    if epmd is None:
        raise CannotRun("Erlang's epmd is missing: the RabbitMQ package of this machine is incomplete.")
    return Program(
        name="epmd",
        command=(epmd, "-address", LOOPBACK, "-port", str(broker.names)),
        directory=broker.home.resolve(),
        log=log,
    )


def prepare(broker: Broker, pid_file: Path, log: Path) -> Program:
    """Write the node's configuration and say how it is started: in the foreground, ended by SIGTERM."""
    home = broker.home.resolve()
    for name in ("mnesia", "log", "generated"):
        (home / name).mkdir(parents=True, exist_ok=True)
    cookie = home / ".erlang.cookie"
    if not cookie.exists():
        _write_secret(cookie, token_hex(20))
    _write_secret(
        home / "rabbitmq.conf",
        _CONFIGURATION.format(
            amqp=broker.amqp,
            management=broker.management,
            metrics=broker.metrics,
            admin=ADMIN,
            password=broker.password,
        ),
    )
    (home / "enabled_plugins").write_text("[rabbitmq_management,rabbitmq_prometheus].\n")
    (home / "rabbitmq-env.conf").touch()
    return Program(
        name="broker",
        # With this setting the script becomes the node instead of watching over it, so the process is the node.
        command=(str(PROGRAMS / "rabbitmq-server"), "-noinput"),
        directory=home,
        log=log,
        environment={"RABBITMQ_ALLOW_INPUT": "1", **_environment(broker, pid_file.resolve())},
    )


def _environment(broker: Broker, pid_file: Path) -> dict[str, str]:
    home = broker.home.resolve()
    return {
        "HOME": str(home),
        "RABBITMQ_BASE": str(home),
        "RABBITMQ_NODENAME": "spinout@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": LOOPBACK,
        "RABBITMQ_NODE_PORT": str(broker.amqp),
        "RABBITMQ_DIST_PORT": str(broker.distribution),
        "RABBITMQ_MNESIA_BASE": str(home / "mnesia"),
        "RABBITMQ_LOG_BASE": str(home / "log"),
        "RABBITMQ_PID_FILE": str(pid_file),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "enabled_plugins"),
        "RABBITMQ_CONFIG_FILE": str(home / "rabbitmq.conf"),
        "RABBITMQ_CONF_ENV_FILE": str(home / "rabbitmq-env.conf"),
        "RABBITMQ_GENERATED_CONFIG_DIR": str(home / "generated"),
        "RABBITMQ_FEATURE_FLAGS_FILE": str(home / "feature_flags"),
        "ERL_EPMD_ADDRESS": LOOPBACK,
        "ERL_EPMD_PORT": str(broker.names),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": _ERLANG,
    }


def _epmd() -> str | None:
    return which("epmd", path=f"{os.environ.get('PATH', '')}:/usr/bin:/usr/lib/erlang/bin")


def _write_secret(path: Path, text: str) -> None:
    """Write a file that only we may read, from its first byte on."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
