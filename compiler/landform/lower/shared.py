"""Module calls of what the components of a region share: keys, network, trail."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final

from landform.catalog.endpoints import GATEWAYS
from landform.catalog.logs import LOG_DAYS, log_retention
from landform.file_systems import Lustre, linked_buckets
from landform.passes.resolve.naming import SHARED, flow_log_role, topic_name
from landform.passes.service_roles import flow_log_group
from landform.plan import Api, Edge, Key, Network, Plan, Service, Site, Statement, Store, Workload
from landform.root import Module, Output
from landform.spec.names import address, variable

DELETION_DAYS: Final = {"production": 30, "staging": 7, "development": 7}
"""Days between the request to delete a key and the loss of what it protects: KMS's bounds are 7 and 30."""


def tags(plan: Plan) -> dict[str, str]:
    """Return the tags of everything: whose it is, and what system it belongs to."""
    system = plan.system
    own = {"landform:system": system.system, "landform:environment": system.environment}
    return own | ({"landform:owner": system.owner} if system.owner else {}) | system.tags


def keys(plan: Plan, region: str, alias: str | None) -> Module:
    """Return the call that makes all keys of a region."""
    own = {key.logical: _key(plan, key) for key in plan.keys if key.region == region}
    variables = {"account": plan.system.account, "region": region, "keys": own}
    return Module(address("keys", region), "key", alias, variables, ("regions",))


def key_arn(key: Key) -> Output:
    """Return the reference to a key, which also makes Terraform wait for it."""
    return Output(address("keys", key.region), "arns", (key.logical,))


def store_key(store: Store) -> Output | str | None:
    """Return the key that encrypts a store, by its ARN; None where an existing one has no key that is said."""
    return key_arn(store.key) if store.key else store.key_arn


def log_days(plan: Plan) -> int:
    """Return how long log groups keep what is written: as long as the spec says, or a year."""
    own = plan.system.monitor
    return log_retention(own.logs.retain) if own and own.logs.retain else LOG_DAYS


def statements(allowed: tuple[Statement, ...]) -> list[dict[str, Any]]:
    """Return statements in the form that every module takes."""
    return [
        {"sid": s.sid, "actions": s.actions, "resources": s.resources}
        | ({"conditions": s.conditions} if s.conditions else {})
        for s in allowed
    ]


def told(edges: Collection[Edge]) -> dict[str, str]:
    """Return what is known already of what a workload is told of its stores, by the names of variables."""
    told_later = urls(edges)
    named = [e.store for e in edges if e.store.path[0] in ("data", "secrets", "serve")]
    stores = {variable(str(store.path[0]), store.entry): store.told for store in named}
    consumers = {variable("consumer", e.store.entry): e.prefix for e in edges if e.verb == "subscribes"}
    stores |= {name: (prefix or "").removesuffix(":") for name, prefix in consumers.items()}
    return {name: value for name, value in stores.items() if name not in told_later}


def urls(edges: Iterable[Edge]) -> dict[str, Output]:
    """Return the URLs of the services that a workload calls, which AWS alone knows, by the names of variables."""
    called = [edge.store for edge in edges if reached_by_url(edge.store) and not _named(edge.store)]
    return {variable("serve", service.entry): Output(service.address, "url") for service in called}


def reached_by_url(store: Store) -> bool:
    """Tell whether a service has a URL, or is called by its name."""
    return isinstance(store, Site | Api) or (isinstance(store, Service) and store.url)


def _named(store: Store) -> bool:
    return isinstance(store, Site) and bool(store.domain)


def callees(edges: Iterable[Edge]) -> dict[str, dict[str, Any]] | None:
    """Return the services inside the network that a workload calls: the group that lets it in, and the port."""
    called = [edge.store for edge in edges if isinstance(edge.store, Site) and not edge.store.public]
    rules = {s.address: {"security_group_id": Output(s.address, "security_group_id"), "port": s.port} for s in called}
    return rules or None


