"""The networks of a plan: subnets with routes and network ACLs, security groups, endpoints, and who stands where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, ip_network
from typing import Any, Final

from landform.proof.evaluate import Policy, read_policy
from landform.proof.planned import Planned, Resource
from landform.walk.groups import Group, read_groups


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a network ACL: number, allow or deny, protocol, ports (0 to 0 under -1) and block."""

    number: int
    allow: bool
    protocol: str
    first: int
    last: int
    block: IPv4Network


@dataclass(frozen=True, slots=True)
class Subnet:
    """A subnet: where its table leads besides its own network (block, address of the route), and its ACL's lines."""

    address: str
    vpc: str
    block: IPv4Network
    table: str
    routes: tuple[tuple[IPv4Network, str], ...]
    incoming: tuple[Entry, ...]
    outgoing: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Door:
    """A VPC endpoint; a gateway leads out of tables, an interface stands in subnets. Without a policy it admits all."""

    address: str
    service: str
    region: str
    vpc: str
    gateway: bool
    tables: frozenset[str]
    subnets: tuple[str, ...]
    groups: frozenset[str]
    policy: Policy | None


@dataclass(frozen=True, slots=True)
class Stand:
    """What has addresses in subnets, behind security groups; `workload` tells what calls from what is called."""

    module: str
    address: str
    subnets: tuple[str, ...]
    groups: frozenset[str]
    workload: bool


@dataclass(frozen=True, slots=True)
class Networks:
    """All networks of a plan; `sealed` are the VPCs that the plan says have no way out."""

    sealed: frozenset[str]
    subnets: Mapping[str, Subnet]
    groups: Mapping[str, Group]
    doors: tuple[Door, ...]
    stands: tuple[Stand, ...]

    def vpc_of(self, stand: Stand) -> str:
        """The VPC that something stands in; empty for one that the plan does not make."""
        return next((self.subnets[s].vpc for s in stand.subnets if s in self.subnets), "")


def read_networks(planned: Planned) -> Networks:
    """Read the networks of a plan, in the form of `terraform show -json`."""
    return Networks(
        sealed=frozenset(v.address for v in planned.of_type("aws_vpc") if planned.given(v, "egress") == "none"),
        subnets={s.address: s for s in _subnets(planned)},
        groups=read_groups(planned),
        doors=tuple(_doors(planned)),
        stands=tuple(_stands(planned)),
    )


def _first(planned: Planned, resource: Resource, *argument: str | int) -> str:
    return next((t.address for t in planned.targets(resource, *argument)), "")


def _subnets(planned: Planned) -> Iterator[Subnet]:
    tables = {
        _first(planned, each, "subnet_id"): _first(planned, each, "route_table_id")
        for each in planned.of_type("aws_route_table_association")
    }
    acls = {subnet: acl for acl in planned.of_type("aws_network_acl") for subnet in _guarded(planned, acl)}
    for subnet in planned.of_type("aws_subnet"):
        table, acl = tables.get(subnet.address, ""), acls.get(subnet.address)
        yield Subnet(
            address=subnet.address,
            vpc=_first(planned, subnet, "vpc_id"),
            block=IPv4Network(subnet.values["cidr_block"]),
            table=table,
            routes=tuple(_routes(planned, table)),
            incoming=_entries(acl, "ingress"),
            outgoing=_entries(acl, "egress"),
        )


def _guarded(planned: Planned, acl: Resource) -> Iterator[str]:
    """Yield the subnets of an ACL; one of several has them by its key, which is the name of their block."""
    subnets = [t.address for t in planned.targets(acl, "subnet_ids")]
    own = [s for s in subnets if planned.by_address[s].name == acl.key]
    yield from own or subnets


def _entries(acl: Resource | None, direction: str) -> tuple[Entry, ...]:
    """Return the lines of an ACL in the order in which AWS reads them; none, and all is refused."""
    lines = (acl.values.get(direction) or ()) if acl else ()
    read = [
        Entry(
            number=int(line["rule_no"]),
            allow=line["action"] == "allow",
            protocol={"6": "tcp", "17": "udp", "1": "icmp"}.get(str(line["protocol"]), str(line["protocol"])),
            first=int(line["from_port"]),
            last=int(line["to_port"]),
            block=IPv4Network(line["cidr_block"]),
        )
        for line in lines
        if line.get("cidr_block")
    ]
    return tuple(sorted(read, key=lambda entry: entry.number))


