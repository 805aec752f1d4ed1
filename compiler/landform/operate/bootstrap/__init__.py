"""What must stand before Terraform can: read from the account first, and then made, step by step.

Nothing of it is in a state: each run reads what stands and does what is left, so that a second has nothing to do.
"""

from __future__ import annotations

from typing import Any

from landform.operate.bootstrap.account import defaults, linked
from landform.operate.bootstrap.identity import bounded, provider, roles
from landform.operate.bootstrap.model import Work
from landform.operate.bootstrap.state import state
from landform.plan import Plan


def bootstrap(session: Any, plan: Plan, *, singletons: bool = False) -> Work:
    """Return what is left to do for a system, and what stands in the way; change nothing.

    `session` is a boto3 session with read access; to act on the steps, it has to be an administrator's.
    Raises what boto3 raises.
    """
    work = state(session, plan) + bounded(session, plan)
    if plan.system.deliver:
        work += provider(session, plan) + roles(session, plan, plan.system.deliver)
    work += linked(session, plan)
    return work + defaults(session, plan) if singletons else work
