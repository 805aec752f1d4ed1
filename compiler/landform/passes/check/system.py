"""Rules about the system as a whole: its data, who audits it, what it can reach."""

from collections.abc import Iterator

from landform.catalog.boot import BEYOND_ENDPOINTS
from landform.catalog.endpoints import GATEWAYS, INTERFACES
from landform.diagnostics import Diagnostic, Related, dotted, error, note, warning
from landform.file_systems import Lustre
from landform.passes.resolve.edges import named
from landform.passes.resolve.studio import CANVAS
from landform.passes.unknown import unknown
from landform.plan import Batch, Function, Host, Job, Plan, ServedModel
from landform.spec.compute import Training
from landform.spec.network import Endpoints


def personal_data_is_audited(plan: Plan) -> Iterator[Diagnostic]:
    """`class: pii` promises a record of who read what, and only a trail keeps one."""
    personal = next((store for store in plan.stores if store.personal), None)
    if personal and plan.system.audit is None:
        fact = f"data.{personal.entry} holds personal data, and nothing records who reads it."
        yield error(
            "LF0502",
            (*personal.path, "class"),
            fact,
            "Add `audit: {trail: all-regions}`, or `trail: existing`.",
        )


def data_is_used(plan: Plan) -> Iterator[Diagnostic]:
    """A store without an edge is a slip, or something that only people use."""
    used = {edge.store.path for each in plan.workloads for edge in each.edges}
    used |= {("data", name) for s in plan.stores if isinstance(s, Lustre) for name in s.linked}
    read: list[Host | Job | Batch | Function | ServedModel] = [*plan.hosts, *plan.jobs, *plan.batches]
    read += [*plan.functions, *plan.served]
    misread = plan.broken or any(len(each.edges) < _named(each) for each in read)
    for user in plan.studio.users if plan.studio else ():
        said = [edge for edge in user.edges if edge.verb != CANVAS]
        misread = misread or len(said) < sum(1 for _ in named((user.section, user.entry), user.spec))
    for secret in plan.secrets:
        if secret.path not in used and not misread:
            fact = f"no workload uses secrets.{secret.entry}."
            yield warning("LF0209", secret.path, fact, f"Add `uses: [{secret.entry}]`, or leave it out.")
    for entry in plan.system.data:
        if ("data", entry) not in used and plan.workloads and not misread:
            yield warning(
                "LF0209",
                ("data", entry),
                f"no workload reads or writes data.{entry}.",
                "Add an edge, or leave it out.",
            )


def _named(workload: Host | Job | Batch | Function | ServedModel) -> int:
    """Count the stores that an entry names, found or not: what looks unused may only be misspelt."""
    return sum(1 for _ in named(workload.path, workload.spec))


def existing_keys_are_reachable(plan: Plan) -> Iterator[Diagnostic]:
    """A key of another account admits nobody here until its own policy says so."""
    for store in (*plan.buckets, *plan.secrets):
        account = store.key_arn.split(":")[4] if store.key_arn else plan.system.account
        remedy = "Its policy there must admit the roles that `grants.json` lists."
        if account != plan.system.account:
            fact = f"the key of {dotted(store.path)} belongs to account {account}."
            yield warning("LF0503", (*store.path, "key"), fact, remedy)
        if store.account != plan.system.account:
            fact = f"{dotted(store.path)} belongs to account {store.account}."
            yield warning("LF0503", (*store.path, "existing"), fact, remedy)


def endpoints_exist(plan: Plan) -> Iterator[Diagnostic]:
    """An endpoint of a misspelt service fails at the first apply, after half of the network stands."""
    endpoints = plan.system.network.endpoints
    if isinstance(endpoints, Endpoints):
        for index, service in enumerate(endpoints.add):
            if service not in GATEWAYS | INTERFACES:
                path = ("network", "endpoints", "add", index)
                yield unknown("LF0605", path, "endpoint service", service, GATEWAYS | INTERFACES)


def scripts_reach_what_they_need(plan: Plan) -> Iterator[Diagnostic]:
    """With `egress: none` there is no PyPI, no package archive, no Git host: a script that wants one hangs."""
    if plan.system.network.egress != "none":
        return
    for host in plan.hosts:
        key = "user_data" if host.section == "machines" else "setup"
        if getattr(host.spec, key, None) and plan.networks.get(host.region, None) is not None:
            fact = "with `egress: none` the script reaches S3 and the endpoints of the network, and nothing else."
            other = Related("the network has no way out", ("network", "egress"))
            yield warning("LF0605", (*host.path, key), fact, "Bring what it needs in a bucket or in the image.", other)


def hosts_reach_what_they_need(plan: Plan) -> Iterator[Diagnostic]:
    """What saves and fetches on a host are programs; where they are not in the image, they must be reachable."""
    if plan.system.network.egress != "none":
        return
    for host in plan.hosts:
        beyond = BEYOND_ENDPOINTS.get(host.image.os) if host.image else None
        spec = host.spec
        if beyond and isinstance(spec, Training) and (spec.code or spec.checkpoint or spec.capacity.spot):
            fact = f"with `egress: none` {host.label} cannot install {beyond}."
            other = Related("the network has no way out", ("network", "egress"))
            yield error("LF0605", (*host.path, "image"), fact, "Use an image on Amazon Linux, or a NAT.", other)


def existing_networks_are_used_as_said(plan: Plan) -> Iterator[Diagnostic]:
    """What is accepted and does nothing yet is said, never silently ignored."""
    for region, existing in plan.system.network.existing.items():
        for key in ("public", "route_tables"):
            if getattr(existing, key):
                path = ("network", "existing", region, key)
                fact = f"nothing of this version uses `{key}` of an existing network yet."
                yield note("LF0205", path, fact, "It may stay: services with a public side will.")


def buckets_stay_with_their_region(plan: Plan) -> Iterator[Diagnostic]:
    """`replicate` without a replica copies to nowhere."""
    if plan.system.regions.replicas:
        return
    for name, entry in plan.system.data.items():
        if entry.replicate:
            fact = f"data.{name} is to be replicated, and the system has no replica region."
            yield warning("LF0207", ("data", name, "replicate"), fact, "Add `regions: {replicas: […]}`.")


def locks_can_be_kept(plan: Plan) -> Iterator[Diagnostic]:
    """Nobody can delete a record under a compliance lock, the system around it included, before its time."""
    audit = plan.system.audit
    if audit and audit.locked == "compliance" and plan.system.environment != "production":
        fact = f"a compliance lock cannot be taken back, and this is {plan.system.environment}."
        yield error("LF0207", ("audit", "locked"), fact, "Write `locked: governance`, or `environment: production`.")


RULES = (
    personal_data_is_audited,
    data_is_used,
    existing_keys_are_reachable,
    endpoints_exist,
    scripts_reach_what_they_need,
    hosts_reach_what_they_need,
    existing_networks_are_used_as_said,
    buckets_stay_with_their_region,
    locks_can_be_kept,
)
