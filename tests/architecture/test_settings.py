"""Whatever a process reads from its environment stands in the README of who reads it."""

import re
from pathlib import Path

import pytest

from gateway.settings import Settings

ROOT = Path(__file__).parents[2]
PACKAGES = ("chassis", "services", "gateway", "deploy")
READ = re.compile(r'os\.environ(?:\.get\(|\[)"(\w+)"|\benvironment(?:\.get\(|, )"(\w+)"|envvar="(\w+)"')
PERSON = {"USER", "SUDO_USER"}  # the terminal's, not ours


def settings() -> set[str]:
    """The names of all settings."""
    sources = [path.read_text() for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    found = {name for source in sources for names in READ.findall(source) for name in names if name}
    return (found | {name.upper() for name in Settings.__slots__}) - PERSON


READMES = "".join(path.read_text() for package in PACKAGES for path in (ROOT / package).rglob("README.md"))


@pytest.mark.parametrize("name", sorted(settings()))
def test_every_setting_is_described(name: str) -> None:
    assert re.search(rf"`{name}[`=]", READMES)
