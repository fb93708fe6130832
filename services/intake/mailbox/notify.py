"""GOV.UK Notify: its API, as far as we need it, and sending by it.

https://docs.notifications.service.gov.uk/rest-api.html. It is two requests and a token. The official client for Python
would bring PyJWT and docopt, and bounds nothing that it reads (docs/adr/0008-notify-without-its-client.md).
"""

import logging
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson
import urllib3
from joserfc import jwt
from joserfc.jwk import OctKey

from services.intake.domain.sending import Outcome
from services.intake.mail.threads import token
from services.intake.mailbox.letters import deliverable
from services.intake.mailbox.sending import Carry, Handed, Taken
from services.intake.mailbox.settings import NotifyAccount

_TIMEOUT = urllib3.Timeout(connect=5, read=25)  # seconds
_MOST_READ = 256 * 1024  # bytes of an answer
_CREATED, _OK, _TOO_MANY, _NOT_FOUND, _THEIR_FAULT = 201, 200, 429, 404, 500

_log = logging.getLogger(__name__)


class Unanswered(Exception):
    """Notify could not be asked, or did not answer as its documentation says. The message is a code."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of Notify: HTTP's status, and the document, which is empty where it was none."""

    status: int
    said: Mapping[str, Any]


class Notify:
    """A way out by GOV.UK Notify. `tls` decides whom to trust."""

    def __init__(self, account: NotifyAccount, tls: ssl.SSLContext) -> None:
        self._account = account
        self._pool = urllib3.PoolManager(ssl_context=tls, timeout=_TIMEOUT, retries=False)
        self._secret = OctKey.import_key(account.secret)
        self.domain, self.key = urlsplit(account.url).hostname or "notify", account.key

    @contextmanager
    def opened(self) -> Iterator[Carry]:
        """Nothing is opened: each message is a request of its own."""
        yield self._send

    def status_of(self, provider_id: str) -> str | None:
        """Where a message stands with Notify, in its words; None when it is not known there. Raises Unanswered."""
        answer = self._ask("GET", f"/v2/notifications/{provider_id}")
        if answer.status == _NOT_FOUND:
            return None
        if answer.status != _OK:
            raise Unanswered(f"notify_{answer.status}")
        return str(answer.said.get("status"))

    def _send(self, taken: Taken) -> Handed:
        """Hand a message over, unless an earlier attempt did so and we never heard of it."""
        try:
            known = self._known(taken) if taken.attempt > 1 else None
            if known is not None:
                return Handed(Outcome.SENT, provider_id=known)
            recipient, template = deliverable(taken.letter.recipient), self._account.templates[taken.letter.template]
        except Unanswered as error:
            return Handed(Outcome.LATER, str(error))
        except (ValueError, LookupError) as error:
            return Handed(Outcome.NEVER, type(error).__name__)
        return self._post(taken, recipient, template)

    def _post(self, taken: Taken, recipient: str, template: str) -> Handed:
        tag = token(taken.letter.reference, self.key)
        body = {
            "email_address": recipient,
            "template_id": template,
            "personalisation": {"token": tag, "reference": taken.letter.reference},
            "reference": str(taken.id),
        }
        try:
            answer = self._ask("POST", "/v2/notifications/email", body)
        except Unanswered as error:
            return Handed(Outcome.LATER, str(error))
        if answer.status == _CREATED:
            if tag not in str(answer.said.get("content", {}).get("subject")):
                _log.warning("A template of Notify has no ((token)) in its subject", extra={"reason": template})
            return Handed(Outcome.SENT, provider_id=str(answer.said.get("id")))
        later = answer.status == _TOO_MANY or answer.status >= _THEIR_FAULT
        return Handed(Outcome.LATER if later else Outcome.NEVER, f"notify_{answer.status}")

    def _known(self, taken: Taken) -> str | None:
        """The id under which Notify has this message already. Raises Unanswered."""
        answer = self._ask("GET", f"/v2/notifications?{urlencode({'reference': str(taken.id)})}")
        if answer.status != _OK:
            raise Unanswered(f"notify_{answer.status}")
        found = answer.said.get("notifications") or []
        return str(found[0]["id"]) if found else None

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Answer:
        """One request. Raises Unanswered."""
        claims = {"iss": self._account.service, "iat": int(time.time())}
        bearer = jwt.encode({"typ": "JWT", "alg": "HS256"}, claims, self._secret, algorithms=["HS256"])
        headers = {"Authorization": f"Bearer {bearer}", "Content-Type": "application/json", "User-Agent": "spinout/1"}
        sent = None if body is None else orjson.dumps(body)
        try:
            answer = self._pool.request(
                method, self._account.url + path, body=sent, headers=headers, redirect=False, preload_content=False
            )
            try:
                return Answer(answer.status, _document(answer.read(_MOST_READ)))
            finally:
                answer.close()
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise Unanswered(type(error).__name__) from None


def _document(content: bytes) -> Mapping[str, Any]:
    try:
        said = orjson.loads(content)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
