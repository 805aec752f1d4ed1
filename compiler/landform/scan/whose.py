"""Whose a caller is, by what a statement says of it: identities of which accounts, services that act for which one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from landform.proof.evaluate import as_list
from landform.scan.subject import Subject

_ACCOUNT: Final = re.compile(r"(?<!\d)\d{12}(?!\d)")
# Condition keys that tell whose a caller is: by an account, or by an ARN that holds one. A VPC, an endpoint or an
# organisation lets in whoever of another account is in it (IAM user guide, "AWS global condition context keys", and the
# KMS developer guide, "AWS KMS condition keys", read 2026-11-30).
BY_ACCOUNT: Final = frozenset({"aws:principalaccount", "aws:sourceaccount", "kms:calleraccount"})
BY_ARN: Final = frozenset({"aws:principalarn", "aws:sourcearn"})
EXACT: Final = frozenset({"StringEquals", "StringLike", "ArnEquals", "ArnLike"})
"""Operators that ask for a value; of `StringEquals` an asterisk is an asterisk."""


def accounts(arn: str) -> list[str]:
    """Return the account that a principal is of: of an ARN, or of a number that stands alone."""
    parts = arn.split(":")
    return [parts[4]] if len(parts) > 5 and parts[4] else _ACCOUNT.findall(arn)


def _of(arn: str) -> str:
    """Return the account of an ARN whose partition and service are written out; nothing of other texts."""
    parts = arn.split(":")
    return parts[4] if len(parts) > 5 and not {"*", "?"} & set("".join(parts[:3])) else ""


def names(statement: Mapping[str, Any], *kinds: str) -> list[str]:
    """Return the principals of some kinds that a statement names."""
    principal = statement.get("Principal")
    if not isinstance(principal, Mapping):
        return []
    return [str(name) for kind in kinds for name in as_list(principal.get(kind, ()))]


def held_to_account(subject: Subject, statement: Mapping[str, Any], *, service: bool) -> bool:
    """Tell whether a positive condition holds the caller to what is this account's.

    Of a service counts for whom it acts, and what it encrypts; of anybody else also who he is.
    """
    buckets = {f"arn:aws:s3:::{b.values.get('bucket')}" for b in subject.planned.of_type("aws_s3_bucket")}
    for operator, lines in (statement.get("Condition") or {}).items():
        for name, values in lines.items() if operator.removeprefix("ForAnyValue:") in EXACT else ():
            key, said = name.lower(), [str(v) for v in as_list(values)]
            if key in BY_ACCOUNT and not (service and key != "aws:sourceaccount") and said == [subject.account]:
                return True
            by_arn = key == "aws:sourcearn" or (key in BY_ARN and not service)
            encrypted = service and key.startswith("kms:encryptioncontext:aws:")
            ours = bool(said) and all(_of(v) == subject.account or v in buckets for v in said)
            if (by_arn or encrypted) and ours:
                return True
    return False
