"""Prints what the agent alone needs of the project's dependencies: `python needs.py pyproject.toml`."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

SHARED = ("pydantic", "pyyaml", "jinja2", "rich")
"""Dependencies of the whole project that the agent uses too."""


def needs(project: str) -> list[str]:
    """Requirements, from the text of a pyproject.toml."""
    known = tomllib.loads(project)["project"]
    shared = [one for one in known["dependencies"] if re.split(r"[^\w-]", one)[0] in SHARED]
    return [*shared, *known["optional-dependencies"]["agent"]]


if __name__ == "__main__":
    print("\n".join(needs(Path(sys.argv[1]).read_text("utf-8"))))
