"""From plain data to the models of the language: every fault of form, at its own place.

An entry that is broken is left out, and remembered as broken, so that the passes go on with the rest and no error
is a mere echo of another.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from landform.diagnostics import Diagnostic, Path, dotted, error
from landform.spec.examples import mapping
from landform.spec.system import System
from landform.suggest import nearest

LATER_SECTIONS: Final[tuple[str, ...]] = ()
LATER_KEYS: Final[dict[str, tuple[str, ...]]] = {}
"""What `language.md` has and this version does not compile yet: refused by name, never ignored."""

CHOICES: Final = ("bool_type", "literal_error")
FORMS: Final = {
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "tuple_type": "a list",
    "string_type": "text",
    "int_type": "a whole number",
}
EXAMPLES: Final = {
    "dict_type": "{key: value}",
    "model_type": "{key: value}",
    "tuple_type": "[value]",
    "string_type": "a word, or anything in quotes",
    "int_type": "it without point, unit or quotes",
}
"""Pydantic's kinds of errors, in the words of a spec."""

GIVEN: Final = {
    "version": "1",
    "system": "my-system",
    "account": '"123456789012"',
    "regions": "{primary: us-east-1}",
    "kind": "bucket",
    "size": "1.2TiB",
    "key": "id",
    "read": "5..100",
    "write": "5..100",
    "shards": "1",
    "platform": "ec2",
    "stack": "python-3.13",
    "trail": "all-regions",
    "of": "serve.my-service",
    "when": "errors > 5 for 5m",
    "code": "services/my-function",
    "existing": '"arn:aws:secretsmanager:…"',
    "handler": "app.handler",
    "command": "python main.py",
    "monthly": "6000 USD",
    "notify": "[risk-ml@example.com]",
    "image": "pytorch-2.10",
    "trigger": "{bucket: my-bucket}",
    "users": "[ana, ben]",
}
"""What a missing key may be filled with."""

ENTRIES: Final = ("data", "machines", "train", "serve", "functions", "secrets", "drift")
ELSEWHERE: Final = {
    ("serve", "accelerator"): "This platform has no accelerators: serve it on `platform: ec2` or `sagemaker`.",
    ("serve", "instance"): "Lambda has no instance types: give it `memory`, and processors come with it.",
    ("serve", "capture"): "Endpoints capture what they are asked: serve it on `platform: sagemaker`.",
    ("serve", "model"): "Endpoints serve what a training makes: serve it on `platform: sagemaker`.",
    ("serve", "initial"): "Endpoints begin with a model: serve it on `platform: sagemaker`.",
    ("train", "fallback"): "On-demand nodes stand in for spot capacity on `platform: ec2`: leave it out, or go there.",
    ("functions", "accelerator"): "Lambda has no accelerators: make it a training, or run it on a machine.",
    ("functions", "instance"): "Lambda has no instance types: give it `memory`, and processors come with it.",
}
"""Keys that a section cannot have, and what to do instead."""

REQUIRED: Final = ("version", "system", "account", "regions")


@dataclass(frozen=True, slots=True)
class Shape:
    """A spec of the right form, and what was left out because its form was wrong: (section, entry or nothing)."""

    system: System
    broken: frozenset[tuple[str, str]]


def shape(data: Mapping[str, Any]) -> tuple[Shape | None, tuple[Diagnostic, ...]]:
    """Return the models, or None where what every system needs is wrong, and all that is wrong."""
    later = tuple(_later(data))
    remaining, broken = _without(data, (d.path for d in later))
    try:
        return Shape(System.model_validate(remaining), broken), later
    except ValidationError as failure:
        faults = _faults(remaining, failure.errors(include_url=False))
    if any(path[0] in REQUIRED for path in faults):
        return None, (*later, *faults.values())
    sound, more = _without(remaining, faults)
    return Shape(System.model_validate(sound), broken | more), (*later, *faults.values())


def _later(data: Mapping[str, Any]) -> Iterable[Diagnostic]:
    for section in LATER_SECTIONS:
        if section in data:
            yield _unknown_yet((section,), f"the section `{section}`")
    for section, keys in LATER_KEYS.items():
        entries = _mapping(data.get(section))
        places = {(section,): entries} if section not in ENTRIES else {(section, n): e for n, e in entries.items()}
        for path, entry in places.items():
            yield from (_unknown_yet((*path, key), f"`{key}`") for key in keys if key in _mapping(entry))


def _unknown_yet(path: Path, what: str) -> Diagnostic:
    return error("LF0205", path, f"this version of landform does not know {what} yet.", "Leave it out for now.")


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _without(data: Mapping[str, Any], paths: Iterable[Path]) -> tuple[dict[str, Any], frozenset[tuple[str, str]]]:
    """Leave out the entry, or else the section, that each path stands in; of a key for later, the key alone."""
    remaining, broken = dict(data), set()
    for path in paths:
        section = str(path[0])
        entries = _mapping(remaining.get(section))
        if len(path) == 1:
            broken.add((section, ""))
            remaining.pop(section, None)
        elif path[-1] in LATER_KEYS.get(section, ()) and path[1] in entries:
            remaining[section] = _without_key(entries, path[1:])
        elif section in ENTRIES:
            broken.add((section, str(path[1])))
            remaining[section] = _without_key(entries, path[1:2])
        else:
            broken.add((section, ""))
            remaining.pop(section, None)
    return remaining, frozenset(broken)


def _without_key(data: Mapping[str, Any], path: Path) -> dict[str, Any]:
    key = str(path[0])
    rest = {k: v for k, v in data.items() if k != key}
    return rest if len(path) == 1 else {**rest, key: _without_key(_mapping(data.get(key)), path[1:])}


