"""Rules on who can reach what: security groups, public buckets, and the order that Terraform must know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network
from typing import Any, Final

from landform.diagnostics import Diagnostic, error
from landform.exposure import opens_to_the_world
from landform.proof.placed import parts_of
from landform.proof.planned import Resource
from landform.scan.subject import Subject

SSH: Final = 22
_WORLD6: Final = 2**112
"""Addresses of a /16 of IPv6, more than anyone's own; of IPv4, `exposure` says how many are everybody."""
Network = IPv4Network | IPv6Network


def open_ingress(subject: Subject) -> Iterator[Diagnostic]:
    """No group lets the world in by SSH or by every protocol, in one block or in the sum of all its blocks.

    checkov sees 0.0.0.0/0 on port 22 only: not protocol -1, not two halves, not a prefix list.
    """
    groups: dict[tuple[str, str], list[Network]] = {}
    for group, rule in ingress_rules(subject):
        if what := _dangerous(rule):
            groups.setdefault((group, what), []).extend(blocks_of(subject, rule))
    for (group, what), blocks in groups.items():
        if _world(blocks):
            yield error(
                "LF0806",
                subject.places.path(group),
                f"{group} lets the world in by {what}.",
                "List the addresses that may connect, or use Session Manager, which needs no open port.",
            )


def unasked_callers(subject: Subject) -> Iterator[Diagnostic]:
    """Whoever knows the URL of an API may call a route of it, unless IAM is asked who he is."""
    for route in subject.planned.of_type("aws_apigatewayv2_route"):
        if route.values.get("authorization_type") != "AWS_IAM":
            fact = f"{route.address} asks nobody who he is: {route.values.get('authorization_type') or 'NONE'}."
            remedy = (
                'Set authorization_type = "AWS_IAM"; what the world may call stands behind a balancer with a firewall.'
            )
            yield error("LF0805", subject.places.path(route.address), fact, remedy)


Rule = tuple[Resource, Mapping[str, Any]]
"""The resource that holds a rule, and the rule's arguments."""


def ingress_rules(subject: Subject) -> Iterator[tuple[str, Rule]]:
    """Yield each group that lets something in and the rule: within the group, or a resource of either kind."""
    for resource in subject.planned.resources:
        if resource.type in ("aws_security_group", "aws_default_security_group"):
            for block in resource.values.get("ingress") or ():
                yield resource.address, (resource, block)
        separate = resource.type == "aws_security_group_rule" and resource.values.get("type") == "ingress"
        if separate or resource.type == "aws_vpc_security_group_ingress_rule":
            targets = subject.planned.targets(resource, "security_group_id")
            group = targets[0].address if targets else str(resource.values.get("security_group_id"))
            yield group, (resource, resource.values)


def _dangerous(rule: Rule) -> str:
    """What a rule opens that no world may use; empty for nothing of the kind."""
    values = rule[1]
    protocol = str(values.get("ip_protocol") or values.get("protocol") or "").lower()
    if protocol in ("-1", "all"):
        return "every protocol"
    first, last = values.get("from_port"), values.get("to_port")
    if protocol in ("tcp", "6") and first is not None and last is not None and first <= SSH <= last:
        return "SSH"
    return ""


def blocks_of(subject: Subject, rule: Rule) -> list[Network]:
    """Return the addresses that a rule lets in, those of the plan's prefix lists among them."""
    resource, values = rule
    cidrs = [values.get("cidr_ipv4"), values.get("cidr_ipv6")]
    cidrs += [*(values.get("cidr_blocks") or ()), *(values.get("ipv6_cidr_blocks") or ())]
    for argument in ("prefix_list_id", "prefix_list_ids"):
        for listed in subject.planned.referred(resource, argument):
            entries = listed.values.get("entry") or ()
            cidrs += [entry.get("cidr") for entry in entries]
    return [ip_network(c, strict=False) for c in cidrs if c]


def _world(blocks: Iterable[Network]) -> bool:
    listed = list(blocks)
    v6 = collapse_addresses(b for b in listed if isinstance(b, IPv6Network) and not _private(b))
    of_v4 = opens_to_the_world(b for b in listed if isinstance(b, IPv4Network))
    return of_v4 or sum(b.num_addresses for b in v6) > _WORLD6


def _private(block: IPv6Network) -> bool:
    """Whether a whole block is private; `is_private` asks the first and last address alone, and ::/0 passes."""
    return any(block.subnet_of(p) for p in _PRIVATE6)


# RFC 4193 and 4291.
_PRIVATE6: Final = [IPv6Network(n) for n in ("fc00::/7", "fe80::/10")]


_BLOCKS: Final = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")


def public_access(subject: Subject) -> Iterator[Diagnostic]:
    """Every bucket blocks public access in all four ways, whatever its policy says today."""
    found = parts_of(subject.planned, "aws_s3_bucket", "bucket", "aws_s3_bucket_public_access_block")
    for bucket in subject.planned.of_type("aws_s3_bucket"):
        blocks = found.get(bucket.address, ())
        off = [b for b in _BLOCKS if not any(block.values.get(b) is True for block in blocks)]
        if off:
            yield error(
                "LF0811",
                subject.places.path(bucket.address),
                f"{bucket.address} does not block public access: {', '.join(off)}.",
                "Give it an aws_s3_bucket_public_access_block with all four set.",
            )


