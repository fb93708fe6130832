"""What a message is known again by, wherever it lies."""

import hashlib
from functools import partial

from services.intake.mail.message import Message


def fingerprint_of(message: Message) -> str:
    """What a message is known again by: its Message-ID with all that it says; its bytes where it has none.

    What decides on what becomes of it counts too: a mailing list's copy is nobody's, and must not stand for the message
    that came straight to us; nor one without its thread for the answer to what we sent.
    """
    digest = hashlib.sha256()
    if message.message_id is None:
        digest.update(message.raw)
        return digest.hexdigest()
    said = [
        message.message_id,
        message.sender.address if message.sender else None,
        message.subject,
        message.sent_at,
        message.text,
        message.flags,
        message.thread.in_reply_to,
        message.thread.references,
    ]
    files = [hashlib.sha256(one.content).hexdigest() for one in message.attachments]
    for part in map(partial(str.encode, errors="replace"), (*map(str, said), *files)):
        digest.update(len(part).to_bytes(8) + part)
    return digest.hexdigest()
