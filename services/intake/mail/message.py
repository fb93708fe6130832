"""What was understood of an e-mail: values only, of which none can hurt whoever stores or shows them.

Every text here can be encoded as UTF-8 and as JSON, and holds no control character but new line and tab. None of it
shows in a repr, so that no log or traceback quotes what somebody wrote.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

# Mailboxes from which people do not read what is sent back.
_UNREAD = ("noreply", "no-reply", "no_reply", "no.reply", "donotreply", "do-not-reply", "do_not_reply")


class Fault(StrEnum):
    """Why a reading is not the whole of the message. The raw message is at hand in every case."""

    EMPTY = "empty"  # no bytes, or none but blanks
    NOT_MAIL = "not_mail"  # not a single field of a header: a document, an Outlook .msg file, noise
    TOO_LARGE = "too_large"  # only the header was read
    TOO_MANY_LINES = "too_many_lines"  # likewise
    TOO_DEEP = "too_deep"  # likewise: parts in parts in parts
    TOO_MANY_PARTS = "too_many_parts"  # likewise
    UNREADABLE = "unreadable"  # likewise: the parser itself failed
    HEADER_CUT = "header_cut"  # fields, or the ends of long ones, were left out
    HEADER_DAMAGED = "header_damaged"  # a field was not understood, or the header ends in the middle
    ADDRESSES_DAMAGED = "addresses_damaged"  # an address was found by searching, or there was none where one belongs
    DATE_UNREADABLE = "date_unreadable"
    NO_SENDER = "no_sender"
    BODY_DAMAGED = "body_damaged"  # a boundary is missing, or an encoding is broken
    CHARSET_GUESSED = "charset_guessed"  # the stated one is unknown or wrong, or none was stated
    ENCRYPTED = "encrypted"
    SUBJECT_CUT = "subject_cut"
    TEXT_CUT = "text_cut"


class Check(StrEnum):
    """What the check letters of a reference say."""

    VALID = "valid"  # we wrote it
    WRONG = "wrong"  # somebody else did, or it was damaged
    MISSING = "missing"  # a bare reference, which anybody may type
    UNCHECKED = "unchecked"  # there are letters, but no key was given to check them


class Place(StrEnum):
    """Where a reference was found."""

    SUBJECT = "subject"
    THREAD = "thread"  # in the identifiers of the messages that this one answers
    RETURNED = "returned"  # in the message that a bounce brings back


@dataclass(frozen=True, slots=True, repr=False)
class Mailbox:
    """Somebody's name and address, as written. Either may be missing, never both. The address is not validated."""

    name: str | None
    address: str | None


@dataclass(frozen=True, slots=True, repr=False)
class Attachment:
    """A file that came with the message: its name without folders, the type that the sender states, its bytes.

    `inline` is meant to be shown within the text, as logos are. `tnef` is a winmail.dat: Outlook's own wrapping, with
    the real attachments inside. A forwarded message is an attachment of the type message/rfc822, to be read by itself.
    """

    name: str | None
    type: str
    content: bytes
    inline: bool
    tnef: bool


@dataclass(frozen=True, slots=True)
class Token:
    """A reference of ours (`ENQ-7K3M-9Q2D`) that the message names. Only one with a valid check may be acted upon."""

    reference: str
    place: Place
    check: Check


@dataclass(frozen=True, slots=True, repr=False)
class Thread:
    """To what the message belongs: identifiers of earlier messages, without their brackets, and our references."""

    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    returned: tuple[str, ...]  # the identifiers of the message that a bounce brings back
    tokens: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Flags:
    """Who or what wrote the message, other than a person."""

    auto_reply: bool  # a machine answers: out of office, receipt, notification
    bounce: bool  # a mail server says that a message did not arrive
    list: bool  # sent to many at once
    own: bool  # we wrote it, or an answer would come to us
    answers_unwanted: bool  # the sender asks for no automatic answers (X-Auto-Response-Suppress)


@dataclass(frozen=True, slots=True, repr=False)
class Message:
    """An e-mail as far as it could be read; `faults` says how far that is, `raw` is all of it.

    `text` is the whole of what the sender wrote and quoted; `reply` is that without what was quoted. `sent_at` is in
    UTC and is what the sender's clock said.
    """

    raw: bytes
    sender: Mailbox | None
    reply_to: tuple[Mailbox, ...]
    to: tuple[Mailbox, ...]
    cc: tuple[Mailbox, ...]
    subject: str | None
    sent_at: datetime | None
    message_id: str | None
    thread: Thread
    text: str
    reply: str
    attachments: tuple[Attachment, ...]
    flags: Flags
    faults: tuple[Fault, ...]

    @property
    def answer_to(self) -> str | None:
        """The address to which an answer goes, or None when there is none."""
        mailboxes = (*self.reply_to, *([self.sender] if self.sender else []))
        return next((mailbox.address for mailbox in mailboxes if mailbox.address), None)

    @property
    def may_be_answered(self) -> bool:
        """Whether a machine may answer (RFC 3834): not another machine, not many at once, not ourselves.

        Neither address may be one that nobody reads: a person answers to `answer_to`, a machine to the sender.
        """
        flags, address = self.flags, self.answer_to
        if flags.auto_reply or flags.bounce or flags.list or flags.own or flags.answers_unwanted:
            return False
        sender = self.sender.address if self.sender else None
        return address is not None and not any(one.lower().startswith(_UNREAD) for one in (address, sender) if one)
