"""Module call of the trail: what it records, and what the record is watched for."""

import json
from collections.abc import Mapping
from typing import Any, Final

from landform.catalog.cis import CONTROLS
from landform.catalog.detectors import FINDINGS
from landform.catalog.events import EVENTS
from landform.catalog.logs import log_retention
from landform.lower.config import recorder, told_of_own
from landform.lower.shared import key_arn, log_days
from landform.lower.topic import topics
from landform.passes.monitor.alarms import ALARM
from landform.passes.resolve.naming import behind_primary, namespace, physical
from landform.plan import Bucket, Plan, Store, Trail
from landform.root import Given, Module, Output
from landform.spec.names import address

RULE: Final = 64
"""Characters of a rule's name (EventBridge API, PutRule, read 2026-11-29)."""


def trail(plan: Plan, own: Trail) -> Module:
    """Return the call that makes the trail, which covers all regions from the primary one."""
    audit, region = plan.system.audit, plan.system.regions.primary
    assert audit is not None
    locked = audit.locked if isinstance(audit.locked, str) else "governance" if audit.locked else None
    variables = {
        "name": own.name,
        "account": plan.system.account,
        "region": region,
        "bucket_name": own.bucket,
        "key_arn": key_arn(own.key),
        "log_group": own.log_group,
        "log_role_name": own.log_role,
        "retention_days": audit.retain,
        "log_retention_days": _trail_log_days(plan, audit.retain),
        "locked": locked,
        "protect": plan.system.environment == "production",
        "data_event_bucket_arns": [_event_arn(s) for s in own.events if isinstance(s, Bucket)],
        "data_events": _data_events(own) or None,
        "access_logs": {"bucket": Output(address("logs", region), "name"), "prefix": "audit/"},
        "watched": watched_calls(plan),
        "metric_namespace": f"{namespace(plan)}/audit",
        "topic_arns": topics(plan, region),
        "maintenance": Given("maintenance", ()) if plan.watches else None,
    }
    return Module("audit", "trail", None, variables, ("audit",))


def watched_calls(plan: Plan) -> dict[str, dict[str, str]]:
    """Return what the record of calls is watched for, by the name of filter and alarm."""
    return {
        physical(plan, "audit", each.name, limit=ALARM): {
            "metric": each.metric,
            "pattern": each.pattern,
            "description": f"audit: {each.reason}",
        }
        for each in CONTROLS
    }


def detection(plan: Plan, region: str, alias: str | None) -> Module:
    """Return the call that switches on the detectors of a region, and tells what they find."""
    audit = plan.system.audit
    assert audit is not None
    made = frozenset(audit.detect) if isinstance(audit.detect, tuple) else frozenset[str]()
    variables = {
        "name": plan.prefix,
        "detectors": sorted(made),
        "findings": {
            physical(plan, detector, limit=RULE): {
                "description": f"audit: {FINDINGS[detector].reason}",
                "pattern": json.dumps(_pattern(plan, detector, made), sort_keys=True),
            }
            for detector in sorted(made or FINDINGS)
        },
        "config": recorder(plan, region),
        "topic_arns": {topic.keys[0]: topic for topic in topics(plan, region)},
        "maintenance": Given("maintenance", ()) if plan.watches else None,
    }
    return Module(address("detection", *behind_primary(plan.system, region)), "detection", alias, variables, ("audit",))


def _pattern(plan: Plan, detector: str, made: frozenset[str]) -> Mapping[str, Any]:
    """Return the events that are told: of AWS Config, where it is the system's, those of its own rules."""
    pattern = FINDINGS[detector].pattern
    return told_of_own(plan, pattern) if detector == "config" and made else pattern


def _trail_log_days(plan: Plan, retain: int) -> int:
    """Return how long the copy in CloudWatch Logs is kept: what lasts is the one in S3."""
    own = plan.system.monitor
    return log_days(plan) if own and own.logs.retain else log_retention(retain)


def _data_events(own: Trail) -> dict[str, dict[str, Any]]:
    """Return what is recorded of stores that are no buckets: type of resources → whose, and what stands behind."""
    recorded = {each.type: (kind, each.inside) for kind, several in EVENTS.items() for each in several}
    arns = {kind: [_event_arn(s) for s in own.events if s.kind == kind] for kind in EVENTS if kind != "bucket"}
    return {
        type_: {"arns": arns[kind]} | ({"inside": inside} if inside else {})
        for type_, (kind, inside) in sorted(recorded.items())
        if arns.get(kind)
    }


def _event_arn(store: Store) -> Output | str:
    return store.arn if store.existing else Output(store.address, "arn")
