"""What can go wrong, and how much of it a caller may see.

Refused                 expected: crosses the bus as kind, code and a sentence
├── Invalid             what came in cannot be accepted; names every place
├── Forbidden           this caller may not do this
├── NotFound            not there, or not this caller's to know about
├── Conflict            the present state does not allow it
│   └── NotAllowedNow   … and these actions it does allow
├── Stale               If-Match names another version
├── KeyReused           idempotency key used before with another request
├── KeyRunning          the first request with this key has not ended
├── Unavailable         a part that is needed is down or too busy
│   └── DeadlineExceeded
└── RemoteRefusal       any of these, as it came over the bus
NotYet                  an event that speaks of what is not known here yet: try later
Unacceptable            an event that can never be handled: park it at once
Incident                unexpected: crosses the bus as an id that the logs hold
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class FieldError:
    """One fault in what was sent: a JSON pointer to the place, and what is wanted there."""

    pointer: str
    message: str


class Refused(Exception):
    """An expected refusal.

    `detail` is a plain sentence for people that says what to do. It never holds personal data.
    """

    kind = "conflict"
    code = "refused"

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors: list[FieldError] = []
        self.allowed: list[str] | None = None

    def as_dict(self) -> dict[str, Any]:
        """The refusal as it crosses the bus."""
        return {
            "kind": self.kind,
            "code": self.code,
            "detail": self.detail,
            "errors": [asdict(error) for error in self.errors],
            "allowed": self.allowed,
        }


class Invalid(Refused):
    """Read, and wrong. Every fault at once, each with its place."""

    kind = "invalid"
    code = "invalid"

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__("Some of what was sent cannot be accepted. See the list of errors.")
        self.errors = list(errors)


class Forbidden(Refused):
    """The caller's roles do not allow this."""

    kind = "forbidden"
    code = "forbidden"


class NotFound(Refused):
    """There is no such thing, or it is not the caller's to know about."""

    kind = "not_found"
    code = "not_found"


class Conflict(Refused):
    """The present state does not allow this. Services name their own codes in subclasses."""

    code = "conflict"


class NotAllowedNow(Conflict):
    """An action that the state does not allow, with the list of those that it does."""

    code = "not_allowed_now"

    def __init__(self, action: str, state: str, allowed: Sequence[str]) -> None:
        super().__init__(f"“{action}” is not possible while the status is “{state}”.")
        self.allowed = list(allowed)


class Stale(Refused):
    """Somebody else changed the thing since the caller read it."""

    kind = "stale"
    code = "stale"

    def __init__(self) -> None:
        super().__init__("This has changed since you read it. Read it again, then repeat your change.")


class KeyReused(Refused):
    """The idempotency key belongs to another request of the same client."""

    kind = "key_reused"
    code = "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key was used with another request. Use a new key for a new request.")


class KeyRunning(Refused):
    """The first request with this idempotency key is still under way."""

    kind = "key_running"
    code = "idempotency_key_running"

    def __init__(self) -> None:
        super().__init__("The first request with this Idempotency-Key is still under way. Repeat it in a moment.")


class Unavailable(Refused):
    """A part that is needed is down or has too much to do. Nothing was lost; try again later."""

    kind = "unavailable"
    code = "unavailable"

    def __init__(self, detail: str = "A part of the service is not available. Try again in a moment.") -> None:
        super().__init__(detail)


class DeadlineExceeded(Unavailable):
    """No answer came in time. Whether the work was done is not known: repeat with the same key."""

    code = "deadline_exceeded"

    def __init__(self) -> None:
        super().__init__("No answer came in time. Repeat the request with the same Idempotency-Key.")


class RemoteRefusal(Refused):
    """A refusal as it came over the bus from another process."""

    def __init__(self, refusal: dict[str, Any]) -> None:
        super().__init__(str(refusal["detail"]))
        self.kind = str(refusal["kind"])
        self.code = str(refusal["code"])
        self.errors = [FieldError(**error) for error in refusal.get("errors") or ()]
        self.allowed = refusal.get("allowed")


class NotYet(Exception):
    """An event speaks of something that other events have still to bring. It is tried again, later each time."""


class Unacceptable(Exception):
    """An event that will never be handled, however often it is tried. It is parked at once."""


class Incident(Exception):
    """Something unexpected. The caller learns the id, the logs hold the rest."""

    def __init__(self, incident: str) -> None:
        super().__init__(incident)
        self.incident = incident
