"""Bringing the register to what a sheet says: all of it, or with a fault in any row nothing."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from chassis.errors import Invalid
from chassis.fields import load_strictly
from chassis.work import Work
from services.intake.domain.organisations.register import Fault, Organisation, Plan, Row, faults, planned
from services.intake.domain.organisations.sheet import Cells, read_sheet
from services.intake.models import OrganisationImport
from services.intake.organisations import events, store
from services.intake.organisations.schemas import OrganisationRow

# So many are kept by one statement, which then takes a fraction of the time that a statement has.
CHUNK = 2_000

Progress = Callable[[int], None]


@dataclass(slots=True)
class File:
    """A sheet that was read and checked by itself: its rows, what is wrong, and how it was read.

    `unread` are the keys, as far as there are any, of the rows in which something is wrong.
    """

    sha256: str
    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)
    note: str | None = None


class Faulty(Exception):
    """A sheet has faults, and nothing was done."""

    def __init__(self, found: Sequence[Fault]) -> None:
        super().__init__(f"{len(found)} faults")
        self.faults = sorted(found, key=lambda fault: fault.line)


def read_file(raw: bytes, seen: Progress | None = None) -> File:
    """Read a sheet, and check each of its rows. `seen` is told how many were checked since it was last told."""
    sheet = read_sheet(raw)
    file = File(hashlib.sha256(raw).hexdigest(), faults=sheet.faults, note=sheet.note)
    for chunk in _chunks(sheet.rows):
        for cells in chunk:
            _check(cells, file)
        if seen is not None:
            seen(len(chunk))
    return file


def plan(work: Work, file: File, *, only_new: bool = False) -> Plan:
    """What a file does to the register, which nobody else changes until the transaction ends. Raises Faulty.

    `only_new` leaves alone who is registered already, whatever the file says of them.
    """
    store.lock(work.session)
    told = [row.organisation for row in file.rows]
    there: dict[str, Organisation] = {}
    for chunk in _chunks(told):
        keys = [key for one in chunk for key in (one.key, one.successor) if key is not None]
        there |= store.known(work.session, keys, [domain for one in chunk for domain in one.domains])
    rows = [row for row in file.rows if not only_new or row.organisation.key not in there]
    found = [*file.faults, *faults(rows, there, file.unread)]
    if found:
        raise Faulty(found)
    wanted = planned(rows, there)
    wanted.unchanged += len(file.rows) - len(rows)
    return wanted


def carry_out(work: Work, file: File, wanted: Plan, kept: Progress | None = None) -> None:
    """Do what was planned, and tell of it; nothing at all when there is nothing to do."""
    organisations = [*wanted.added, *(organisation for organisation, _ in wanted.changed)]
    if not organisations:
        return
    for chunk in _chunks(wanted.changed):
        store.forget(work.session, [organisation.key for organisation, _ in chunk])
    for chunk in _chunks(organisations):
        store.put(work.session, chunk, work.now)
        if kept is not None:
            kept(len(chunk))
    made = OrganisationImport(
        number=store.next_number(work.session),
        sha256=file.sha256,
        imported_by=work.caller.subject,
        imported_at=work.now,
        added=len(wanted.added),
        changed=len(wanted.changed),
    )
    work.session.add(made)
    work.tell(events.organisations_imported(made))


def _check(cells: Cells, file: File) -> None:
    try:
        values: dict[str, Any] = load_strictly(OrganisationRow, cells.values)
    except Invalid as refused:
        file.faults += [Fault(cells.line, one.pointer.split("/")[1], one.message) for one in refused.errors]
        file.unread.add(cells.values.get("key", ""))
        return
    lists = {name: tuple(values[name]) for name in ("other_names", "domains")}
    file.rows.append(Row(cells.line, Organisation(**{**values, **lists})))


def _chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for at in range(0, len(values), CHUNK):
        yield values[at : at + CHUNK]
