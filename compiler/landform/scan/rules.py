"""landform's own rules on a plan: what checkov passes and must not. Each is a function; its docstring says
why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from landform.diagnostics import Diagnostic
from landform.scan import admitted, elsewhere, guards, hearing, ingress, own, policies, reach, refusals, written
from landform.scan.subject import Subject

Rule = Callable[[Subject], Iterator[Diagnostic]]

RULES: Final[tuple[Rule, ...]] = (
    reach.open_ingress,
    ingress.many_ports,
    ingress.unasked_block,
    reach.public_access,
    reach.public_acl,
    reach.unasked_callers,
    reach.literal_arn,
    policies.action_wildcard,
    policies.resource_wildcard,
    policies.inverted_element,
    policies.anyone,
    policies.trust_for_anyone,
    policies.pass_role,
    policies.policy_size,
    guards.foreign_account,
    guards.trust,
    guards.deputy,
    guards.handed_out,
    elsewhere.written_elsewhere,
    guards.plain_text,
    guards.undeletable,
    guards.open_endpoint,
    guards.open_url,
    guards.granting,
    hearing.unheard,
    written.unwritten,
    admitted.unasked_admission,
    own.own_files,
    refusals.refused,
    refusals.many_addresses,
)


def judge(subject: Subject) -> tuple[Diagnostic, ...]:
    """Apply every rule."""
    return tuple(finding for rule in RULES for finding in rule(subject))
