"""Users, virtual hosts and permissions of a RabbitMQ, by its management HTTP API.

The permissions are what makes the bus no back door: a service may publish its own events and answer calls, and
read its own queues, nothing else; it declares nothing, for the topology is declared ahead by the operator.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import urllib3

from deploy.errors import CannotRun

SERVICES = ("intake", "triage", "casework", "referrals", "library", "reporting")
OPERATOR = "operator"
PROCESSES = ("gateway", *SERVICES, OPERATOR)

NOTHING = "^$"


@dataclass(frozen=True)
class Permissions:
    """What a broker user may do in a virtual host: patterns of names of queues and exchanges."""

    configure: str
    write: str
    read: str


def permissions_of(process: str) -> Permissions:
    """What each process may do. Answers go out by the default exchange, which RabbitMQ calls `amq.default` here."""
    if process == OPERATOR:
        return Permissions(".*", ".*", ".*")
    if process == "gateway":
        return Permissions(NOTHING, r"^rpc$", r"^amq\.rabbitmq\.reply-to$")
    return Permissions(NOTHING, rf"^({process}\.events|amq\.default)$", rf"^{process}\..*$")


class Management:
    """The management API of one broker, as its administrator."""

    def __init__(self, url: str, user: str, password: str) -> None:
        self._url = url.rstrip("/")
        self._headers = {**urllib3.make_headers(basic_auth=f"{user}:{password}"), "content-type": "application/json"}
        self._pool = urllib3.PoolManager(timeout=urllib3.Timeout(10), retries=urllib3.Retry(2, backoff_factor=0.2))

    @classmethod
    def at(cls, url: str) -> "Management":
        """From one URL with the administrator's name and password in it."""
        parts = urlsplit(url)
        if not (parts.hostname and parts.username and parts.password):
            raise CannotRun(
                "BROKER_MANAGEMENT_URL needs a user, a password and a host: http://user:password@host:15672"
            )
        host = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname
        return cls(f"{parts.scheme}://{host}{parts.path}", parts.username, parts.password)

    def answers(self) -> bool:
        """Whether the API is up and knows us."""
        try:
            reply = self._pool.request("GET", f"{self._url}/api/whoami", headers=self._headers, retries=False)
        except urllib3.exceptions.HTTPError:
            return False
        return reply.status == 200

    def ensure_user(self, name: str, password: str) -> None:
        """Make the user, without any management rights, or give it this password."""
        self._call("PUT", f"users/{_part(name)}", {"password": password, "tags": ""})

    def ensure_virtual_host(self, name: str, processes: Iterable[str]) -> None:
        """Make the virtual host, and let each process's user do there what `permissions_of` says, nothing else."""
        self._call("PUT", f"vhosts/{_part(name)}", {})
        for process in processes:
            self._call("PUT", f"permissions/{_part(name)}/{_part(process)}", asdict(permissions_of(process)))

    def delete_virtual_host(self, name: str) -> None:
        """Remove the virtual host with all that is in it, open connections too."""
        self._call("DELETE", f"vhosts/{_part(name)}", None)

    def queues(self, virtual_host: str) -> list[dict[str, Any]]:
        """The queues of a virtual host with what the broker knows of them; counts are some seconds old."""
        found: list[dict[str, Any]] = json.loads(self._call("GET", f"queues/{_part(virtual_host)}", None))
        return found

    def _call(self, method: str, path: str, body: dict[str, Any] | None) -> bytes:
        url = f"{self._url}/api/{path}"
        try:
            content = None if body is None else json.dumps(body)
            reply = self._pool.request(method, url, body=content, headers=self._headers)
        except urllib3.exceptions.HTTPError as error:
            raise CannotRun(f"the broker's management API at {self._url} does not answer: {error}") from error
        if reply.status >= 400:
            raise CannotRun(f"the broker's management API answered {reply.status} to {method} {url}.")
        return reply.data


def broker_url(address: str, user: str, password: str, virtual_host: str) -> str:
    """The AMQP URL of a user; `address` is host and port."""
    return f"amqp://{_part(user)}:{_part(password)}@{address}/{_part(virtual_host)}"


def _part(text: str) -> str:
    return quote(text, safe="")
