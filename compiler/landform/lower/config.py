"""AWS Config: what its recorder delivers to, and the rules for what is built in a region."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from landform.catalog.config_rules import RULES
from landform.passes.resolve.naming import physical
from landform.plan import Bucket, Key, Network, Plan, Workload
from landform.root import Output

RULE: Final = 128
"""Characters of a rule's name (AWS Config API, ConfigRule, read 2026-11-29)."""


def recorder(plan: Plan, region: str) -> dict[str, Any] | None:
    """Return what the module of detectors is told of AWS Config; None where it is not the system's to switch on."""
    if plan.records is None:
        return None
    built = frozenset(_built(plan, region))
    return {
        "account": plan.system.account,
        "bucket": Output(plan.records.address, "name"),
        # Roles and policies are the same from everywhere: recorded once, they are paid once.
        "records_iam": region == plan.system.regions.primary,
        "rules": {
            physical(plan, name, limit=RULE): {"identifier": rule.identifier, "description": f"audit: {rule.says}"}
            for name, rule in RULES.items()
            if rule.of in built
        },
    }


def told_of_own(plan: Plan, pattern: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the pattern of findings, of the system's own rules alone."""
    return {**pattern, "detail": {**pattern["detail"], "configRuleName": [{"prefix": f"{plan.prefix}-"}]}}


def _built(plan: Plan, region: str) -> Iterator[str]:
    """Yield the kinds of what is built in a region, in the words of the rules."""
    yield from (store.kind for store in plan.stores if store.region == region and not store.existing)
    parts: Mapping[str, Sequence[Key | Network | Bucket | Workload]] = {
        "bucket": (*plan.artifacts, *plan.access_logs),
        "host": (*plan.hosts, *plan.batches, *plan.beanstalks),
        "function": plan.functions,
        "key": plan.keys,
        "network": tuple(own for own in plan.networks.values() if not own.existing),
    }
    yield from (kind for kind, several in parts.items() if any(own.region == region for own in several))
    if plan.system.monitor and plan.system.monitor.notify and any(watch.region == region for watch in plan.watches):
        yield "topic"
    if region == plan.system.regions.primary:
        yield "bucket"
        yield from ("trail",) if plan.trail else ()
