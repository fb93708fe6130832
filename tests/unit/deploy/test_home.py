"""The folder of a local system and its secrets."""

import json
import stat
from pathlib import Path

import pytest

from deploy.errors import CannotRun
from deploy.home import Home, Secrets, signing_key


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "var")
    made.make()
    return made


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_folder_is_named_by_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SPINOUT_HOME", str(tmp_path / "elsewhere"))
    assert Home.of_environment().path == tmp_path / "elsewhere"


def test_without_a_name_the_folder_is_var_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SPINOUT_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    assert Home.of_environment().path == tmp_path / "var"


def test_a_folder_that_cannot_be_made_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotRun, match="Name a folder that may be written"):
        Home(tmp_path / "file").make()


def test_a_secret_is_made_once_and_kept_where_only_its_owner_reads(home: Home) -> None:
    first = Secrets(home)["broker"]

    assert Secrets(home)["broker"] == first
    assert Secrets(home)["postgres"] != first
    assert len(first) >= 40
    assert mode(home.path / "keys" / "secrets.json") == 0o600


def test_the_signing_key_is_made_once_and_only_its_public_half_may_be_read_by_others(home: Home) -> None:
    first, second = signing_key(home), signing_key(home)

    assert first.kid == second.kid
    assert mode(home.path / "keys" / "signing.json") == 0o600
    (published,) = json.loads(home.token_keys.read_text())["keys"]
    assert published["kid"] == first.kid
    assert "d" not in published


def test_a_second_run_for_the_same_folder_is_refused_by_name(home: Home) -> None:
    with home.held(), pytest.raises(CannotRun, match=r"runs already for .*process \d+"), home.held():
        pass


def test_the_folder_is_free_again_afterwards(home: Home) -> None:
    with home.held():
        pass
    with home.held():
        pass
