"""The outermost layer: what every request has, whatever becomes of it.

A trace, the headers that keep browsers safe, a count, and, where all else failed, an incident instead of a stack.
"""

import logging
import time
from collections.abc import Callable, Iterable
from typing import Any

from chassis.work import correlation_of
from gateway.incoming import leaves_body_unread, trace_of
from gateway.metrics import Metrics
from gateway.problems import ROUTE, TRACE, new_incident, of_incident

# Environment key that says that the answer is given out piece by piece, as fast as its reader takes them.
PIECE_BY_PIECE = "spinout.piece_by_piece"
# Environment key by which a page asks for another content security policy than that of an API.
POLICY = "spinout.policy"
_NO_CONTENT_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_HEADERS = (
    ("Server", "spinout"),  # or granian would put its own name there
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
    ("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),
)

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

log = logging.getLogger(__name__)


class Edge:
    """A WSGI application around another."""

    def __init__(self, application: Application, metrics: Metrics) -> None:
        self._application, self._metrics = application, metrics

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request. Never raises."""
        started = time.perf_counter()
        trace = environ[TRACE] = trace_of(environ)
        correlation = correlation_of(trace)
        with self._metrics.in_flight.track_inprogress():
            status, headers, body = self._answer(environ)
        headers += _HEADERS
        headers.append(("Content-Security-Policy", environ.get(POLICY, _NO_CONTENT_POLICY)))
        headers.append(("X-Correlation-Id", correlation))
        if leaves_body_unread(environ):
            # The connection ends, because what is left of the body stands before the next request. Told nothing, the
            # client would send that into a connection that is being closed.
            headers.append(("Connection", "close"))
        start_response(status, headers)
        route, method, number = environ.get(ROUTE, "none"), environ["REQUEST_METHOD"], int(status[:3])
        self._metrics.answered(route, method, number, time.perf_counter() - started)
        if number >= 400:
            # So that the correlation id in a problem leads somewhere. The path may hold what people typed: not told.
            said = {"correlation_id": correlation, "route": route, "method": method, "status": number}
            log.info("A request was refused", extra=said)
        return body

    def _answer(self, environ: Environ) -> tuple[str, list[tuple[str, str]], Iterable[bytes]]:
        told: list[Any] = []
        try:
            chunks = self._application(environ, lambda status, headers, _fault=None: told.extend((status, headers)))
            if PIECE_BY_PIECE in environ:
                return told[0], list(told[1]), chunks  # the server closes it
            try:
                body = b"".join(chunks)
            finally:
                if hasattr(chunks, "close"):
                    chunks.close()
            return told[0], list(told[1]), [body]
        except Exception:
            seen = new_incident(environ)
            log.exception("Something unexpected", extra=seen)
            body, number, more = of_incident(seen["incident"], environ)
            return f"{number} Internal Server Error", [*more.items(), ("Content-Length", str(len(body)))], [body]
