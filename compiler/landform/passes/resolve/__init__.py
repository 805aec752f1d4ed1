"""Names: every bare name finds its entry, every entry its name on AWS."""

from dataclasses import replace

from landform.diagnostics import Diagnostic
from landform.passes.resolve.backup import backup
from landform.passes.resolve.collisions import collisions
from landform.passes.resolve.drift import watches
from landform.passes.resolve.keys import keys, with_users
from landform.passes.resolve.loop import with_new_rows
from landform.passes.resolve.regions import region_faults, was_faults
from landform.passes.resolve.served import served_models, with_model
from landform.passes.resolve.services import services
from landform.passes.resolve.shared import access_logs, artifacts, records, trail
from landform.passes.resolve.stores import secrets, stores
from landform.passes.resolve.studio import domain
from landform.passes.resolve.workloads import batches, beanstalks, functions, hosts, jobs, with_output
from landform.plan import Plan
from landform.spec.names import ENVIRONMENTS


def resolve(plan: Plan) -> tuple[Plan, tuple[Diagnostic, ...]]:
    """Fill in regions, keys, stores, workloads with their edges, the trail and backups."""
    system = plan.system
    found: list[Diagnostic] = [*region_faults(plan), *was_faults(system)]
    plan = replace(plan, prefix=f"{system.system}-{ENVIRONMENTS[system.environment]}")
    plan = replace(plan, keys=tuple(keys(plan)))
    plan = replace(plan, stores=tuple(stores(plan)), secrets=tuple(secrets(plan)), services=tuple(services(plan)))
    plan = replace(plan, hosts=tuple(hosts(plan, found)), jobs=tuple(jobs(plan, found)))
    plan = replace(plan, batches=tuple(batches(plan, found)))
    plan = replace(plan, functions=tuple(functions(plan, found)), served=tuple(served_models(plan, found)))
    plan = replace(plan, beanstalks=tuple(beanstalks(plan, found)))
    plan = replace(plan, studio=domain(plan, found))
    plan = replace(plan, trail=trail(plan, found), backup=backup(plan, found), records=records(plan))
    plan = replace(plan, keys=with_users(plan), artifacts=tuple(artifacts(plan)), access_logs=tuple(access_logs(plan)))
    plan = replace(plan, jobs=tuple(with_output(plan, found)))
    plan = replace(plan, served=tuple(with_model(plan, found)))
    plan = replace(plan, hosts=(*plan.hosts, *watches(plan, found)))
    plan = with_new_rows(plan)
    return plan, (*found, *collisions(plan))
