"""The section `backup`: copies of what holds data, kept apart from it."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from landform.spec.model import Model, Text
from landform.spec.units import Days, fault

MOST_DAYS = 36_500
"""AWS Backup API, Lifecycle and PutBackupVaultLockConfiguration (read 2026-11-29)."""


def _kept(days: int) -> int:
    if not 1 <= days <= MOST_DAYS:
        raise fault(f"AWS Backup keeps what it copies for 1d to {MOST_DAYS}d, not {days}d: write 35d")
    return days


def _once(regions: tuple[str, ...] | None) -> tuple[str, ...] | None:
    if regions and len(set(regions)) < len(regions):
        raise fault("a region stands twice in `copies`: leave one out")
    return regions


class Backup(Model):
    """A daily backup of tables, EFS file systems and data disks; `copies` are regions that each is copied to."""

    retain: Annotated[Days, AfterValidator(_kept)] = Field(default=35, json_schema_extra={"default": "35d"})
    copies: Annotated[Annotated[tuple[Text, ...], Field(strict=False)] | None, AfterValidator(_once)] = None
    locked: bool | Literal["governance", "compliance"] = False
