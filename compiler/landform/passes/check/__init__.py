"""The semantic checks: what is well formed, resolved, and still wrong or unwise.

Each rule is one function over the plan, with the reason in its docstring; `RULES` is all of them.
"""

from landform.diagnostics import Diagnostic
from landform.passes.check import (
    addresses,
    backups,
    batches,
    calls,
    data,
    deliver,
    drift,
    exports,
    functions,
    hosted,
    hosts,
    iam,
    jobs,
    limits,
    loop,
    money,
    monitor,
    mounts,
    platforms,
    served,
    sites,
    studio,
    system,
    tunings,
)
from landform.plan import Plan

RULES = (
    *system.RULES,
    *data.RULES,
    *hosts.RULES,
    *jobs.RULES,
    *batches.RULES,
    *exports.RULES,
    *functions.RULES,
    *calls.RULES,
    *served.RULES,
    *drift.RULES,
    *loop.RULES,
    *sites.RULES,
    *hosted.RULES,
    *addresses.RULES,
    *limits.RULES,
    *money.RULES,
    *mounts.RULES,
    *platforms.RULES,
    *tunings.RULES,
    *monitor.RULES,
    *backups.RULES,
    *studio.RULES,
    *iam.RULES,
    *deliver.RULES,
)


def check(plan: Plan) -> tuple[Plan, tuple[Diagnostic, ...]]:
    """Apply every rule; the plan goes on as it is."""
    return plan, tuple(diagnostic for rule in RULES for diagnostic in rule(plan))
