"""The reference of the configuration is written from its models: current, or `make golden` makes it so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from landform_agent.config import Config

INTRODUCTION = """\
# Configuration of a watch

One YAML file a watch; a key that is not known is an error with its line. Times are written `90s`, `5m`, `12h`, `14d` or
`1w`. [agent.md](agent.md) says what the words mean. This page is written from `agent/landform_agent/config.py` by `make
golden`.
"""

Schema = Mapping[str, Any]


def reference_page() -> str:
    whole = Config.model_json_schema()
    parts = [INTRODUCTION, _table("The watch", whole, whole)]
    for name, found in whole["properties"].items():
        for part in _parts(found, whole):
            kind = part["properties"].get("kind", {}).get("const")
            title = f"{name}: kind {kind}" if kind else name
            parts.append(_table(title, part, whole))
    return "\n".join(parts)


def _table(title: str, part: Schema, whole: Schema) -> str:
    said = "" if part is whole else f"{part.get('description', '')}\n\n"
    rows = [
        f"| {' | '.join((f'`{name}`', _kind(field, whole), _default(name, field, part), _meaning(field)))} |\n"
        for name, field in part["properties"].items()
        if name != "kind" or "const" not in field
    ]
    if not rows:
        return f"## {title}\n\n{said.rstrip()}\n"
    return f"## {title}\n\n{said}| key | value | default | meaning |\n|---|---|---|---|\n{''.join(rows)}"


def _parts(field: Schema, whole: Schema) -> list[Schema]:
    """The models that a field is made of."""
    if "$ref" in field:
        return [whole["$defs"][field["$ref"].rpartition("/")[2]]]
    inner = [*field.get("anyOf", ()), *field.get("oneOf", ()), *([field["items"]] if "items" in field else [])]
    if isinstance(field.get("additionalProperties"), dict):
        inner.append(field["additionalProperties"])
    return [part for one in inner for part in _parts(one, whole)]


def _kind(field: Schema, whole: Schema) -> str:
    options = [one for one in field.get("anyOf", ()) if one.get("type") != "null"]
    if options:
        return " or ".join(_kind(one, whole) for one in options)
    if "$ref" in field or "oneOf" in field:
        return "see below"
    for name, said in (("enum", ""), ("examples", "such as ")):
        if name in field:
            return said + ", ".join(f"`{one}`" for one in field[name])
    if field.get("type") == "array":
        return f"list ({_kind(field['items'], whole)})"
    return f"`{field['const']}`" if "const" in field else _plain(field)


def _plain(field: Schema) -> str:
    if field["type"] == "integer" and "minimum" in field:
        most = field.get("maximum")
        return f"{field['minimum']:,} {f'to {most:,}' if most else 'or more'}"
    return {"string": "text", "boolean": "`true`, `false`", "integer": "number", "object": "by name, see below"}[
        field["type"]
    ]


def _default(name: str, field: Schema, part: Schema) -> str:
    if name in part.get("required", ()):
        return "**required**"
    default = field.get("default")
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if isinstance(default, float) and "examples" in field:
        return f"`{_duration(default)}`"
    if isinstance(default, dict) and {"count", "each"} <= set(default):
        return f"`{default['count']:g} per {_duration(default['each']['amount'])}`"
    return f"`{default}`" if isinstance(default, (str, int)) and default != "" else ""


def _duration(seconds: float) -> str:
    unit, size = next((u, s) for u, s in (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)) if seconds % s == 0)
    return f"{seconds / size:g}{unit}"


def _meaning(field: Schema) -> str:
    return str(field.get("description", "")).replace("|", "\\|").replace("\n", " ")


def test_the_reference_of_the_configuration_is_current(golden: Callable[[str, str], None]) -> None:
    golden("../../docs/agent-configuration.md", reference_page())


def test_every_key_is_explained() -> None:
    whole = Config.model_json_schema()
    bare = [
        f"{model.get('title', '')}.{name}"
        for model in (whole, *whole["$defs"].values())
        for name, field in model.get("properties", {}).items()
        if "const" not in field and not field.get("description") and "$ref" not in field
    ]
    assert bare == []
