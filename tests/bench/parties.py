"""How fast intake finds parties and who may be the same, with 100,000 of them under names as people have them."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np
from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.database import Database
from chassis.fields import load_strictly
from services.intake.domain.names import folded
from services.intake.parties import duplicates, finding, schemas
from tests.bench import callers

# Names closer together than people's are: a fifth of all have the same last name. 2,000 speak of each body.
FIRST = ("Siân", "Jane", "Mohammed", "Seán", "Oluwaseun", "Zoë", "Björn", "Mary Ann", "Agnieszka", "Li", "Aoife", "Tom")
LAST = ("Jones", "O’Neill", "Smith", "Mac Dhòmhnaill", "Patel", "Evans", "Okonkwo", "Müller", "Hughes", "Brown")
ENDS = ("", "", "", "-Jones", "-Wright", "ton", "son", "well", "ford", "ley", "by", "ham")
BODIES = 50

_NAMES = """
UPDATE parties SET name = one.name, folded_name = one.folded, organisation_key = one.body
FROM unnest(CAST(:ids AS int[]), CAST(:names AS text[]), CAST(:folded AS text[]), CAST(:bodies AS text[]))
    AS one (n, name, folded, body)
WHERE parties.id = ('0193c5a0-7c00-7000-8000-' || lpad(one.n::text, 12, '0'))::uuid
"""


def fill(database: Database) -> None:
    """The parties of the other measurement, under names as people have them."""
    callers.fill_parties(database)
    random = np.random.default_rng(2011)
    names = [name_of(random) for _ in range(callers.PARTIES)]
    rows = {
        "ids": [*range(1, callers.PARTIES + 1)],
        "names": names,
        "folded": [folded(name) for name in names],
        "bodies": [f"trust {number}" for number in random.integers(0, BODIES, callers.PARTIES)],
    }
    with database.change() as session:
        session.execute(text("SET LOCAL statement_timeout = '300s'"))
        session.execute(text(_NAMES), rows)
    with database.read() as session:
        session.execute(text("ANALYZE"))


def name_of(random: np.random.Generator) -> str:
    """A first name, sometimes two, and a last name, sometimes with an end of its own."""
    first, last, end = (options[random.geometric(0.2) % len(options)] for options in (FIRST, LAST, ENDS))
    letters = "".join(chr(97 + number) for number in random.integers(0, 26, 3))
    return f"{first} {last}{end}" if random.random() < 0.3 else f"{first} {last}{letters}{end}"


def timed(database: Database, times: int = 200) -> list[dict[str, Any]]:
    """Milliseconds for finding parties in several ways, and for saying who may be the same as one."""
    random = np.random.default_rng(2012)
    ids = [f"0193c5a0-7c00-7000-8000-{number:012d}" for number in random.integers(1, callers.PARTIES, times)]
    names = [name_of(random) for _ in range(times)]
    one, page = load_strictly(schemas.PartySearch, {"name": "x"}), load_strictly(schemas.PartyFilter, {})

    def listed(q: str) -> Callable[[Session, int], Any]:
        return lambda session, turn: finding.list_parties(session, {**page, "q": q or names[turn]}).items

    kinds: dict[str, Callable[[Session, int], Any]] = {
        "list by a whole name": listed(""),
        "list by a name that many have": listed("jones"),
        "list by two letters": listed("zo"),
        "search by a whole name": lambda session, turn: finding.search(session, {**one, "name": names[turn]}),
        "who may be the same as one": lambda session, turn: duplicates.of_party(session, ids[turn]),
    }
    return [_row(database, name, ask, times) for name, ask in kinds.items()]


def examined(database: Database, times: int = 5) -> dict[str, Any]:
    """Milliseconds for holding ten parties against all others, as is done every five seconds."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        duplicates.examine(database, datetime.now(UTC))
        taken.append(1e3 * (time.perf_counter() - began))
    return {"what": "ten examined", **_figures(taken)}


def _row(database: Database, name: str, ask: Callable[[Session, int], Any], times: int) -> dict[str, Any]:
    taken = []
    for turn in range(times):
        began = time.perf_counter()
        with database.read() as session:
            ask(session, turn)
        taken.append(1e3 * (time.perf_counter() - began))
    return {"what": name, **_figures(taken)}


def _figures(taken: list[float]) -> dict[str, float]:
    names = ("p50 ms", "p95 ms", "p99 ms")
    return {name: round(float(value), 2) for name, value in zip(names, np.percentile(taken, [50, 95, 99]), strict=True)}
