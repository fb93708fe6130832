"""Queries of referrals and the fund: plain functions on a session or a unit of work."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import selectinload

from chassis.database import Page, page
from chassis.errors import NotFound
from chassis.fields import new_id, new_reference
from chassis.work import Work
from services.referrals.domain.consent import Notice, Told
from services.referrals.domain.fund import Account, Kind, Overdrawn, posting
from services.referrals.domain.lifecycle import LIVE, SHOWS_RECEIPT, Action, Status
from services.referrals.errors import FundOverdrawn, ReferralOverdrawn
from services.referrals.models import EnquiryConsent, FundEntry, FundRow, Referral, ReferralStep

_COPIED = ("outcome", "score", "criteria_version", "spin_out_stage", "profile", "facts")
_FILTERS = {
    "status": Referral.status,
    "case": Referral.case_reference,
    "enquiry": Referral.enquiry_reference,
}


def referral_named(work: Work, reference: str) -> Referral:
    """The referral with its steps. Raises NotFound."""
    return _found(work, select(Referral).where(Referral.reference == reference))


def locked_referral(work: Work, reference: str) -> Referral:
    """The referral with its steps, its row locked until the transaction ends. Raises NotFound."""
    return _found(work, select(Referral).where(Referral.reference == reference).with_for_update())


def referrals(work: Work, wanted: dict[str, Any]) -> Page:
    """A page of referrals, newest first. `wanted` holds the filters and the place of the page."""
    statement = select(Referral).options(selectinload(Referral.steps))
    for name, column in _FILTERS.items():
        if name in wanted:
            statement = statement.where(column == wanted[name])
    return page(work.session, statement, (Referral.sent_at, Referral.reference), wanted)


def live_referral(work: Work, case: str) -> str | None:
    """The reference of the case's referral that has not come to its end, if there is one."""
    return work.session.scalar(
        select(Referral.reference).where(Referral.case_reference == case, Referral.status.in_(LIVE))
    )


def add_referral(work: Work, snapshot: dict[str, Any], asked: dict[str, Any]) -> Referral:
    """A new referral of the case in the snapshot: what was known of it when it was sent is copied."""
    referral = Referral(
        reference=new_reference("REF"),
        version=1,
        case_reference=snapshot["case"],
        enquiry_reference=snapshot["enquiry"],
        status=Status.SENT,
        sent_at=work.now,
        sent_by=work.caller.subject,
        account=Account(),
        **{name: snapshot[name] for name in _COPIED},
        **{name: asked[name] for name in ("support_needed", "amount", "summary")},
    )
    work.session.add(referral)
    return referral


def add_step(
    work: Work,
    referral: Referral,
    action: Action | Notice,
    status: Status,
    message: str | None,
    reason_code: str | None = None,
) -> None:
    """Move a locked referral to its next state, and keep who did it with which words."""
    referral.version += 1
    referral.status = status
    if action in SHOWS_RECEIPT and referral.acknowledged_at is None:
        referral.acknowledged_at = work.now
    step = ReferralStep(sequence=referral.version, action=action, status=status, at=work.now)
    step.by, step.message, step.reason_code = work.caller.subject, message, reason_code
    referral.steps.append(step)


def locked_referrals_of(work: Work, enquiry: str) -> Sequence[Referral]:
    """Every referral of an enquiry with its steps, their rows locked until the transaction ends."""
    statement = select(Referral).where(Referral.enquiry_reference == enquiry).order_by(Referral.reference)
    return work.session.scalars(statement.with_for_update()).all()


def locked_consent(work: Work, enquiry: str) -> Told:
    """What was told of an enquiry's consent; nobody is told otherwise until the transaction ends."""
    fresh = insert(EnquiryConsent).values(enquiry=enquiry, sequence=0, given=None, facts_version=0)
    # Changes nothing, and locks the row where there is one: an event that is heard meanwhile then meets the referral.
    statement = fresh.on_conflict_do_update(index_elements=["enquiry"], set_={"enquiry": fresh.excluded.enquiry})
    row = work.session.execute(statement.returning(EnquiryConsent.given, EnquiryConsent.facts_version)).one()
    return Told(*row)


def note_consent(work: Work, told: dict[str, Any]) -> bool:
    """Note what stands of an enquiry's consent, and lock it. False when something later was heard."""
    values = {
        "sequence": work.event.sequence if work.event else 0,
        "given": told["given"],
        "facts_version": told["facts_version"],
    }
    fresh = insert(EnquiryConsent).values(enquiry=told["enquiry"], **values)
    statement = fresh.on_conflict_do_update(
        index_elements=["enquiry"], set_=values, where=EnquiryConsent.sequence < fresh.excluded.sequence
    )
    return work.session.execute(statement.returning(EnquiryConsent.enquiry)).one_or_none() is not None


def fund(work: Work) -> FundRow:
    """The fund's balances."""
    return work.session.scalars(select(FundRow)).one()


def fund_entries(work: Work, wanted: dict[str, Any]) -> Page:
    """A page of the ledger, newest first. `wanted` holds the filters and the place of the page."""
    statement = select(FundEntry)
    for column in (FundEntry.referral, FundEntry.kind):
        if column.key in wanted:
            statement = statement.where(column == wanted[column.key])
    return page(work.session, statement, (FundEntry.sequence, FundEntry.id), wanted)


def enter(work: Work, referral: Referral, kind: Kind, amount: Decimal, note: str) -> tuple[FundEntry, Decimal]:
    """Move pounds for a locked referral; return the ledger's new entry and what the fund has available then.

    The fund's row is locked until the transaction ends, always after the referral's, so that two who move at once
    do so one after the other and never wait for each other in a circle. Raises FundOverdrawn, ReferralOverdrawn.
    """
    row = work.session.scalars(select(FundRow).with_for_update()).one()
    moved = posting(kind, amount, referral.account)
    try:
        referral.account = referral.account.after(moved)
        row.balances = row.balances.after(moved)
    except Overdrawn as short:
        if short.pot == "available":
            raise FundOverdrawn(short.left) from None
        # A release may take from two pots: what it could have taken is both.
        pot, left = ("unspent", referral.account.unspent) if kind is Kind.RELEASE else (short.pot, short.left)
        raise ReferralOverdrawn(pot, left) from None
    row.version += 1
    entry = FundEntry(id=new_id(), sequence=row.version, kind=kind, referral=referral.reference, amount=amount)
    entry.posting, entry.note, entry.made_at, entry.made_by = moved, note, work.now, work.caller.subject
    work.session.add(entry)
    return entry, row.available


def _found(work: Work, statement: Select[Referral]) -> Referral:
    referral = work.session.scalar(statement)
    if referral is None:
        raise NotFound("There is no such referral.")
    return referral
