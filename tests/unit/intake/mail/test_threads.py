"""Our references in messages: found as people and programs write them, believed only with our check letters."""

import pytest

from chassis.fields import ALPHABET
from services.intake.mail.message import Check, Place, Token
from services.intake.mail.threads import MOST_TOKENS, identifier, token, tokens_in
from tests.unit.intake.mail.samples import KEY, KEY_BEFORE

REFERENCE, OTHER = "ENQ-7K3M-9Q2R", "CAS-0000-0000"


def found(text: str, *keys: bytes) -> list[Token]:
    """What is found in a subject."""
    return list(tokens_in({Place.SUBJECT: [text]}, keys))


def test_a_token_is_the_reference_and_six_letters_of_its_alphabet() -> None:
    written = token(REFERENCE, KEY)

    assert written[: len(REFERENCE) + 2] == f"[{REFERENCE}-"
    assert len(written) == len(REFERENCE) + 9
    assert set(written[-7:-1]) <= set(ALPHABET)


def test_a_token_is_the_same_in_every_release() -> None:
    """Answers come back after years, to what was sent by releases long gone."""
    assert token(REFERENCE, KEY) == "[ENQ-7K3M-9Q2R-56747B]"
    assert identifier(REFERENCE, "018f", "example.org", KEY) == "ENQ-7K3M-9Q2R-56747B.018f@example.org"


@pytest.mark.parametrize(
    ("text", "check"),
    [
        (token(REFERENCE, KEY), Check.VALID),
        (token(REFERENCE, KEY_BEFORE), Check.VALID),
        (token(REFERENCE, KEY).lower(), Check.VALID),
        (token(REFERENCE, KEY).replace("-", "\u2011"), Check.VALID),
        (token(REFERENCE, KEY).replace("-", " "), Check.VALID),
        (token(REFERENCE, b"a key of somebody else"), Check.WRONG),
        (f"[{REFERENCE}-{token(OTHER, KEY)[-7:]}", Check.WRONG),
        (f"[{REFERENCE}-]", Check.MISSING),
        (f"[{REFERENCE}-56747]", Check.MISSING),
        (f"({REFERENCE})", Check.MISSING),
        ("enq7k3m9q2r", Check.MISSING),
    ],
)
def test_only_our_own_letters_are_valid(text: str, check: Check) -> None:
    assert found(text, KEY, KEY_BEFORE) == [Token(REFERENCE, Place.SUBJECT, check)]


def test_letters_that_references_do_not_have_are_read_as_those_they_look_like() -> None:
    assert found("CAS-OOOO-OOOO") == [Token(OTHER, Place.SUBJECT, Check.MISSING)]


def test_without_a_key_nothing_is_valid() -> None:
    assert found(token(REFERENCE, KEY)) == [Token(REFERENCE, Place.SUBJECT, Check.UNCHECKED)]


@pytest.mark.parametrize("text", ["", "ENQ-7K3N-9Q2R", "XENQ-7K3M-9Q2R", "ENQ-7K3M-9Q2RX", "REF-7K3M", "ENQ-7K3M-9Q2٣"])
def test_what_is_no_reference_is_none(text: str) -> None:
    assert found(text, KEY) == []


def test_a_reference_that_stands_twice_counts_once_and_at_its_best() -> None:
    text = f"{OTHER} {REFERENCE} Re: {token(REFERENCE, KEY)} {token(REFERENCE, KEY_BEFORE)} {REFERENCE}"

    assert found(text, KEY, KEY_BEFORE) == [
        Token(OTHER, Place.SUBJECT, Check.MISSING),
        Token(REFERENCE, Place.SUBJECT, Check.VALID),
    ]


@pytest.mark.parametrize("guess", [Place.SUBJECT, Place.RETURNED])
def test_of_several_guesses_in_one_message_none_is_valid(guess: Place) -> None:
    right, wrong = token(REFERENCE, KEY), f"[{REFERENCE}-AAAAAA]"
    texts = {place: [wrong, right, wrong] if place is guess else [right] for place in (Place.SUBJECT, guess)}

    tokens = tokens_in({**texts, Place.THREAD: [token(OTHER, KEY)]}, [KEY])

    assert {one.check for one in tokens if one.reference == REFERENCE} == {Check.WRONG}
    assert [one.check for one in tokens if one.reference == OTHER] == [Check.VALID]


def test_what_we_wrote_into_the_thread_stands_though_the_subject_was_damaged() -> None:
    right, wrong = token(REFERENCE, KEY), f"[{REFERENCE}-AAAAAA]"

    assert list(tokens_in({Place.SUBJECT: [wrong], Place.THREAD: [right]}, [KEY])) == [
        Token(REFERENCE, Place.SUBJECT, Check.WRONG),
        Token(REFERENCE, Place.THREAD, Check.VALID),
    ]


def test_a_message_has_one_guess_wherever_it_guesses() -> None:
    """Else the subject would be a second one: it counts for nothing as soon as either place holds a wrong one."""
    right, wrong = token(REFERENCE, KEY), f"[{REFERENCE}-AAAAAA]"

    for subject, thread in (([right], [wrong]), ([wrong], [right, wrong]), ([right, wrong], [wrong]), ([wrong], [])):
        tokens = tokens_in({Place.SUBJECT: subject, Place.THREAD: thread}, [KEY])

        assert {one.check for one in tokens} == {Check.WRONG}


def test_of_very_many_references_only_some_are_kept() -> None:
    texts = [f"ENQ-000{a}-{b}00{c}" for a in ALPHABET for b in ALPHABET for c in ALPHABET]

    assert len(tokens_in({Place.SUBJECT: texts}, [])) == MOST_TOKENS
