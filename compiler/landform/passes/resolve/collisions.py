"""Two things with one name on AWS, or one address in Terraform, are one thing too few."""

from collections import defaultdict
from collections.abc import Iterator

from landform.diagnostics import Diagnostic, Path, Related, dotted, error
from landform.passes.resolve.naming import flow_log_role, schedule_address
from landform.plan import Plan


def collisions(plan: Plan) -> Iterator[Diagnostic]:
    """Two things with one name on AWS, or one address in Terraform, are one thing too few."""
    names: dict[tuple[str, str], list[Path]] = defaultdict(list)
    canvas = (plan.studio.canvas,) if plan.studio and plan.studio.canvas else ()
    support = (*plan.access_logs, *plan.artifacts, *canvas)
    for store in (*plan.stores, *support):
        names["module address", store.address].append(store.path)
        scope = "" if store.kind == "bucket" else f" in {store.region}"
        names[f"{store.kind}{scope}", store.name].append(store.path)
    for bucket in plan.buckets:
        if bucket.replicas:
            names["IAM role", bucket.replication_role].append(bucket.path)
    for region in {each.region for each in plan.workloads}:
        names["IAM role", flow_log_role(plan, region)].append(("network",))
    if plan.studio:
        names["module address", "studio"].append(plan.studio.users[0].path)
        names["IAM role", plan.studio.role].append(plan.studio.users[0].path)
    if plan.trail:
        names["bucket", plan.trail.bucket].append(("audit",))
        names["IAM role", plan.trail.log_role].append(("audit",))
    for host in plan.workloads:
        names["module address", host.address].append(host.path)
        names["IAM role", host.role].append(host.path)
        if host.schedule_role:
            names["module address", schedule_address(host)].append(host.path)
            names["IAM role", host.schedule_role].append(host.path)
    for kind, physical, path in _called(plan):
        names[kind, physical].append(path)
    for (kind, name), paths in names.items():
        for path in paths[1:]:
            if path != paths[0] or kind == "module address":
                other = Related("the other one", paths[0])
                both = f"{dotted(paths[0])} and {dotted(path)}"
                yield error("LF0208", path, f"{both} would share the {kind} '{name}'.", "Rename one.", other)


def _called(plan: Plan) -> Iterator[tuple[str, str, Path]]:
    """Yield what platforms call what they run: the kind of the name, the name, and whose it is."""
    for function in plan.functions:
        yield "function", function.physical, function.path
    for model in plan.served:
        yield f"endpoint in {model.region}", model.physical, model.path
    for own in plan.beanstalks:
        yield f"environment in {own.region}", own.physical, own.path
        yield "IAM role", own.service_role, own.path
