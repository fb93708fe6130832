"""What the client is told: the answer of a service as an HTTP response."""

import re
from collections.abc import Mapping
from typing import Any

import orjson
from flask import Response

from gateway.downloads import Download, response
from gateway.incoming import Environ
from gateway.preconditions import is_known, state_tag, version_tag
from gateway.routes import JSON, Route
from gateway.rpc_client import Answer

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def page(items: Any, following: str | None) -> Response:
    """A page of a list, with the cursor of the next one."""
    return Response(orjson.dumps({"items": items, "next": following}), content_type=JSON)


def single(route: Route, given: Answer, environ: Environ) -> Response:
    """Anything but a list: what was read, made, changed or removed."""
    manner, result = route.manner, given.result
    headers = {"Idempotent-Replay": "true"} if given.replayed else {}
    if result is None or manner.status == 204:
        return Response(status=204, headers=headers)
    if isinstance(result, Download):
        return response(result, manner.media)
    body = manner.render(result)
    if manner.is_tagged:
        is_read = route.method == "GET"
        tag = state_tag(result, manner.render, body) if is_read else version_tag(result)
        if tag is not None:
            headers["ETag"] = tag
            if is_read and is_known(environ.get("HTTP_IF_NONE_MATCH"), tag):
                return Response(status=304, headers=headers)
    if route.location is not None:
        headers["Location"] = _filled(route.location, result)
    if manner.media != JSON:
        name = environ["PATH_INFO"].rpartition("/")[2]
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return Response(body, status=int(manner.status), headers=headers, content_type=manner.media)


def _filled(template: str, result: Mapping[str, Any]) -> str:
    return _PLACEHOLDER.sub(lambda found: str(result[found[1]]), template)
