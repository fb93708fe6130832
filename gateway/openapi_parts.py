"""What many operations of the OpenAPI document share: parameters, headers, refusals."""

from typing import Any

from gateway.problems import MEDIA_TYPE

TEXT = (
    "Enquiries, cases and referrals of the Mutuals Information Service. Times are RFC 3339 in UTC, money is a string "
    "of pounds and pence, and every error is a problem document (RFC 9457). Unknown fields and query parameters are "
    "refused by name."
)

_SECONDS = {"type": "string", "pattern": r"^[0-9]{1,4}(\.[0-9]{1,3})?$"}
_KEY = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}
_MATCH = {"type": "string", "pattern": r'^("[0-9]{1,18}(-[0-9a-f]{24})?"|\*)$'}
_KEY_TEXT = "The same key with the same request gives the first answer again. Kept for 72 hours."
_MATCH_TEXT = "The ETag of what was read, of which only the version before the hyphen counts; * for whatever it is now."


def _header(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": False, "schema": schema, "description": description}


PARAMETERS: dict[str, Any] = {
    "X-Request-Timeout": _header("X-Request-Timeout", _SECONDS, "Seconds to wait at most; lowers the usual time only."),
    "traceparent": _header("traceparent", {"type": "string"}, "W3C Trace Context. One is made where none is given."),
    "Idempotency-Key.optional": _header("Idempotency-Key", _KEY, _KEY_TEXT),
    "Idempotency-Key": {**_header("Idempotency-Key", _KEY, _KEY_TEXT), "required": True},
    "If-Match.optional": _header("If-Match", _MATCH, _MATCH_TEXT),
    "If-Match": {**_header("If-Match", _MATCH, _MATCH_TEXT), "required": True},
    # Needed with a signature, and not with a secret in the URL: of one or the other the document cannot speak.
    "webhook-id": _header("webhook-id", _KEY, "The same for every attempt to send this. Needed with a signature."),
    "webhook-timestamp": _header(
        "webhook-timestamp",
        {"type": "string", "pattern": "^[0-9]{1,11}$"},
        "Seconds since 1970, of now. Needed with a signature.",
    ),
    "If-None-Match": _header("If-None-Match", {"type": "string"}, "ETags that the client has: 304 if it is one."),
}

SECURITY: dict[str, Any] = {
    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "signature": {
        "type": "apiKey",
        "in": "header",
        "name": "webhook-signature",
        "description": "Signed by Standard Webhooks, scheme v1.",
    },
    "secret": {
        "type": "apiKey",
        "in": "query",
        "name": "secret",
        "description": "For programs that cannot sign. It counts from the addresses alone that were agreed.",
    },
}

_TEXT_SCHEMA = {"type": "string"}
_ETAG_TEXT = (
    "Names this state of it, for If-Match and If-None-Match: its version where it has one, and of what was read also "
    "a digest, since an answer may change by time alone."
)
HEADERS: dict[str, Any] = {
    "ETag": {"schema": _TEXT_SCHEMA, "description": _ETAG_TEXT},
    "Location": {"schema": {"type": "string", "format": "uri-reference"}, "description": "Where it can be read."},
    "Idempotent-Replay": {"schema": {"const": "true"}, "description": "This is the first answer, given again."},
    "X-Correlation-Id": {"schema": _TEXT_SCHEMA, "description": "Under this id the logs tell of the request."},
    "Retry-After": {"schema": {"type": "string", "pattern": "^[0-9]+$"}, "description": "Seconds to wait."},
    "WWW-Authenticate": {"schema": _TEXT_SCHEMA, "description": "That a bearer token, or a signature, is wanted."},
}

PROBLEM: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "What is wrong, in the manner of RFC 9457.",
    "required": ["type", "title", "status", "detail", "instance", "code", "correlation_id"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "description": "Names the kind of problem."},
        "title": {"type": "string", "description": "The kind of problem in plain English."},
        "status": {"type": "integer", "description": "The HTTP status."},
        "detail": {"type": "string", "description": "What is wrong here and what to do."},
        "instance": {"type": "string", "description": "The path that was asked."},
        "code": {"type": "string", "description": "The kind of problem, for programs."},
        "correlation_id": {"type": "string", "description": "Under this id the logs tell of the request."},
        "incident": {"type": "string", "description": "Of an unexpected error: quote it when you report it."},
        "missing": {"type": "array", "items": {"type": "string"}, "description": "The parts that do not answer."},
        "allowed": {
            "type": "array",
            "items": {"type": "string"},
            "description": "The actions that the present state does allow.",
        },
        "errors": {
            "type": "array",
            "description": "Every place that is wrong.",
            "items": {
                "type": "object",
                "required": ["pointer", "message"],
                "properties": {
                    "pointer": {"type": "string", "description": "A JSON pointer, or / and the parameter's name."},
                    "message": {"type": "string", "description": "What is wanted there."},
                },
            },
        },
    },
}

_MEANINGS = {
    400: "It cannot be read.",
    401: "No bearer token, or one that cannot be trusted.",
    403: "Your roles do not allow it.",
    404: "There is no such thing, or it is not yours to know about.",
    409: "The present state does not allow it.",
    412: "It has changed since you read it.",
    413: "The body is too large.",
    415: "The body is not JSON in UTF-8.",
    422: "It was read, and it is wrong.",
    428: "If-Match is missing.",
    500: "Something unexpected. The problem names an incident.",
    503: "A part is down or too busy, or no answer came in time.",
}
_MORE_HEADERS = {401: ["WWW-Authenticate"], 503: ["Retry-After"]}

RESPONSES: dict[str, Any] = {
    str(status): {
        "description": meaning,
        "headers": {
            name: {"$ref": f"#/components/headers/{name}"}
            for name in ["X-Correlation-Id", *_MORE_HEADERS.get(status, [])]
        },
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for status, meaning in _MEANINGS.items()
}
