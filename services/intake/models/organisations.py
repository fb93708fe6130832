"""The register of public bodies."""

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.models.tables import Base

_TEXTS = ARRAY(Text)


class Organisation(Base):
    """A public body. One that is no more stays, for those who ask came from it, and for what took its place.

    Keys are codes, so they are sorted as such and not as the words of a language.
    """

    __tablename__ = "organisations"
    __table_args__ = (Index(None, "successor"),)

    key: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    version: Mapped[int]
    name: Mapped[str]
    other_names: Mapped[list[str]] = mapped_column(_TEXTS)
    kind: Mapped[str]
    region: Mapped[str | None]
    domains: Mapped[list[str]] = mapped_column(_TEXTS)
    dissolved_on: Mapped[date | None]
    successor: Mapped[str | None] = mapped_column(
        ForeignKey("organisations.key", deferrable=True, initially="DEFERRED")
    )
    updated_at: Mapped[datetime]


class OrganisationName(Base):
    """A name of a body in normal form (`domain.organisations.names`), to be found by."""

    __tablename__ = "organisation_names"
    __table_args__ = (
        Index("ix_organisation_names_form", "form", postgresql_using="gin", postgresql_ops={"form": "gin_trgm_ops"}),
    )

    key: Mapped[str] = mapped_column(ForeignKey("organisations.key"), primary_key=True)
    form: Mapped[str] = mapped_column(primary_key=True)


class OrganisationDomain(Base):
    """The one body that has a domain, to be found by it."""

    __tablename__ = "organisation_domains"
    __table_args__ = (Index(None, "key"),)

    domain: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(ForeignKey("organisations.key"))


class OrganisationImport(Base):
    """A file that changed the register: which (its digest), by whom, when, and what it did. Never changed."""

    __tablename__ = "organisation_imports"

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    sha256: Mapped[str]
    imported_by: Mapped[str]
    imported_at: Mapped[datetime]
    added: Mapped[int]
    changed: Mapped[int]
