"""File systems on EFS."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from landform.spec.model import Model, Was
from landform.spec.units import Days, Rate, fault

COLD_DAYS = (1, 7, 14, 30, 60, 90, 180, 270, 365)
MOST_MIBPS = 3414
"""EFS API, LifecyclePolicy and CreateFileSystem; EFS user guide, "Amazon EFS quotas" (read 2026-11-23)."""


def _cold(days: int) -> int:
    if days not in COLD_DAYS:
        raise fault(f"EFS moves files after {', '.join(map(str, COLD_DAYS))} days, not {days}: write one of these")
    return days


def _provisioned(mibps: int) -> int:
    if not 1 <= mibps <= MOST_MIBPS:
        raise fault(f"EFS provisions 1MiB/s to {MOST_MIBPS}MiB/s: write elastic for what comes and goes")
    return mibps


def _known_mode(value: object) -> object:
    if isinstance(value, str) and value != "elastic" and not value[:1].isdigit():
        raise fault(f"{value!r} is not a throughput of EFS: write elastic, or what it provisions, like 250MiB/s")
    return value


class Efs(Model):
    """An EFS file system, encrypted with a key of the system, mounted over TLS under the role of who mounts it."""

    kind: Literal["efs"]
    data_class: Literal["pii"] | None = Field(default=None, alias="class")
    throughput: Annotated[
        Literal["elastic"] | Annotated[Rate, AfterValidator(_provisioned)], BeforeValidator(_known_mode)
    ] = "elastic"
    cold: Annotated[Days, AfterValidator(_cold)] | None = None
    backup: bool = True
    replicate: bool = False
    was: Was = ()
