"""What a search in the library takes in the database, over 5,000 resources."""

import random
import time
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import event, text

from chassis.fields import codes
from chassis.work import Caller, Work, new_trace
from services.library import importing
from services.library.domain.rows import Row
from services.library.service import LibraryService
from tests.fixtures.desk import Desk
from tests.service.library_shelf import ENQUIRY, hear_of

RESOURCES = 5_000
TIMES = 60
_WORDS = (
    "accounts adviser asset audit award bank board bond budget business buildings capital care case cash "
    "charity checklist clause commissioner community company constitution consultation contract cooperative "
    "cost council culture deed director employee engagement evidence exemption finance forecast fund "
    "governance grant guarantee health housing insurance lease legal library licence limited loan market "
    "members model mutual negotiation ownership parent payroll pension plan policy procurement project public "
    "record redundancy register regulator reserve risk rules scheme school sector service share social staff "
    "stage subsidy supplier support tax team tender transfer trust trustee union valuation value youth"
).split()
QUERIES: dict[str, dict[str, Any]] = {
    "nothing asked": {},
    "one common word": {"q": "pension"},
    "being typed": {"q": "procureme"},
    "three words": {"q": "staff transfer contract"},
    "a phrase, and a word excluded": {"q": '"model rules" -bank'},
    "either word, with filters": {"q": "charity or company", "matter": "pensions", "stage": "planning"},
    "fit to an enquiry": {"q": "governance", "enquiry": ENQUIRY},
    "an enquiry alone": {"enquiry": ENQUIRY},
    "two letters changed over": {"q": "chairty"},
    "a letter left out": {"q": "goverance pensons"},
    "nothing like it": {"q": "xylophone zeppelin"},
}


def search(url: str) -> list[dict[str, Any]]:
    """Milliseconds from each statement sent to its last row come, for each kind of search."""
    desk = Desk(LibraryService, url)
    try:
        _fill(desk)
        spent = _measured(desk)
        return [{"search": what, **_figures(desk, query, spent)} for what, query in QUERIES.items()]
    finally:
        desk.close()


def _fill(desk: Desk) -> None:
    dice = random.Random(2011)
    with desk.session() as session:
        work = Work(session, "library", Caller("bench", "bench"), datetime.now(UTC), new_trace(), "fill")
        rows = [Row(str(number), None, _resource(dice, number)) for number in range(RESOURCES)]
        plan = importing.plan(work, rows)
        assert plan.faults == []
        importing.carry_out(work, plan)
    with desk.session() as session:
        session.execute(text("UPDATE resources SET helped_yes = length(title) % 7, helped_no = length(title) % 3"))
    with desk.database.engine.connect() as connection:
        connection.execute(text("VACUUM ANALYZE resources"))
    hear_of(desk, matters=["pensions", "vat_and_tax"], stage="planning", service_sector="youth", region="london")


def _resource(dice: random.Random, number: int) -> dict[str, Any]:
    return {
        "kind": dice.choice(codes("resource_kinds")),
        "title": " ".join(dice.choices(_WORDS, k=6)).capitalize(),
        "summary": " ".join(dice.choices(_WORDS, k=25)),
        "address": f"https://example.org/{number}",
        "publisher": " ".join(dice.choices(_WORDS, k=2)),
        "matters": dice.sample(codes("matters"), 2),
        "stages": dice.sample(codes("spin_out_stages"), 2),
        "sectors": dice.sample(codes("service_sectors"), dice.choice((0, 0, 1))),
        "regions": dice.sample(codes("regions"), dice.choice((0, 0, 1))),
        "review_by": dice.choice(("2020-01-01", "2099-01-01", "2099-01-01")),
    }


def _measured(desk: Desk) -> list[float]:
    """Milliseconds of every statement from now on."""
    spent: list[float] = []
    began: list[float] = []
    event.listen(desk.database.engine, "before_cursor_execute", lambda *_: began.append(time.perf_counter()))
    event.listen(
        desk.database.engine,
        "after_cursor_execute",
        lambda *_: spent.append(1000 * (time.perf_counter() - began.pop())),
    )
    return spent


def _figures(desk: Desk, query: dict[str, Any], spent: list[float]) -> dict[str, Any]:
    took = []
    found = 0
    for _ in range(TIMES):
        spent.clear()
        found = len(desk.ask("list_resources", body=query)["items"])
        took.append(sum(spent))
    took.sort()
    figures = {"p50 ms": took[TIMES // 2], "p95 ms": took[int(TIMES * 0.95)], "most ms": took[-1]}
    return {"found": found, **{name: round(figure, 1) for name, figure in figures.items()}}
