"""Module calls of backups: vaults for copies, and the one in the primary region with the plan that fills it."""

from collections.abc import Callable, Iterator
from typing import Any

from landform.lower.shared import key_arn, statements
from landform.passes.service_roles import backup_statements
from landform.plan import Backup, Key, Plan
from landform.root import Module, Output
from landform.spec.names import address


def backups(plan: Plan, own: Backup, alias: Callable[[str], str | None]) -> Iterator[Module]:
    """Yield the calls that make the vaults, the primary region's with what is kept there."""
    for key in own.copies:
        yield Module(address("backup", key.region), "backup", alias(key.region), _vault(plan, own, key), own.path)
    variables = _vault(plan, own, own.key) | {
        "role_name": own.role,
        "statements": statements(tuple(backup_statements(plan, own))),
        "resources": dict(sorted(_resources(own))),
        "copies": {key.region: Output(address("backup", key.region), "vault_arn") for key in own.copies},
    }
    yield Module("backup", "backup", None, variables, own.path)


def _vault(plan: Plan, own: Backup, key: Key) -> dict[str, Any]:
    return {
        "name": own.name,
        "key_arn": key_arn(key),
        "retention_days": own.retain,
        "locked": own.locked,
        "protect": plan.system.environment == "production",
    }


def _resources(own: Backup) -> Iterator[tuple[str, Output]]:
    yield from ((".".join(map(str, store.path)), Output(store.address, "arn")) for store in own.stores)
    yield from ((".".join(map(str, host.path)), Output(host.address, "volume_arn")) for host in own.hosts)
