"""The command around the player: where the gateway is, who calls, what the terminal shows."""

import json
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner

from deploy.demo.doors import Clock, Doors
from deploy.demo.player import address_of, check, demo, tokens_of
from deploy.demo.progress import Progress
from deploy.demo.summary import Summary, table
from deploy.errors import CannotRun
from deploy.home import Home, signing_key
from tests.unit.demo.fake_gateway import FakeClock, FakeGateway


class Terminal(StringIO):
    """Text output that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    home.make()
    return home


def test_the_address_is_what_the_running_system_wrote_down(home: Home) -> None:
    settings = {"gateway": {"HOST": "127.0.0.1", "PORT": "8123", "CURSOR_SECRET": "…"}}
    (home.path / "run" / "system.json").write_text(json.dumps(settings))

    assert address_of(home) == "http://127.0.0.1:8123"


def test_without_a_system_the_command_says_how_to_start_one(tmp_path: Path) -> None:
    ran = CliRunner().invoke(demo, env={"SPINOUT_HOME": str(tmp_path)})

    assert ran.exit_code == 1
    assert "`make run`" in ran.output


def test_each_role_gets_a_token_of_its_own_once_there_is_a_key(home: Home) -> None:
    with pytest.raises(CannotRun, match="make run"):
        tokens_of(home)

    signing_key(home)

    assert len(set(tokens_of(home).values())) == 3


def test_a_gateway_that_does_not_take_our_tokens_is_found_out_at_once() -> None:
    strict = FakeGateway(lambda number, rule: "stranger")

    with pytest.raises(CannotRun, match="refuses us: 401"):
        check(Doors("http://gateway.test", {"co_reviewer": "co_reviewer"}, strict, FakeClock()), "http://gateway.test")


def test_a_gateway_that_is_down_is_found_out_at_once() -> None:
    silent = FakeGateway(lambda number, rule: "deaf")

    with pytest.raises(CannotRun, match="nothing answers at"):
        check(Doors("http://gateway.test", {"co_reviewer": "co_reviewer"}, silent, FakeClock()), "http://gateway.test")


def test_a_terminal_has_one_line_that_is_rewritten() -> None:
    out = Terminal()
    progress = Progress(out, stories=2, steps=1)

    progress.count("sent")
    progress.end()

    assert out.getvalue().count("\n") == 1
    assert "\r  enquiries sent 1/2, triaged 0/2, steps played 0/1" in out.getvalue()


def test_elsewhere_there_is_a_plain_line_for_each_tenth() -> None:
    out = StringIO()
    progress = Progress(out, stories=50, steps=100)

    for what, times in (("sent", 50), ("triaged", 50), ("steps", 100)):
        for _ in range(times):
            progress.count(what)
    progress.end()

    lines = out.getvalue().splitlines()
    assert len(lines) == 10
    assert lines[-1] == "  enquiries sent 50/50, triaged 50/50, steps played 100/100"
    assert "\r" not in out.getvalue()


def test_the_table_names_every_outcome_and_counts_pounds_to_the_penny() -> None:
    summary = Summary(
        outcomes={"refer": 2, "inform": 1},
        cases={"open": 2},
        referrals={"accepted": 1, "more_information": 1},
        decisions={"accepted": 1},
        granted=Decimal("1250000.5"),
        released=Decimal("0.5"),
        fund={name: Decimal(0) for name in ("earmarked", "committed", "spent", "available")},
    )

    lines = [line.split() for line in table(summary).splitlines()]

    assert ["Enquiries", "3"] in lines
    assert ["information", "needed", "0"] in lines
    assert ["Referrals", "2", "1", "accepted,", "1", "more", "information"] in lines
    assert ["Granted", "£1,250,000.50", "by", "these", "decisions"] in lines
    assert ["Released", "£0.50", "of", "it,", "unspent", "at", "the", "end"] in lines


def test_a_rest_takes_time_until_all_is_to_stop() -> None:
    clock = Clock()
    begun = clock.now()

    clock.rest(0.01)

    assert clock.now() - begun >= 0.01
