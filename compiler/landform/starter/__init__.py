"""The project that ``landform init`` writes: enough to check, compile, scan and rehearse at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Final

import yaml

from landform.spec.names import NAME

SCHEMA: Final = "landform.v1.schema.json"
"""Where the starter spec's first line tells an editor to look."""

_NAMELESS: Final = "my-system"
"""What the packaged spec calls the system."""

_PLACES: Final = {
    "generated.md": "generated/README.md",
    "workflow.yaml": ".github/workflows/landform.yml",
    "gitignore": ".gitignore",
}


def system_of(directory: Path) -> str:
    """Return the name of the system to begin in a folder: the folder's own where a system can be called that."""
    name = directory.resolve().name
    # Without quotes, ``on`` and ``null`` are no text in YAML.
    return name if re.fullmatch(NAME, name) and isinstance(yaml.safe_load(name), str) else _NAMELESS


def starter_files(schema: str, system: str) -> Mapping[str, str]:
    """Return each file's text by its place in the project; `schema` is the JSON Schema of the language."""
    packaged = files(__name__) / "files"
    others = {place: (packaged / name).read_text("utf-8") for name, place in _PLACES.items()}
    return {SCHEMA: schema, _spec(system): _called(system, (packaged / "spec.yaml").read_text("utf-8"))} | others


def write_starter(directory: Path, schema: str) -> list[Path]:
    """Write what is not there yet and return it. Raises OSError.

    A file that stands is left alone, and where a spec stands, whatever its name, there is no need of another.
    """
    system = system_of(directory)
    begun = any((directory / "specs").glob("*.y*ml"))
    written = []
    for place, text in sorted(starter_files(schema, system).items()):
        path = directory / place
        if begun and place == _spec(system):
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with path.open("x", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
        except FileExistsError:
            continue
        written.append(path)
    return written


def _spec(system: str) -> str:
    return f"specs/{system}.yaml"


def _called(system: str, spec: str) -> str:
    """The packaged spec with another name in it, the comment behind it where it was."""
    width = 23
    return spec.replace(_NAMELESS.ljust(width), system.ljust(width))
