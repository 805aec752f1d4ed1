"""A schema document of `terraform providers schema -json` as the answer to tfplugin5's GetSchema.

The numbers are those of the fields in `tfplugin5.proto`, version 5.6, of terraform-plugin-go.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .wire import message, number, text

Json = Mapping[str, Any]

BESIDES = Path(__file__).with_name("appautoscaling.schema.json")
"""Resources that the bindings leave out."""

NESTING = {"single": 1, "list": 2, "set": 3, "map": 4, "group": 5}


def get_schema_response(path: Path) -> bytes:
    """The whole answer, from a gzipped document that describes one provider, and from what is known besides."""
    document = json.loads(gzip.decompress(path.read_bytes()))
    (provider,) = document["provider_schemas"].values()
    besides = json.loads(BESIDES.read_text())
    return b"".join(_response({**provider, "resource_schemas": {**besides, **provider["resource_schemas"]}}))


def _response(provider: Json) -> Iterator[bytes]:
    yield message(1, _schema(provider["provider"]))
    for name, schema in provider["resource_schemas"].items():
        yield message(2, _entry(name, schema))
    for name, schema in provider["data_source_schemas"].items():
        yield message(3, _entry(name, schema))
    # Terraform may ask once and keep the answer (ServerCapabilities.get_provider_schema_optional).
    yield message(6, number(2, True))


def _entry(name: str, schema: Json) -> bytes:
    return text(1, name) + message(2, _schema(schema))


def _schema(schema: Json) -> bytes:
    return number(1, schema.get("version")) + message(2, _block(schema["block"]))


def _block(block: Json) -> bytes:
    attributes = (message(2, _attribute(n, a)) for n, a in block.get("attributes", {}).items())
    nested = (message(3, _nested(n, b)) for n, b in block.get("block_types", {}).items())
    return b"".join((*attributes, *nested))


def _attribute(name: str, attribute: Json) -> bytes:
    return (
        text(1, name)
        + message(2, json.dumps(attribute["type"]).encode())
        + number(4, attribute.get("required"))
        + number(5, attribute.get("optional"))
        + number(6, attribute.get("computed"))
        + number(7, attribute.get("sensitive"))
        + number(10, attribute.get("write_only"))
    )


def _nested(name: str, nested: Json) -> bytes:
    return (
        text(1, name)
        + message(2, _block(nested["block"]))
        + number(3, NESTING[nested["nesting_mode"]])
        + number(4, nested.get("min_items"))
        + number(5, nested.get("max_items"))
    )
