"""Writing a message: from its template, which is data, to what is handed to the server.

Nothing that an enquirer wrote is in it, so that nobody can have us send their words to somebody else.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from string import Template

from services.intake.domain.identity import email_address
from services.intake.mail.threads import token

TEMPLATES = Path(__file__).parent / "templates"
# Long lines, for the library would encode an identifier that fits into none, and nobody would know it again.
POLICY = SMTP.clone(max_line_length=990)
# What may be repeated of an identifier that came from outside: no encoded word, for the library would decode it, and
# whatever it hides, ends of lines too, would stand in the message.
_SOUND = re.compile(r"(?!.*=\?)[!-;=?-~]{3,250}")
_END_OF_LINE = re.compile(r"[\r\n]")
_MOST_REFERENCES = 10


@dataclass(frozen=True, slots=True, repr=False)
class Letter:
    """What a message says and to whom. `thread` are the identifiers it answers, the last one most of all."""

    template: str
    recipient: str
    reference: str
    message_id: str
    thread: Sequence[str]


def deliverable(recipient: str) -> str:
    """An address as every server takes it: its domain as IDNA. Raises ValueError when it is none."""
    domain = email_address(recipient).canonical.rpartition("@")[2]
    return f"{recipient.rpartition('@')[0]}@{domain}"


@cache
def subject_of(template: str) -> str | None:
    """What the subject of such a message says, behind the reference; None where there is no such template."""
    path = TEMPLATES / f"{template}.txt"
    return path.read_text().partition("\n")[0].removeprefix("$token ") if path.is_file() else None


def write(letter: Letter, sender: Address, key: bytes, now: datetime) -> EmailMessage:
    """The message. Raises ValueError for a recipient who has no address and for a field of more than one line, OSError
    where there is no template.
    """
    subject, _, body = (TEMPLATES / f"{letter.template}.txt").read_text().partition("\n\n")
    words = {"token": token(letter.reference, key), "reference": letter.reference}
    message = EmailMessage(policy=POLICY)
    message["From"] = sender
    message["To"] = Address(addr_spec=deliverable(letter.recipient))
    message["Subject"] = Template(subject).substitute(words)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{letter.message_id}>"
    thread = [f"<{one}>" for one in letter.thread if _SOUND.fullmatch(one)]
    if thread:
        message["In-Reply-To"] = thread[-1]
        message["References"] = " ".join([*thread[:1], *thread[1:][1 - _MOST_REFERENCES :]])
    message["Auto-Submitted"] = "auto-replied"
    message["X-Auto-Response-Suppress"] = "All"
    if any(_END_OF_LINE.search(str(field)) for field in message.values()):
        raise ValueError("a field of more than one line")
    message.set_content(Template(body).substitute(words))
    return message
