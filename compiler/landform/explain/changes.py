"""A plan of Terraform as data: what each change does to which resource, without a value that is secret."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from landform.secrets import redact

Verb = Literal["create", "change", "replace", "destroy", "move", "forget", "import"]

MASKED: Final = "(hidden)"
UNKNOWN: Final = "(known after apply)"
_LONGEST: Final = 120
_QUIET: Final = frozenset({"tags_all", "tags.landform:user-data"})
"""Attributes that say what another one says already."""

_SAYS_SECRET: Final = re.compile(r"(?i)passw|secret_(?!arn)|secret$|token$|token_|private_key|credential|api_?key")
_SCRIPTS: Final = re.compile(
    r"user_data|variables(\.|$)|^code$|container_definitions|container_properties|environment\[\d+\]\.value"
)
"""Attributes with texts of the user's own, which may hold anything: told by their size."""

_REASONS: Final[Mapping[str, str]] = {
    "replace_because_tainted": "it is marked as damaged",
    "replace_because_cannot_update": "AWS cannot change this in place",
    "replace_by_request": "the call asked for it",
    "replace_by_triggers": "what it follows changes",
    "delete_because_no_resource_config": "its module no longer makes it",
    "delete_because_no_module": "nothing in the spec asks for its module any more",
    "delete_because_wrong_repetition": "its module makes it differently",
    "delete_because_count_index": "its module makes fewer of them",
    "delete_because_each_key": "nothing asks for this one any more",
    "delete_because_no_move_target": "where it was to move does not exist",
}
"""Terraform's `action_reason` (JSON output format, "Change Representation", read 2026-11-29), in words."""


Permission = tuple[str, str, str]
"""An action, the resource that it is allowed on, and under which conditions, as JSON; empty where under none."""


