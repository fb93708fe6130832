"""Making all read models from the log again, while events go on being heard.

Each transaction takes some enquiries: it deletes their rows, reads their events, folds and writes. An event that is
being handled meanwhile either has committed before the rows are deleted, and is then read from the log, or waits for
them, and is then merged into what was written. So nothing needs to be stopped.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from services.reporting.domain.folding import Change, ReadModel, Row, merge
from services.reporting.domain.readmodels import READ_MODELS
from services.reporting.models import Base, LoggedEvent
from services.reporting.store.folding import upsert

Rows = dict[tuple[Any, ...], Row]


def enquiries_after(session: Session, last: str, limit: int) -> Sequence[str]:
    """The next enquiries, in the order of their references, of which the log has events."""
    known = select(LoggedEvent.enquiry).where(LoggedEvent.enquiry > last).distinct()
    return [str(enquiry) for enquiry in session.scalars(known.order_by(LoggedEvent.enquiry).limit(limit))]


def forget_unlogged(session: Session) -> None:
    """Delete the rows of enquiries of which the log has no event."""
    for model in READ_MODELS:
        table = Base.metadata.tables[model.name]
        session.execute(delete(table).where(~exists().where(LoggedEvent.enquiry == table.c.enquiry)))


def rebuild_enquiries(
    session: Session, enquiries: Sequence[str], fold: Callable[[LoggedEvent], Iterable[Change]]
) -> None:
    """Make the rows of these enquiries again from their events."""
    for model in READ_MODELS:
        table = Base.metadata.tables[model.name]
        session.execute(delete(table).where(table.c.enquiry.in_(enquiries)))
    events = session.scalars(select(LoggedEvent).where(LoggedEvent.enquiry.in_(enquiries)))
    rows: dict[str, Rows] = {model.name: {} for model in READ_MODELS}
    for change in (change for event in events for change in fold(event)):
        known = rows[change.model.name]
        key = tuple(change.row[name] for name in change.model.key)
        known[key] = merge(change.model, known[key], change.row) if key in known else change.row
    for model in READ_MODELS:
        _write(session, model, rows[model.name].values())


def _write(session: Session, model: ReadModel, rows: Iterable[Row]) -> None:
    """Write rows, those with the same fields together, merging them with what was written meanwhile."""
    alike: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        alike.setdefault(tuple(sorted(row)), []).append(row)
    for fields, found in alike.items():
        session.execute(upsert(model, fields), found)
