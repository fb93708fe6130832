"""Filing an e-mail: from its bytes to what becomes of it, in one transaction, exactly once.

The message is known again by where it lay (mailbox, UIDVALIDITY, UID) with what the server says of it there, and by
what it is, so that neither a death between commit and move nor a copy in a second mailbox files it twice.
"""

import logging
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from chassis.database import Database, is_worth_repeating
from chassis.fields import new_id
from chassis.work import Caller, Work, new_trace
from services.intake import changing, receiving
from services.intake.domain.facts import may_have_happened
from services.intake.domain.identity import email_address
from services.intake.domain.post import Disposition, Mail, Verdict, judge
from services.intake.domain.states import Action
from services.intake.mail.data import as_data
from services.intake.mail.message import Check, Fault, Message
from services.intake.mail.reading import read_message
from services.intake.mailbox import rows, wording
from services.intake.mailbox.fingerprints import fingerprint_of
from services.intake.mailbox.rows import Filed
from services.intake.mailbox.wording import Said
from services.intake.models import IncomingMessage, MessageFile

# As often a transaction that lost a race is run again.
_ATTEMPTS = 5
# Faults after which the words are not, or not all, in what was read.
_UNREADABLE = frozenset(
    {
        *(Fault.EMPTY, Fault.NOT_MAIL, Fault.TOO_LARGE, Fault.TOO_MANY_LINES, Fault.TOO_DEEP, Fault.TOO_MANY_PARTS),
        *(Fault.UNREADABLE, Fault.ENCRYPTED),
    }
)
# Faults that take nothing away from what was said.
_HARMLESS = frozenset({Fault.DATE_UNREADABLE, Fault.NO_SENDER})

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, repr=False)
class Post:
    """A message as it lay in a mailbox, and what the server says of it: when it arrived, and how many bytes it has."""

    mailbox: str
    uid_validity: int
    uid: int
    arrived_at: datetime
    server_size: int | None
    raw: bytes


@dataclass(frozen=True, slots=True, repr=False)
class Rules:
    """Our addresses, the keys that sign references (the present one first), and the cap per sender and hour."""

    own: Collection[str]
    keys: Sequence[bytes]
    most_per_sender: int


class Filing:
    """Files messages into one database. Several may work at once, in one process or many. `filed` hears of each."""

    def __init__(self, database: Database, rules: Rules, filed: Callable[[Disposition], None] = lambda _: None) -> None:
        self._database = database
        self._rules = rules
        self._tell = filed

    def known(self, mailbox: str, uid_validity: int, uids: Sequence[int]) -> dict[int, Filed]:
        """What was filed from those of these places already."""
        with self._database.read() as session:
            return rows.filed_from(session, mailbox, uid_validity, uids)

    def is_away(self) -> bool:
        """Whether the database cannot be asked now, so that no message is to blame for a failure."""
        return not self._database.answers()

    def file(self, post: Post) -> Disposition:
        """File a message, and return what became of it once that is committed. A repeat is told what the first was."""
        message = read_message(post.raw, own=self._rules.own, keys=self._rules.keys)
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with self._database.change() as session:
                    now = datetime.now(UTC)
                    work = Work(session, "intake", Caller("mailbox", "mailbox"), now, new_trace(), "file_message")
                    disposition = _filed(work, post, message, self._rules)
                    work.record()
            except DBAPIError as error:
                if attempt == _ATTEMPTS or not is_worth_repeating(error):
                    raise
            else:
                break
        self._tell(disposition)
        _log.info("A message was filed", extra={"outcome": disposition, "size": len(post.raw)})
        return disposition


def _filed(work: Work, post: Post, message: Message, rules: Rules) -> Disposition:
    fingerprint = fingerprint_of(message)
    before = _before(work.session, post, fingerprint)
    if before is not None:
        return before
    sender = _canonical(message)
    signed, leads_nowhere = rows.behind(work.session, _signed(message))
    verdict = judge(
        _matters(message, rows.recent(work.session, sender, work.now), leads_nowhere=leads_nowhere),
        rows.named(work.session, signed, _answered(message), sender),
        rules.most_per_sender,
    )
    enquiry = _act(work, verdict, post, message)
    kept = IncomingMessage(
        id=new_id(),
        mailbox=post.mailbox,
        uid_validity=post.uid_validity,
        uid=post.uid,
        server_size=post.server_size,
        fingerprint=fingerprint,
        sender=sender,
        arrived_at=post.arrived_at,
        kept_at=work.now,
        disposition=verdict.disposition,
        enquiry=enquiry,
        reason=verdict.reason,
        faults=list(message.faults),
        thread=_thread(message),
        version=1,
        sender_name=message.sender.name if message.sender else None,
        subject=message.subject,
        size=len(post.raw),
        reading=as_data(message),
        raw=post.raw,
    )
    work.session.add(kept)
    work.session.flush()
    work.session.add_all(_files(kept.id, message))
    return verdict.disposition


