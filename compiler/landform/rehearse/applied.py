"""What Terraform believes to stand: its state after an apply, flat."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Applied:
    """One resource of the state."""

    address: str
    type: str
    region: str
    values: Mapping[str, Any]


def read_state(workdir: Path, regions: Sequence[str]) -> tuple[Applied, ...]:
    """Read the local state of `workdir` (format 4); `regions` with the primary one first.

    Read as a file: `terraform show` says the same after starting the provider once more.
    """
    path = workdir / "terraform.tfstate"
    state = json.loads(path.read_text("utf-8")) if path.exists() else {"resources": []}
    return tuple(
        Applied(
            _address(resource, instance),
            resource["type"],
            _region(resource["provider"], regions),
            instance["attributes"],
        )
        for resource in state["resources"]
        if resource["mode"] == "managed"
        for instance in resource["instances"]
    )


def _address(resource: Mapping[str, Any], instance: Mapping[str, Any]) -> str:
    key = f"[{json.dumps(instance['index_key'])}]" if "index_key" in instance else ""
    own = f"{resource['type']}.{resource['name']}{key}"
    return f"{resource['module']}.{own}" if "module" in resource else own


def _region(provider: str, regions: Sequence[str]) -> str:
    """The region of a provider alias, which the compiler names after it: ``….eu_west_1``."""
    alias = re.search(r"\]\.([a-z0-9_]+)$", provider)
    region = alias[1].replace("_", "-") if alias else ""
    return region if region in regions else regions[0]
