"""What a role is for, as the call of its module and what stands beside it say."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from typing import Any, Final

from landform.proof.loop import looping
from landform.proof.planned import Planned, Resource
from landform.proof.watch import watching


def purpose(planned: Planned, role: Resource) -> Mapping[str, Any]:
    """Return what runs by a role: a job's definition, an endpoint's model, a watch, a loop, or a host's environment."""
    given: Mapping[str, Any] | None = planned.given(role, "definition")
    return given or _served(planned, role) or watching(planned, role) or looping(planned, role) or _told(planned, role)


def _served(planned: Planned, role: Resource) -> Mapping[str, Any]:
    """What the machines of an endpoint are given: the image, and the archive that is served first."""
    models = [m for m in planned.of_type("aws_sagemaker_model") if m.module == role.module]
    containers = [c for m in models for c in m.values.get("primary_container") or ()]
    said = {"archive": next((c.get("model_data_url") for c in containers), None), "image": planned.given(role, "image")}
    return {name: value for name, value in said.items() if value}


_LINE: Final = re.compile(r"^([A-Z_]+)=(.+)$", re.MULTILINE)


def _told(planned: Planned, role: Resource) -> Mapping[str, Any]:
    """What a host is told before its own script, in the form that a container is told it; nothing where it is nothing.

    Taken from the call of its module: that script is not known before an apply where the id of a file system is in it.
    """
    script = str(planned.given(role, "user_data") or "")
    lines = {name: "".join(shlex.split(value)) for name, value in _LINE.findall(script.partition("${file(")[0])}
    return {"environment": [{"name": name, "value": value} for name, value in lines.items()]} if lines else {}
