"""VPC endpoints: which a network needs, and whom each lets through to what.

An endpoint policy limits and grants nothing. It is the permissions of the hosts once more, so that whatever gets hold
of a host cannot carry data to a bucket that no edge names.
"""

import json
from collections.abc import Iterator
from dataclasses import replace

from landform.catalog.boot import LUSTRE_ON_UBUNTU, WAITED_FOR, boot_resources
from landform.catalog.endpoints import GATEWAYS, INTERFACES, OUTSIDE, PRINCIPALS, STUDIO, leads_to
from landform.catalog.limits import ENDPOINT_POLICY
from landform.diagnostics import Diagnostic, warning
from landform.passes.grant import distinct, helpers
from landform.passes.pin import lustre_mounts
from landform.plan import Plan, Statement, Workload
from landform.spec.network import Endpoints

Policy = tuple[Statement, ...]


def endpoint(plan: Plan) -> tuple[Plan, tuple[Diagnostic, ...]]:
    """Fill in the policy of every endpoint of every network that landform makes."""
    found: list[Diagnostic] = []
    policies = {}
    for region, network in plan.networks.items():
        if not network.existing and plan.system.network.endpoints != "none":
            for service in _services(plan, region):
                policy = _policy(plan, region, service, found)
                if policy:
                    policies[region, service] = policy
    return replace(plan, endpoint_statements=policies), tuple(found)


def policy_size(policy: Policy) -> int:
    """Return the characters of a policy as the network module writes it."""
    statements = [
        {"Sid": s.sid, "Effect": "Allow", "Principal": "*", "Action": s.actions, "Resource": s.resources}
        | ({"Condition": s.conditions} if s.conditions else {})
        for s in policy
    ]
    return len(json.dumps({"Version": "2012-10-17", "Statement": statements}, separators=(",", ":")))


def _systems(plan: Plan, region: str) -> set[str]:
    """Return what boots in a region, by what it fetches."""
    hosts = {host.image.os for host in plan.hosts if host.region == region and host.image}
    managed = {"ecs": plan.batches, "beanstalk": plan.beanstalks}
    return hosts | {os for os, several in managed.items() if any(own.region == region for own in several)}


def _callers(plan: Plan, region: str) -> Iterator[tuple[Workload, tuple[Statement, ...]]]:
    """Yield what runs in a region, with the permissions that it uses from within the network."""
    for workload in plan.workloads:
        outside = OUTSIDE[PRINCIPALS[workload.platform]]
        # Of services that know no resource several share a statement.
        own = (
            replace(s, actions=tuple(a for a in s.actions if a.partition(":")[0] not in outside))
            for s in plan.statements[workload.address]
        )
        if workload.region == region:
            yield workload, tuple(s for s in own if s.actions)


def _called(plan: Plan, region: str) -> Iterator[Statement]:
    """Yield what is called from within the network: a queue or a stream that runs a function, Lambda reads itself."""
    roles = {caller.role_arn: caller.platform for caller, _ in _callers(plan, region)}
    for each in plan.grants:
        platform, use = roles.get(each.principal), each.edge.split(".")[2:3]
        outside = OUTSIDE[PRINCIPALS[platform]] if platform else frozenset()
        prefix = each.statement.actions[0].partition(":")[0]
        if platform and prefix not in outside and not (platform == "lambda" and use in (["trigger"], ["on_failure"])):
            yield each.statement
    for _, own in _helpers(plan, region):
        yield from own


def _helpers(plan: Plan, region: str) -> Iterator[tuple[str, tuple[Statement, ...]]]:
    """Yield the roles that work in the network for a training on Batch, with what they use from there."""
    for batch in plan.batches:
        if batch.region == region:
            yield from ((helper.role_arn, helper.statements) for helper in helpers(plan, batch))


def _services(plan: Plan, region: str) -> list[str]:
    """Return the endpoints of a region: those that its grants call, with NAT only what costs nothing."""
    spec = plan.system.network
    # Keys are used through S3 and other services only, which ask KMS themselves.
    called = {action for s in _called(plan, region) for action in s.actions if not action.startswith("kms:")}
    services = {s for s in GATEWAYS if _any_leads_to(s, called) or (s == "s3" and _systems(plan, region))}
    if spec.egress == "none":
        services |= {s for s in INTERFACES if _any_leads_to(s, called)}
        services |= STUDIO.keys() if plan.studio and plan.studio.region == region else set()
    if isinstance(spec.endpoints, Endpoints):
        services |= {s for s in spec.endpoints.add if s in GATEWAYS | INTERFACES}
    return sorted(services)


