"""Who is asking: canonical addresses and numbers, and whose they are."""

import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.domain.identity import Address, Holder, email_address, party_behind, phone_number

JANE, OFFICE = uuid.UUID(int=1), uuid.UUID(int=2)


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("jane@example.org", "jane@example.org"),
        ("Jane.Doe@EXAMPLE.org", "jane.doe@example.org"),
        ("jane+mutual@example.org", "jane+mutual@example.org"),
        ("siân@bücher.example", "siân@xn--bcher-kva.example"),
        ("SIA\u0302N@xn--bcher-kva.example", "siân@xn--bcher-kva.example"),
        ("o'neill@example.org", "o'neill@example.org"),
    ],
)
def test_an_address_is_compared_in_one_form_and_kept_as_typed(typed: str, canonical: str) -> None:
    assert email_address(typed) == Address(typed, canonical)


@pytest.mark.parametrize(
    "typed",
    [
        "jane",
        "jane@",
        "@example.org",
        "jane@example",
        "Jane <jane@example.org>",
        "a@b@example.org",
        "jane@example.org\nBcc: all@example.org",
        "jane@[127.0.0.1]",
        "jane@host.invalid",
        "a" * 65 + "@example.org",
    ],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="not an e-mail address"):
        email_address(typed)


@settings(deadline=None)
@given(st.emails())
def test_the_canonical_address_is_its_own_canonical_form(typed: str) -> None:
    try:
        canonical = email_address(typed).canonical
    except ValueError:
        return  # the strategy also makes addresses of reserved domains
    assert email_address(canonical).canonical == canonical


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("07700 900123", "+447700900123"),
        ("(0)7700-900 123", "+447700900123"),
        ("+44 7700 900123", "+447700900123"),
        ("0044 7700 900123", "+447700900123"),
        ("+1 202-555-0104", "+12025550104"),
        ("020 7946 0958 ext. 12", "+442079460958x12"),
        ("020 7946 0958", "+442079460958"),
        *((f"020 7946 0958{five}", "+442079460958x5") for five in (" int 5", " доб 5", ",,5", ";5", " x５", " ext ٥")),
        ("０２０ ７９４６ ０９５８", "+442079460958"),
    ],
)
def test_a_number_is_compared_as_e164_and_kept_as_typed(typed: str, canonical: str) -> None:
    assert phone_number(typed) == Address(typed, canonical)


@pytest.mark.parametrize("typed", ["none", "0", "12", "+", "+999 123", "0" * 60, "07700 900123 07700 900124", "☎"])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="telephone number"):
        phone_number(typed)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_reading_a_number_ends_in_a_number_or_a_refusal(typed: str) -> None:
    try:
        canonical = phone_number(typed).canonical
    except ValueError:
        return
    assert canonical.startswith("+")


def test_a_known_address_decides_even_when_the_telephone_is_somebody_elses() -> None:
    known = {"email": Holder(JANE, has_email=True), "phone": Holder(OFFICE, has_email=True)}
    assert party_behind({"email", "phone"}, known) == JANE


def test_a_known_telephone_decides_where_no_address_is_given() -> None:
    assert party_behind({"phone"}, {"phone": Holder(OFFICE, has_email=True)}) == OFFICE


def test_a_known_telephone_decides_where_its_holder_has_no_address() -> None:
    assert party_behind({"email", "phone"}, {"phone": Holder(OFFICE, has_email=False)}) == OFFICE


def test_a_shared_telephone_does_not_make_two_addresses_one_party() -> None:
    assert party_behind({"email", "phone"}, {"phone": Holder(OFFICE, has_email=True)}) is None


def test_what_is_not_known_is_a_new_party() -> None:
    assert party_behind({"email"}, {}) is None
