"""The domain of an e-mail address says whose it is, that many share it, or nothing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.domain.organisations.addresses import Domain, canonical_domain, domain_of, looked_up


@pytest.mark.parametrize(
    ("email", "own"),
    [
        ("Jane@Leeds.gov.uk", ("leeds.gov.uk",)),
        ("jane@mail.leeds.gov.uk", ("mail.leeds.gov.uk", "leeds.gov.uk")),
        ("jane@transport.gov.scot", ("transport.gov.scot", "gov.scot")),
        ("jane@leeds.gcsx.gov.uk", ("leeds.gcsx.gov.uk",)),
    ],
)
def test_the_domain_of_an_address_and_those_above_it_may_be_a_bodys(email: str, own: tuple[str, ...]) -> None:
    assert domain_of(email) == Domain(own)


@pytest.mark.parametrize(
    "email", [None, "", "jane", "jane@gmail.com", "jane@x.freeserve.co.uk", "jane@GOOGLEMAIL.com", "jane@nhs.uk"]
)
def test_an_address_that_anybody_may_have_says_nothing(email: str | None) -> None:
    assert domain_of(email) == Domain()


def test_an_address_of_the_whole_health_service_says_only_that() -> None:
    assert domain_of("jane@nhs.net") == Domain((), is_shared=True)
    assert domain_of("jane@board.wales.nhs.uk") == Domain(("board.wales.nhs.uk",), is_shared=True)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("@leeds.gov.uk", "such as"),
        ("leeds", "such as"),
        ("leeds..gov.uk", "such as"),
        ("leéds.gov.uk", "such as"),
        ("-leeds.gov.uk", "such as"),
        (f"{'a' * 64}.gov.uk", "such as"),
        (f"{'a.' * 130}uk", "such as"),
        ("gmail.com", "Anybody"),
        ("x.gmail.com", "Anybody"),
        ("nhs.net", "Many"),
        ("gov.uk", "Many"),
    ],
)
def test_what_cannot_be_one_bodys_domain_is_refused(typed: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        canonical_domain(typed)


@settings(max_examples=100)
@given(st.from_regex(r"[a-z]{1,9}(\.[a-z]{2,9}){0,4}", fullmatch=True))
def test_a_domain_that_may_be_registered_is_found_by_it_and_by_all_under_it(domain: str) -> None:
    try:
        kept = canonical_domain(domain.upper())
    except ValueError:
        return
    assert kept in looked_up(domain).own
    assert kept in looked_up(f"mail.{domain}").own
