"""A look at APIs that stand: whom they ask who he is, and what they write down."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from landform.rehearse.applied import Applied

Client = Callable[[str, str], Any]


def api_faults(apis: Iterable[Applied], client: Client) -> Iterator[tuple[str, str]]:
    """Yield for each API what is wrong with it: every route asks IAM, every stage logs and has a limit."""
    for own in apis:
        gateway, name = client("apigatewayv2", own.region), own.values["id"]
        for route in gateway.get_routes(ApiId=name)["Items"]:
            if route.get("AuthorizationType") != "AWS_IAM":
                yield own.address, f"lets anybody call {route['RouteKey']}"
        for stage in gateway.get_stages(ApiId=name)["Items"]:
            if not stage.get("AccessLogSettings", {}).get("DestinationArn"):
                yield own.address, "does not write down who calls"
            if not stage.get("DefaultRouteSettings", {}).get("ThrottlingRateLimit"):
                yield own.address, "has no limit, or one that turns everybody away"
