"""Refused: networks, endpoints, balancers, certificates and zones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from ipaddress import IPv4Network, ip_network
from itertools import combinations
from typing import Final

from landform.proof.planned import Resource
from landform.scan.refusals.model import Found, Refusal, blocks, target
from landform.scan.subject import Subject


def _vpc_size(subject: Subject) -> Iterator[Found]:
    for vpc in subject.planned.of_type("aws_vpc"):
        block = _block(vpc)
        if block and not 16 <= block.prefixlen <= 28:
            yield vpc, f"has the block {block}: /16 to /28"


def _subnets(subject: Subject) -> Iterator[Found]:
    vpcs = {v.address: _block(v) for v in subject.planned.of_type("aws_vpc")}
    placed: dict[str, list[tuple[Resource, IPv4Network]]] = {}
    for subnet in subject.planned.of_type("aws_subnet"):
        block, vpc = _block(subnet), target(subject, subnet, "vpc_id")
        whole = vpcs.get(vpc)
        if block and not 16 <= block.prefixlen <= 28:
            yield subnet, f"has the block {block}: /16 to /28"
        if block and whole and not block.subnet_of(whole):
            yield subnet, f"has the block {block}, outside of {whole} of {vpc}"
        if block:
            placed.setdefault(vpc, []).append((subnet, block))
    for several in placed.values():
        for (one, first), (other, second) in combinations(several, 2):
            if first.overlaps(second):
                yield other, f"overlaps {one.address}: {second} and {first}"


def _block(resource: Resource) -> IPv4Network | None:
    text = resource.values.get("cidr_block")
    try:
        network = ip_network(str(text)) if text else None
    except ValueError:
        return None
    return network if isinstance(network, IPv4Network) else None


def _endpoints(subject: Subject) -> Iterator[Found]:
    seen: dict[tuple[str, str], Resource] = {}
    for endpoint in subject.planned.of_type("aws_vpc_endpoint"):
        place = (target(subject, endpoint, "vpc_id"), str(endpoint.values.get("service_name")))
        if place in seen:
            yield endpoint, f"stands beside {seen[place].address}: a network has one endpoint of {place[1]} by its name"
        seen[place] = endpoint


def _acl_numbers(subject: Subject) -> Iterator[Found]:
    for acl in subject.planned.of_type("aws_network_acl"):
        for way in ("ingress", "egress"):
            numbers = Counter(b.get("rule_no") for b in blocks(acl, way))
            twice = sorted(str(number) for number, count in numbers.items() if count > 1)
            if twice:
                yield acl, f"has {way} rules of the same number {', '.join(twice)}"
            if len(numbers) > 40:
                yield acl, f"has {len(numbers)} {way} rules: 40 at most, once the quota of 20 is raised"


def _routes(subject: Subject) -> Iterator[Found]:
    seen: dict[tuple[str, str], Resource] = {}
    for route in subject.planned.of_type("aws_route"):
        to = str(route.values.get("destination_cidr_block") or route.values.get("destination_ipv6_cidr_block"))
        table = target(subject, route, "route_table_id")
        if table and (table, to) in seen:
            yield route, f"leads to {to} as {seen[table, to].address} does"
        seen[table, to] = route


def _one_zone(subject: Subject) -> Iterator[Found]:
    for balancer in subject.planned.of_type("aws_lb"):
        subnets = balancer.values.get("subnets")
        mapped = blocks(balancer, "subnet_mapping")
        count = max(len(subnets), len(mapped)) if isinstance(subnets, list) else 0
        if count == 1 and balancer.values.get("load_balancer_type") != "network":
            yield balancer, "stands in one zone: an application load balancer needs two"


def _uncertified(subject: Subject) -> Iterator[Found]:
    for listener in subject.planned.of_type("aws_lb_listener"):
        secure = listener.values.get("protocol") in ("HTTPS", "TLS")
        given = listener.values.get("certificate_arn") or listener.unknown.get("certificate_arn")
        if secure and not given:
            yield listener, f"speaks {listener.values['protocol']} without a certificate"


def _certificate_region(subject: Subject) -> Iterator[Found]:
    for listener in subject.planned.of_type("aws_lb_listener"):
        parts = str(listener.values.get("certificate_arn") or "").split(":")
        if len(parts) > 5 and parts[3] and listener.region and parts[3] != listener.region:
            yield listener, f"has a certificate of {parts[3]} and stands in {listener.region}"


def _waf_logs(subject: Subject) -> Iterator[Found]:
    for logging in subject.planned.of_type("aws_wafv2_web_acl_logging_configuration"):
        for destination in logging.values.get("log_destination_configs") or ():
            name = str(destination).rstrip(":*").rpartition(":")[2].rpartition("/")[2]
            if not name.startswith("aws-waf-logs-"):
                yield logging, f"logs to {name}: what takes a firewall's logs is called aws-waf-logs-…"


def _zoneless(subject: Subject) -> Iterator[Found]:
    for record in subject.planned.of_type("aws_route53_record"):
        if not record.values.get("zone_id") and not record.unknown.get("zone_id"):
            yield record, "is in no hosted zone"


def _group_words(subject: Subject) -> Iterator[Found]:
    allowed = set("._-:/()#,@[]+=&;{}!$* ")
    for resource in subject.planned.of_type(
        "aws_security_group", "aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule"
    ):
        text = str(resource.values.get("description") or "")
        strange = sorted({c for c in text if not (c.isascii() and c.isalnum()) and c not in allowed})
        if strange or len(text) > 255:
            yield resource, f"has a description that EC2 does not take: {''.join(strange) or f'{len(text)} characters'}"


REFUSALS: Final = (
    Refusal("network-size", "a VPC's block is /16 to /28", "EC2, CreateVpc", _vpc_size),
    Refusal(
        "subnets", "subnets lie in their VPC's block, /16 to /28, and do not overlap", "EC2, CreateSubnet", _subnets
    ),
    Refusal(
        "second-endpoint",
        "a network has one endpoint of a service by its name",
        "PrivateLink guide, Private DNS",
        _endpoints,
    ),
    Refusal(
        "rule-numbers", "rules of a network ACL have numbers of their own", "EC2, CreateNetworkAclEntry", _acl_numbers
    ),
    Refusal("second-route", "a table has one route to a destination", "EC2, CreateRoute", _routes),
    Refusal(
        "balancer-zones",
        "an application load balancer stands in two zones",
        "Elastic Load Balancing, CreateLoadBalancer",
        _one_zone,
    ),
    Refusal(
        "listener-certificate",
        "a listener that speaks TLS has a certificate",
        "Elastic Load Balancing, CreateListener",
        _uncertified,
    ),
    Refusal(
        "certificate-region",
        "a listener's certificate is of its region",
        "ACM user guide, Supported Regions",
        _certificate_region,
    ),
    Refusal(
        "firewall-logs",
        "what takes a firewall's logs is called aws-waf-logs-…",
        "WAF, PutLoggingConfiguration",
        _waf_logs,
    ),
    Refusal("record-zone", "a record is in a hosted zone", "Route 53, ChangeResourceRecordSets", _zoneless),
    Refusal(
        "group-descriptions",
        "descriptions of groups and rules are plain, of 255 characters",
        "EC2, CreateSecurityGroup",
        _group_words,
    ),
)
