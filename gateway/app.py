"""The gateway as a WSGI application."""

import logging
import re
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

import orjson
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter

from chassis.errors import Incident, Refused
from gateway import docs, openapi, problems
from gateway.dispatch import Parts, view_of
from gateway.edge import POLICY, Edge
from gateway.health import Readiness
from gateway.metrics import Metrics
from gateway.routes import JSON, Route

log = logging.getLogger(__name__)

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class _Part(BaseConverter):
    """A reference, an id, a version: what cannot be one is found nowhere."""

    regex = r"[A-Za-z0-9][A-Za-z0-9._~:-]{0,99}"


class _Word(BaseConverter):
    """A report's name: without a dot, so that an ending such as `.csv` is no part of it."""

    regex = r"[a-z][a-z_-]{0,99}"


def create_app(routes: Iterable[Route], parts: Parts, readiness: Readiness, metrics: Metrics) -> Flask:
    """The application that answers these routes, `/livez`, `/readyz`, `/openapi.json` and `/docs`."""
    app = Flask("gateway", static_folder=None)
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.url_map.merge_slashes = False  # or Werkzeug would redirect, in HTML
    app.url_map.converters.update(part=_Part, word=_Word)
    declared = tuple(routes)
    for route in declared:
        name = f"{route.view.__module__}.{route.view.__name__}"
        app.add_url_rule(_rule(route.path), name, view_of(route, parts), methods=[route.method])
    _add_health(app, readiness)
    _add_documents(app, openapi.document(declared, parts.contracts))
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Incident, _incident)
    app.register_error_handler(Exception, _unexpected)
    app.wsgi_app = Edge(app.wsgi_app, metrics)  # type: ignore[method-assign]
    return app


def _rule(path: str) -> str:
    return _PLACEHOLDER.sub(lambda found: f"<{'word' if found[1] == 'name' else 'part'}:{found[1]}>", path)


def _add_health(app: Flask, readiness: Readiness) -> None:
    def livez() -> Response:
        return Response(b'{"status":"ok"}', content_type=JSON)

    def readyz() -> Response | problems.Answer:
        missing = readiness.missing()
        return problems.of_missing(missing, request.environ) if missing else livez()

    app.add_url_rule("/livez", "livez", _named("/livez", livez))
    app.add_url_rule("/readyz", "readyz", _named("/readyz", readyz))


def _add_documents(app: Flask, document: dict[str, Any]) -> None:
    page, policy = docs.page(document)
    written = orjson.dumps(document)

    def show_docs() -> Response:
        request.environ[POLICY] = policy
        return Response(page, content_type="text/html; charset=utf-8")

    app.add_url_rule("/docs", "docs", _named("/docs", show_docs))
    app.add_url_rule("/openapi.json", "openapi", _named("/openapi.json", lambda: Response(written, content_type=JSON)))


def _named(route: str, view: Callable[[], Any]) -> Callable[[], Any]:
    def answer() -> Any:
        request.environ[problems.ROUTE] = route
        return view()

    return answer


def _refused(error: Refused) -> problems.Answer:
    return problems.of_refusal(error, request.environ)


def _http_error(error: HTTPException) -> problems.Answer:
    body, status, headers = problems.of_status(HTTPStatus(error.code or 500), request.environ)
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        headers["Allow"] = ", ".join(sorted(allowed))
    return body, status, headers


def _incident(error: Incident) -> problems.Answer:
    return problems.of_incident(error.incident, request.environ)


def _unexpected(error: Exception) -> problems.Answer:
    seen = problems.new_incident(request.environ)
    log.error("Something unexpected", extra=seen, exc_info=error)
    return problems.of_incident(seen["incident"], request.environ)