def _any_leads_to(service: str, actions: set[str]) -> bool:
    return any(leads_to(service, action) for action in actions)


def _policy(plan: Plan, region: str, service: str, found: list[Diagnostic]) -> Policy:
    """Return what an endpoint lets through; nothing where it would serve nobody."""
    prefix = (GATEWAYS | INTERFACES)[service]
    studio = STUDIO.get(service, ()) if plan.studio and plan.studio.region == region else ()
    own = (_this_account(plan, studio),) if studio else ()
    admitted = (*_admitted(plan, region, service), *own)
    always = (*_boot(plan, region), *_existing(plan, region)) if service == "s3" else ()
    if not admitted and service not in GATEWAYS:
        # The user asked for it, for programs whose permissions landform does not know: this account, and no other.
        return (_this_account(plan, (f"{prefix}:*",)),)
    if not admitted and not always:
        fact = f"nothing in {region} calls {service}: its endpoint would let nothing through, and is left out."
        found.append(warning("LF0605", ("network", "endpoints"), fact, "Take it out of `add`."))
    policy = (*admitted, *_boot(plan, region)) if service == "s3" else admitted
    if policy_size(policy) <= ENDPOINT_POLICY:
        return policy
    actions = tuple(sorted({action for s in admitted for action in s.actions}))
    fact = f"the policy of the {service} endpoint would exceed the {ENDPOINT_POLICY} characters that AWS takes:"
    found.append(warning("LF0606", ("network",), fact, "it admits this account's principals and resources."))
    return (_this_account(plan, actions), *always)


def _admitted(plan: Plan, region: str, service: str) -> Iterator[Statement]:
    """Admit each workload to what its own statements allow."""
    scopes: dict[str, tuple[Statement, list[str]]] = {}
    callers = ((caller.role_arn, own) for caller, own in _callers(plan, region))
    for role, own in (*callers, *_helpers(plan, region)):
        for statement in own:
            actions = tuple(a for a in statement.actions if leads_to(service, a))
            scope = json.dumps([actions, statement.resources, statement.conditions], sort_keys=True)
            if actions:
                scopes.setdefault(scope, (replace(statement, actions=actions), []))[1].append(role)
    merged = []
    for statement, roles in scopes.values():
        equals = {**statement.conditions.get("StringEquals", {}), "aws:PrincipalArn": tuple(sorted(roles))}
        merged.append(replace(statement, conditions={**statement.conditions, "StringEquals": equals}))
    yield from distinct(merged)


def _boot(plan: Plan, region: str) -> Iterator[Statement]:
    """Admit anybody to what AWS publishes: package managers do not sign their requests."""
    arns = sorted({arn for os in _systems(plan, region) for arn in boot_resources(os, region)})
    hosts = [host for host in plan.hosts if host.region == region and host.image]
    if any(host.image and host.image.os == "ubuntu" and lustre_mounts(host) for host in hosts):
        arns += [f"arn:aws:s3:::{bucket}/*" for bucket in LUSTRE_ON_UBUNTU]
    if arns:
        yield Statement("Boot", ("s3:GetObject",), tuple(arns))
    if any(own.region == region for own in plan.beanstalks):
        yield Statement("Ready", ("s3:PutObject",), (WAITED_FOR.format(region=region),))


def _existing(plan: Plan, region: str) -> Iterator[Statement]:
    """Admit this account to the buckets that are not the system's, which another account may own."""
    callers = list(_callers(plan, region))
    arns = {
        edge.store.arn
        for caller, _ in callers
        for edge in caller.edges
        if edge.store.existing and edge.store.kind == "bucket"
    }
    statements = [s for _, own in callers for s in own if _names(s, arns)]
    if statements:
        actions = tuple(sorted({a for s in statements for a in s.actions if a.startswith("s3:")}))
        resources = tuple(sorted({r for s in statements for r in s.resources if r.split("/")[0] in arns}))
        same = {"StringEquals": {"aws:PrincipalAccount": (plan.system.account,)}}
        yield Statement("Existing", actions, resources, same)


def _names(statement: Statement, arns: set[str]) -> bool:
    return any(resource.split("/")[0] in arns for resource in statement.resources)


def _this_account(plan: Plan, actions: tuple[str, ...]) -> Statement:
    own = (plan.system.account,)
    same = {"StringEquals": {"aws:PrincipalAccount": own, "aws:ResourceAccount": own}}
    return Statement("ThisAccount", actions, ("*",), same)
