"""What is backed up: in production all that AWS Backup can keep, elsewhere what is asked for."""

from collections.abc import Iterator

from landform.diagnostics import Diagnostic, Path
from landform.file_systems import Efs
from landform.passes.resolve.naming import BACKUP, physical, role_name
from landform.passes.unknown import unknown
from landform.plan import Host, Plan, Store, Table
from landform.plan.backup import Backup
from landform.spec.backup import Backup as BackupSpec
from landform.spec.compute import Machine
from landform.spec.data import Efs as EfsSpec
from landform.spec.data import Table as TableSpec
from landform.spec.system import System

VAULT = 50
"""Characters of a vault's name, which takes letters, digits, hyphens and underscores (AWS Backup API,
CreateBackupVault, read 2026-11-29)."""


def asked(system: System) -> BackupSpec | None:
    """Return what is asked for: by the section, or by production; None for nothing."""
    if isinstance(system.backup, BackupSpec):
        return system.backup
    return BackupSpec() if system.backup is None and system.environment == "production" else None


def asked_at(system: System) -> Path:
    """Return what in the spec asks for backups: the section, else the environment, else what stands in every spec."""
    if isinstance(system.backup, BackupSpec):
        return ("backup",)
    return ("environment",) if "environment" in system.model_fields_set else ("regions",)


def backup_regions(system: System) -> tuple[str, ...]:
    """Return where there are vaults: none, or the primary region and those of the copies."""
    own = asked(system)
    if own is None or not holds(system):
        return ()
    wanted = own.copies if own.copies is not None else system.regions.replicas[:1]
    return (system.regions.primary, *(r for r in wanted if r in system.regions.active[1:]))


def holds(system: System) -> bool:
    """Tell whether anything of a system is for AWS Backup to keep."""
    kept = any(_kept(entry) for entry in system.data.values())
    return kept or any(machine.disk.data for machine in system.machines.values())


def _kept(entry: object) -> bool:
    return isinstance(entry, TableSpec) or (isinstance(entry, EfsSpec) and entry.backup)


def backup(plan: Plan, found: list[Diagnostic]) -> Backup | None:
    """Return the backups of a system; None where nothing is to be kept."""
    own, regions = asked(plan.system), backup_regions(plan.system)
    for index, region in enumerate((own.copies if own else None) or ()):
        if region not in plan.system.regions.replicas:
            path = ("backup", "copies", index)
            rest = "A backup is copied to a region of `regions.replicas`."
            found.append(unknown("LF0301", path, "replica region", region, plan.system.regions.replicas, rest=rest))
    if own is None or not regions:
        return None
    primary = regions[0]
    return Backup(
        path=asked_at(plan.system),
        name=physical(plan, limit=VAULT),
        role=role_name(plan, BACKUP, primary),
        region=primary,
        key=plan.key(primary, BACKUP),
        copies=tuple(plan.key(region, BACKUP) for region in regions[1:]),
        retain=own.retain,
        locked=("governance" if own.locked is True else own.locked) or None,
        stores=tuple(_stores(plan)),
        hosts=tuple(host for host in plan.hosts if _has_data(host)),
    )


def _stores(plan: Plan) -> Iterator[Store]:
    for store in plan.stores:
        own = isinstance(store, Table) and not store.original
        if own or (isinstance(store, Efs) and store.spec.backup and not store.copy):
            yield store


def _has_data(host: Host) -> bool:
    return isinstance(host.spec, Machine) and host.spec.disk.data is not None
