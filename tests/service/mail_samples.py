"""E-mails to put into a mailbox, and what filing them needs."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import func, select

from services.intake.domain.post import Disposition
from services.intake.mail.threads import token
from services.intake.mailbox.filing import Filing, Post, Rules
from services.intake.models import OutgoingMessage
from tests.fixtures.desk import Desk

OWN = "help@mutuals.example"
KEY = b"a key of sixteen bytes and more"
RULES = Rules(own=(OWN,), keys=(KEY,), most_per_sender=20)
NOBODY = "MAILER-DAEMON@example.org"


def email(
    text: str = "How do we begin?", *, sender: str = "Jane Smith <jane@example.org>", **fields: str | None
) -> bytes:
    """A raw message. Fields are by name, with _ for -; None leaves one out."""
    known: Mapping[str, str | None] = {
        "from": sender,
        "to": OWN,
        "subject": "Spinning out our library",
        "message-id": f"<{uuid4()}@example.org>",
        "date": "Fri, 20 Nov 2026 09:04:00 +0000",
        **{name.replace("_", "-"): value for name, value in fields.items()},
    }
    header = "".join(f"{name}: {value}\r\n" for name, value in known.items() if value is not None)
    return f"{header}\r\n{text}\r\n".encode()


def signed(reference: str) -> str:
    """A subject with our signature on a reference."""
    return f"Re: {token(reference, KEY)} Your enquiry"


class Counter:
    """Files messages one after the other, as if they lay in one mailbox."""

    def __init__(self, desk: Desk, rules: Rules = RULES) -> None:
        self.filing = Filing(desk.database, rules)
        self.uid = 0

    def take(self, raw: bytes, **place: Any) -> Disposition:
        """File a message."""
        self.uid += 1
        known = {"mailbox": "help", "uid_validity": 1, "uid": self.uid, "arrived_at": datetime.now(UTC), **place}
        return self.filing.file(Post(raw=raw, **{"server_size": len(raw), **known}))


def enquiries(intake: Desk) -> list[Any]:
    """Every enquiry in full, the oldest first."""
    lines = intake.ask("list_enquiries", body={"limit": 200})["items"]
    return [intake.ask("read_enquiry", reference=line["reference"]) for line in reversed(lines)]


def contacts(intake: Desk, reference: str) -> list[Any]:
    """The contacts about an enquiry."""
    items: list[Any] = intake.ask("list_contacts", reference=reference, body={})["items"]
    return items


def queued(intake: Desk) -> int:
    """How many acknowledgements are to be sent."""
    with intake.session() as session:
        return session.scalar(select(func.count()).select_from(OutgoingMessage)) or 0
