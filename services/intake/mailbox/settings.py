"""What the mail process is told by its environment."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.headerregistry import Address
from email.utils import parseaddr
from urllib.parse import SplitResult, unquote, urlsplit

from services.intake.domain.identity import email_address
from services.intake.mail.threads import SHORTEST_KEY
from services.intake.mailbox.filing import Rules
from services.intake.mailbox.letters import TEMPLATES

MOST_PER_SENDER = 20
NOTIFY = "https://api.notifications.service.gov.uk"
_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_ID = re.compile(_UUID)
_API_KEY = re.compile(f".*?(?P<service>{_UUID})-(?P<secret>{_UUID})")


class Unusable(Exception):
    """A setting cannot be used. The message names the setting and never repeats its value, which may be a secret."""


@dataclass(frozen=True, slots=True, repr=False)
class Account:
    """A server and who we are there. `tls_first` is TLS from the start; else STARTTLS, and never without."""

    host: str
    port: int
    user: str
    password: str
    tls_first: bool


@dataclass(frozen=True, slots=True, repr=False)
class Outgoing:
    """By which server we send, as whom, and the key that signs our references."""

    account: Account
    sender: Address
    key: bytes


@dataclass(frozen=True, slots=True, repr=False)
class NotifyAccount:
    """GOV.UK Notify: where it is, our service there and its secret, its templates by ours, and the key as above."""

    url: str
    service: str
    secret: str
    templates: Mapping[str, str]
    key: bytes


@dataclass(frozen=True, slots=True, repr=False)
class Mailbox:
    """A folder of an account that is read. `name` is by what it is known in the database."""

    account: Account
    folder: str

    @property
    def name(self) -> str:
        """What tells this mailbox from every other."""
        return f"{self.account.user}@{self.account.host}/{self.folder}"


@dataclass(frozen=True, slots=True, repr=False)
class Settings:
    """All of them.

    DATABASE_URL intake's own database · MAILBOXES what to read, such as `imaps://user:password@host`, with blanks
    between them · MAIL_OWN_ADDRESSES our addresses · MAIL_KEYS keys that sign references, the present one
    first · MAIL_MOST_PER_SENDER the cap per sender and hour · SMTP_URL the server to send by · MAIL_FROM who we are
    there · NOTIFY_API_KEY and NOTIFY_TEMPLATES to send by GOV.UK Notify instead, NOTIFY_URL where that is ·
    METRICS_HOST and METRICS_PORT where health and metrics are served, 0 for nowhere · PID_FILE · LOG_LEVEL.
    """

    database_url: str
    mailboxes: tuple[Mailbox, ...]
    rules: Rules
    outgoing: Outgoing | None
    notify: NotifyAccount | None
    metrics_host: str
    metrics_port: int
    log_level: str
    pid_file: str

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read the settings. Raises Unusable, or KeyError naming the one that is missing."""
        mailboxes = tuple(mailbox_at(url) for url in os.environ.get("MAILBOXES", "").split())
        if len({one.name for one in mailboxes}) < len(mailboxes):
            raise Unusable("MAILBOXES names a mailbox twice.")
        keys = _keys(os.environ.get("MAIL_KEYS", ""))
        return cls(
            database_url=os.environ["DATABASE_URL"],
            mailboxes=mailboxes,
            rules=Rules(
                own=_addresses(os.environ.get("MAIL_OWN_ADDRESSES", "")),
                keys=keys,
                most_per_sender=_number(
                    "MAIL_MOST_PER_SENDER", os.environ.get("MAIL_MOST_PER_SENDER", str(MOST_PER_SENDER)), 1
                ),
            ),
            outgoing=_outgoing(os.environ.get("SMTP_URL", ""), os.environ.get("MAIL_FROM", ""), keys),
            notify=_notify(
                os.environ.get("NOTIFY_API_KEY", ""),
                os.environ.get("NOTIFY_TEMPLATES", ""),
                os.environ.get("NOTIFY_URL", NOTIFY),
                keys,
            ),
            metrics_host=os.environ.get("METRICS_HOST", "127.0.0.1"),
            metrics_port=_number("METRICS_PORT", os.environ.get("METRICS_PORT", "0"), least=0),
            log_level=os.environ.get("LOG_LEVEL", "INFO"),
            pid_file=os.environ.get("PID_FILE", ""),
        )


