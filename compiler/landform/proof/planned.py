"""A Terraform plan, read as what it will make: resources, their values, and which of them refer to which.

The plan's own form is `terraform show -json` (format 1.x). It knows values and, apart from them, each
argument's references (`var.key_arn`, `module.keys.arns["data"]`, `each.value`). Here these are followed
through variables and outputs to the resources that they end at. Locals are not in a plan's JSON: a
reference through one ends nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

_INDEX = re.compile(r'\[(?:"((?:[^"\\]|\\.)*)"|(\d+))\]')
_MODULE = re.compile(r'module\.[\w-]+(?:\[(?:"(?:[^"\\]|\\.)*"|\d+)\])?')


@dataclass(frozen=True, slots=True)
class Target:
    """Where a reference ends: a resource, and the attribute that was asked for ("" for the whole)."""

    address: str
    attribute: str


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource instance that the plan will have made, changed or kept."""

    address: str
    module: str
    source: str
    type: str
    name: str
    key: str | int | None
    region: str
    values: Mapping[str, Any]
    unknown: Mapping[str, Any]
    expressions: Mapping[str, Any]

    @property
    def block(self) -> str:
        """The address within its module, without an index: what the HCL calls it."""
        return f"{self.type}.{self.name}"


@dataclass(frozen=True)
class Planned:
    """All managed resources of a plan, with its configuration to follow references by."""

    resources: tuple[Resource, ...]
    configuration: Mapping[str, Any]

    @cached_property
    def by_address(self) -> Mapping[str, Resource]:
        """Resources by their address."""
        return {r.address: r for r in self.resources}

    @cached_property
    def _instances(self) -> Mapping[tuple[str, str], tuple[Resource, ...]]:
        found: dict[tuple[str, str], tuple[Resource, ...]] = {}
        for r in self.resources:
            place = (_plain(r.module), r.block)
            found[place] = (*found.get(place, ()), r)
        return found

    def of_type(self, *types: str) -> tuple[Resource, ...]:
        """Resources of these types, in the plan's order."""
        return tuple(r for r in self.resources if r.type in types)

    def targets(self, resource: Resource, *argument: str | int) -> tuple[Target, ...]:
        """Say which resources an argument refers to; a path leads into blocks: ``"rule", 0, "kms_key"``."""
        expression: Any = resource.expressions
        for step in argument:
            if isinstance(step, str):
                expression = expression.get(step, {}) if isinstance(expression, Mapping) else {}
            else:
                inside = isinstance(expression, list) and step < len(expression)
                expression = expression[step] if inside else {}
        return self.follow(resource, expression)

    def referred(self, resource: Resource, *argument: str | int, kind: str = "") -> tuple[Resource, ...]:
        """Return the resources that an argument refers to; where `kind` names a type, those of it."""
        found = dict.fromkeys(target.address for target in self.targets(resource, *argument))
        return tuple(self.by_address[each] for each in found if kind in ("", self.by_address[each].type))

    def follow(self, resource: Resource, expression: Any) -> tuple[Target, ...]:
        """Say which resources an expression of a resource's configuration ends at."""
        found = self._ends(resource, resource.module, expression)
        return tuple(t for t in dict.fromkeys(found) if t.address in self.by_address)

    def modules(self, resource: Resource, expression: Any) -> frozenset[str]:
        """Say which modules' outputs an expression goes through; of a dynamic block, None, those of the whole call.

        An output waits for its module's resources even where its value is a literal.
        """
        if expression is None:
            arguments = self._call(resource.module).get("expressions", {}).values()
            found = [t for a in arguments for t in self._ends(resource, _parent(resource.module), a)]
        else:
            found = self._ends(resource, resource.module, expression)
        return frozenset(t.address for t in found) - frozenset(self.by_address)

    def given(self, resource: Resource, argument: str) -> Any:
        """Return what the call of a resource's module says for an argument, where that is a literal; else None."""
        return self._call(resource.module).get("expressions", {}).get(argument, {}).get("constant_value")

    def at_root(self, resource: Resource, written: Any) -> tuple[Target, ...]:
        """Say which resources a reference ends at that the root module hands on as text: ``${module.x.y["z"]}``."""
        text = str(written)
        if not (text.startswith("${") and text.endswith("}")):
            return ()
        found = self._ends(resource, "", {"references": [text.removeprefix("${").removesuffix("}")]})
        return tuple(t for t in dict.fromkeys(found) if t.address in self.by_address)

    def _ends(self, resource: Resource, module: str, expression: Any) -> list[Target]:
        return [t for ref in _references(expression) for t in self._resolve(resource, module, ref, None, 0)]

    def _resolve(self, origin: Resource, module: str, ref: str, hint: str | int | None, depth: int) -> Iterator[Target]:
        """Follow one reference from a module; `hint` is the map key that was asked for on the way."""
        if depth > 20:
            return
        parts = _split(ref)
        key = _key(ref) if _key(ref) is not None else hint
        head = parts[0]
        if head == "each" and parts[1:2] == ["value"]:
            for up in _references(self._block(origin).get("for_each_expression", {})):
                yield from self._resolve(origin, module, up, origin.key, depth + 1)
        elif head == "var" and module:
            call = self._call(module)
            for up in _references(call.get("expressions", {}).get(parts[1], {})):
                yield from self._resolve(origin, _parent(module), up, key, depth + 1)
        elif head == "module" and len(parts) > 2:
            child = f"{module}.module.{parts[1]}" if module else f"module.{parts[1]}"
            yield Target(child, parts[2])
            outputs = self._call(child).get("module", {}).get("outputs", {})
            downs = _references(outputs.get(parts[2], {}).get("expression", {}))
            # An output that sorts what it holds by the names of resources: ``subnets["private"]["use1-az1"]``.
            named = [down for down in downs if key is not None and _split(down)[1:2] == [key]]
            inner = _keys(ref)[1:2] if named else []
            for down in named or downs:
                yield from self._resolve(origin, child, down, inner[0] if inner else key, depth + 1)
        elif len(parts) > 1 and head not in ("each", "local", "path", "data", "count", "self", "terraform"):
            yield from self._instance(origin, module, parts, key)

    def _instance(self, origin: Resource, module: str, parts: list[str], key: str | int | None) -> Iterator[Target]:
        instances = self._instances.get((_plain(module), ".".join(parts[:2])), ())
        keyed = [r for r in instances if r.key is not None and r.key == (origin.key if key is None else key)]
        attribute = parts[2] if len(parts) > 2 else ""
        for found in keyed or instances:
            yield Target(found.address, attribute)

    def _call(self, module: str) -> Mapping[str, Any]:
        """The module's call in the configuration; empty where there is none."""
        config: Mapping[str, Any] = {"module": self.configuration.get("root_module", {})}
        for step in _MODULE.findall(module):
            name = _INDEX.sub("", step).removeprefix("module.")
            config = config.get("module", {}).get("module_calls", {}).get(name, {})
        return config

    def _block(self, resource: Resource) -> Mapping[str, Any]:
        blocks = _blocks(self.configuration, self._call(resource.module))
        return next((b for b in blocks if b.get("address") == resource.block), {})


