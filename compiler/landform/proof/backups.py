"""What a plan backs up: which stores and disks a selection names, and the vaults that they are copied to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from landform.catalog.backup_meanings import FILES, POINTS, SNAPSHOTS, TABLE, VAULT, VOLUMES, keys
from landform.catalog.meanings import Clause
from landform.proof.planned import Planned, Resource

if TYPE_CHECKING:
    from landform.proof.system import Role, System


@dataclass(frozen=True, slots=True)
class Backed:
    """A selection: its module, what it names, the keys of disks among it, the vault's name and keys by region, tags."""

    module: str
    kept: frozenset[str]
    kinds: frozenset[str]
    disk_keys: frozenset[str]
    vault: str
    vault_keys: Mapping[str, str]
    tags: Mapping[str, str]


def read_backups(planned: Planned) -> Iterator[Backed]:
    """Yield the selections of a plan; a vault is filled by that of its module, or by copies from there."""
    vaults = planned.of_type("aws_backup_vault")
    for selection in planned.of_type("aws_backup_selection"):
        named = (planned.given(selection, "resources") or {}).values()
        kept = [planned.by_address[t.address] for each in named for t in planned.at_root(selection, each)]
        own = [vault for vault in vaults if vault.module == selection.module or _copied(planned, selection, vault)]
        disks = [planned.targets(each, "kms_key_id") for each in kept if each.type == "aws_ebs_volume"]
        roles = planned.referred(selection, "iam_role_arn")
        yield Backed(
            module=selection.module,
            kept=frozenset(each.address for each in kept),
            kinds=frozenset(each.type for each in kept),
            disk_keys=frozenset(t.address for targets in disks for t in targets),
            vault=str(next((v.values.get("name") for v in own if v.module == selection.module), "")),
            vault_keys={v.region: t.address for v in own for t in planned.targets(v, "kms_key_arn")},
            tags=next((role.values.get("tags_all") or {} for role in roles), {}),
        )


def _copied(planned: Planned, selection: Resource, vault: Resource) -> bool:
    copies = planned.given(selection, "copies") or {}
    return vault.address in {t.address for each in copies.values() for t in planned.at_root(selection, each)}


def meant(system: System, role: Role) -> Iterator[tuple[Clause, Mapping[str, str]]]:
    """Yield what a role of backups is for: clauses, and the facts that fill them in."""
    for own in system.backups:
        if role.address.startswith(f"{own.module}."):
            yield from _of(system, role, own)


def _of(system: System, role: Role, own: Backed) -> Iterator[tuple[Clause, Mapping[str, str]]]:
    facts = {"account": system.account, "region": role.region, "vault": own.vault}
    facts |= {name: own.tags.get(f"landform:{name}", "") for name in ("environment", "system")}
    kept = [store for store in system.stores if store.address in own.kept]
    tables = [store for store in kept if store.kind == "dynamodb"]
    disks = "aws_ebs_volume" in own.kinds
    yield from ((clause, {**facts, "store": table.arn}) for table in tables for clause in TABLE)
    once = [*POINTS, *(FILES if "aws_efs_file_system" in own.kinds else ()), *(VOLUMES if disks else ())]
    yield from ((clause, facts) for clause in once)
    for region, vault_key in own.vault_keys.items():
        here = {**facts, "vault_region": region}
        of_stores = {store.key for store in kept} | own.disk_keys if region == role.region else set()
        aliases, of_tables = _aliases(system, {vault_key, *of_stores}), _aliases(system, {t.key for t in tables})
        known = keys(aliases, of_tables if region == role.region else (), disks=disks)
        yield from ((clause, here) for clause in (*VAULT, *(SNAPSHOTS if disks else ()), *known))


def _aliases(system: System, addresses: set[str]) -> tuple[str, ...]:
    return tuple(sorted(s.aliases[0] for s in system.stores if s.kind == "kms" and s.address in addresses))
