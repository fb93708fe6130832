"""Overrides: outcomes that people set against what was found."""

import uuid
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.database import Page, page
from services.triage.errors import OverrideNotFound
from services.triage.models import Override

OPEN = ("proposed", "in_force")


def find_override(session: Session, override_id: str) -> Override:
    """One override. Raises OverrideNotFound."""
    try:
        found = session.get(Override, uuid.UUID(override_id))
    except ValueError:
        found = None
    if found is None:
        raise OverrideNotFound
    return found


def open_override(session: Session, enquiry: str, facts_version: int) -> Override | None:
    """The override of these facts that is proposed or in force, if there is one."""
    of_facts = (Override.enquiry == enquiry, Override.facts_version == facts_version)
    return session.scalars(select(Override).where(*of_facts, Override.state.in_(OPEN))).one_or_none()


def list_overrides(session: Session, query: dict[str, Any]) -> Page:
    """Overrides, the newest first; those of one enquiry or in one state when the query names it."""
    statement = select(Override)
    if query["enquiry"] is not None:
        statement = statement.where(Override.enquiry == query["enquiry"])
    if query["state"] == "lapsed":
        statement = statement.where(Override.state.in_(OPEN), Override.is_lapsed)
    elif query["state"] is not None:
        statement = statement.where(Override.state == query["state"])
        statement = statement.where(~Override.is_lapsed) if query["state"] in OPEN else statement
    return page(session, statement, (Override.set_at, Override.id), query)
