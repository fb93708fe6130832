"""The tables of the library: resources in all their versions, signposts, and what is known of enquiries."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis.tables import COLUMN_TYPES, service_base

CODES = ARRAY(Text)


class Base(DeclarativeBase):
    """The tables of this service, and the chassis's beside them."""

    metadata = service_base().metadata
    type_annotation_map = COLUMN_TYPES


class Resource(Base):
    """Something that people are pointed to. One that is retired stays, for the signposts that were given to it.

    `search` is its words, for full text search. The answers to “did it help?” are counted here, without making a new
    version.
    """

    __tablename__ = "resources"
    __table_args__ = (
        CheckConstraint("(assured_by IS NULL) = (assured_on IS NULL)", name="assured"),
        CheckConstraint("(retired_at IS NULL) = (retired_because IS NULL)", name="retired"),
        Index("uq_resources_address", "address", unique=True, postgresql_where=text("retired_at IS NULL")),
        Index("ix_resources_search", "search", postgresql_using="gin"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    kind: Mapped[str]
    title: Mapped[str]
    summary: Mapped[str]
    address: Mapped[str]
    publisher: Mapped[str]
    matters: Mapped[list[str]] = mapped_column(CODES)
    stages: Mapped[list[str]] = mapped_column(CODES)
    sectors: Mapped[list[str]] = mapped_column(CODES)
    regions: Mapped[list[str]] = mapped_column(CODES)
    audience: Mapped[list[str]] = mapped_column(CODES)
    assured_by: Mapped[str | None]
    assured_on: Mapped[date | None]
    review_by: Mapped[date | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    retired_because: Mapped[str | None]
    helped_yes: Mapped[int]
    helped_partly: Mapped[int]
    helped_no: Mapped[int]
    search: Mapped[Any] = mapped_column(TSVECTOR, deferred=True, deferred_raiseload=True)


class Word(Base):
    """A word that some resource holds or has held: what a misspelt one may have been meant for."""

    __tablename__ = "words"
    __table_args__ = (
        Index("ix_words_trigrams", "word", postgresql_using="gin", postgresql_ops={"word": "gin_trgm_ops"}),
    )

    word: Mapped[str] = mapped_column(primary_key=True)


class ResourceVersion(Base):
    """A resource as it was from one change to the next. Written once, never changed."""

    __tablename__ = "resource_versions"

    resource_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("resources.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    document: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    by: Mapped[str]


class Signpost(Base):
    """Who was pointed to which version of a resource, for which enquiry, and whether it helped.

    `note` is in the adviser's own words: it leaves in answers only.
    """

    __tablename__ = "signposts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["resource_id", "resource_version"],
            ["resource_versions.resource_id", "resource_versions.version"],
            name="fk_signposts_resource_version",
        ),
        CheckConstraint("helped IN ('yes', 'partly', 'no')", name="helped"),
        CheckConstraint("(helped IS NULL) = (answered_at IS NULL)", name="answered"),
        Index("ix_signposts_enquiry", "enquiry", "given_at", "id"),
        Index("ix_signposts_resource", "resource_id", "resource_version"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    enquiry: Mapped[str]
    resource_id: Mapped[uuid.UUID]
    resource_version: Mapped[int]
    note: Mapped[str | None]
    given_by: Mapped[str]
    given_at: Mapped[datetime]
    helped: Mapped[str | None]
    answered_by: Mapped[str | None]
    answered_at: Mapped[datetime | None]


class Enquiry(Base):
    """What the library needs to know of an enquiry: that it is there, and what would fit it. Heard, never asked."""

    __tablename__ = "enquiries"

    reference: Mapped[str] = mapped_column(primary_key=True)
    sequence: Mapped[int]
    matters: Mapped[list[str]] = mapped_column(CODES)
    stages: Mapped[list[str]] = mapped_column(CODES)
    sectors: Mapped[list[str]] = mapped_column(CODES)
    regions: Mapped[list[str]] = mapped_column(CODES)
