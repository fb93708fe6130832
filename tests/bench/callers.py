"""How fast intake says who may be ringing, with 100,000 parties and 300,000 enquiries in its database."""

import time
from typing import Any

import numpy as np
from sqlalchemy import text

from chassis.database import Database
from services.intake.telephony.callers import find

PARTIES = 100_000
SHARED = "+442071230000"  # a switchboard, which 300 have given

_PARTIES = """
INSERT INTO parties (id, name, created_at)
SELECT ('0193c5a0-7c00-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'Party ' || n, now() FROM generate_series(1, :n) n
"""
# Every tenth party was merged into the one before it.
_MERGES = """
UPDATE parties SET merged_into = ('0193c5a0-7c00-7000-8000-' || lpad((n - 1)::text, 12, '0'))::uuid
FROM generate_series(10, :n, 10) n WHERE id = ('0193c5a0-7c00-7000-8000-' || lpad(n::text, 12, '0'))::uuid
"""
_NUMBERS = """
INSERT INTO party_identifiers (kind, value, party_id, created_at)
SELECT 'phone', '+447700' || lpad(n::text, 6, '0'), ('0193c5a0-7c00-7000-8000-' || lpad(n::text, 12, '0'))::uuid, now()
FROM generate_series(1, :n) n
"""
_ENQUIRIES = """
INSERT INTO enquiries (
    id, reference, version, client, via_portal, channel, received_at, created_at, updated_at, status, status_since,
    party_id, matters, marks, facts, facts_version, consent, assessed_sequence, case_sequence
)
SELECT gen_random_uuid(), 'ENQ-' || n, 1, 'bench', false, 'phone', now() - n * interval '1 minute', now(), now(),
    CASE n % 3 WHEN 0 THEN 'in_triage' ELSE 'closed' END, now(),
    ('0193c5a0-7c00-7000-8000-' || lpad((1 + n % :n)::text, 12, '0'))::uuid, '[]', '[]', '{}', 1, '{}', 0, 0
FROM generate_series(1, 3 * :n) n
"""
_WORDS = """
INSERT INTO enquiry_words (reference, enquirer_name, enquirer_phone, enquirer_kind, subject)
SELECT 'ENQ-' || n, 'Party ' || n % :n,
    CASE WHEN n % 1000 = 0 THEN '020 7123 0000' ELSE '07700 ' || lpad((1 + n % :n)::text, 6, '0') END,
    'other', 'Pensions'
FROM generate_series(1, 3 * :n) n
"""


def fill(database: Database) -> None:
    """Put everything in, in few statements, and let the planner know."""
    fill_parties(database)
    _execute(database, _ENQUIRIES, _WORDS)
    with database.read() as session:
        session.execute(text("ANALYZE"))


def fill_parties(database: Database) -> None:
    """Put in the parties and what leads to them, without enquiries."""
    _execute(database, _PARTIES, _MERGES, _NUMBERS)


def _execute(database: Database, *statements: str) -> None:
    with database.change() as session:
        session.execute(text("SET LOCAL statement_timeout = '300s'"))
        for statement in statements:
            session.execute(text(statement), {"n": PARTIES})


def timed(database: Database, times: int = 1_000) -> list[dict[str, Any]]:
    """Milliseconds for numbers that one party has, that 300 have given, and that nobody has."""
    random = np.random.default_rng(2011)
    one = [f"+447700{number:06d}" for number in random.integers(1, PARTIES, times)]
    nobody = [f"+447911{number:06d}" for number in random.integers(1, PARTIES, times)]
    kinds = {"one party's": one, "a switchboard's": [SHARED] * times, "nobody's": nobody}
    return [_row(database, name, numbers) for name, numbers in kinds.items()]


def _row(database: Database, name: str, numbers: list[str]) -> dict[str, Any]:
    taken, found = [], 0
    for number in numbers:
        began = time.perf_counter()
        with database.read() as session:
            found += len(find(session, number)["candidates"])
        taken.append(1e3 * (time.perf_counter() - began))
    middle, high, most = np.percentile(taken, [50, 95, 99])
    figures = {"p50 ms": middle, "p95 ms": high, "p99 ms": most}
    return {"number": name, "found": found, **{key: round(float(value), 2) for key, value in figures.items()}}
