"""What is measured of the whole system: its HTTP, the way of an enquiry through it, and what each process spends."""

import json
import time
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import psutil

from tests.bench.load import Timing, closed_loop, get, open_loop, post
from tests.fixtures.ledger import enquiry
from tests.fixtures.system import SERVICES, RunningSystem

SECONDS = 6.0
CLIENTS = (1, 8, 32)


@dataclass
class Measured:
    """A running system, and the reference of an enquiry in it that has been triaged."""

    system: RunningSystem
    token: str
    reference: str

    @classmethod
    def of(cls, system: RunningSystem) -> "Measured":
        """Send one enquiry and wait until its case is open."""
        token = system.token("adviser")
        body, _ = enquiry(4)
        _, sent = system.request("POST", "/v1/enquiries", token, body, Idempotency_Key=str(uuid4()))
        path = f"/v1/enquiries/{sent['reference']}"
        while system.request("GET", path, token)[1]["case"] is None:
            time.sleep(0.05)
        return cls(system, token, sent["reference"])

    def http(self) -> list[dict[str, Any]]:
        """Requests a second and latencies of the echo, GET and POST, at 1, 8 and 32 clients."""
        echo = get(f"/v1/echo/{self.reference}", self.token)
        read = get(f"/v1/enquiries/{self.reference}", self.token)
        rows = []
        for clients in CLIENTS:
            create = post("/v1/enquiries", self.token, _body, str(uuid4()))
            for name, request in (("echo", echo), ("GET enquiry", read), ("POST enquiry", create)):
                before = self.cpu_seconds()
                timing = closed_loop(self.system.port, request, clients, SECONDS)
                after = self.cpu_seconds()
                rows.append({"what": name, "clients": clients, **_figures(timing), **_spent(before, after, timing)})
            self._settle()
        return rows

    def way(self, times: int = 30) -> dict[str, float]:
        """Median milliseconds from POST to triaged, to the case, and to the report's count."""
        found: dict[str, list[float]] = {"triaged": [], "case": [], "report": []}
        for _ in range(times):
            body, _ = enquiry(4)
            counted = self._counted()
            began = time.perf_counter()
            _, sent = self.system.request("POST", "/v1/enquiries", self.token, body, Idempotency_Key=str(uuid4()))
            path = f"/v1/enquiries/{sent['reference']}"
            for part, there in (
                ("triaged", lambda path=path: self.system.request("GET", path, self.token)[1]["assessment"]),
                ("case", lambda path=path: self.system.request("GET", path, self.token)[1]["case"]),
                ("report", lambda counted=counted: self._counted() > counted),
            ):
                while not there():
                    time.sleep(0.001)
                found[part].append(time.perf_counter() - began)
        return {part: 1000 * sorted(seconds)[times // 2] for part, seconds in found.items()}

    def sustained(self, rate: float, seconds: float) -> dict[str, Any]:
        """Enquiries at a steady rate through the whole chain; CPU milliseconds that each costs, by process."""
        create = post("/v1/enquiries", self.token, _body, str(uuid4()))
        before = self.cpu_seconds()
        timing = open_loop(self.system.port, create, rate, seconds)
        waited = self._settle()
        after = self.cpu_seconds()
        sent = len(timing.latencies)
        cpu = {name: round(1000 * (after[name] - before[name]) / sent, 3) for name in after}
        return {"rate": rate, **_figures(timing), "seconds until all was done": round(waited, 2), "cpu ms": cpu}

    def cpu_seconds(self) -> dict[str, float]:
        """CPU seconds that each process has used, its children with it."""
        used = {}
        for name in (*SERVICES, "gateway", "broker", "postgres"):
            pid = self.system.pid(name)
            process = psutil.Process(pid)
            family = [process, *process.children(recursive=True)]
            if name == "postgres":  # its children come and go: what ended is in the parent's children's time
                times = process.cpu_times()
                used[name] = times.children_user + times.children_system
                family = family[1:]
            else:
                used[name] = 0.0
            for one in family:
                try:
                    times = one.cpu_times()
                except psutil.NoSuchProcess:
                    continue
                used[name] += times.user + times.system
        return used

    def _counted(self) -> int:
        return int(self.system.rows("reporting", "SELECT count(case_reference) FROM journeys")[0][0])

    def _settle(self) -> float:
        """Wait until nothing is under way; seconds."""
        began = time.perf_counter()
        while not self._quiet():
            time.sleep(0.02)
        return time.perf_counter() - began

    def _quiet(self) -> bool:
        enquiries = self.system.rows("intake", "SELECT count(*), count(assessment) FROM enquiries")[0]
        cases = self.system.rows("casework", "SELECT count(*) FROM cases")[0][0]
        told = sum(self.system.rows(one, "SELECT count(*) FROM outbox")[0][0] for one in SERVICES)
        logged = self.system.rows("reporting", "SELECT count(*) FROM event_log")[0][0]
        known = self.system.rows("intake", "SELECT count(*) FROM enquiries WHERE case_reference IS NOT NULL")[0][0]
        return enquiries[0] == enquiries[1] and told == logged and cases == known


def _body(number: int) -> bytes:
    return json.dumps(enquiry(number)[0]).encode()


def _figures(timing: Timing) -> dict[str, Any]:
    return {
        "requests/s": round(timing.rate, 1),
        "p50 ms": round(timing.percentile(0.5), 2),
        "p99 ms": round(timing.percentile(0.99), 2),
        "others": timing.others,
    }


def _spent(before: dict[str, float], after: dict[str, float], timing: Timing) -> dict[str, float]:
    """CPU microseconds a request, of the gateway and of intake."""
    count = len(timing.latencies)
    return {f"{name} µs": round(1e6 * (after[name] - before[name]) / count) for name in ("gateway", "intake")}
