"""Tokens of the local system."""

import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from joserfc import jwt

from deploy.home import AUDIENCE, ISSUER, Home, signing_key
from deploy.tokens import ROLES, token
from gateway.api import ROUTES


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("SPINOUT_HOME", str(tmp_path))
    made = Home(tmp_path)
    made.make()
    return made


def test_a_token_can_be_had_for_every_role_to_which_a_route_is_open_and_for_no_program_that_signs() -> None:
    assert set(ROLES) - {"admin"} == {role for route in ROUTES for role in route.roles if not route.is_signed}


@pytest.mark.parametrize(
    ("words", "client"),
    [
        (["--role", "adviser"], "console"),
        (["--role", "portal"], "portal"),
        (["--role", "portal", "--role", "adviser"], "console"),
        (["--role", "portal", "--client", "web"], "web"),
    ],
)
def test_a_portal_is_another_client_than_the_advisers_whose_enquiries_are_not_its_own(
    home: Home, words: list[str], client: str
) -> None:
    key = signing_key(home)

    said = CliRunner().invoke(token, words)

    assert jwt.decode(said.output.strip(), key, algorithms=["Ed25519"]).claims["client_id"] == client


def test_a_token_says_who_may_do_what_for_how_long(home: Home) -> None:
    key = signing_key(home)

    said = CliRunner().invoke(token, ["--role", "adviser", "--role", "ops", "--client", "demo", "--hours", "2"])

    read = jwt.decode(said.output.strip(), key, algorithms=["Ed25519"])
    assert read.header == {"alg": "Ed25519", "typ": "at+jwt", "kid": key.kid}
    assert read.claims["iss"] == ISSUER
    assert read.claims["aud"] == AUDIENCE
    assert read.claims["sub"] == "adviser-1"
    assert read.claims["client_id"] == "demo"
    assert read.claims["roles"] == ["adviser", "ops"]
    assert read.claims["exp"] - time.time() == pytest.approx(7200, abs=5)


def test_two_tokens_are_never_the_same(home: Home) -> None:
    signing_key(home)
    first, second = (CliRunner().invoke(token, ["--role", "portal"]).output for _ in range(2))
    assert first != second


def test_without_a_local_system_there_is_a_word_on_what_to_do(home: Home) -> None:
    said = CliRunner().invoke(token, ["--role", "adviser"])

    assert said.exit_code == 1
    assert "make run" in said.output


def test_an_unknown_role_is_refused(home: Home) -> None:
    assert CliRunner().invoke(token, ["--role", "emperor"]).exit_code == 2