def _routes(planned: Planned, table: str) -> Iterator[tuple[IPv4Network, str]]:
    """Yield where a table leads: by routes of their own, and by those that stand in it."""
    for route in planned.of_type("aws_route"):
        if table and table in {t.address for t in planned.targets(route, "route_table_id")}:
            yield from ((block, route.address) for block in _blocks(route.values.get("destination_cidr_block")))
    inline = planned.by_address[table].values.get("route") or () if table else ()
    for line in inline:
        yield from ((block, table) for block in _blocks(line.get("cidr_block")))


def _blocks(text: Any) -> list[IPv4Network]:
    found = [ip_network(str(text))] if text else []
    return [block for block in found if isinstance(block, IPv4Network)]


def _doors(planned: Planned) -> Iterator[Door]:
    for endpoint in planned.of_type("aws_vpc_endpoint"):
        policy = endpoint.values.get("policy")
        yield Door(
            address=endpoint.address,
            service=str(endpoint.values.get("service_name", "")).split(".", 3)[-1],
            region=endpoint.region,
            vpc=_first(planned, endpoint, "vpc_id"),
            gateway=endpoint.values.get("vpc_endpoint_type") == "Gateway",
            tables=frozenset(t.address for t in planned.targets(endpoint, "route_table_ids")),
            subnets=tuple(t.address for t in planned.targets(endpoint, "subnet_ids")),
            groups=frozenset(t.address for t in planned.targets(endpoint, "security_group_ids")),
            policy=read_policy(policy) if policy else None,
        )


_ARGUMENTS: Final[Mapping[str, tuple[tuple[str | int, ...], tuple[str | int, ...]]]] = {
    "aws_batch_compute_environment": (
        ("compute_resources", 0, "subnets"),
        ("compute_resources", 0, "security_group_ids"),
    ),
    "aws_efs_mount_target": (("subnet_id",), ("security_groups",)),
    "aws_fsx_lustre_file_system": (("subnet_ids",), ("security_group_ids",)),
    "aws_lambda_function": (("vpc_config", 0, "subnet_ids"), ("vpc_config", 0, "security_group_ids")),
    "aws_lb": (("subnets",), ("security_groups",)),
}
"""Type → the arguments with its subnets and its groups."""

_LAUNCHED: Final = {"aws_autoscaling_group": "vpc_zone_identifier", "aws_instance": "subnet_id"}
"""Types whose groups stand in a launch template of their module → the argument with their subnets."""

_CALLED: Final = frozenset({"aws_efs_mount_target", "aws_fsx_lustre_file_system", "aws_lb"})


def _stands(planned: Planned) -> Iterator[Stand]:
    found = []
    for resource in planned.of_type(*_ARGUMENTS, *_LAUNCHED):
        groups: tuple[Any, ...] = ()
        if resource.type in _LAUNCHED:
            beside = [t for t in planned.of_type("aws_launch_template") if t.module == resource.module]
            groups = tuple(g for t in beside for g in planned.targets(t, "vpc_security_group_ids"))
            subnets = planned.targets(resource, _LAUNCHED[resource.type])
        else:
            of_subnets, of_groups = _ARGUMENTS[resource.type]
            subnets, groups = planned.targets(resource, *of_subnets), planned.targets(resource, *of_groups)
        if subnets:
            found.append(_stand(resource, subnets, groups, workload=resource.type not in _CALLED))
    yield from found
    yield from _told(planned, {stand.module for stand in found if stand.workload})


def _told(planned: Planned, known: set[str]) -> Iterator[Stand]:
    """Yield what SageMaker starts in the network: the plan holds no more of it than a request, written as one text."""
    for group in planned.of_type("aws_security_group"):
        given = planned.given(group, "subnets")
        if group.module not in known and group.name == "this" and isinstance(given, Mapping):
            subnets = [t for each in given.values() for t in planned.at_root(group, each)]
            if subnets and planned.given(group, "egress") is not None:
                yield _stand(group, subnets, (), workload=True, own=frozenset({group.address}))


def _stand(
    resource: Resource, subnets: Any, groups: Any, *, workload: bool, own: frozenset[str] = frozenset()
) -> Stand:
    places = tuple(dict.fromkeys(t.address for t in subnets if ".aws_subnet." in f".{t.address}"))
    return Stand(resource.module, resource.address, places, own | {t.address for t in groups}, workload)
