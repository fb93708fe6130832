"""From an HTTP request to a view: who calls, what they sent, and on what conditions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, request

from chassis.errors import Forbidden, NotFound
from chassis.work import Caller
from gateway import answers
from gateway.clients.line import Exchange
from gateway.contracts import PAGE_FIELDS, Contracts
from gateway.cursors import Cursors
from gateway.errors import wrong_field
from gateway.incoming import (
    Environ,
    body_of,
    deadline_of,
    fingerprint_of,
    key_of,
    limit_of,
    query_of,
    require_key,
    signed_body_of,
)
from gateway.preconditions import require_match, version_wanted
from gateway.problems import ROUTE, TRACE
from gateway.routes import Call, Route
from gateway.signatures import Signatures
from gateway.tokens import Tokens
from gateway.url_secrets import PARAMETER, UrlSecrets


@dataclass(frozen=True, slots=True)
class Parts:
    """What answering a request needs. `patience` is the usual deadline in seconds."""

    tokens: Tokens
    exchange: Exchange
    cursors: Cursors
    contracts: Contracts
    patience: float
    signatures: Signatures
    url_secrets: UrlSecrets


def view_of(route: Route, parts: Parts) -> Callable[..., Response]:
    """The Flask view of a declared route."""
    names, named = query_names(route, parts.contracts), route.in_query
    if route.is_signed:
        names |= {PARAMETER}

    def answer(**path: str) -> Response:
        environ = request.environ
        environ[ROUTE] = route.path
        check = _check_of_program(parts, environ) if route.is_signed else None
        caller = _caller(route, parts.tokens, environ)
        query = query_of(environ, names)
        path |= _named_in_query(named, query)
        if "service" in path and path["service"] not in parts.contracts.services:
            raise NotFound("There is no such service.")
        body = _body(environ, check) if route.manner.has_body else _filters(query, named, parts.cursors)
        context = {"traceparent": environ[TRACE]}
        if route.is_command:
            context |= _command_context(route, environ, body)
        line = parts.exchange.line(caller, deadline_of(environ, parts.patience), context)
        given = route.view(Call(line, body), **path)
        if not route.manner.is_paged:
            return answers.single(route, given, environ)
        position = given.result["next"]
        following = None if position is None else parts.cursors.seal(position, *_list_of(query))
        return answers.page(given.result["items"], following)

    return answer


def _check_of_program(parts: Parts, environ: Environ) -> Callable[[bytes], None]:
    """What the body must pass of a program that has no token: nothing more, once its URL vouches for it.

    Raises Unsigned where neither a secret nor a signature does.
    """
    if parts.url_secrets.vouch_for(environ):
        return lambda _body: None
    return parts.signatures.announced(environ)


def _caller(route: Route, tokens: Tokens, environ: Environ) -> Caller:
    """Who calls: the person of the token, or the program that was believed. Raises Unauthenticated or Forbidden."""
    if route.is_signed:
        [role] = route.roles
        return Caller(role, role, route.roles)
    caller = tokens.caller(environ.get("HTTP_AUTHORIZATION"))
    if not caller.may(route.roles):
        raise Forbidden("Your roles do not allow this.")
    return caller


def _body(environ: dict[str, Any], check: Callable[[bytes], None] | None) -> dict[str, Any]:
    return body_of(environ) if check is None else signed_body_of(environ, check)


def query_names(route: Route, contracts: Contracts) -> frozenset[str]:
    """The query parameters that a route takes: what a query takes, its contract says."""
    named = frozenset(route.in_query)
    if route.manner.has_body:
        return named
    fields = frozenset(contracts.properties(route.calls))
    page = {"limit", "cursor"} if fields >= PAGE_FIELDS else set()
    return named | (fields - PAGE_FIELDS) | page


def _named_in_query(named: Sequence[str], query: Mapping[str, str]) -> dict[str, str]:
    for name in named:
        if name not in query:
            raise wrong_field(f"/{name}", "Missing query parameter.")
    return {name: query[name] for name in named}


def _filters(query: Mapping[str, str], named: Sequence[str], cursors: Cursors) -> dict[str, Any]:
    """The body of a query, with the page that is wanted, but without what has been `named` already."""
    body: dict[str, Any] = {name: value for name, value in query.items() if name not in ("limit", "cursor", *named)}
    if "limit" in query:
        body["limit"] = limit_of(query["limit"])
    if "cursor" in query:
        body["after"] = cursors.open(query["cursor"], *_list_of(query))
    return body


def _list_of(query: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """Which list this is: its path, and all that narrows it down."""
    narrowed = {name: value for name, value in query.items() if name not in ("limit", "cursor")}
    return request.environ["PATH_INFO"], narrowed


def _command_context(route: Route, environ: Environ, body: Mapping[str, Any]) -> dict[str, Any]:
    """What makes a command safe to repeat, and to send at the same time as others."""
    for name in route.fills or ():
        if name in body:
            raise wrong_field(f"/{name}", "Unknown field.")
    key, match = key_of(environ), environ.get("HTTP_IF_MATCH")
    if route.manner.needs_key:
        require_key(key)
    if route.manner.needs_match:
        require_match(match)
    context: dict[str, Any] = {}
    if key is not None:
        context |= {"key": key, "fingerprint": fingerprint_of(environ, body)}
    if (version := version_wanted(match)) is not None:
        context["if_match"] = version
    return context
