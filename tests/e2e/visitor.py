"""Somebody who comes by HTTP, as a curl would: a token, requests, and the answers with their headers."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import urllib3

from tests.fixtures.processes import eventually
from tests.fixtures.system import SERVICES, RunningSystem

POOL = urllib3.PoolManager(maxsize=16, retries=False, timeout=urllib3.Timeout(15))

FACTS = {
    "gates": dict.fromkeys(
        ("public_origin", "public_service", "employee_control", "england", "senior_sponsor", "early_life"), "yes"
    ),
    "criteria": dict.fromkeys(
        ("promise", "learning", "staff_engagement", "parent_support", "viability", "social_benefit", "feasibility"), 4
    ),
}
ENQUIRY: dict[str, Any] = {
    "channel": "phone",
    "enquirer": {"name": "Siân O’Neill", "email": "sian@example.org", "kind": "public_sector_employee"},
    "subject": "Spinning out our community nurses",
    "spin_out_stage": "making_the_case",
    "facts": FACTS,
    "consent": {"contact": True, "share_with_cabinet_office": True},
}


@dataclass(frozen=True)
class Answer:
    """What the gateway said."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON; None when there is none."""
        return json.loads(self.body) if self.body else None


class Visitor:
    """Sends requests with a token of these roles; with none when no role is named."""

    def __init__(self, system: RunningSystem, *roles: str, client: str = "console") -> None:
        self._address = system.address
        self._headers = {"Authorization": f"Bearer {system.token(*roles, client=client)}"} if roles else {}

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """One request; `_` in a header's name stands for `-`. Raises urllib3's errors when nobody answers."""
        sent = {**self._headers, **{name.replace("_", "-"): text for name, text in headers.items()}}
        answer = POOL.request(method, f"{self._address}{path}", json=body, headers=sent)
        return Answer(answer.status, answer.headers, answer.data)

    def get(self, path: str, **headers: str) -> Answer:
        """Read."""
        return self.ask("GET", path, **headers)

    def make(self, path: str, body: Any, key: str = "") -> Answer:
        """Create something, under a key of its own unless one is given."""
        return self.ask("POST", path, body, Idempotency_Key=key or str(uuid4()))

    def change(self, method: str, path: str, body: Any, place: str = "") -> Answer:
        """Change something as it is now: read its ETag first, at `place` where that is not the path.

        Should an event change it in between, it is read again, as any client does.
        """
        for _ in range(10):
            answer = self.ask(method, path, body, If_Match=self.get(place or path).headers["ETag"])
            if answer.status != 412:
                break
        return answer


def new_case(adviser: Visitor) -> tuple[str, str]:
    """An enquiry that became a case: the references of both."""
    reference = adviser.make("/v1/enquiries", ENQUIRY).json["reference"]
    eventually(lambda: adviser.get(f"/v1/enquiries/{reference}").json["case"] is not None, 30)
    return reference, adviser.get(f"/v1/enquiries/{reference}").json["case"]


def stored(system: RunningSystem) -> dict[str, int]:
    """How many rows each table of each service holds."""
    found = {}
    for service in SERVICES:
        tables = system.rows(service, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        counts = ", ".join(f"(SELECT count(*) FROM {table})" for (table,) in tables)
        [row] = system.rows(service, f"SELECT {counts}")
        found |= {f"{service}.{table}": count for (table,), count in zip(tables, row, strict=True)}
    return found


def at_rest(system: RunningSystem) -> dict[str, int]:
    """What is stored once nothing is under way any more."""
    unsent = "SELECT count(*) FROM outbox WHERE sent_at IS NULL"
    last: list[dict[str, int]] = [{}]

    def same_twice() -> bool:
        last.append(stored(system))
        return last[-1] == last[-2] and not any(system.rows(one, unsent)[0][0] for one in SERVICES)

    eventually(same_twice, 30)
    return last[-1]