def _before(session: Session, post: Post, fingerprint: str) -> Disposition | None:
    """What became of this message when it was filed before, from here or from elsewhere.

    Another one that was filed from its place loses that: a mail server restored from a backup gives places anew.
    """
    known = rows.filed_as(session, fingerprint)
    if known is not None:
        return known
    there = rows.filed_from(session, post.mailbox, post.uid_validity, [post.uid]).get(post.uid)
    if there is None:
        return None
    if there.is_of(post.arrived_at, post.server_size) or rows.raw_of(session, there.id) == post.raw:
        return there.disposition
    rows.leave_place(session, there.id)
    return None


def _files(message_id: uuid.UUID, message: Message) -> Iterator[MessageFile]:
    for number, one in enumerate(message.attachments, start=1):
        yield MessageFile(message_id=message_id, number=number, name=one.name, content=one.content)


def _act(work: Work, verdict: Verdict, post: Post, message: Message) -> str | None:
    """Do what was decided; return the reference of the enquiry that the message belongs to now."""
    arrived = post.arrived_at if may_have_happened(post.arrived_at, work.now) else work.now
    match verdict.disposition, verdict.enquiry:
        case Disposition.QUARANTINE, _:
            return None
        case Disposition.ENQUIRY, _:
            body = wording.enquiry_body(Said.in_message(message), arrived)
            return receiving.receive(work, body, verdict.marks, verdict.enquiry).reference
        case disposition, str(reference):
            enquiry = changing.take(work, reference, Action.RECORD_CONTACT)
            body = wording.contact_body(disposition, Said.in_message(message), arrived)
            contact = receiving.write_down(work, enquiry, body)
            if disposition is Disposition.REPLY:
                receiving.follow_reply(work, enquiry, contact)
            if disposition is Disposition.RETURNED:
                rows.note_bounce(work.session, enquiry.id, message.thread.returned, work.now)
            return reference
    raise AssertionError(verdict.disposition)


def _matters(message: Message, recent: int, *, leads_nowhere: bool) -> Mail:
    flags = message.flags
    return Mail(
        automatic=flags.auto_reply,
        bounce=flags.bounce,
        list=flags.list,
        own=flags.own,
        may_be_answered=message.may_be_answered,
        readable=is_readable(message.faults),
        whole=is_whole(message.faults),
        has_files=any(not one.inline for one in message.attachments),
        recent=recent,
        leads_nowhere=leads_nowhere,
    )


def is_readable(faults: Iterable[str]) -> bool:
    """Whether the words of a message with these faults are in its reading."""
    return _UNREADABLE.isdisjoint(faults)


def is_whole(faults: Iterable[str]) -> bool:
    """Whether a reading with these faults leaves nothing out of what was said."""
    return _HARMLESS.issuperset(faults)


def _signed(message: Message) -> list[str]:
    """References of enquiries, cases and referrals that the message names with our signature."""
    return list(dict.fromkeys(token.reference for token in message.thread.tokens if token.check is Check.VALID))


def _answered(message: Message) -> list[str]:
    """The identifiers of the messages that this one answers, or brings back."""
    thread = message.thread
    return list(dict.fromkeys((*thread.in_reply_to, *thread.returned, *reversed(thread.references))))


def _thread(message: Message) -> list[str]:
    ours = [message.message_id] if message.message_id else []
    return list(dict.fromkeys((*(message.thread.references or message.thread.in_reply_to), *ours)))


def _canonical(message: Message) -> str | None:
    """The sender's address in the form in which addresses are compared."""
    if message.sender is None or message.sender.address is None:
        return None
    try:
        return email_address(message.sender.address).canonical
    except ValueError:
        return message.sender.address.lower()