def public_acl(subject: Subject) -> Iterator[Diagnostic]:
    """An ACL is a second way in, past every policy."""
    for acl in subject.planned.of_type("aws_s3_bucket_acl", "aws_s3_bucket"):
        if "public" in str(acl.values.get("acl")) or "authenticated" in str(acl.values.get("acl")):
            found = str(acl.values["acl"])
        elif any(group in str(acl.values.get("access_control_policy")) for group in _EVERYONE):
            found = "grants to groups of strangers"
        elif strangers := _beside_the_owner(acl.values.get("access_control_policy") or ()):
            found = f"grants to {', '.join(strangers)}"
        else:
            continue
        yield error(
            "LF0811",
            subject.places.path(acl.address),
            f"{acl.address} opens the bucket: {found}.",
            "Leave ACLs off (BucketOwnerEnforced), and let policies decide.",
        )


def _beside_the_owner(policies: Iterable[Mapping[str, Any]]) -> list[str]:
    """The identities to whom an ACL grants something, without the owner itself."""
    owners = {owner.get("id") for policy in policies for owner in policy.get("owner") or ()}
    grantees = [g for p in policies for grant in p.get("grant") or () for g in grant.get("grantee") or ()]
    named = (g.get("id") or g.get("email_address") for g in grantees if g.get("type") != "Group")
    return sorted(str(who) for who in named if who and who not in owners)


_EVERYONE: Final = ("groups/global/AllUsers", "groups/global/AuthenticatedUsers")


def literal_arn(subject: Subject) -> Iterator[Diagnostic]:
    """An argument with a literal ARN of a resource in the same plan gives Terraform no order: an apply races.

    Policies and names may hold literals; they are not looked up when they are written.
    """
    arns = {arn: r for r in subject.planned.resources if (arn := _arn(r, subject.account))}
    for resource in subject.planned.resources:
        for argument, value in resource.values.items():
            for text in _texts(value):
                target = arns.get(text) or arns.get(text.removesuffix("/").removesuffix(":*"))
                if target and target is not resource and not _refers(subject, resource, argument, target):
                    yield error(
                        "LF0807",
                        subject.places.path(resource.address),
                        f"{argument} of {resource.address} holds {text}, which {target.address} will be.",
                        "Pass the module's output instead, so that Terraform makes it first.",
                    )


def _refers(subject: Subject, resource: Resource, argument: str, target: Resource) -> bool:
    """Whether the argument's value comes from the target, or through an output of the target's module."""
    planned, written = subject.planned, resource.expressions.get(argument)
    dynamic = written is None or (isinstance(written, list) and len(resource.values[argument]) > len(written))
    if dynamic and target.module in planned.modules(resource, None):
        return True
    return any(
        target.address in {t.address for t in planned.follow(resource, expression)}
        or target.module in planned.modules(resource, expression)
        for expression in _expressions(written)
    )


def _expressions(expression: Any) -> Iterator[Any]:
    """An argument's expression, and those of the blocks within it."""
    if isinstance(expression, list):
        for inner in expression:
            yield from _expressions(inner)
    elif isinstance(expression, Mapping):
        yield expression
        for inner in expression.values():
            if isinstance(inner, Mapping | list):
                yield from _expressions(inner)


def _texts(value: Any) -> Iterator[str]:
    """The ARNs in an argument's value, however deep."""
    if isinstance(value, str) and value.startswith("arn:"):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


# How AWS forms ARNs, from what a plan knows (Service Authorization Reference, 2026-11). What has an id of its own,
# as keys and groups have, cannot be known before it is made, nor written as a literal.
_ARNS: Final = {
    "aws_cloudtrail": "arn:aws:cloudtrail:{region}:{account}:trail/{name}",
    "aws_cloudwatch_log_group": "arn:aws:logs:{region}:{account}:log-group:{name}",
    "aws_dynamodb_table": "arn:aws:dynamodb:{region}:{account}:table/{name}",
    "aws_iam_instance_profile": "arn:aws:iam::{account}:instance-profile{path}{name}",
    "aws_iam_policy": "arn:aws:iam::{account}:policy{path}{name}",
    "aws_iam_role": "arn:aws:iam::{account}:role{path}{name}",
    "aws_kinesis_stream": "arn:aws:kinesis:{region}:{account}:stream/{name}",
    "aws_kms_alias": "arn:aws:kms:{region}:{account}:{name}",
    "aws_lambda_function": "arn:aws:lambda:{region}:{account}:function:{function_name}",
    "aws_s3_bucket": "arn:aws:s3:::{bucket}",
    "aws_sns_topic": "arn:aws:sns:{region}:{account}:{name}",
    "aws_sqs_queue": "arn:aws:sqs:{region}:{account}:{name}",
}


def _arn(resource: Resource, account: str) -> str:
    form = _ARNS.get(resource.type)
    known = {k: v for k, v in resource.values.items() if isinstance(v, str)}
    try:
        return form.format_map({**known, "region": resource.region, "account": account}) if form else ""
    except KeyError:
        return ""
