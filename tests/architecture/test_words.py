"""The project speaks for itself, and only of itself."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXTS = (".py", ".md", ".toml", ".json", ".jsonl", ".yml", ".yaml", ".sh", ".html", ".jinja", ".css", "")
LEFT_OVERS = re.compile(
    r"\b(TODO|FIXME|XXX|NotImplementedError)\b|pytest\.(mark\.)?(skip|skipif|xfail|importorskip)\b"
    r"|# noqa(?!: [A-Z])|# type: ignore(?!\[)"
)
LOCKS = ("run.lock", "develop.lock")


def committed() -> list[Path]:
    """Every text file of the project, whether committed already or about to be."""
    names = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True
    ).stdout.decode()
    paths = [ROOT / name for name in names.splitlines()]
    return [path for path in paths if path.suffix in TEXTS and path.is_file() and path != Path(__file__)]


def test_nothing_is_left_for_later_and_no_rule_is_silenced_unnamed() -> None:
    found = {str(path.relative_to(ROOT)): LEFT_OVERS.search(path.read_text()) for path in committed()}

    assert len(found) > 100
    assert {name: said[0] for name, said in found.items() if said} == {}


def test_locks_pin_every_package_with_hashes_and_name_no_address() -> None:
    for lock in LOCKS:
        text = (ROOT / "requirements" / lock).read_text()
        packages = re.findall(r"^[a-z0-9._-]+==", text, flags=re.MULTILINE)
        assert len(packages) > 20
        assert text.count("--hash=sha256:") >= len(packages)
        assert "http" not in text
