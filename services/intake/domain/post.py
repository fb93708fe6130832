"""What becomes of an e-mail: an enquiry, a word about one, or nothing that anybody is answered for.

Nothing is ever filed by who seems to have sent it: a sender is what anybody may type. It takes our own signature on a
reference, or an identifier that we gave, and even then a person's words go into an enquiry only when they come from
somebody who is on it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.intake.domain.states import Status

# Enquiries that are over. What is written to one of them is a new ask.
OVER = frozenset({Status.CLOSED, Status.WITHDRAWN, Status.DUPLICATE})


class Disposition(StrEnum):
    """What became of an e-mail."""

    ENQUIRY = "enquiry"  # a new one
    REPLY = "reply"  # a contact on the enquiry that it answers
    AUTOMATIC = "automatic"  # a machine answered what we sent: a contact without words
    RETURNED = "returned"  # what we sent did not arrive: likewise
    QUARANTINE = "quarantine"  # kept, and nobody's
    DISCARDED = "discarded"  # likewise, and somebody has looked: it may stay so


class MessageAction(StrEnum):
    """What a person may do with an e-mail."""

    FILE = "file"
    DISCARD = "discard"


class Mark(StrEnum):
    """What whoever answers an enquiry should know of how it came in."""

    UNREADABLE = "unreadable"  # its words are not, or not all, in the enquiry: only in the message
    NOT_WHOLE = "not_whole"  # something of it was cut off, guessed or damaged
    HAS_FILES = "has_files"  # which are in the message
    OTHER_SENDER = "other_sender"  # it named an enquiry with our signature, and its sender is not on that one
    FOLLOWS_ENDED = "follows_ended"  # it answers an enquiry that is over
    NAMES_OTHER = "names_other"  # with our signature it named a case or referral that leads to no enquiry here
    NO_AUTOMATIC_ANSWER = "no_automatic_answer"  # a person may answer, a machine may not


@dataclass(frozen=True, slots=True)
class Mail:
    """What matters of an e-mail here. `recent` is how many enquiries came by its sender within the hour.

    `leads_nowhere`: with our signature it names a case or referral of which no enquiry is known.
    """

    automatic: bool = False
    bounce: bool = False
    list: bool = False
    own: bool = False
    may_be_answered: bool = True
    readable: bool = True
    whole: bool = True
    has_files: bool = False
    recent: int = 0
    leads_nowhere: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """An enquiry that an e-mail names with our signature (or its case), and whether the sender is on that enquiry."""

    reference: str
    status: Status
    is_of_sender: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of an e-mail. `enquiry` is the one it goes to, or that a new one speaks of; `reason` a code."""

    disposition: Disposition
    enquiry: str | None = None
    marks: tuple[Mark, ...] = ()
    reason: str | None = None


def judge(mail: Mail, named: Sequence[Named], most_recent: int) -> Verdict:
    """What becomes of an e-mail. `named` are in the order of trust, `most_recent` is the cap per sender and hour.

    Only what would be a new enquiry is held against the cap: anybody can send in somebody's name, and must not keep
    out their signed answers so.
    """
    if mail.own:
        return Verdict(Disposition.QUARANTINE, reason="own")
    meant = _meant(named)
    if mail.bounce:
        return _noted(Disposition.RETURNED, meant, "bounce")
    if mail.automatic:
        return _noted(Disposition.AUTOMATIC, meant, "automatic")
    if mail.list:
        return Verdict(Disposition.QUARANTINE, reason="list")
    if meant is not None and meant.is_of_sender and meant.status not in OVER:
        return Verdict(Disposition.REPLY, meant.reference)
    if mail.recent >= most_recent:
        return Verdict(Disposition.QUARANTINE, reason="too_many")
    if meant is None:
        return Verdict(Disposition.ENQUIRY, marks=tuple(_marks(mail)))
    mark = Mark.FOLLOWS_ENDED if meant.is_of_sender else Mark.OTHER_SENDER
    return Verdict(Disposition.ENQUIRY, meant.reference, (*_marks(mail), mark))


def allowed(disposition: Disposition) -> tuple[MessageAction, ...]:
    """What a person may do with an e-mail of which this became. Who discarded one may have been mistaken."""
    if disposition is Disposition.QUARANTINE:
        return tuple(MessageAction)
    return (MessageAction.FILE,) if disposition is Disposition.DISCARDED else ()


def filed_by_hand(mail: Mail, enquiry: str | None) -> Verdict:
    """What becomes of an e-mail that a person files: to this enquiry, or as a new one.

    What a machine said stays what a machine said, so that nobody takes it for an answer.
    """
    if enquiry is None:
        return Verdict(Disposition.ENQUIRY, marks=tuple(_marks(mail)))
    if mail.bounce:
        return Verdict(Disposition.RETURNED, enquiry)
    return Verdict(Disposition.AUTOMATIC if mail.automatic else Disposition.REPLY, enquiry)


def _meant(named: Sequence[Named]) -> Named | None:
    """Of the enquiries that an e-mail names the one it is about: an open one that its sender is on, else one that they
    are on, else the first.
    """
    return min(named, key=lambda one: (not one.is_of_sender, one.is_of_sender and one.status in OVER), default=None)


def _noted(disposition: Disposition, meant: Named | None, reason: str) -> Verdict:
    """What a machine says goes to the enquiry that it speaks of, or nowhere: nobody is answered for it."""
    if meant is None:
        return Verdict(Disposition.QUARANTINE, reason=reason)
    return Verdict(disposition, meant.reference, reason=reason)


def _marks(mail: Mail) -> list[Mark]:
    holds = {
        Mark.UNREADABLE: not mail.readable,
        Mark.NOT_WHOLE: mail.readable and not mail.whole,
        Mark.HAS_FILES: mail.has_files,
        Mark.NAMES_OTHER: mail.leads_nowhere,
        Mark.NO_AUTOMATIC_ANSWER: not mail.may_be_answered,
    }
    return [mark for mark, does in holds.items() if does]