def mailbox_at(url: str) -> Mailbox:
    """The mailbox at an address such as `imaps://user:password@host:993/INBOX`. Raises Unusable."""
    account, parts = _account(url, "MAILBOXES", {"imaps": 993, "imap": 143})
    return Mailbox(account, unquote(parts.path.strip("/")) or "INBOX")


def _outgoing(url: str, sender: str, keys: tuple[bytes, ...]) -> Outgoing | None:
    """How we send; None where no server is set. Raises Unusable."""
    if not url:
        return None
    if not keys:
        raise Unusable("SMTP_URL wants a key in MAIL_KEYS: what we send is signed.")
    name, address = parseaddr(sender)
    try:
        ours = Address(name, addr_spec=email_address(address).canonical)
    except ValueError:
        raise Unusable("MAIL_FROM must be our address, such as Name <help@example.org>.") from None
    return Outgoing(_account(url, "SMTP_URL", {"smtps": 465, "smtp": 587})[0], ours, keys[0])


def _notify(api_key: str, templates: str, url: str, keys: tuple[bytes, ...]) -> NotifyAccount | None:
    """How we send by GOV.UK Notify; None where no key of its is set. Raises Unusable."""
    if not api_key:
        return None
    if not keys:
        raise Unusable("NOTIFY_API_KEY wants a key in MAIL_KEYS: what we send is signed.")
    parts = _API_KEY.fullmatch(api_key)
    if parts is None:
        raise Unusable("NOTIFY_API_KEY must be a key as Notify shows it: a name and two ids.")
    if not url.startswith("https://"):
        raise Unusable("NOTIFY_URL must be an https address.")
    ours = {path.stem for path in TEMPLATES.glob("*.txt")}
    theirs = dict(pair.partition("=")[::2] for pair in templates.split())
    if theirs.keys() != ours or not all(map(_ID.fullmatch, theirs.values())):
        raise Unusable(f"NOTIFY_TEMPLATES wants the id of a template for each of {', '.join(sorted(ours))}: name=id.")
    return NotifyAccount(url.rstrip("/"), parts["service"], parts["secret"], theirs, keys[0])


def _account(url: str, setting: str, ports: dict[str, int]) -> tuple[Account, SplitResult]:
    try:
        parts = urlsplit(url)
        port = parts.port or ports.get(parts.scheme, 0)
    except ValueError:
        raise Unusable(f"{setting} holds something that is no address.") from None
    if parts.scheme not in ports or not (parts.hostname and parts.username and parts.password):
        raise Unusable(f"{setting} wants {' or '.join(ports)}://user:password@host.")
    user, password = unquote(parts.username), unquote(parts.password)
    return Account(parts.hostname, port, user, password, tls_first=parts.scheme.endswith("s")), parts


def _addresses(text: str) -> tuple[str, ...]:
    found = tuple(parseaddr(one)[1] for one in text.split())
    if not all("@" in one for one in found):
        raise Unusable("MAIL_OWN_ADDRESSES holds something that is no address.")
    return found


def _keys(text: str) -> tuple[bytes, ...]:
    keys = tuple(key.encode() for key in text.split())
    if any(len(key) < SHORTEST_KEY for key in keys):
        raise Unusable(f"MAIL_KEYS holds a key of fewer than {SHORTEST_KEY} bytes.")
    return keys


def _number(setting: str, text: str, least: int) -> int:
    if not text.isascii() or not text.isdecimal() or int(text) < least:
        raise Unusable(f"{setting} must be a number from {least} on.")
    return int(text)
