"""The system as it is measured: as `spinout run`, with one route and one method more, that only say back what came.

`python -m tests.bench.variants run` is the whole system; `… gateway` is its gateway.
"""

import sys
from typing import Any

from chassis.entrypoints import query
from chassis.work import Work
from services.intake.service import IntakeService


class EchoingIntake(IntakeService):
    """Intake, and an echo beside it: RPC with roles, deadline and trace, and no database."""

    @query(roles=("adviser", "portal"))
    def echo(self, work: Work, reference: str) -> dict[str, str]:
        """Say it back."""
        return {"reference": reference}


def run() -> None:
    """Run the whole system with the echo in it."""
    from deploy import local, processes

    program = processes._python

    def echoing(home: Any, process: str, words: tuple[str, ...], settings: dict[str, str]) -> Any:
        if process == "intake":
            words = ("chassis.serve", "tests.bench.variants:EchoingIntake")
        if process == "gateway":
            words = ("tests.bench.variants", "gateway")
        return program(home, process, words, settings)

    processes._python = echoing
    local.run([], standalone_mode=False)


def gateway() -> None:
    """Serve the gateway with the echo's route."""
    from granian.server import Server

    from gateway import serve

    class Served(Server):  # type: ignore[misc]
        def __init__(self, target: str, **options: Any) -> None:
            super().__init__("tests.bench.variants:application", **options)

    serve.Server = Served  # type: ignore[misc]
    serve.main()


def application() -> Any:
    """The gateway's application, with the echo's route and its contract."""
    from gateway import serve
    from gateway.contracts import Contracts
    from gateway.routes import READ, Call, Routes
    from gateway.rpc_client import Answer

    echoes = Routes()

    @echoes.route("GET /v1/echo/{reference}", READ, roles=("adviser", "portal"), calls="intake.echo")
    def echo(call: Call, reference: str) -> Answer:
        """Say it back."""
        return call.line.ask("intake", "echo", reference=reference)

    read = Contracts.read()
    method = {"kind": "query", "summary": "", "roles": ["adviser"], "arguments": ["reference"], "page": False}
    read._documents["intake"]["methods"]["echo"] = {**method, "takes": None, "gives": None}  # type: ignore[index]
    serve.ROUTES = (*serve.ROUTES, *echoes)
    serve.Contracts = type("Contracts", (), {"read": staticmethod(lambda: read)})  # type: ignore[misc,assignment]
    return serve.application()


if __name__ == "__main__":
    {"run": run, "gateway": gateway}[sys.argv[1]]()
