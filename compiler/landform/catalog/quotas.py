"""How much of a thing an account may have in a region: the quotas by which an apply fails that a plan does not show.

Codes and names are those of Service Quotas. Sources, read 2026-11-29: EC2 user guide, "Amazon EC2 instance type
quotas" (one quota of vCPUs for a group of families and a way of buying); the outputs of `list-service-quotas` that
several public repositories keep; Lambda developer guide, "Lambda quotas"; Amazon VPC user guide, "Amazon VPC quotas".
`initial` is what AWS publishes as the default; a new account may have less.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Quota:
    """A quota of Service Quotas. SageMaker has one for each type and use: they are found by name and have no `code`."""

    service: str
    name: str
    code: str = ""
    initial: float = 0


@dataclass(frozen=True, slots=True)
class _Class:
    """A group of families that share their vCPUs, and the codes of its quotas on demand and on spot."""

    families: str
    letters: str
    on_demand: str
    spot: str = ""
    initial: float = 0


_CLASSES: Final = (
    _Class(r"(g|gr|vt)\d", "G and VT", "L-DB2E81BA", "L-3819A6DF"),
    _Class(r"p\d", "P", "L-417A185B", "L-7212CCBC"),
    _Class(r"trn\d", "Trn", "L-2C3B7624", "L-6B0D517C"),
    _Class(r"inf\d", "Inf", "L-1945791B", "L-B5D1601B"),
    _Class(r"dl\d", "DL", "L-6E869C2A", "L-85EED4F7"),
    _Class(r"f\d", "F", "L-74FC7D96", "L-88CF9481"),
    _Class(r"x\d", "X", "L-7295265B", "L-E3A00192"),
    _Class(r"hpc\d", "HPC", "L-F7808C92"),
    _Class(r"u-?\d", "High Memory", "L-43DA4232"),
    # Whatever is none of the above.
    _Class(r"", "Standard (A, C, D, H, I, M, R, T, Z)", "L-1216C47A", "L-34B43A08", initial=5),
)

ADDRESSES: Final = Quota("ec2", "EC2-VPC Elastic IPs", "L-0263D0A3", 5)
NETWORKS: Final = Quota("vpc", "VPCs per Region", "L-F678F1CE", 5)
CONCURRENCY: Final = Quota("lambda", "Concurrent executions", "L-B99A9384", 1_000)

UNRESERVED: Final = 100
"""Executions that Lambda keeps for the functions that reserve none ("Configuring reserved concurrency for a function",
Lambda developer guide, read 2026-11-29)."""


def vcpus(type_name: str, *, spot: bool) -> Quota:
    """Return the quota that the vCPUs of an instance type count against; `spot` where they are bought there."""
    own = next(each for each in _CLASSES if re.match(each.families, type_name))
    return _spot(own) if spot and own.spot else _on_demand(own)


def machines(type_name: str, use: str) -> Quota:
    """Return SageMaker's quota of machines: ``ml.g5.xlarge``, for ``endpoint`` or ``training job`` or the like."""
    return Quota("sagemaker", f"{type_name} for {use} usage")


def known() -> Iterator[Quota]:
    """Yield every quota that has a code."""
    for own in _CLASSES:
        yield _on_demand(own)
        if own.spot:
            yield _spot(own)
    yield from (ADDRESSES, NETWORKS, CONCURRENCY)


def _on_demand(own: _Class) -> Quota:
    return Quota("ec2", f"Running On-Demand {own.letters} instances", own.on_demand, own.initial)


def _spot(own: _Class) -> Quota:
    return Quota("ec2", f"All {own.letters} Spot Instance Requests", own.spot, own.initial)