def apis(plan: Plan, own: Workload) -> dict[str, dict[str, Any]] | None:
    """Return the APIs that a workload calls, with what it may do there: AWS gives them their ids."""
    called = {edge.store.address: edge.store for edge in own.edges if isinstance(edge.store, Api)}
    return {address: {"statements": _on_api(plan, own, api)} for address, api in called.items()} or None


def literal_statements(plan: Plan, own: Workload, *unnamed: str) -> tuple[Statement, ...]:
    """Return what a workload may do with all that is known by name before it stands; `unnamed` are other ARNs."""
    later = {arn for edge in own.edges if isinstance(edge.store, Api) for arn in edge.store.invoked} | set(unnamed)
    return tuple(s for s in plan.statements[own.address] if not later & set(s.resources))


def _on_api(plan: Plan, own: Workload, api: Api) -> list[dict[str, Any]]:
    """Put outputs in the place of what goes by an address."""
    ids = {arn: Output(api.address, "invoked", (arn.removeprefix(f"{api.arn}/"),)) for arn in api.invoked}
    allowed = (s for s in plan.statements[own.address] if set(s.resources) & ids.keys())
    return [
        written | {"resources": [ids[arn] for arn in written["resources"]]} for written in statements(tuple(allowed))
    ]


def network(plan: Plan, own: Network, alias: str | None) -> Module:
    """Return the call that makes the VPC of a region."""
    spec, region = plan.system.network, own.region
    zones = {z.id: {"public": str(z.public), "private": str(z.private), "isolated": str(z.isolated)} for z in own.zones}
    policies = {s: allowed for (r, s), allowed in plan.endpoint_statements.items() if r == region}
    variables = {
        "name": plan.prefix,
        "region": region,
        "account": plan.system.account,
        "cidr": str(own.block),
        "zones": zones,
        "egress": spec.egress,
        "nat_zone": own.zones[0].id if spec.egress == "nat-single" else None,
        "gateway_endpoints": {s: {"statements": statements(p)} for s, p in policies.items() if s in GATEWAYS},
        "interface_endpoints": {
            s: {"zones": sorted(zones), "statements": statements(p)} for s, p in policies.items() if s not in GATEWAYS
        },
        "flow_logs": {
            "retention_days": log_days(plan),
            "key_arn": key_arn(plan.key(region, "shared")),
            "log_group": flow_log_group(plan),
            "role_name": flow_log_role(plan, region),
        },
    }
    return Module(address("network", region), "network", alias, variables, ("network",))


def _key(plan: Plan, key: Key) -> dict[str, Any]:
    return {
        "alias": key.alias,
        "description": key.description,
        "log_groups": key.log_groups,
        "trails": key.trails,
        "lustre": any(_links(plan, key)) or None,
        "topics": list(_topics(plan, key)) or None,
        "log_detectors": (key.logical == SHARED and _learns(plan)) or None,
        "disks": key.disks and any(each.region == key.region for each in (*plan.hosts, *plan.batches)),
        "deletion_days": DELETION_DAYS[plan.system.environment],
    }


def _learns(plan: Plan) -> bool:
    """Tell whether detectors learn what is usual in the logs."""
    return bool(plan.system.monitor and plan.system.monitor.logs.anomalies)


def _topics(plan: Plan, key: Key) -> Iterator[str]:
    """Yield the topics of alarms under a key."""
    told = plan.system.monitor.notify if plan.system.monitor else {}
    if key.logical == SHARED:
        for name in sorted(told):
            yield f"arn:aws:sns:{key.region}:{plan.system.account}:{topic_name(plan, name)}"


def _links(plan: Plan, key: Key) -> Iterator[bool]:
    """Yield for each bucket of a Lustre file system whether the key is the bucket's."""
    for store in plan.stores:
        if isinstance(store, Lustre):
            buckets = linked_buckets(plan, store)
            yield from (bucket.key is not None and bucket.key.address == key.address for bucket in buckets)