def _faults(data: Mapping[str, Any], details: Iterable[ErrorDetails]) -> dict[Path, Diagnostic]:
    """Keep one finding a place: where a value fits no branch of a union, each branch complains."""
    at: dict[Path, list[ErrorDetails]] = {}
    for detail in map(_untagged, details):
        at.setdefault(_path(data, detail["loc"]), []).append(detail)
    deepest = [p for p in at if not any(len(q) > len(p) and q[: len(p)] == p for q in at)]
    return {path: _diagnostic(path, at[path]) for path in deepest}


def _untagged(detail: ErrorDetails) -> ErrorDetails:
    """Say of the key that tells the models of a union apart what Pydantic says of the whole entry."""
    key = str(detail.get("ctx", {}).get("discriminator", "")).strip("'")
    match detail["type"]:
        case "union_tag_not_found" if key:
            return {**detail, "type": "missing", "loc": (*detail["loc"], key)}
        case "union_tag_invalid" if key:
            tags = str(detail["ctx"]["expected_tags"]).replace(", ", " or ")
            choice = {"type": "literal_error", "loc": (*detail["loc"], key), "input": detail["ctx"]["tag"]}
            return {**detail, **choice, "ctx": {"expected": tags}}  # type: ignore[typeddict-item]
        case "model_attributes_type":
            return {**detail, "type": "model_type"}
    return detail


def _diagnostic(path: Path, details: list[ErrorDetails]) -> Diagnostic:
    detail = next((d for d in details if d["type"] == "landform"), details[0])
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown_key(path)
    if kind == "missing":
        value = GIVEN.get(str(path[-1]), "…")
        return error("LF0206", path[:-1], f"`{path[-1]}` is missing{_in(path[:-1])}.", f"Add `{path[-1]}: {value}`.")
    if kind == "landform":
        fact, _, remedy = str(context["message"]).partition(": ")
        return error("LF0202", path, f"{fact}.", f"{remedy[:1].upper()}{remedy[1:]}." if remedy else "")
    shown = _shown(detail["input"])
    choices = [_choices(d) for d in details if d["type"] in CHOICES]
    forms = [EXAMPLES[d["type"]] for d in details if d["type"] in FORMS]
    if choices and len(choices) + len(forms) == len(details):
        return error(
            "LF0202", path, f"{shown} is none of the values here.", f"Write {' or '.join([*choices, *forms])}."
        )
    if kind in FORMS:
        meant = _meant(kind, path, detail["input"])
        remedy = "Give it a value, or leave the key out." if detail["input"] is None else f"Write {meant}."
        return error("LF0202", path, f"{shown} stands where {FORMS[kind]} belongs.", remedy)
    if kind == "too_short":
        # Pydantic counts tuples and dictionaries, of which a spec knows nothing.
        detail = {**detail, "msg": "name one at least, or leave the key out"}
    message = detail["msg"].replace("Input should", "the value should").replace("String should", "the text should")
    return error("LF0202", path, f"{shown} does not fit:", f"{message}.")


def _meant(kind: str, path: Path, value: Any) -> str:
    """Return what to write instead of a value of another form, from what was written where that says enough."""
    if kind in ("dict_type", "model_type"):
        return mapping(path, value)
    return f"[{value}]" if kind == "tuple_type" and isinstance(value, str) else EXAMPLES[kind]


def _choices(detail: ErrorDetails) -> str:
    return "true or false" if detail["type"] == "bool_type" else detail["ctx"]["expected"].replace("'", "")


def _in(path: Path) -> str:
    return f" in {dotted(path)}" if path else ""


def _shown(value: object) -> str:
    if isinstance(value, str | int | float):
        return f"{value!r}" if len(repr(value)) < 60 else f"{repr(value)[:57]}…"
    return {dict: "a mapping", list: "a list", type(None): "nothing"}.get(type(value), "this")


def _path(data: Any, loc: tuple[int | str, ...]) -> Path:
    """Keep the parts of a Pydantic location that are places in the text: no tags of unions, no ``[key]``."""
    path: list[int | str] = []
    for index, part in enumerate(loc):
        inside = isinstance(data, dict) and part in data
        inside |= isinstance(data, list) and isinstance(part, int) and part < len(data)
        if inside:
            path, data = [*path, part], data[part]
        elif index == len(loc) - 1 and isinstance(data, dict) and _is_key(str(part)) and part not in _tags(data):
            path = [*path, part]
    return tuple(path)


def _tags(data: dict[str, Any]) -> tuple[object, ...]:
    """Return what stands at the end of a location and is no key: the tag of the union's model, and Pydantic's own."""
    return data.get("kind"), data.get("platform"), "[key]"


def _is_key(part: str) -> bool:
    return part.replace("_", "").isalnum() and part.islower()


def _unknown_key(path: Path) -> Diagnostic:
    known = _keys_at(path[:-1])
    close = nearest(str(path[-1]), known)
    remedy = f"Did you mean `{close[0]}`?" if close else f"Known here: {', '.join(sorted(known))}."
    remedy = "It does not go with the other keys here: leave it out." if path[-1] in known else remedy
    remedy = ELSEWHERE.get((str(path[0]), str(path[-1])), remedy)
    return error("LF0201", path, f"unknown key `{path[-1]}`{_in(path[:-1])}.", remedy)


def _keys_at(path: Path) -> list[str]:
    """Return the keys that the language has at a path."""
    models: list[type[BaseModel]] = [System]
    for part in path:
        fields = [f.annotation for m in models for n, f in m.model_fields.items() if part in (n, f.alias)]
        models = [m for a in fields for m in _models(a)] or models
    return sorted({field.alias or name for m in models for name, field in m.model_fields.items()})


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [m for argument in getattr(annotation, "__args__", ()) for m in _models(argument)]
