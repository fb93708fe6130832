"""What a register of public bodies says, what in it cannot be, and what a newer one says otherwise."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

FIELDS = ("name", "other_names", "kind", "region", "domains", "dissolved_on", "successor")
# What the register knows of an enquirer's body, and what the enquirer's own field is called.
_FILLED = {"parent_body_kind": "kind", "region": "region"}
# A circle of more is told by its beginning.
_SHOWN_OF_CIRCLE = 6


@dataclass(frozen=True, slots=True)
class Organisation:
    """One public body. `dissolved_on` is its first day no more; `successor` the key of whoever took its place."""

    key: str
    name: str
    kind: str
    other_names: tuple[str, ...] = ()
    region: str | None = None
    domains: tuple[str, ...] = ()
    dissolved_on: date | None = None
    successor: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One body as the line of a file tells of it."""

    line: int
    organisation: Organisation


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a file, and where: in which line, and in which column if it is one cell's."""

    line: int
    column: str | None
    message: str

    def __str__(self) -> str:
        place = f"line {self.line}, column {self.column}" if self.column else f"line {self.line}"
        return f"{place}: {self.message}"


@dataclass(slots=True)
class Plan:
    """What a file would do to the register: whom it adds, what it changes of whom, and how many it leaves alone."""

    added: list[Organisation] = field(default_factory=list)
    changed: list[tuple[Organisation, tuple[str, ...]]] = field(default_factory=list)
    unchanged: int = 0


def has_ended(dissolved_on: date | None, today: date) -> bool:
    """Whether a body is no more. One whose end is decided for a day ahead still is."""
    return dissolved_on is not None and dissolved_on <= today


def planned(rows: Iterable[Row], known: Mapping[str, Organisation]) -> Plan:
    """What rows without a fault do to what is known."""
    plan = Plan()
    for organisation in (row.organisation for row in rows):
        before = known.get(organisation.key)
        if before is None:
            plan.added.append(organisation)
        elif changes := differences(before, organisation):
            plan.changed.append((organisation, changes))
        else:
            plan.unchanged += 1
    return plan


def differences(before: Organisation, after: Organisation) -> tuple[str, ...]:
    """The fields whose value is another one afterwards."""
    return tuple(name for name in FIELDS if getattr(before, name) != getattr(after, name))


def faults(rows: Sequence[Row], known: Mapping[str, Organisation], unread: Container[str] = ()) -> list[Fault]:
    """What cannot be when the rows are brought to what is known, in the order of lines.

    `known` must hold every body that a row names by its key, as successor or by one of its domains, and all that come
    after these. Bodies that are in the file are what the file says. `unread` are the keys of rows with faults of their
    own: they are there, so that nobody is told they were missing.
    """
    told = {row.organisation.key: row.organisation for row in reversed(rows)}
    after = {**known, **told}
    found = [
        *_given_twice(rows, "key", lambda one: (one.key,), {}),
        *_given_twice(rows, "domains", lambda one: one.domains, _held_by_others(known, told)),
        *_wrong_successors(rows, after, unread),
        *_circles(rows, after),
    ]
    return sorted(found, key=lambda fault: fault.line)


def chain(key: str, known: Mapping[str, Organisation]) -> list[str]:
    """The keys of a body's successors, the nearest first; as far as they are known, and each once."""
    found: dict[str, None] = {key: None}
    while (body := known.get(key)) is not None and body.successor is not None and body.successor not in found:
        key = body.successor
        found[key] = None
    return list(found)[1:]


def filled(
    said: Mapping[str, str | None], from_register: Iterable[str], chosen: Organisation | None
) -> tuple[dict[str, str | None], list[str]]:
    """An enquirer's fields once a body is chosen (or none any more), and which of them the register gave.

    What the enquirer said stays; what they did not say, and what came from the register before, is the chosen body's.
    """
    values, given = dict(said), list[str]()
    for name, known_as in _FILLED.items():
        if said[name] is None or name in from_register:
            values[name] = getattr(chosen, known_as, None)
            if values[name] is not None:
                given.append(name)
    return values, given


def _held_by_others(known: Mapping[str, Organisation], told: Mapping[str, Organisation]) -> dict[str, str]:
    return {
        domain: f"{organisation.key}, which is registered"
        for organisation in known.values()
        if organisation.key not in told
        for domain in organisation.domains
    }


def _given_twice(
    rows: Iterable[Row], column: str, read: Callable[[Organisation], Iterable[str]], held: dict[str, str]
) -> Iterator[Fault]:
    """What may be given once only, and was given before: in the file, or by whom it is `held`."""
    for row in rows:
        for value in read(row.organisation):
            if value in held:
                yield Fault(row.line, column, f"“{value}” is that of {held[value]}.")
            else:
                held[value] = f"line {row.line}"


def _wrong_successors(
    rows: Iterable[Row], after: Mapping[str, Organisation], unread: Container[str]
) -> Iterator[Fault]:
    for row in rows:
        successor = row.organisation.successor
        if successor is None:
            continue
        if successor not in after and successor not in unread:
            yield Fault(row.line, "successor", f"There is no body “{successor}”, neither in the file nor registered.")
        if row.organisation.dissolved_on is None:
            yield Fault(row.line, "dissolved_on", "Only a body that was dissolved has a successor: say when.")


def _circles(rows: Iterable[Row], after: Mapping[str, Organisation]) -> Iterator[Fault]:
    """A fault for each row from which the successors lead back to itself."""
    in_circle = _in_circles(after)
    for row in rows:
        own = row.organisation.key
        if own in in_circle:
            key, shown = str(after[own].successor), [own]
            while key != own and len(shown) < _SHOWN_OF_CIRCLE:
                shown.append(key)
                key = str(after[key].successor)
            shown += [own] if key == own else ["…"]
            yield Fault(row.line, "successor", f"The successors go round in a circle: {' → '.join(shown)}.")


def _in_circles(after: Mapping[str, Organisation]) -> set[str]:
    """The keys from which successors lead back to themselves. Each body is passed once."""
    passed, found = set[str](), set[str]()
    for start in after:
        way: dict[str, None] = {}
        key: str | None = start
        while key is not None and key in after and key not in passed:
            passed.add(key)
            way[key] = None
            key = after[key].successor
        if key in way:
            steps = list(way)
            found.update(steps[steps.index(str(key)) :])
    return found
