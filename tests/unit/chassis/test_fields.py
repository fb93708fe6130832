"""What fields take and give, and how every fault is named by its place."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from marshmallow import EXCLUDE, Schema, ValidationError, fields

from chassis.errors import Invalid
from chassis.fields import Code, Instant, Money, Words, codes, instant, labels, load_strictly, load_tolerantly

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
# A name that comes from outside; marshmallow keeps "_schema" for itself.
NAMES = st.text(st.characters(), min_size=1, max_size=30).filter(lambda name: name != "_schema")


class Inner(Schema):
    """An inner part."""

    amount = Money()


class Outer(Schema):
    """Something with parts."""

    words = Words(10, least=2)
    at = Instant(allow_none=True)
    one = fields.Nested(Inner)
    many = fields.List(fields.Nested(Inner))
    tolerant = fields.Nested(Inner(unknown=EXCLUDE))


def pointers(payload: Any) -> list[str]:
    """The places that are refused."""
    with pytest.raises(Invalid) as refusal:
        load_strictly(Outer, payload)
    return [error.pointer for error in refusal.value.errors]


def plain(text: str) -> bool:
    """Whether a text may be kept and shown."""
    return all(ord(letter) >= 32 or letter in "\t\n\r" for letter in text) and not any(
        "\x7f" <= letter <= "\x9f" or "\ud800" <= letter <= "\udfff" or letter in "\ufffe\uffff" for letter in text
    )


def test_a_closed_list_is_its_codes_in_order_each_with_its_words() -> None:
    assert codes("contact_directions") == ("inbound", "outbound")
    assert all(labels("contact_directions").values())


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"]), max_size=200))
def test_words_are_kept_exactly_as_typed(text: str) -> None:
    assert Words(200).deserialize(text) == text


@pytest.mark.parametrize("text", ["two\nlines", "two\r\nlines", "a\ttab", " spaces ", "N̈ 🙂", "\u202e\u2028"])
def test_what_a_person_may_type_is_taken(text: str) -> None:
    assert Words(200).deserialize(text) == text


@pytest.mark.parametrize("code", [0x00, 0x08, 0x0B, 0x1B, 0x7F, 0x85, 0xD800, 0xDFFF, 0xFFFE, 0xFFFF])
def test_words_with_control_characters_are_refused(code: int) -> None:
    with pytest.raises(ValidationError, match="control characters"):
        Words(200).deserialize(f"a{chr(code)}b")


@pytest.mark.parametrize("value", ["a", "a" * 11, 5, True, ["ab"], {"a": "b"}, None])
def test_words_of_another_length_or_type_are_refused(value: object) -> None:
    assert pointers({"words": value}) == ["/words"]


def test_only_a_code_of_the_list_is_taken() -> None:
    direction = Code("contact_directions")

    assert direction.deserialize("inbound") == "inbound"
    for other in ("Inbound", "", "sideways", 1, None):
        with pytest.raises(ValidationError):
            direction.deserialize(other)


@given(st.decimals(0, Decimal("9999999999.99"), places=2))
def test_an_amount_is_exact_both_ways(amount: Decimal) -> None:
    written = Inner().dump({"amount": amount})

    assert load_strictly(Inner, written) == {"amount": amount}


@given(JSON)
def test_an_amount_is_pounds_and_pence_in_a_string_or_refused(value: Any) -> None:
    try:
        amount = Money().deserialize(value)
    except ValidationError:
        return
    assert Decimal(0) <= amount < 10**10
    assert amount.as_tuple().exponent == -2


@pytest.mark.parametrize(
    "value",
    ["1", "1.0", "1.000", ".50", "-1.00", "+1.00", "1e2", "NaN", "1,000.00", "١.٠٠", "1.00\n", "1" * 11 + ".00"],
)
def test_what_is_no_plain_amount_is_refused(value: str) -> None:
    with pytest.raises(ValidationError, match="pounds and pence"):
        Money().deserialize(value)


def test_no_amount_and_no_moment_are_written_as_none() -> None:
    assert Inner().dump({"amount": None}) == {"amount": None}
    assert Outer().dump({"at": None}) == {"at": None}


@given(
    st.datetimes(timezones=st.just(UTC)).filter(lambda moment: 1 < moment.year < 9999),
    st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)
def test_a_moment_is_the_same_wherever_it_was_written(moment: datetime, there: timezone) -> None:
    assert Instant().deserialize(moment.astimezone(there).isoformat()) == moment
    assert Instant().deserialize(instant(moment)) == moment
    assert instant(moment.astimezone(there)) == instant(moment)


def test_a_moment_is_written_in_utc_with_z() -> None:
    summer = datetime(2026, 7, 1, 10, 4, tzinfo=timezone(timedelta(hours=1)))

    assert Outer().dump({"at": summer}) == {"at": "2026-07-01T09:04:00Z"}
    assert Instant().deserialize("2026-07-01t09:04:00.5z").tzinfo is UTC


@pytest.mark.parametrize(
    "value",
    [
        "2026-07-01",
        "2026-07-01T09:04:00",
        "2026-07-01 09:04:00Z",
        "2026-07-01T09:04Z",
        "20260701T090400Z",
        "2026-W27-3T09:04:00Z",
        "2026-02-30T09:04:00Z",
        "2026-07-01T25:04:00Z",
        "2026-07-01T09:04:00+99:00",
        "2026-07-01T09:04:00Z\n",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "٢٠٢٦-07-01T09:04:00Z",
        1782896640,
        True,
        ["2026-07-01T09:04:00Z"],
    ],
)
def test_what_is_no_moment_with_an_offset_is_refused(value: object) -> None:
    assert pointers({"at": value}) == ["/at"]


def test_every_fault_is_named_by_its_place() -> None:
    wrong = {"words": 1, "one": {"amount": "1"}, "many": [{"amount": "1.00"}, {"amount": 1, "new": 2}, 5]}

    assert pointers(wrong) == ["/words", "/one/amount", "/many/1/amount", "/many/1/new", "/many/2"]


@pytest.mark.parametrize("payload", [None, 5, "text", [], True])
def test_what_is_no_object_is_refused_as_a_whole(payload: object) -> None:
    assert pointers(payload) == [""]


@settings(max_examples=50)
@given(JSON, st.sampled_from([load_strictly, load_tolerantly]))
def test_whatever_comes_in_is_loaded_or_refused(payload: Any, load: Callable[[type[Schema], Any], Any]) -> None:
    with suppress(Invalid):
        assert isinstance(load(Outer, payload), dict)


@given(NAMES)
@example("~/~1/~0")
def test_an_unknown_field_is_refused_by_a_pointer_to_it(name: str) -> None:
    if name in Outer().fields:
        return
    [pointer] = pointers({name: 1})

    assert pointer.startswith("/")
    assert plain(pointer)
    if plain(name):
        assert pointer[1:].replace("~1", "/").replace("~0", "~") == name


def test_no_more_than_a_hundred_faults_are_named() -> None:
    with pytest.raises(Invalid) as refusal:
        load_strictly(Outer, {f"odd{number}": 1 for number in range(500)})

    assert len(refusal.value.errors) == 100


def test_a_hostile_name_is_neither_kept_whole_nor_kept_raw() -> None:
    [pointer] = pointers({"\0\x1b[31m\ud800" + "a" * 10_000: 1})

    assert pointer.startswith("/��[31m�aaa")
    assert len(pointer) == 200


def test_a_field_that_has_the_name_of_marshmallows_own_mark_is_refused_all_the_same() -> None:
    assert pointers({"_schema": 1}) == [""]


def test_an_event_may_bring_more_than_is_read() -> None:
    assert load_tolerantly(Outer, {"new": 1, "words": "here"}) == {"words": "here"}


def test_what_an_event_brings_in_an_inner_part_is_ignored_where_the_part_says_so() -> None:
    assert load_tolerantly(Outer, {"tolerant": {"new": 1}}) == {"tolerant": {}}
    with pytest.raises(Invalid):
        load_tolerantly(Outer, {"one": {"new": 1}})
