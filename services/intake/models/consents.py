"""What enquirers agreed to, act by act."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.domain.consents import Act, Purpose
from services.intake.models.tables import Base, one_of


class Consent(Base):
    """One act of giving, refusing or withdrawing consent. Written once, never changed: a trigger refuses to.

    `acted_at` is when the enquirer did it; the newest decides (`domain/consents.py`). `wording_version` and
    `wording_sha256` are of the words that were shown or read out.
    """

    __tablename__ = "consents"
    __table_args__ = (
        one_of("purpose", Purpose),
        one_of("act", Act),
        Index(None, "enquiry", "acted_at", "id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    enquiry: Mapped[str] = mapped_column(ForeignKey("enquiries.reference"))
    purpose: Mapped[str]
    act: Mapped[str]
    wording_version: Mapped[str]
    wording_sha256: Mapped[str]
    channel: Mapped[str]
    acted_at: Mapped[datetime]
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]
