"""What the gateway itself refuses, before any service is asked.

Codes are in snake case and stable: clients may branch on them.
"""

from chassis.errors import FieldError, Invalid, Refused


class Unreadable(Refused):
    """Something in the request cannot be read: a body, a header, a cursor."""

    kind = "unreadable"
    code = "unreadable"


class BadJson(Unreadable):
    """The body is not the strict JSON that we take."""

    code = "bad_json"


class BadHeader(Unreadable):
    """A header is missing that the request needs, or its value cannot be read."""

    code = "bad_header"


class BadCursor(Unreadable):
    """A cursor that this gateway did not sign."""

    code = "bad_cursor"

    def __init__(self) -> None:
        super().__init__("The cursor cannot be read. Start the list again without a cursor.")


class Unauthenticated(Refused):
    """No bearer token, or one that cannot be trusted. `reason` is an error code of RFC 6750, if a token came."""

    kind = "unauthenticated"
    code = "unauthenticated"

    def __init__(self, detail: str, reason: str | None = None) -> None:
        super().__init__(detail)
        self.reason = reason


class Unsigned(Refused):
    """A request of a program without a token, which none of our secrets signed lately or vouches for. Says no more."""

    kind = "unauthenticated"
    code = "unsigned"

    def __init__(self) -> None:
        super().__init__(
            "Sign the request by Standard Webhooks with the secret that was agreed, or send from the address that was."
        )


class MatchRequired(Refused):
    """A change without If-Match: the caller might overwrite what it has not seen."""

    kind = "match_required"
    code = "if_match_required"

    def __init__(self) -> None:
        super().__init__("Send If-Match with the ETag of what you read.")


class TooLarge(Refused):
    """The body is larger than the gateway takes."""

    kind = "too_large"
    code = "body_too_large"

    def __init__(self, most: int) -> None:
        super().__init__(f"The body may be {most} bytes at most.")


class WrongMediaType(Refused):
    """The body is not sent as JSON in UTF-8 without a content coding."""

    kind = "wrong_media_type"
    code = "wrong_media_type"

    def __init__(self) -> None:
        super().__init__("Send the body as application/json in UTF-8, without a Content-Encoding.")


def wrong_field(pointer: str, message: str) -> Invalid:
    """One wrong place in what was sent, a query parameter's among them: `/limit`."""
    return Invalid([FieldError(pointer, message)])
