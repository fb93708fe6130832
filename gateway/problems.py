"""Refusals as HTTP: the one table, and the document (RFC 9457) that each becomes."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import orjson

from chassis.errors import Refused
from chassis.work import correlation_of
from gateway.errors import Unauthenticated, Unsigned

MEDIA_TYPE = "application/problem+json"
# Environment keys of the request's trace and of the route that answers it.
TRACE, ROUTE = "spinout.traceparent", "spinout.route"

STATUS_OF = {
    "unreadable": HTTPStatus.BAD_REQUEST,
    "unauthenticated": HTTPStatus.UNAUTHORIZED,
    "forbidden": HTTPStatus.FORBIDDEN,
    "not_found": HTTPStatus.NOT_FOUND,
    "conflict": HTTPStatus.CONFLICT,
    "key_running": HTTPStatus.CONFLICT,
    "stale": HTTPStatus.PRECONDITION_FAILED,
    "too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "wrong_media_type": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "invalid": HTTPStatus.UNPROCESSABLE_ENTITY,
    "key_reused": HTTPStatus.UNPROCESSABLE_ENTITY,
    "match_required": HTTPStatus.PRECONDITION_REQUIRED,
    "unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
}
# Seconds after which a client may well try again what was not possible just now.
RETRY_AFTER = {"unavailable": "1", "key_running": "1"}

Answer = tuple[bytes, int, dict[str, str]]


def of_refusal(refused: Refused, environ: Mapping[str, Any]) -> Answer:
    """The problem that a refusal becomes."""
    status = STATUS_OF.get(refused.kind, HTTPStatus.CONFLICT)
    more: dict[str, Any] = {}
    if refused.errors:
        more["errors"] = [asdict(error) for error in refused.errors]
    if refused.allowed is not None:
        more["allowed"] = refused.allowed
    body, number, headers = _problem(status, refused.code, refused.detail, environ, more)
    if refused.kind in RETRY_AFTER:
        headers["Retry-After"] = RETRY_AFTER[refused.kind]
    if isinstance(refused, Unauthenticated):
        fault = f', error="{refused.reason}"' if refused.reason else ""
        headers["WWW-Authenticate"] = f'Bearer realm="spinout"{fault}'
    if isinstance(refused, Unsigned):
        headers["WWW-Authenticate"] = 'Webhook-Signature realm="spinout"'
    return body, number, headers


def of_status(status: HTTPStatus, environ: Mapping[str, Any]) -> Answer:
    """The problem of a status for which nobody has chosen words: an unknown path, a method not allowed."""
    return _problem(status, status.name.lower(), f"{status.description or status.phrase}.", environ, {})


def of_missing(missing: Sequence[str], environ: Mapping[str, Any]) -> Answer:
    """The problem of not being ready, which names the parts that are missing."""
    detail = f"Not answering: {', '.join(missing)}."
    status = HTTPStatus.SERVICE_UNAVAILABLE
    body, number, headers = _problem(status, "not_ready", detail, environ, {"missing": list(missing)})
    return body, number, {**headers, "Retry-After": RETRY_AFTER["unavailable"]}


def of_incident(incident: str, environ: Mapping[str, Any]) -> Answer:
    """The problem of something unexpected. It says nothing but the incident, of which the logs tell."""
    detail = "Something went wrong on our side. Quote the incident when you report it."
    return _problem(HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error", detail, environ, {"incident": incident})


def new_incident(environ: Mapping[str, Any]) -> dict[str, str]:
    """What a log line must hold so that an incident is found again: its id, and the request's."""
    return {"incident": secrets.token_hex(8), "correlation_id": correlation_of(environ.get(TRACE, ""))}


def _problem(status: HTTPStatus, code: str, detail: str, environ: Mapping[str, Any], more: Mapping[str, Any]) -> Answer:
    document = {
        "type": f"/problems/{code.replace('_', '-')}",
        "title": code.replace("_", " ").capitalize(),
        "status": int(status),
        "detail": detail,
        "instance": quote(environ.get("PATH_INFO", "").encode("latin-1", "replace"))[:500],
        "code": code,
        "correlation_id": correlation_of(environ.get(TRACE, "")),
        **more,
    }
    return orjson.dumps(document), int(status), {"Content-Type": MEDIA_TYPE}