def read_plan(plan: Mapping[str, Any]) -> Planned:
    """Read the managed resources of a plan in the form of `terraform show -json`."""
    configuration = plan.get("configuration", {})
    unknown = {c["address"]: c["change"].get("after_unknown") or {} for c in plan.get("resource_changes", ())}
    shell = Planned((), configuration)
    regions = _regions(configuration)
    resources = []
    for module, body in _managed(plan.get("planned_values", {}).get("root_module", {}), ""):
        call = shell._call(module)
        blocks = {b["address"]: b for b in _blocks(configuration, call)}
        block = blocks.get(f"{body['type']}.{body['name']}", {})
        provider = block.get("provider_config_key", "")
        values = body.get("values") or {}
        resources.append(
            Resource(
                address=body["address"],
                module=module,
                source=_source(shell, module),
                type=body["type"],
                name=body["name"],
                key=body.get("index"),
                region=values.get("region") or regions.get(provider) or regions.get(provider.split(":")[-1], ""),
                values=values,
                unknown=unknown.get(body["address"], {}),
                expressions=block.get("expressions", {}),
            )
        )
    return Planned(tuple(resources), configuration)


def _managed(module: Mapping[str, Any], address: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for body in module.get("resources", ()):
        if body.get("mode") == "managed":
            yield address, body
    for child in module.get("child_modules", ()):
        yield from _managed(child, child["address"])


def _blocks(configuration: Mapping[str, Any], call: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = call.get("module", configuration.get("root_module", {})).get("resources", [])
    return found


def _source(planned: Planned, module: str) -> str:
    """The folder of a module as seen from the root; a nested one's counts from its parent's."""
    steps = _MODULE.findall(module)
    sources = [planned._call(".".join(steps[: i + 1])).get("source", "") for i in range(len(steps))]
    return "/".join(sources)


def _regions(configuration: Mapping[str, Any]) -> dict[str, str]:
    return {
        key: body.get("expressions", {}).get("region", {}).get("constant_value", "")
        for key, body in configuration.get("provider_config", {}).items()
    }


def _references(expression: Any) -> list[str]:
    """The references of an expression, without the shorter ones that Terraform lists after each full one."""
    if not isinstance(expression, Mapping):
        return []
    kept: list[str] = []
    for ref in expression.get("references", ()):
        if not any(k == ref or k.startswith((f"{ref}.", f"{ref}[")) for k in kept):
            kept.append(ref)
    return kept


def _split(ref: str) -> list[str]:
    return _INDEX.sub("", ref).split(".")


def _key(ref: str) -> str | int | None:
    return next(iter(_keys(ref)), None)


def _keys(ref: str) -> list[str | int]:
    found = _INDEX.finditer(ref)
    return [each[1] if each[1] is not None else int(each[2]) for each in found]


def _plain(module: str) -> str:
    return _INDEX.sub("", module)


def _parent(module: str) -> str:
    return ".".join(_MODULE.findall(module)[:-1])
