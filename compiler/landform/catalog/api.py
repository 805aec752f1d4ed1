"""HTTP APIs of API Gateway: their bounds, and how a route is named where permissions speak of it.

Source: API Gateway developer guide, "Quotas for configuring and running an HTTP API in API Gateway", "Create routes for
HTTP APIs in API Gateway" and "Control access to HTTP APIs with IAM authorization in API Gateway" (read 2026-11-29).
"""

import re
from collections.abc import Iterable
from typing import Final

MOST_SECONDS: Final = 30
"""How long an HTTP API waits for what answers; nobody can raise it."""

MOST_RATE: Final = 10_000
"""Requests in a second to all APIs of an account and region together, before AWS raises it."""

MOST_ROUTES: Final = 300
"""Routes of one API."""

STAGE: Final = "$default"
"""The stage that is served at the root of the URL, so that paths are those of the routes."""

METHODS: Final = ("ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")

_NAME: Final = "[A-Za-z0-9_]+"
_PART: Final = rf"([A-Za-z0-9_.~-]+|\{{{_NAME}\}})"
_REST: Final = rf"\{{{_NAME}\+\}}"
ROUTE: Final = rf"^({'|'.join(METHODS)}) /({_PART}(/{_PART})*(/{_REST})?|{_REST})?$"
"""A method and a path; in braces a part that may be anything, at the end with ``+`` all that follows."""


def invoked(routes: Iterable[str]) -> tuple[str, ...]:
    """Return what the ARNs of routes end with behind the API: stage, method and path; none that another one covers.

    >>> invoked(["GET /notes/{id}", "POST /notes"])
    ('$default/GET/notes/*', '$default/POST/notes')
    >>> invoked(["ANY /", "ANY /{rest+}"])
    ('$default/*/*',)
    """
    ends = {_end(route) for route in routes}
    return tuple(sorted(e for e in ends if not any(o != e and _covers(o, e) for o in ends)))


def answered(route: str) -> str:
    """Return what tells a route from another: the names in braces say nothing, and API Gateway refuses two alike."""
    return re.sub(rf"[{{]{_NAME}", "{", route)


def _end(route: str) -> str:
    method, path = route.split(" ", 1)
    return f"{STAGE}/{'*' if method == 'ANY' else method}{re.sub(r'[{][^}]*[}]', '*', path)}"


def _covers(outer: str, inner: str) -> bool:
    pattern = ".*".join(re.escape(part) for part in outer.split("*"))
    return re.fullmatch(pattern, inner) is not None
