"""A reading as data: for whoever reads JSON, and to be kept beside the raw message."""

from typing import Any

from chassis.fields import instant
from services.intake.mail.message import Mailbox, Message


def as_data(message: Message) -> dict[str, Any]:
    """A reading as JSON has it: files without their bytes, and without the raw message."""
    flags, thread = message.flags, message.thread
    return {
        "from": _mailbox(message.sender) if message.sender else None,
        "reply_to": [_mailbox(one) for one in message.reply_to],
        "to": [_mailbox(one) for one in message.to],
        "cc": [_mailbox(one) for one in message.cc],
        "subject": message.subject,
        "date": instant(message.sent_at) if message.sent_at else None,
        "message_id": message.message_id,
        "thread": {
            "in_reply_to": list(thread.in_reply_to),
            "references": list(thread.references),
            "returned": list(thread.returned),
            "tokens": [{"reference": one.reference, "place": one.place, "check": one.check} for one in thread.tokens],
        },
        "text": message.text,
        "reply": message.reply,
        "attachments": [
            {"name": one.name, "type": one.type, "size": len(one.content), "inline": one.inline, "tnef": one.tnef}
            for one in message.attachments
        ],
        "flags": {
            "auto_reply": flags.auto_reply,
            "bounce": flags.bounce,
            "list": flags.list,
            "own": flags.own,
            "answers_unwanted": flags.answers_unwanted,
            "may_be_answered": message.may_be_answered,
        },
        "faults": list(message.faults),
    }


def _mailbox(mailbox: Mailbox) -> dict[str, str | None]:
    return {"name": mailbox.name, "address": mailbox.address}
