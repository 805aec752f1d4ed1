"""Where roles stand and what bounds them, said to every module that makes one."""

from dataclasses import replace
from typing import Final

from landform.plan import Plan
from landform.root import Module

MAKES_ROLES: Final = frozenset(
    {
        "backup",
        "batch",
        "beanstalk",
        "bucket",
        "endpoint",
        "fleet",
        "function",
        "job",
        "loop",
        "machine",
        "network",
        "schedule",
        "studio",
        "trail",
        "watch",
        "web",
    }
)
"""The modules with a role of their own, all of which take `iam_path` and `permissions_boundary`."""


def bounded(plan: Plan, module: Module) -> Module:
    """Return the call of a module with the path and the boundary of the spec, where the module makes roles."""
    iam = plan.system.iam
    if iam is None or module.source not in MAKES_ROLES:
        return module
    given = {"iam_path": iam.path, "permissions_boundary": iam.permissions_boundary}
    return replace(module, variables={**module.variables, **given})
