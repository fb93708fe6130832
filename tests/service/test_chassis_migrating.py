"""Bringing a service's database up to date."""

import subprocess
import sys

from sqlalchemy import create_engine, inspect
from sqlalchemy.orm import DeclarativeBase

from chassis.tables import ChassisBase, upgrade
from tests.fixtures.processes import ROOT, MakeProbeDatabase, rows

UPGRADE = "import sys; from chassis.tables import upgrade; upgrade(*sys.argv[1:])"


class Nothing(DeclarativeBase):
    """No tables at all."""


def test_several_processes_may_migrate_at_once_and_again(probe_database: MakeProbeDatabase) -> None:
    url = probe_database(Nothing, "intake")

    both = [subprocess.Popen([sys.executable, "-c", UPGRADE, "intake", url], cwd=ROOT) for _ in range(2)]
    assert [process.wait(60) for process in both] == [0, 0]
    upgrade("intake", url)

    engine = create_engine(url)
    assert set(inspect(engine).get_table_names()) >= ChassisBase.metadata.tables.keys()
    engine.dispose()
    assert len(rows(url, "SELECT version_num FROM alembic_version")) == 1
