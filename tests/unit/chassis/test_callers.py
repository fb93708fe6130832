"""Who asks, and why that is believed."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from itsdangerous import TimestampSigner, URLSafeTimedSerializer

from chassis import work
from chassis.errors import Forbidden
from chassis.work import CALLER_LIFETIME, Caller, CallerSeal

SEAL = CallerSeal("a secret")
ADVISER = Caller("adviser-1", "console", frozenset({"adviser"}))
ROLES = st.frozensets(st.sampled_from(["adviser", "manager", "admin", "analyst", "ops", "portal"]))


def token_of_another_time(offset: int) -> str:
    """A token that was made so many seconds from now."""

    class Clock(TimestampSigner):
        def get_timestamp(self) -> int:
            return super().get_timestamp() + offset

    serializer = URLSafeTimedSerializer("a secret", salt="caller", signer=Clock)
    return str(serializer.dumps(["adviser-1", "console", ["adviser"]]))


@settings(max_examples=50)
@given(ROLES, ROLES)
def test_who_may_is_who_holds_one_of_the_roles_and_whoever_stands_above(
    held: frozenset[str], asked: frozenset[str]
) -> None:
    expected = bool(held & asked) or "admin" in held or ("manager" in held and "adviser" in asked)

    assert Caller("a", "b", held).may(asked) is expected


def test_an_admin_may_what_no_role_may() -> None:
    assert Caller("a", "b", frozenset({"admin"})).may(frozenset())
    assert not Caller("a", "b", frozenset({"manager"})).may(frozenset())


@settings(max_examples=50)
@given(st.builds(Caller, st.text(st.characters(exclude_categories=["Cs"])), st.text(max_size=5), ROLES))
def test_a_caller_is_the_same_behind_the_seal(caller: Caller) -> None:
    assert SEAL.read(SEAL.sign(caller)) == caller


@pytest.mark.parametrize(
    "token", [None, "", "a.b.c", 5, {"subject": "x"}, ["adviser-1", "console", ["admin"]], "\0", "é"]
)
def test_what_is_no_token_is_refused(token: object) -> None:
    with pytest.raises(Forbidden, match="under seal"):
        SEAL.read(token)


def test_a_token_sealed_with_another_secret_or_for_another_purpose_is_refused() -> None:
    other_purpose = URLSafeTimedSerializer("a secret", salt="cursor").dumps(["adviser-1", "console", ["admin"]])

    for token in (CallerSeal("another secret").sign(ADVISER), other_purpose):
        with pytest.raises(Forbidden):
            SEAL.read(token)


@given(st.data())
def test_a_token_of_which_anything_was_changed_is_refused(data: st.DataObject) -> None:
    token = SEAL.sign(ADVISER)
    place = data.draw(st.integers(0, len(token) - 2))  # the last letter's lowest bits are padding
    # Base 64 has two spellings of two of its letters, `-` or `+` and `_` or `/`: they mean the same seal.
    letter = data.draw(st.characters(codec="ascii", exclude_characters="+/").filter(lambda one: one != token[place]))

    with pytest.raises(Forbidden):
        SEAL.read(token[:place] + letter + token[place + 1 :])


def test_a_token_is_believed_for_its_lifetime_and_no_longer() -> None:
    assert SEAL.read(token_of_another_time(5 - CALLER_LIFETIME)) == ADVISER
    with pytest.raises(Forbidden):
        SEAL.read(token_of_another_time(-1 - CALLER_LIFETIME))


def test_a_token_that_was_believed_is_refused_once_it_is_old(monkeypatch: pytest.MonkeyPatch) -> None:
    seal, token = CallerSeal("a secret"), token_of_another_time(1 - CALLER_LIFETIME)
    assert [seal.read(token), seal.read(token)] == [ADVISER, ADVISER]

    later = time.time() + 10
    monkeypatch.setattr(time, "time", lambda: later)
    with pytest.raises(Forbidden):
        seal.read(token)


def test_how_many_callers_are_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "MOST_BELIEVED", 2)
    seal = CallerSeal("a secret")
    callers = [Caller(f"adviser-{number}", "console") for number in range(5)]

    for _ in range(2):
        assert [seal.read(seal.sign(caller)) for caller in callers] == callers
    assert len(seal._believed) <= 2


def test_a_token_of_the_future_is_refused() -> None:
    with pytest.raises(Forbidden):
        SEAL.read(token_of_another_time(10))
