"""What a compiled tree says of itself: its grants, and which module stands for which part of the spec."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from landform.diagnostics import Path
from landform.proof.evaluate import Policy, read_policy

Conditions = Mapping[str, Mapping[str, Sequence[str]]]


@dataclass(frozen=True)
class Grant:
    """A permission of grants.json, and the edge of the spec that asked for it."""

    principal: str
    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: Conditions
    edge: str

    @property
    def path(self) -> Path:
        """The place in the spec that the edge stands at."""
        return tuple(self.edge.split("."))


def read_grants(entries: Sequence[Mapping[str, Any]]) -> tuple[Grant, ...]:
    """Read the entries of a compiled tree's grants.json."""
    return tuple(
        Grant(
            principal=e["principal"],
            sid=e.get("sid", ""),
            actions=tuple(e["actions"]),
            resources=tuple(e["resources"]),
            conditions=e.get("condition") or {},
            edge=e["edge"],
        )
        for e in entries
    )


def as_policy(grants: Sequence[Grant]) -> Policy:
    """Write grants as an identity policy would."""
    return read_policy(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": g.sid,
                    "Effect": "Allow",
                    "Action": list(g.actions),
                    "Resource": list(g.resources),
                    "Condition": g.conditions,
                }
                for g in grants
            ],
        }
    )


@dataclass(frozen=True)
class Places:
    """The source map, asked by resource address."""

    sections: Mapping[str, str]

    def path(self, address: str) -> Path:
        """The spec path of the module that an address is in; empty for the user's own resources."""
        return tuple(part for part in self.sections.get(module_of(address), "").split(".") if part)


def module_of(address: str) -> str:
    """``module.data_x.aws_s3_bucket.this`` → ``module.data_x``: what the source map lists."""
    parts = address.split(".", 2)
    return ".".join(parts[:2]).split("[")[0] if parts[0] == "module" else ""
