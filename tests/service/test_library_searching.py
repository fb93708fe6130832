"""What is looked for is found, in the order in which it is likely to help."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.errors import Forbidden, NotFound
from services.library.service import LibraryService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.intake_samples import statements_of
from tests.service.library_shelf import ENQUIRY, add, hear_of, titles

PENSIONS = "Keeping pensions in transfers"
CHARITY = "Becoming a charity"
CAFE = "Café Society’s guide to governance"
TODAY = datetime.now(UTC).date()
YESTERDAY = (TODAY - timedelta(days=1)).isoformat()


@pytest.fixture
def library(desk: MakeDesk) -> Desk:
    """The library at work on a database of its own."""
    return desk(LibraryService)


@pytest.fixture
def shelf(library: Desk) -> Desk:
    """A library with three resources."""
    add(library, PENSIONS, summary="For staff of councils.", matters=["pensions"])
    add(library, CHARITY, summary="What trustees and staff do.", publisher="Commission")
    add(library, CAFE, summary="Procurement by councils is another thing.")
    return library


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("pension", [PENSIONS]),
        ("PENSIONS transferring", [PENSIONS]),
        ("charit", [CHARITY]),
        ("becoming a ch", [CHARITY]),
        ("procureme", [CAFE]),
        ("cafe", [CAFE]),
        ("CAFÉ governance", [CAFE]),
        ("commission", [CHARITY]),
        ('"staff of councils"', [PENSIONS]),
        ('"councils staff"', []),
        ("staff -pensions", [CHARITY]),
        ("pensions or governance", [CAFE, PENSIONS]),
        ("the", []),
        ("?", []),
        ("'", []),
        ("-", []),
        ('"', []),
    ],
)
def test_words_are_found(shelf: Desk, words: str, found: list[str]) -> None:
    assert sorted(titles(shelf, q=words)) == sorted(found)


@pytest.mark.parametrize(
    ("misspelt", "found"),
    [
        ("pensons", PENSIONS),
        ("pesnions", PENSIONS),
        ("chairty", CHARITY),
        ("governence", CAFE),
        ("procurment councils", CAFE),
        ("becomming charity", CHARITY),
    ],
)
def test_a_word_that_is_misspelt_is_found_nevertheless(shelf: Desk, misspelt: str, found: str) -> None:
    assert titles(shelf, q=misspelt)[:1] == [found]


def test_what_is_spelt_nearly_so_is_not_mixed_with_what_holds_the_words(library: Desk) -> None:
    add(library, "Pension")
    add(library, "Mansions")

    assert titles(library, q="mansions") == ["Mansions"]
    assert titles(library, q="zzzzqqqq") == []


def test_codes_are_found_by_their_words(shelf: Desk) -> None:
    add(shelf, "Staff", matters=["tupe_hr_and_pay"], kind="toolkit")

    assert titles(shelf, q="tupe") == ["Staff"]
    assert titles(shelf, q="toolkit") == ["Staff"]


def test_a_filter_lets_through_what_names_the_code_and_what_is_for_all(library: Desk) -> None:
    add(library, "named", stages=["planning"], sectors=["youth"], regions=["london"], audience=["leaders"])
    add(library, "other", stages=["live"], sectors=["fire"], regions=["wales"], audience=["mutuals"])
    add(library, "all")

    for wanted in ({"stage": "planning"}, {"sector": "youth"}, {"region": "london"}):
        assert titles(library, **wanted) == ["named", "all"], wanted
    assert sorted(titles(library, audience="leaders")) == ["all", "named"]
    assert titles(library, kind="event") == []
    assert titles(library, q="other", stage="planning") == []


def test_a_title_counts_more_than_a_summary(library: Desk) -> None:
    add(library, "Something", summary="About governance.")
    add(library, "Governance")

    assert titles(library, q="governance") == ["Governance", "Something"]


def test_what_fits_the_enquiry_comes_first(library: Desk) -> None:
    add(library, "neither", matters=["trade_unions"], stages=["live"])
    add(library, "both matters", matters=["pensions", "vat_and_tax"])
    add(library, "one matter", matters=["pensions"])
    add(library, "matters and stage", matters=["pensions", "vat_and_tax"], stages=["planning"])
    hear_of(library, matters=["pensions", "vat_and_tax"], stage="planning", service_sector="youth", region="london")

    assert titles(library, enquiry=ENQUIRY) == ["matters and stage", "both matters", "one matter", "neither"]


def test_only_advisers_ask_what_fits_an_enquiry_and_only_of_one_that_is_there(library: Desk) -> None:
    hear_of(library)
    with pytest.raises(Forbidden):
        library.ask("list_resources", roles=("portal",), body={"enquiry": ENQUIRY})
    for unknown in ("ENQ-0000-0000", "x"):
        with pytest.raises(NotFound):
            library.ask("list_resources", body={"enquiry": unknown})
    assert library.ask("list_resources", roles=("manager",), body={"enquiry": ENQUIRY})["items"] == []


def test_what_others_found_helpful_comes_first(library: Desk) -> None:
    hear_of(library)
    for title, helped in (("no", "no"), ("yes", "yes"), ("partly", "partly"), ("nobody asked", None)):
        resource = add(library, title)
        given = library.ask("give_signpost", reference=ENQUIRY, body={"resource_id": resource})
        if helped:
            library.ask("answer_signpost", reference=ENQUIRY, signpost_id=given["id"], body={"helped": helped})

    order = titles(library)
    assert (order[0], order[-1]) == ("yes", "no")


def test_what_is_stale_sinks_and_is_listed(library: Desk) -> None:
    add(library, "Governance guide one", review_by=YESTERDAY)
    add(library, "Governance guide two", review_by=TODAY.isoformat())
    add(library, "Governance guide three")

    assert titles(library, q="governance guide")[-1] == titles(library)[-1] == "Governance guide one"
    [stale] = library.ask("list_resources", body={"stale": True})["items"]
    assert (stale["title"], stale["stale"]) == ("Governance guide one", True)
    assert len(titles(library, stale=False)) == 2


def test_whether_it_is_stale_may_be_asked_in_the_words_of_an_address(library: Desk) -> None:
    add(library, "old", review_by=YESTERDAY)

    assert titles(library, stale="true") == ["old"]
    assert titles(library, stale="false") == []


def test_a_list_is_one_statement_whatever_is_asked_and_whatever_its_length(shelf: Desk) -> None:
    sent = statements_of(shelf)

    shelf.ask("list_resources", body={"q": "pensions transf", "matter": "pensions", "stage": "planning"})

    assert len(sent) == 1


@pytest.mark.parametrize(
    ("held", "words"),
    [
        ("pension", "staff -pensions"),
        ("charity", "staff -charities"),
        ("transfer", 'staff -"transferring"'),
        ("pensions", "stfaf -pension"),
    ],
)
def test_what_is_excluded_is_found_in_none_of_its_forms(library: Desk, held: str, words: str) -> None:
    add(library, f"Staff and {held}")
    add(library, "Staff and governance")

    assert titles(library, q=words) == ["Staff and governance"]


@pytest.mark.parametrize("piece", ["-", "- ", "-(", "-!", '-"', "－", "﹣", "-a ", "--a ", "or -", "-.", "-_"])
def test_rows_of_dashes_are_no_error(shelf: Desk, piece: str) -> None:
    assert shelf.ask("list_resources", body={"q": (piece * 200)[:199] + "a"})["next"] is None


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet=st.sampled_from("ab '\"-|&!():*<>\\%_é\u202eOR12/@.~"), min_size=1, max_size=30))
def test_no_words_are_an_error(shelf: Desk, words: str) -> None:
    page = shelf.ask("list_resources", body={"q": words})

    assert page["next"] is None
    assert all(one != another for one, another in pairwise(page["items"]))
