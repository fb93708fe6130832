"""Looking through the register: one body with those around it, and the bodies that an enquirer may mean."""

from typing import Any

from sqlalchemy.orm import Session

from chassis.work import Work
from services.intake import store as enquiries
from services.intake.domain.organisations.addresses import domain_of
from services.intake.domain.organisations.matches import MOST_SHOWN, Suggestion, suggestions
from services.intake.domain.organisations.names import parts_of
from services.intake.domain.organisations.register import chain
from services.intake.models import Organisation
from services.intake.organisations import store

_NOTHING_SAID = "The enquirer named no organisation, and the e-mail address says nothing. Ask where they work."
_NOBODY = "Nobody in the register is like what was said. Ask for the body's full name, or search for it."
_ONE = "One body may be meant. Make sure of it before you choose it."
_SEVERAL = "Several bodies may be meant. Ask which before you choose one."


def read(session: Session, key: str) -> dict[str, Any]:
    """A body with who came after it and before it, as the schema Organisation shows it. Raises NoSuchOrganisation."""
    found = store.find(session, key)
    keys = chain(key, store.known(session, [key]))
    rows = store.of_keys(session, keys)
    return {
        **{column.key: getattr(found, column.key) for column in Organisation.__table__.columns},
        "successors": [rows[one] for one in keys if one in rows],
        "predecessors": store.predecessors(session, key),
    }


def suggest(work: Work, reference: str) -> dict[str, Any]:
    """Which bodies an enquirer may mean, as SuggestedOrganisations shows it. Chooses none. Raises NoSuchEnquiry."""
    enquiry = enquiries.find_enquiry(work.session, reference)
    enquirer = enquiry.words.enquirer
    typed, domain = parts_of(enquirer.organisation or ""), domain_of(enquirer.email)
    like = store.named_like(work.session, typed) if typed else []
    known = store.known(work.session, like, domain.own)
    found = suggestions(typed, domain, known, work.now.date())[:MOST_SHOWN]
    rows = store.of_keys(work.session, [one.organisation.key for one in found])
    nobody = _NOBODY if typed or domain.own else _NOTHING_SAID
    return {
        "organisation": enquirer.organisation,
        "organisation_key": enquiry.organisation_key,
        "explanation": _SEVERAL if len(found) > 1 else _ONE if found else nobody,
        "suggestions": [_shown(one, rows[one.organisation.key]) for one in found],
    }


def _shown(one: Suggestion, row: Organisation) -> dict[str, Any]:
    score = round(100 * one.score)
    return {"organisation": row, "confidence": one.confidence, "score": score, "reasons": one.grounds}
