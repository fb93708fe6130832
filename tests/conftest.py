"""The servers and fixtures of all tests."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest
from hypothesis import is_hypothesis_test, settings
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from tests.fixtures.databases import drop_free_databases
from tests.fixtures.dovecot import imap_server
from tests.fixtures.processes import bus, probe_database
from tests.fixtures.servers import ServersOfRun
from tests.fixtures.stores import database, desk, vhost

__all__ = ["bus", "database", "desk", "imap_server", "probe_database", "vhost"]

# Those without any, and those that run a whole system with servers of its own.
_WITHOUT_SERVERS = tuple(Path(__file__).parent / kind for kind in ("unit", "architecture", "e2e"))

_servers = ServersOfRun()

# A busy machine of two cores is no fault of the code under test.
settings.register_profile("spinout", deadline=None)
settings.load_profile("spinout")


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers once for the run, before xdist starts its workers, when any of its tests may use them."""
    is_worker = hasattr(config, "workerinput")
    if not is_worker and not config.option.collectonly and _may_use_servers(config):
        _servers.begin()


def pytest_sessionfinish() -> None:
    """Leave no database on servers that are kept for the next run."""
    drop_free_databases()


def pytest_unconfigure() -> None:
    """Stop the servers, whatever ended the run."""
    _servers.end()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes minutes, so that it is not what one worker is left with while the other has nothing."""
    longest_first = ("integration", "e2e", "service", "contract")
    items.sort(key=lambda item: [item.path.parent.name != kind for kind in longest_first])


def pytest_collection_finish() -> None:
    """Let the garbage collector look no more at thousands of tests, which stay to the end."""
    gc.collect()
    gc.freeze()


_OF_ONE_WORKER = ("tests/contract", "tests/e2e", "tests/integration")


class ByFile(LoadFileScheduling):
    """Gives all tests of a file to one worker; all of tests/e2e, which share one running system, and of tests/contract,
    which share one story; all of tests/integration, of which each starts so many processes that two at once would get
    in each other's way.

    xdist's own groups have no effect with pytest 9.2: it writes them where test ids are no longer read.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = str(super()._split_scope(nodeid))
        return next((kind for kind in _OF_ONE_WORKER if file.startswith(f"{kind}/")), file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile | None:
    """How tests are shared out among workers, wherever groups of them belong together."""
    return ByFile(config, log) if config.getvalue("dist") in ("loadfile", "loadgroup") else None


def _may_use_servers(config: pytest.Config) -> bool:
    paths = [config.invocation_params.dir / argument.partition("::")[0] for argument in config.args]
    return not all(any(path.resolve().is_relative_to(kind) for kind in _WITHOUT_SERVERS) for path in paths)


@contextmanager
def _unfollowed() -> Iterator[None]:
    """Coverage does not follow what happens meanwhile."""
    trace = sys.gettrace()
    sys.settrace(None)
    try:
        yield
    finally:
        sys.settrace(trace)


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Iterator[None]:
    """Follow one worker while tests are collected: all of them import the same."""
    worker = getattr(session.config, "workerinput", {"workerid": "gw0"})["workerid"]
    with nullcontext() if worker == "gw0" else _unfollowed():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Iterator[None]:
    """Do not follow who only hands out tests to workers, and shows what became of them."""
    hands_out = not hasattr(session.config, "workerinput") and session.config.getvalue("dist") != "no"
    with _unfollowed() if hands_out else nullcontext():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Iterator[None]:
    """Follow no property test: what random examples reach is another thing in each run, so the lines that count are
    those of the other tests; and thousands of examples take twice the time when they are followed.
    """
    unfollowed = is_hypothesis_test(pyfuncitem.obj) or pyfuncitem.get_closest_marker("untraced")
    with _unfollowed() if unfollowed else nullcontext():
        return (yield)
