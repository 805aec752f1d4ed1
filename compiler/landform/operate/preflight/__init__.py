"""What an apply would fail on that no plan shows: read from the account, which stays as it is."""

from __future__ import annotations

from typing import Any

from landform.diagnostics import Diagnostic
from landform.operate.preflight.account import certificates, linked_roles, places, singletons
from landform.operate.preflight.names import taken
from landform.operate.preflight.owner import owner
from landform.operate.preflight.quotas import short
from landform.plan import Plan


def preflight(session: Any, plan: Plan) -> tuple[Diagnostic, ...]:
    """Return everything in the account that a system would meet.

    `session` is a boto3 session with read access. Raises what boto3 raises.
    """
    own = owner(plan)
    found = [*places(session, plan)]
    if not found:
        # In a region that is not there, nothing else can be asked.
        found += short(session, plan, own)
        found += taken(session, plan, own)
        found += certificates(session, plan)
        found += singletons(session, plan, own)
        found += linked_roles(session, plan)
    return tuple(found)
