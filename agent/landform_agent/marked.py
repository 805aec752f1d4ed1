"""YAML whose places are known: a key that stands twice is an error, and a path through the document has a line."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import yaml


class DoubleKeyError(Exception):
    """A key stands twice in one mapping; the message names it and its line."""


class _Strict(yaml.SafeLoader):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        met: set[Hashable] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node)
            if key in met:
                raise DoubleKeyError(f"line {key_node.start_mark.line + 1}: {key!r} stands there twice; keep one")
            met.add(key)
        return super().construct_mapping(node, deep)


def load(text: str) -> Any:
    """The document. Raises `yaml.YAMLError` and `DoubleKeyError`."""
    return yaml.load(text, _Strict)


def line(text: str, path: Sequence[str | int]) -> int:
    """The line, from 1, at which the last part of a path stands; parts that the document lacks are passed over."""
    node = yaml.compose(text, yaml.SafeLoader)
    found = 0
    for part in path:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == str(part):
                    found, node = key.start_mark.line, value
                    break
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            found = node.start_mark.line
    return found + 1
