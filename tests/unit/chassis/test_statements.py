"""Which statements are prepared, and how."""

import pytest

from chassis.database import _as_prepared


@pytest.mark.parametrize(
    ("statement", "text", "places"),
    [
        ("SELECT a FROM t WHERE t.a = %(a)s", "SELECT a FROM t WHERE t.a = $1", "%(a)s"),
        ("SELECT a FROM t WHERE a <= %s AND b=%s", "SELECT a FROM t WHERE a <= $1 AND b=$2", "%s, %s"),
        ("UPDATE t SET a=%(a)s WHERE t.id = %(id)s::UUID", "UPDATE t SET a=$1 WHERE t.id = $2::UUID", "%(a)s, %(id)s"),
        ("INSERT INTO t (a, b) VALUES (%(a)s, %(b)s)", "INSERT INTO t (a, b) VALUES ($1, $2)", "%(a)s, %(b)s"),
        ("SELECT * FROM unnest(%s::uuid[])", "SELECT * FROM unnest($1::uuid[])", "%s::uuid[]"),
        ("SELECT a FROM t WHERE a LIKE 'x%%' LIMIT %s", "SELECT a FROM t WHERE a LIKE 'x%' LIMIT $1", "%s"),
    ],
)
def test_a_statement_whose_values_have_known_types_is_prepared(statement: str, text: str, places: str) -> None:
    assert _as_prepared(statement) == (text, places)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1",
        "SELECT %(place)s AS place, count(*) FROM t",
        "SELECT greatest(a, CASE WHEN b IS NOT NULL THEN %(zero)s END) FROM t",
        "SELECT a FROM t WHERE a IN (%(a_1)s, %(a_2)s)",
        "SELECT a FROM t WHERE %(a)s = %(b)s",
        "SELECT a FROM t WHERE (a, b) < (%(a)s, %(b)s)",
    ],
)
def test_a_statement_with_a_value_whose_type_would_be_guessed_is_sent_as_it_is(statement: str) -> None:
    _, places = _as_prepared(statement)
    assert places == ""
