"""Log groups: the key that is to encrypt one must open for CloudWatch Logs, for this group.

AWS refuses a group whose key does not admit it, at apply. That a key opens for no stranger's group, `guards` sees to.
Source: CloudWatch Logs user guide, "Encrypt log data in CloudWatch Logs using AWS Key Management Service" (read
2026-11-29).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, Final

from landform.diagnostics import Diagnostic, error
from landform.proof.evaluate import as_list
from landform.proof.planned import Resource
from landform.scan.subject import Subject
from landform.scan.whose import EXACT

NEEDED: Final = ("kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey")
CONTEXT: Final = "kms:encryptioncontext:aws:logs:arn"


def unwritten(subject: Subject) -> Iterator[Diagnostic]:
    """A log group under a key that does not admit it cannot be made; one that exists already loses what is written."""
    planned = subject.planned
    for group in planned.of_type("aws_cloudwatch_log_group"):
        for key in planned.referred(group, "kms_key_id", kind="aws_kms_key"):
            arn = f"arn:aws:logs:{group.region}:{subject.account}:log-group:{group.values.get('name')}"
            service = f"logs.{group.region}.amazonaws.com"
            lacking = [a for a in NEEDED if not any(_admits(s, service, a, arn) for s in _statements(key))]
            if lacking:
                fact = f"{key.address} does not open for {group.address}: {service} lacks {', '.join(lacking)}."
                remedy = f"Allow it there, where kms:EncryptionContext:aws:logs:arn is {arn}."
                yield error("LF0809", subject.places.path(group.address), fact, remedy)


def _statements(key: Resource) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = as_list(json.loads(key.values.get("policy") or '{"Statement": []}')["Statement"])
    return [statement for statement in found if statement["Effect"] == "Allow"]


def _services(statement: Mapping[str, Any]) -> list[str]:
    principal = statement.get("Principal")
    return [str(name) for name in as_list(principal.get("Service", ()))] if isinstance(principal, Mapping) else []


def _contexts(statement: Mapping[str, Any]) -> list[str]:
    conditions = (statement.get("Condition") or {}).items()
    return [
        str(value)
        for operator, lines in conditions
        if operator in EXACT
        for key, values in lines.items()
        if key.lower() == CONTEXT
        for value in as_list(values)
    ]


def _admits(statement: Mapping[str, Any], service: str, action: str, group: str) -> bool:
    """Tell whether a statement admits a service to encrypt for a group; of another condition nobody knows."""
    keys = {key.lower() for lines in (statement.get("Condition") or {}).values() for key in lines}
    return (
        service in _services(statement)
        and any(fnmatchcase(action.lower(), str(a).lower()) for a in as_list(statement.get("Action", ())))
        and keys <= {CONTEXT}
        and (not keys or any(_matches(statement, pattern, group) for pattern in _contexts(statement)))
    )


def _matches(statement: Mapping[str, Any], pattern: str, group: str) -> bool:
    exact = any(operator == "StringEquals" for operator in statement.get("Condition") or {})
    return pattern == group if exact else fnmatchcase(group, pattern)
