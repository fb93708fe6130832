"""E-mail as it came in, and what is to be sent."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.domain.post import Disposition
from services.intake.models.tables import Base, one_of


class IncomingMessage(Base):
    """An e-mail as it came in, and what became of it. Two keys say that it was taken: where it lay, and what it is.

    `fingerprint` is of its Message-ID and what it says, so that a copy in another mailbox is known too, and nobody can
    keep another's message out by using its Message-ID. `uid` is null where the server, restored from a backup, gave it
    to another message since; that one is known by `arrived_at` and `server_size`, which are what the server says of a
    message. `raw` is whole but for messages that are too large to be read.
    `thread` are the identifiers that an answer names as its references, this message's own last. `handled_by` is who
    filed or discarded it by hand. `reading` is what was understood of it (`mail/data.py`), `size` the bytes of `raw`:
    null where it was filed before they were kept.
    """

    __tablename__ = "incoming_messages"
    __table_args__ = (
        one_of("disposition", Disposition),
        CheckConstraint("(enquiry IS NULL) = (disposition IN ('quarantine', 'discarded'))", name="belongs_somewhere"),
        Index(None, "mailbox", "uid_validity", "uid", unique=True),
        Index(None, "fingerprint", unique=True),
        Index(None, "enquiry"),
        Index(None, "sender", "kept_at"),
        Index(None, "arrived_at", "id"),
        Index(None, "disposition", "arrived_at", "id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    mailbox: Mapped[str]
    uid_validity: Mapped[int] = mapped_column(BigInteger)
    uid: Mapped[int | None] = mapped_column(BigInteger)
    server_size: Mapped[int | None] = mapped_column(BigInteger)
    fingerprint: Mapped[str]
    sender: Mapped[str | None]
    arrived_at: Mapped[datetime]
    kept_at: Mapped[datetime]
    disposition: Mapped[str]
    enquiry: Mapped[str | None] = mapped_column(ForeignKey("enquiries.reference"))
    reason: Mapped[str | None]
    faults: Mapped[list[str]] = mapped_column(JSONB)
    thread: Mapped[list[str]] = mapped_column(JSONB)
    version: Mapped[int]
    handled_by: Mapped[str | None]
    handled_at: Mapped[datetime | None]
    handled_reason: Mapped[str | None]
    sender_name: Mapped[str | None]
    subject: Mapped[str | None]
    size: Mapped[int | None] = mapped_column(BigInteger)
    reading: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True), deferred=True)
    raw: Mapped[bytes] = mapped_column(deferred=True)


class MessageFile(Base):
    """A file that came with an e-mail, taken out of it once, where it was read. The first one has number 1.

    Taking a large message apart again, for whoever wants to see a file, would hold up a service's whole process.
    """

    __tablename__ = "message_files"

    message_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("incoming_messages.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    content: Mapped[bytes] = mapped_column(deferred=True)


class OutgoingMessage(Base):
    """A message to be sent, written with the change that it speaks of. Its words are made from its template then.

    `message_id` is given before the first attempt and stays, so that a server can tell a second one from a second
    message. `next_attempt_at` lies ahead while an attempt is under way: who dies in it leaves it to the next.
    `provider_id` is by what GOV.UK Notify knows it, `ask_at` when it is asked next what became of it.
    """

    __tablename__ = "outgoing_messages"
    __table_args__ = (
        CheckConstraint("status IN ('queued', 'sent', 'failed', 'bounced', 'withheld')", name="status"),
        Index(None, "enquiry_id"),
        Index(None, "message_id", unique=True),
        Index("ix_outgoing_messages_queued", "next_attempt_at", postgresql_where=text("status = 'queued'")),
        Index("ix_outgoing_messages_asked", "ask_at", postgresql_where=text("ask_at IS NOT NULL")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    enquiry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enquiries.id"))
    template: Mapped[str]
    recipient: Mapped[str]
    status: Mapped[str]
    created_at: Mapped[datetime]
    message_id: Mapped[str | None]
    # Programs of the release before, which may run beside us, do not name these: hence the defaults.
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    next_attempt_at: Mapped[datetime] = mapped_column(server_default=func.now())
    ended_at: Mapped[datetime | None]
    last_fault: Mapped[str | None]
    provider_id: Mapped[str | None]
    ask_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
