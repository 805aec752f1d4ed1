"""A look at load balancers that stand: what may reach a system, and how."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from landform.rehearse.applied import Applied

MODERN: Final = "ELBSecurityPolicy-TLS13-"
"""The policies of TLS 1.2 and 1.3; those with 1.0 or 1.1 besides say so further behind."""

Client = Callable[[str, str], Any]


def balancer_faults(balancers: Iterable[Applied], client: Client) -> Iterator[tuple[str, str]]:
    """Yield for each balancer what is wrong with it: all of them log, and the world comes by TLS and a firewall."""
    for own in balancers:
        elb, arn = client("elbv2", own.region), own.values["arn"]
        found = elb.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
        attributes = {each["Key"]: each["Value"] for each in found}
        if attributes.get("access_logs.s3.enabled") != "true":
            yield own.address, "writes no access log"
        if attributes.get("routing.http.drop_invalid_header_fields.enabled") != "true":
            yield own.address, "passes on headers that no server should read"
        listeners = elb.describe_listeners(LoadBalancerArn=arn)["Listeners"]
        for listener in listeners:
            yield from ((own.address, fault) for fault in _listener_faults(listener, public=not own.values["internal"]))
        if not own.values["internal"]:
            try:
                guard = client("wafv2", own.region).get_web_acl_for_resource(ResourceArn=arn).get("WebACL")
            except client("wafv2", own.region).exceptions.WAFNonexistentItemException:
                guard = None
            if guard is None:
                yield own.address, "is open to the world without a firewall"


def _listener_faults(listener: Any, *, public: bool) -> Iterator[str]:
    port = listener["Port"]
    if listener["Protocol"] == "HTTPS":
        policy = listener.get("SslPolicy", "")
        if not policy.startswith(MODERN) or policy.removeprefix(MODERN).startswith(("1-0", "1-1")):
            yield f"takes versions of TLS on port {port} that are broken ({policy})"
    elif public:
        yield f"answers the world in plain text on port {port}"
