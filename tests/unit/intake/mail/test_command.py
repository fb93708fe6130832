"""`spinout mail read` at a terminal: what it prints of messages, and what it says of files."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from deploy.commands import spinout
from tests.unit.intake.mail.samples import FOLDER, KEY, KEY_BEFORE, OWN, SAMPLES, expected


def run(*words: str, given: bytes = b"") -> Result:
    """Run `spinout mail read` with these words, and something to read."""
    return CliRunner().invoke(spinout, ["mail", "read", *words], input=given)


@pytest.fixture
def keys(tmp_path: Path) -> list[str]:
    """The words that name our keys."""
    words = []
    for number, key in enumerate((KEY, KEY_BEFORE)):
        file = tmp_path / f"{number}.key"
        file.write_bytes(key + b"\n")
        words += ["--key-file", str(file)]
    return words


def test_it_prints_every_reading_on_a_line_of_its_own(keys: list[str]) -> None:
    result = run("--own", OWN[0], *keys, *map(str, SAMPLES))

    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert (result.exit_code, result.stderr) == (0, "")
    assert lines == [{"file": str(sample), **expected(sample)} for sample in SAMPLES]


def test_it_reads_one_message_from_a_pipe() -> None:
    result = run("-", given=b"From: jane@example.org\n\nHello")

    reading = json.loads(result.stdout)
    assert (reading["file"], reading["from"]["address"], reading["text"]) == ("-", "jane@example.org", "Hello")


def test_a_file_that_cannot_be_opened_is_told_and_the_others_go_on(tmp_path: Path) -> None:
    good = str(FOLDER / "a-plain-message.eml")

    result = run(str(tmp_path / "none.eml"), good, str(tmp_path))

    assert result.exit_code == 1
    assert [json.loads(line)["file"] for line in result.stdout.splitlines()] == [good]
    assert result.stderr.splitlines() == [
        f"{tmp_path / 'none.eml'}: No such file or directory",
        f"{tmp_path}: Is a directory",
    ]


def test_without_a_key_a_signed_reference_is_unchecked() -> None:
    result = run(str(FOLDER / "an-answer-with-our-reference-and-its-check.eml"))

    assert {one["check"] for one in json.loads(result.stdout)["thread"]["tokens"]} == {"unchecked"}


def test_without_our_addresses_nothing_is_our_own() -> None:
    result = run(str(FOLDER / "our-own-message-back-again.eml"))

    assert json.loads(result.stdout)["flags"]["own"] is False


def test_a_key_that_is_too_short_to_keep_a_secret_is_refused(tmp_path: Path) -> None:
    empty = tmp_path / "empty.key"
    empty.write_bytes(b" \n")

    result = run("--key-file", str(empty), "-")

    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{empty}: a key has 16 bytes at least." in result.stderr


def test_something_must_be_given_to_read() -> None:
    assert run().exit_code == 2
