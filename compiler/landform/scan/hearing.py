"""Topics: whatever tells one must be admitted by its policy, and by the policy of the key that encrypts it.

AWS says nothing when it is not: the alarm rings, the rule matches, and nobody hears of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, Final

from landform.diagnostics import Diagnostic, error
from landform.proof.evaluate import as_list
from landform.proof.planned import Planned, Resource
from landform.scan.subject import Subject

ALARMS: Final = ("aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm")
CONTEXT: Final = "kms:EncryptionContext:aws:sns:topicArn"

Statements = Sequence[Mapping[str, Any]]


def unheard(subject: Subject) -> Iterator[Diagnostic]:
    """An alarm or a rule that its topic, or the topic's key, does not admit is never heard."""
    planned = subject.planned
    for topic in planned.of_type("aws_sns_topic"):
        arn = f"arn:aws:sns:{topic.region}:{subject.account}:{topic.values.get('name')}"
        keys = planned.referred(topic, "kms_master_key_id")
        opened = [s for key in keys for s in _statements(key)]
        policies = [
            s
            for p in planned.of_type("aws_sns_topic_policy")
            for s in _statements(p)
            if arn in as_list(s.get("Resource"))
        ]
        for service, source, teller in sorted(_tellers(planned, topic, subject.account)):
            if not any(_admits(s, service, source) for s in policies):
                yield _unheard(subject, topic, teller, "its policy does not admit it", service)
            elif keys and not any(_opens(s, service, arn) for s in opened):
                yield _unheard(subject, topic, teller, "its key does not open for it", service)


def _tellers(planned: Planned, topic: Resource, account: str) -> Iterator[tuple[str, str, str]]:
    """Yield who tells a topic: the service, the ARN that it speaks for, and the address."""
    for alarm in planned.of_type(*ALARMS):
        if topic.address in {t.address for t in planned.targets(alarm, "alarm_actions")}:
            arn = f"arn:aws:cloudwatch:{alarm.region}:{account}:alarm:{alarm.values.get('alarm_name')}"
            yield "cloudwatch.amazonaws.com", arn, alarm.address
    for target in planned.of_type("aws_cloudwatch_event_target"):
        if topic.address in {t.address for t in planned.targets(target, "arn")}:
            arn = f"arn:aws:events:{target.region}:{account}:rule/{target.values.get('rule')}"
            yield "events.amazonaws.com", arn, target.address


def _statements(resource: Resource) -> Statements:
    return as_list(json.loads(resource.values.get("policy") or '{"Statement": []}')["Statement"])


def _speaks(statement: Mapping[str, Any], service: str) -> bool:
    principal = statement.get("Principal")
    return (
        statement["Effect"] == "Allow"
        and isinstance(principal, Mapping)
        and service in as_list(principal.get("Service", ()))
    )


def _admits(statement: Mapping[str, Any], service: str, source: str) -> bool:
    said = (statement.get("Condition") or {}).get("ArnLike", {}).get("aws:SourceArn", "*")
    return (
        _speaks(statement, service)
        and "sns:Publish" in as_list(statement.get("Action"))
        and any(fnmatchcase(source, pattern) for pattern in as_list(said))
    )


def _opens(statement: Mapping[str, Any], service: str, topic: str) -> bool:
    said = (statement.get("Condition") or {}).get("StringEquals", {}).get(CONTEXT, topic)
    needed = {"kms:Decrypt", "kms:GenerateDataKey"}
    return _speaks(statement, service) and needed <= set(as_list(statement.get("Action"))) and topic in as_list(said)


def _unheard(subject: Subject, topic: Resource, teller: str, why: str, service: str) -> Diagnostic:
    fact = f"{teller} tells {topic.address}, and {why}: nobody would hear of it."
    return error("LF0809", subject.places.path(topic.address), fact, f"Admit {service}, by the source that it names.")
