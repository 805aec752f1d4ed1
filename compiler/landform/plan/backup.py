"""What is backed up every day, to where, and by whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from landform.diagnostics import Path
from landform.plan.stores import Key, Store

if TYPE_CHECKING:
    from landform.plan.workloads import Host


@dataclass(frozen=True, slots=True)
class Backup:
    """A plan of AWS Backup in the primary region: a vault there, of the same name in each region of the copies.

    `path` is what asks for it, `stores` are tables and file systems, `hosts` have data disks; `locked` is the mode of
    the vaults' lock.
    """

    path: Path
    name: str
    role: str
    region: str
    key: Key
    copies: tuple[Key, ...]
    retain: int
    locked: str | None
    stores: tuple[Store, ...]
    hosts: tuple[Host, ...]

    def vault(self, region: str, account: str) -> str:
        """Return the ARN of the vault of a region."""
        return f"arn:aws:backup:{region}:{account}:backup-vault:{self.name}"

    @property
    def paths(self) -> frozenset[Path]:
        """Return which entries are backed up."""
        return frozenset((*(s.path for s in self.stores), *(h.path for h in self.hosts)))
