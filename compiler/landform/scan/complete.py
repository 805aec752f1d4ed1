"""A plan as checkov should see it: complete, flat, and with every resource named apart.

checkov judges a plan by its known values. What the configuration sets but only an apply will know (the
ARN of a key, the id of a bucket) it takes for absent, and connections that pass through variables and
outputs it does not see: dozens of findings that are none. It also confuses resources that share a name in
several modules. So each resource is put in the root under a name of its own, unknown arguments hold a
reference to the resource that they will come from, and each reference leads straight to its end.
Addresses stay as they are, so that findings name the real resource.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from landform.proof.planned import Planned, Resource, Target

# An argument that is a choice, decided by whether another resource is given: Terraform cannot decide while that
# resource's id is unknown, though it is certain to have one. (type, argument) → the other's type → the outcome.
_DECIDED: Final[Mapping[tuple[str, str], Mapping[str, Any]]] = {
    ("aws_s3_bucket_server_side_encryption_configuration", "sse_algorithm"): {"aws_kms_key": "aws:kms"},
    ("aws_s3_bucket_server_side_encryption_configuration", "bucket_key_enabled"): {"aws_kms_key": True},
}

# Arguments that point at a resource which is not the one configured. checkov takes any connection for the one that it
# looks for: the bucket that receives access logs would count as logged itself, a replica as replicated.
_POINTS_AWAY: Final = {
    ("aws_s3_bucket_logging", "target_bucket"),
    ("aws_s3_bucket_replication_configuration", "rule"),
}


def complete(planned: Planned) -> dict[str, Any]:
    """Return a plan in the form of `terraform show -json` for checkov to read."""
    names = _names(planned)
    resources, blocks = [], []
    for resource in planned.resources:
        filler = _Filler(planned, resource, names)
        name = names[resource.address]
        flat = {"mode": "managed", "type": resource.type, "name": name}
        values = filler.values(resource.values, resource.unknown, resource.expressions)
        resources.append({**flat, "address": resource.address, "values": values})
        expressions = filler.expressions(resource.expressions)
        blocks.append({**flat, "address": f"{resource.type}.{name}", "expressions": expressions})
    return {
        "format_version": "1.2",
        "terraform_version": "1.10.0",
        "planned_values": {"root_module": {"resources": resources}},
        "resource_changes": [],
        "configuration": {"root_module": {"resources": blocks}},
    }


def _names(planned: Planned) -> dict[str, str]:
    """A Terraform name for each address, none twice."""
    names: dict[str, str] = {}
    taken: set[tuple[str, str]] = set()
    for resource in planned.resources:
        stem = name = re.sub(r"\W+", "_", resource.address).strip("_")
        while (resource.type, name) in taken:
            name = f"{stem}_{len(taken)}"
        taken.add((resource.type, name))
        names[resource.address] = name
    return names


class _Filler:
    """Fills in one resource: what it refers to, by the flat names."""

    def __init__(self, planned: Planned, resource: Resource, names: Mapping[str, str]) -> None:
        self._planned = planned
        self._resource = resource
        self._names = names

    def values(self, known: Any, unknown: Any, expressions: Any) -> Any:
        """Known values, with a stand-in for each unknown one that the configuration sets.

        Of a dynamic block, Terraform's JSON holds no configuration: all that is unknown in it counts as set.
        """
        filled = dict(known)
        for argument, missing in unknown.items():
            expression = expressions.get(argument) if isinstance(expressions, Mapping) else None
            if missing is True and (expression is not None or expressions is None):
                filled[argument] = self._stand_in(argument, expression)
            elif isinstance(missing, list) and isinstance(known.get(argument), list):
                filled[argument] = self._items(argument, known[argument], missing, expression)
        return filled

    def _items(self, argument: str, known: list[Any], unknown: list[Any], expression: Any) -> list[Any]:
        """The blocks of an argument, or the elements of a list."""
        items = []
        for index, value in enumerate(known):
            missing = unknown[index] if index < len(unknown) else None
            listed = isinstance(expression, list) and index < len(expression)
            inner = expression[index] if listed else expression
            if isinstance(value, dict) and isinstance(missing, dict):
                items.append(self.values(value, missing, inner))
            else:
                items.append(self._stand_in(argument, inner) if missing is True else value)
        return items

    def _stand_in(self, argument: str, expression: Any) -> Any:
        targets = self._planned.follow(self._resource, expression)
        if not targets or (self._resource.type, argument) in _POINTS_AWAY:
            return "known-after-apply"
        of_type = self._planned.by_address[targets[0].address].type
        decided = _DECIDED.get((self._resource.type, argument), {})
        return decided[of_type] if of_type in decided else self._reference(targets[0])

    def _reference(self, target: Target) -> str:
        resource = self._planned.by_address[target.address]
        return f"{resource.type}.{self._names[target.address]}.{target.attribute or 'id'}"

    def expressions(self, expression: Any) -> Any:
        """The configuration's expressions, their references led to their ends."""
        if isinstance(expression, list):
            return [self.expressions(e) for e in expression]
        if not isinstance(expression, Mapping):
            return expression
        if "references" in expression:
            targets = self._planned.follow(self._resource, expression)
            return {"references": [self._reference(t) for t in targets]} if targets else {}
        return {
            argument: self.expressions(inner)
            for argument, inner in expression.items()
            if argument != "constant_value" and (self._resource.type, argument) not in _POINTS_AWAY
        }
