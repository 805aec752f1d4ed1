"""The root module as data: what `lower` says and `emit` writes down.

References to modules and files are values of their own. Every other string is the user's and is written literally.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from landform.diagnostics import Path


@dataclass(frozen=True, slots=True)
class Output:
    """An output of another module, and the keys of the value that is meant."""

    module: str
    name: str
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Contents:
    """The text of a script of the output tree; `told` are shell variables that it finds set."""

    file: str
    told: Mapping[str, Output | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Location:
    """The path of a file of the output tree."""

    file: str


@dataclass(frozen=True, slots=True)
class Given:
    """What whoever applies says: the element of a variable at `keys`, null where nothing is said."""

    variable: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the root module; `keys` are those that its value may have, level by level."""

    type: str
    description: str
    default: Any
    keys: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Provider:
    """The AWS provider of one region; the primary's has no alias."""

    region: str
    alias: str | None
    account: str
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Module:
    """A call of one of the modules."""

    address: str
    source: str
    provider: str | None
    variables: Mapping[str, Any]
    path: Path


@dataclass(frozen=True, slots=True)
class Backend:
    """The bucket that keeps the state."""

    bucket: str
    key: str
    region: str


@dataclass(frozen=True, slots=True)
class Root:
    """Everything that main.tf.json says, and the files beside it."""

    name: str
    providers: tuple[Provider, ...]
    modules: tuple[Module, ...]
    moved: tuple[tuple[str, str], ...]
    outputs: Mapping[str, tuple[str, Any]]
    backend: Backend | None
    files: Mapping[str, bytes] = field(default_factory=dict)
    variables: Mapping[str, Variable] = field(default_factory=dict)