class NoPlanError(ValueError):
    """A file that is not the JSON of a plan."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One attribute, as it was and as it will be."""

    name: str
    before: str
    after: str
    forces: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What a plan does to a resource; `before` and `after` are its raw values, which are never to be shown."""

    address: str
    module: str
    type: str
    verb: Verb
    reason: str = ""
    was: str = ""
    edits: tuple[Edit, ...] = ()
    gained: tuple[Permission, ...] = ()
    lost: tuple[Permission, ...] = ()
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)


def changes(plan: Any) -> list[Change]:
    """Return what a plan changes, in the order of addresses.

    Raises:
        NoPlanError: it is not what `terraform show -json PLAN` writes.
    """
    if (
        not isinstance(plan, dict)
        or not isinstance(plan.get("resource_changes", []), list)
        or "format_version" not in plan
    ):
        raise NoPlanError("it has no format_version and resource_changes")
    try:
        found = [_change(each) for each in plan.get("resource_changes", []) if each.get("mode") == "managed"]
    except (KeyError, TypeError, AttributeError) as failure:
        raise NoPlanError(f"a resource change is not one: {failure}") from failure
    return sorted((each for each in found if each), key=lambda each: each.address)


def _change(each: Mapping[str, Any]) -> Change | None:
    change, previous = each["change"], each.get("previous_address") or ""
    verb = _verb(change["actions"], previous, importing=bool(change.get("importing")))
    if verb is None:
        return None
    before, after = change.get("before") or {}, change.get("after") or {}
    module = each.get("module_address", "")
    old, new = (_permissions(values) for values in (before, after))
    compared = verb in ("change", "replace") and isinstance(after.get("policy"), str)
    return Change(
        address=each["address"],
        module=".".join(module.split(".")[:2]).partition("[")[0],
        type=each["type"],
        verb=verb,
        reason=_REASONS.get(each.get("action_reason", ""), ""),
        was=previous,
        edits=tuple(_edits(change)) if verb in ("change", "replace") else (),
        gained=tuple(sorted(new - old)) if compared else (),
        lost=tuple(sorted(old - new)) if compared else (),
        before=before,
        after=after,
    )


def _permissions(values: Mapping[str, Any]) -> set[Permission]:
    """Return what the policy of a role allows; nothing of what is no such policy."""
    try:
        statements = json.loads(values.get("policy") or "{}").get("Statement", [])
        return {
            (action, resource, json.dumps(statement["Condition"], sort_keys=True) if statement.get("Condition") else "")
            for statement in statements
            if statement.get("Effect") == "Allow"
            for action in _several(statement.get("Action", []))
            for resource in _several(statement.get("Resource", []))
        }
    except (ValueError, TypeError, AttributeError):
        return set()


def _same_policy(old: Any, new: Any) -> bool:
    """Tell whether two texts are policies that allow and deny the same."""
    try:
        documents = [json.loads(text)["Statement"] for text in (old, new)]
        said = [
            sorted(json.dumps({k: v for k, v in each.items() if k != "Sid"}, sort_keys=True) for each in document)
            for document in documents
        ]
    except (ValueError, TypeError, KeyError, AttributeError):
        return False
    return said[0] == said[1]


def _several(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


_VERBS: Final[Mapping[tuple[str, ...], Verb]] = {
    ("create",): "create",
    ("update",): "change",
    ("create", "delete"): "replace",
    # Made anew, while the old one stays without anybody to manage it.
    ("create", "forget"): "replace",
    ("delete",): "destroy",
    ("forget",): "forget",
}


def _verb(actions: list[str], previous: str, *, importing: bool) -> Verb | None:
    known = _VERBS.get(tuple(sorted(actions)))
    if known is None and actions not in (["no-op"], ["read"]):
        raise NoPlanError(f"what it does to a resource is not known here: {', '.join(map(str, actions))}")
    if known or actions != ["no-op"]:
        return known
    return "move" if previous else "import" if importing else None


def _edits(change: Mapping[str, Any]) -> Iterator[Edit]:
    """Yield what differs: of a block, each value in it by itself."""
    before, after = change.get("before") or {}, change.get("after") or {}
    unknown = change.get("after_unknown") or {}
    hidden = (change.get("before_sensitive") or False, change.get("after_sensitive") or False)
    forcing = {str(path[0]) for path in change.get("replace_paths", []) if path}
    for name in sorted({*before, *after, *(unknown if isinstance(unknown, dict) else ())}):
        old, new = before.get(name), after.get(name)
        coming = _any_true(unknown.get(name, False) if isinstance(unknown, dict) else unknown)
        if name in _QUIET or (not coming and (old == new or (new is None and not old))):
            continue
        secret = any(_inside(part, name) for part in hidden)
        if coming:
            yield Edit(name, _shown(name, old, secret), UNKNOWN, name in forcing)
        elif _same_policy(old, new):
            yield Edit(name, "a policy", "the same, in another order or with other names of statements")
        elif _SCRIPTS.search(name) and isinstance(new, str):
            yield Edit(name, "a script", f"another one of {len(new)} characters {MASKED}", name in forcing)
        else:
            yield from _leaves(name, old, new, secret=secret, forces=name in forcing)


def _leaves(name: str, old: Any, new: Any, *, secret: bool, forces: bool) -> Iterator[Edit]:
    """Yield the values that differ below an attribute; what is hidden as a whole stays whole."""
    known = _flat(name, old), _flat(name, new)
    if secret or _SAYS_SECRET.search(name) or _SCRIPTS.search(name) or len(known[0]) + len(known[1]) < _SEVERAL:
        yield Edit(name, _shown(name, old, secret), _shown(name, new, secret), forces)
        return
    for path in sorted({*known[0], *known[1]}):
        values = [each.get(path) for each in known]
        if values[0] != values[1] and path not in _QUIET:
            yield Edit(path, _shown(path, values[0], secret), _shown(path, values[1], secret), forces)


_SEVERAL: Final = 3
"""Values, before and after together, from which on each is told by itself."""


def _flat(path: str, value: Any) -> dict[str, Any]:
    """Return the values below a path by their own paths: ``rule[0].expiration[0].days``."""
    if isinstance(value, dict) and value:
        parts = [_flat(f"{path}.{key}", each) for key, each in value.items()]
    elif isinstance(value, list) and value and any(isinstance(each, dict | list) for each in value):
        parts = [_flat(f"{path}[{index}]", each) for index, each in enumerate(value)]
    else:
        return {path: value}
    return {name: each for part in parts for name, each in part.items()}


def _inside(sensitive: Any, name: str) -> bool:
    """Tell whether Terraform calls an attribute, or anything in it, sensitive."""
    if isinstance(sensitive, dict):
        return _any_true(sensitive.get(name, False))
    return bool(sensitive)


def _any_true(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_any_true, value.values()))
    if isinstance(value, list):
        return any(map(_any_true, value))
    return bool(value)


def _shown(name: str, value: Any, secret: bool) -> str:
    """Return a value fit to be read in a pull request."""
    if value is None or value in ("", [], {}):
        return "nothing"
    if secret or _SAYS_SECRET.search(name):
        return MASKED
    text = value if isinstance(value, str) else json.dumps(_masked(value), ensure_ascii=False, sort_keys=True)
    if _SCRIPTS.search(name):
        return f"{len(text)} characters {MASKED}"
    text = redact(text)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text)} characters)"


def _masked(value: Any) -> Any:
    """Return nested values with everything hidden whose key says that it is secret, or that is the user's own text."""
    if isinstance(value, list):
        return [_masked(each) for each in value]
    if not isinstance(value, dict):
        return value
    told = {}
    for key, each in value.items():
        hide = bool(each) and bool(_SAYS_SECRET.search(str(key)) or _SCRIPTS.search(str(key)))
        told[key] = MASKED if hide else _masked(each)
    return told
