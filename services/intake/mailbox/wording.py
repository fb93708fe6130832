"""What an e-mail says, as the fields of an enquiry or of a contact: those that callers send, checked the same way."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chassis.errors import Invalid
from chassis.fields import instant, load_strictly
from services.intake.domain.post import Disposition
from services.intake.mail.message import Message
from services.intake.schemas import NewContact, NewEnquiry

# Words in place of a subject and a text that are not there, or cannot be had.
NOTHING_TO_READ = "E-mail without words that could be read"
_LONGEST_NOTE = 20_000
_CUT = "\n…"

_CONTACTS: dict[Disposition, dict[str, Any]] = {
    Disposition.REPLY: {"direction": "inbound", "succeeded": True, "disposition": "message_received"},
    Disposition.AUTOMATIC: {"direction": "inbound", "succeeded": None, "disposition": "automatic_reply"},
    Disposition.RETURNED: {"direction": "outbound", "succeeded": False, "disposition": "undelivered"},
}


@dataclass(frozen=True, slots=True, repr=False)
class Said:
    """Of an e-mail what goes into an enquiry: who seems to have sent it, and the words."""

    name: str | None
    address: str | None
    subject: str | None
    text: str
    reply: str

    @classmethod
    def in_message(cls, message: Message) -> "Said":
        """What a message says."""
        sender = message.sender
        name, address = (sender.name, sender.address) if sender else (None, None)
        return cls(name, address, message.subject, message.text, message.reply)

    @classmethod
    def in_reading(cls, reading: Mapping[str, Any]) -> "Said":
        """What a message says of which the reading was kept."""
        sender = reading["from"] or {}
        return cls(sender.get("name"), sender.get("address"), reading["subject"], reading["text"], reading["reply"])


def enquiry_body(message: Said, arrived: datetime) -> dict[str, Any]:
    """A loaded NewEnquiry of what a message says. What cannot be taken over is left out: the message has it."""
    subject = (message.subject or "").strip() or None
    text = message.text if message.text.strip() else None
    said = {"subject": subject if subject or text else NOTHING_TO_READ, "message": text}
    who = {"name": message.name, "email": message.address}
    tried: list[tuple[dict[str, str | None], dict[str, str | None]]] = [
        (who, said),
        ({**who, "email": None}, said),
        ({}, {"subject": NOTHING_TO_READ}),
    ]
    for enquirer, words in tried:
        try:
            loaded = load_strictly(NewEnquiry, {"channel": "email", "enquirer": {"kind": "other", **enquirer}, **words})
        except Invalid:
            continue
        return {**loaded, "received_at": arrived}
    raise AssertionError("the last one is always sound")


def contact_body(disposition: Disposition, message: Said, arrived: datetime) -> dict[str, Any]:
    """A loaded NewContact. Of machines no words are taken: whoever has our signature could put theirs in so."""
    note = None
    if disposition is Disposition.REPLY and message.reply.strip():
        note = (
            message.reply if len(message.reply) <= _LONGEST_NOTE else message.reply[: _LONGEST_NOTE - len(_CUT)] + _CUT
        )
    body = {"channel": "email", "started_at": instant(arrived), **_CONTACTS[disposition]}
    try:
        return load_strictly(NewContact, {**body, "note": note})
    except Invalid:
        return load_strictly(NewContact, body)


def undelivered_body(now: datetime) -> dict[str, Any]:
    """A loaded NewContact that says that a message of ours was given up."""
    body = {"channel": "email", "started_at": instant(now), **_CONTACTS[Disposition.RETURNED]}
    return load_strictly(NewContact, body)
