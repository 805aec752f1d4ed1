"""Module call of what starts a training at its times."""

from landform.catalog.schedule_permissions import CALLS
from landform.lower.shared import key_arn, statements
from landform.passes.grant import scheduler
from landform.passes.resolve.naming import schedule_address
from landform.plan import Plan, Workload
from landform.root import Module, Output
from landform.spec.work import Work


def schedule(plan: Plan, own: Workload, spec: Work) -> Module:
    """Return the call that starts jobs by the definition that stands in the module of the training."""
    starter = scheduler(plan, own)
    variables = {
        "name": own.physical,
        "account": plan.system.account,
        "region": own.region,
        "key_arn": key_arn(plan.key(own.region, "shared")),
        "expression": spec.schedule,
        "call": CALLS[own.platform],
        "input": Output(own.address, "request"),
        "role_name": starter.name,
        "statements": statements(starter.statements),
    }
    return Module(schedule_address(own), "schedule", None, variables, own.path)
