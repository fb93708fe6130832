"""Enquiries, who asked and in which words, what was exchanged, and their guided diagnoses."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, composite, mapped_column, relationship

from services.intake.domain import walks
from services.intake.domain.callers import TAIL_DIGITS
from services.intake.domain.scripts import Scope
from services.intake.domain.states import Status
from services.intake.models.tables import Base, one_of

# The columns that the search looks through, each with the operators of pg_trgm.
SEARCHED = ("reference", "subject", "message", "enquirer_name")
# Noughts to nines of Arabic, Persian, Devanagari, Bengali, Gurmukhi and Gujarati; NFKC brings full-width ones to ASCII.
_DIGITS = "".join(chr(nought + digit) for nought in (0x660, 0x6F0, 0x966, 0x9E6, 0xA66, 0xAE6) for digit in range(10))
_ASCII = "0123456789" * 6
# What stands between the digits of a number, as the set of a regular expression.
_BETWEEN = r"-+ ().\[\]/\u00AD\u200B\u2010-\u2015\u2053\u2060\u2212\u223C\u30FC"
# The last digits of the number in an enquiry's words, however it was typed, less its extension: what a ringing number
# is looked up by (`tail_of`). An extension ends in `#`, or begins with what stands between no digits: behind a digit
# alone, for people write `Ex-directory: 020…` too.
PHONE_TAIL = (
    "right(regexp_replace(regexp_replace(regexp_replace("
    f"translate(normalize(enquirer_phone, NFKC), '{_DIGITS}', '{_ASCII}'), '[- ]+[0-9]{{1,6}}#$', ''), "
    rf"'([0-9][{_BETWEEN}]*)[^{_BETWEEN}0-9].*$', '\1'), '[^0-9]', '', 'g'), {TAIL_DIGITS})"
)


@dataclass(frozen=True)
class Enquirer:
    """Who asks, in the words of this one enquiry. A later enquiry of the same party may say otherwise."""

    name: str | None
    email: str | None
    phone: str | None
    kind: str
    job_title: str | None
    organisation: str | None
    parent_body_kind: str | None
    region: str | None


class Enquiry(Base):
    """One ask by one enquirer. `client`: the program it came by; `case_sequence`: its case's last version heard.

    `marks` are codes of what whoever answers should know of how it came in; `related_to` is an earlier enquiry that it
    speaks of. `organisation_key` is the public body that an adviser chose, `enquirer_from_register` the names of those
    fields of the enquirer that it filled.
    """

    __tablename__ = "enquiries"
    __table_args__ = (
        one_of("status", Status),
        Index(None, "reference", unique=True),
        Index(None, "received_at", "id"),
        Index(None, "status", "received_at", "id"),
        Index(None, "channel", "received_at", "id"),
        Index(None, "outcome", "received_at", "id"),
        Index(None, "party_id"),
        Index(None, "case_reference"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    reference: Mapped[str]
    version: Mapped[int]
    client: Mapped[str]
    via_portal: Mapped[bool]
    channel: Mapped[str]
    received_at: Mapped[datetime]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    status: Mapped[str]
    status_reason: Mapped[str | None]
    status_since: Mapped[datetime]

    party_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("parties.id"))
    words: Mapped["EnquiryWords"] = relationship(lazy="joined", innerjoin=True)
    matters: Mapped[list[str]] = mapped_column(JSONB)
    service_sector: Mapped[str | None]
    spin_out_stage: Mapped[str | None]
    self_declared_readiness: Mapped[str | None]
    facts: Mapped[dict[str, Any]]
    facts_version: Mapped[int]
    consent: Mapped[dict[str, Any]]
    heard_from: Mapped[str | None]
    # Programs of the release before, which may run beside us, do not name it: hence the default.
    marks: Mapped[list[str]] = mapped_column(JSONB, server_default=text("'[]'"))
    related_to: Mapped[str | None]
    organisation_key: Mapped[str | None] = mapped_column(ForeignKey("organisations.key"))
    enquirer_from_register: Mapped[list[str] | None] = mapped_column(JSONB(none_as_null=True))

    assessment: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    outcome: Mapped[str | None]
    assessed_sequence: Mapped[int] = mapped_column(BigInteger)
    case_reference: Mapped[str | None]
    case_sequence: Mapped[int] = mapped_column(BigInteger)


class EnquiryWords(Base):
    """Who asked an enquiry, and in which words: its personal data, in a row of its own.

    Such a row can be erased by itself, and finding words in it costs nothing each time the enquiry moves on.
    """

    __tablename__ = "enquiry_words"
    __table_args__ = (
        CheckConstraint("subject IS NOT NULL OR message IS NOT NULL", name="says_something"),
        Index(
            "ix_enquiry_words_search",
            *SEARCHED,
            postgresql_using="gin",
            postgresql_ops=dict.fromkeys(SEARCHED, "gin_trgm_ops"),
        ),
        Index("ix_enquiry_words_phone_digits", text(PHONE_TAIL)),
    )

    reference: Mapped[str] = mapped_column(ForeignKey("enquiries.reference"), primary_key=True)
    enquirer: Mapped[Enquirer] = composite(
        mapped_column("enquirer_name"),
        mapped_column("enquirer_email"),
        mapped_column("enquirer_phone"),
        mapped_column("enquirer_kind"),
        mapped_column("enquirer_job_title"),
        mapped_column("enquirer_organisation"),
        mapped_column("enquirer_parent_body_kind"),
        mapped_column("enquirer_region"),
    )
    acting_for: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    subject: Mapped[str | None]
    message: Mapped[str | None]
    portal: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    safe_to_contact: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))


class Contact(Base):
    """One moment of exchange about an enquiry. Written once, never changed."""

    __tablename__ = "contacts"
    __table_args__ = (Index(None, "enquiry_id", "started_at", "id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    enquiry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enquiries.id"))
    channel: Mapped[str]
    direction: Mapped[str]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    succeeded: Mapped[bool | None]
    disposition: Mapped[str]
    sources_used: Mapped[list[str]] = mapped_column(JSONB)
    note: Mapped[str | None]
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]


class DiagnosisScript(Base):
    """A script of the guided diagnosis. Never changed, never removed; the one imported last is in use."""

    __tablename__ = "diagnosis_scripts"
    __table_args__ = (Index(None, "position", unique=True),)

    version: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, Identity())
    sha256: Mapped[str]
    title: Mapped[str]
    document: Mapped[dict[str, Any]]
    imported_by: Mapped[str]
    imported_at: Mapped[datetime]


class Diagnosis(Base):
    """One guided diagnosis of an enquiry: the answers that were given, by the script that it began with.

    `path` is a list of pairs: the question's node, the answer. `version` goes on from that of the enquiry's diagnosis
    before it. All else follows from path and script; what an ended one found of the scope is kept to be searched for.
    `known_before` are the enquiry's facts and stage as they were when it was finished, less those of the one before it.
    """

    __tablename__ = "diagnoses"
    __table_args__ = (
        one_of("status", walks.Status),
        one_of("scope", Scope),
        Index(None, "enquiry", "version", unique=True),
        Index("uq_diagnoses_one_open", "enquiry", unique=True, postgresql_where=text("status = 'open'")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    enquiry: Mapped[str] = mapped_column(ForeignKey("enquiries.reference"))
    version: Mapped[int]
    script_version: Mapped[str] = mapped_column(ForeignKey("diagnosis_scripts.version"))
    script: Mapped[DiagnosisScript] = relationship(lazy="joined", innerjoin=True)
    status: Mapped[str]
    path: Mapped[list[list[str]]] = mapped_column(JSONB)
    scope: Mapped[str | None]
    started_by: Mapped[str]
    started_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_reason: Mapped[str | None]
    known_before: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
