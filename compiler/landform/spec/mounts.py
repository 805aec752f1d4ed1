"""Where workloads mount file systems."""

import re
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from landform.spec.model import Text
from landform.spec.units import fault

PATTERN: Final = r"(/[A-Za-z0-9_][A-Za-z0-9._-]*)+"

SYSTEM: Final = frozenset(
    {"bin", "boot", "dev", "etc", "lib", "lib32", "lib64", "proc", "root", "run", "sbin", "snap", "sys", "usr", "var"}
)
"""What Linux itself lives in: Filesystem Hierarchy Standard 3.0."""

OWN: Final = ("/opt", "/opt/landform", "/opt/aws", "/opt/dlami", "/tmp")
"""What landform, the agents of AWS and every program put their files in."""


def _mount_point(path: str) -> str:
    if not re.fullmatch(PATTERN, path) or len(path) > 255:
        raise fault(f"{path!r} is not a place to mount at: write a path like /scratch")
    if path.split("/")[1] in SYSTEM or path in OWN or path.startswith(("/opt/landform/", "/opt/aws/")):
        raise fault(f"a file system at {path} would hide what the host itself needs: mount it at a path like /scratch")
    return path


MountPoint = Annotated[Text, AfterValidator(_mount_point), Field(json_schema_extra={"pattern": f"^{PATTERN}$"})]
Mounts = dict[MountPoint, Text]
"""Path → the file system of `data` that is found there."""
