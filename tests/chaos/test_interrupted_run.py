"""A test run that is interrupted cleans up after itself."""

import signal
from pathlib import Path

from tests.integration.test_servers_of_a_run import end_early


def test_ctrl_c_leaves_no_server(tmp_path: Path) -> None:
    end_early(signal.SIGINT, tmp_path)
