"""Sending by a mail server, with the standard library's smtplib."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial

from services.intake.domain.sending import Outcome
from services.intake.mailbox.letters import POLICY, deliverable, write
from services.intake.mailbox.sending import Carry, Handed, Taken
from services.intake.mailbox.settings import Outgoing

# Seconds that a server may take to answer a command.
_TIMEOUT = 30.0
_NO_SUCH_STATUS, _FOR_GOOD = 0, 500
# What a server must be able to do that is to take an address with other letters (RFC 6531).
_INTERNATIONAL = ("SMTPUTF8", "BODY=8BITMIME")


class Smtp:
    """A way out by a mail server. `tls` decides whom to trust."""

    def __init__(self, outgoing: Outgoing, tls: ssl.SSLContext) -> None:
        self._outgoing = outgoing
        self._tls = tls
        self.domain, self.key = outgoing.sender.domain, outgoing.key

    @contextmanager
    def opened(self) -> Iterator[Carry]:
        """A connection on which we are logged in, always under TLS. What is handed over goes by it."""
        account = self._outgoing.account
        server: smtplib.SMTP
        if account.tls_first:
            server = smtplib.SMTP_SSL(account.host, account.port, timeout=_TIMEOUT, context=self._tls)
        else:
            server = smtplib.SMTP(account.host, account.port, timeout=_TIMEOUT)
        try:
            if not account.tls_first:
                server.starttls(context=self._tls)
            server.login(account.user, account.password)
            yield partial(self._send, server)
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
        finally:
            server.close()

    def _send(self, server: smtplib.SMTP, taken: Taken) -> Handed:
        letter, sender = taken.letter, self._outgoing.sender
        try:
            recipient = deliverable(letter.recipient)
            international = not (sender.addr_spec + recipient).isascii()
            message = write(letter, sender, self.key, datetime.now(UTC))
            content = message.as_bytes(policy=POLICY.clone(utf8=international))
        except (ValueError, OSError, LookupError) as error:
            return Handed(Outcome.NEVER, type(error).__name__)
        try:
            server.sendmail(sender.addr_spec, [recipient], content, _INTERNATIONAL if international else ())
        except smtplib.SMTPNotSupportedError:
            return Handed(Outcome.NEVER, "address_not_supported")
        except (smtplib.SMTPException, OSError) as error:
            code = _code_of(error, recipient)
            return Handed(Outcome.NEVER if code >= _FOR_GOOD else Outcome.LATER, str(code or type(error).__name__))
        return Handed(Outcome.SENT)


def _code_of(error: Exception, recipient: str) -> int:
    """What the server said of this message, as SMTP's code. What it says of us is no word on the message."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, _ = error.recipients.get(recipient, (_NO_SUCH_STATUS, b""))
        return int(code)
    return error.smtp_code if isinstance(error, smtplib.SMTPDataError) else _NO_SUCH_STATUS
