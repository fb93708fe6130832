"""A gateway's process, and a way through its door, for the tests of this folder."""

import http.client
import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from deploy.ports import free_ports
from tests.fixtures.processes import ROOT, SECRET
from tests.unit.gateway.fakes import AUDIENCE, ISSUER, key_set, token


@dataclass(frozen=True)
class Answer:
    """What the gateway said."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return orjson.loads(self.body)


@dataclass
class Door:
    """A running gateway, with some more settings. `home` holds its key set and its log."""

    home: Path
    broker_url: str
    port: int = 0
    metrics_port: int = 0
    settings: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] = field(init=False)

    def start(self) -> "Door":
        """Start it and wait until it lives."""
        if not self.port:
            self.port, self.metrics_port = free_ports(2)
        (self.home / "keys.json").write_bytes(key_set())
        settings = {
            "BROKER_URL": self.broker_url,
            "CALLER_SECRET": SECRET,
            "CURSOR_SECRET": "a secret of cursors",
            "TOKEN_KEYS": str(self.home / "keys.json"),
            "TOKEN_ISSUER": ISSUER,
            "TOKEN_AUDIENCE": AUDIENCE,
            "PORT": str(self.port),
            "METRICS_PORT": str(self.metrics_port),
            "PID_FILE": str(self.home / "gateway.pid"),
            **self.settings,
        }
        with (self.home / "gateway.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gateway.serve"], cwd=ROOT, env=os.environ | settings, stdout=log, stderr=log
            )
        until = time.monotonic() + 20
        while not self.lives():
            assert self.process.poll() is None, self.log()
            assert time.monotonic() < until, self.log()
            time.sleep(0.05)
        return self

    def log(self) -> str:
        """All that it wrote."""
        return (self.home / "gateway.log").read_text()

    def lives(self) -> bool:
        """Whether it answers at all."""
        try:
            return self.ask("GET", "/livez").status == 200
        except OSError:
            return False

    def ask(self, method: str, path: str, json: Any = None, *, port: int | None = None, **headers: str) -> Answer:
        """Send a request as an adviser; `_` in a header's name stands for `-`."""
        sent = {"Authorization": f"Bearer {token('adviser', 'ops')}"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        if json is not None:
            sent["Content-Type"] = "application/json"
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=15)
        try:
            connection.request(method, path, body=None if json is None else orjson.dumps(json), headers=sent)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def raw(self, *parts: bytes, seconds: float = 5) -> bytes:
        """Send these bytes and read what comes until the other side closes or is silent."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=seconds) as opened:
            heard = b""
            try:
                for part in parts:
                    opened.sendall(part)
                while more := opened.recv(65_536):
                    heard += more
            except OSError:
                return heard
            return heard

    def stop(self) -> int:
        """Ask it to stop; its exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(12)
