"""AWS Backup: what a plan keeps, policies of vaults, and tags that are asked for by another spelling of the path."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

from moto.backup import urls
from moto.backup.models import BackupBackend
from moto.backup.responses import BackupResponse
from moto.core.exceptions import JsonRESTError

from landform.rehearse.extensions import method_of

urls.url_paths |= dict.fromkeys(
    (
        "{0}/backup/plans/(?P<name>[^/]+)/selections/?$",
        "{0}/backup/plans/(?P<name>[^/]+)/selections/(?P<selection>[^/]+)/?$",
        "{0}/backup-vaults/(?P<name>[^/]+)/access-policy$",
        "{0}/backup-vaults/(?P<name>[^/]+)/recovery-points/$",
        "{0}/backup-vaults/(?P<name>[^/]+)/?$",
        "{0}/tags/(?P<arn>.+)$",
    ),
    BackupResponse.dispatch,
)


def _kept(backend: BackupBackend, what: str) -> dict[str, Any]:
    """Return what moto has no room for, by name or id."""
    found: dict[str, Any] = vars(backend).setdefault(f"landform_{what}", {})
    return found


def _part(response: BackupResponse, place: int) -> str:
    return unquote(response.path.strip("/").split("/")[place])


def _missing(what: str) -> JsonRESTError:
    return JsonRESTError("ResourceNotFoundException", f"{what} was not found.")


@method_of(BackupResponse)
def create_backup_selection(self: BackupResponse) -> str:
    """moto knows no selections."""
    plan, said = _part(self, 2), json.loads(self.body)["BackupSelection"]
    identity = str(uuid4())
    made = {"BackupPlanId": plan, "SelectionId": identity, "CreationDate": 1767225600.0}
    _kept(self.backup_backend, "selections")[identity] = {**made, "BackupSelection": said}
    return json.dumps(made)


@method_of(BackupResponse)
def get_backup_selection(self: BackupResponse) -> str:
    """moto knows no selections."""
    found = _kept(self.backup_backend, "selections").get(_part(self, 4))
    if found is None:
        raise _missing("The selection")
    return json.dumps(found)


@method_of(BackupResponse)
def delete_backup_selection(self: BackupResponse) -> str:
    """moto knows no selections."""
    if _kept(self.backup_backend, "selections").pop(_part(self, 4), None) is None:
        raise _missing("The selection")
    return ""


@method_of(BackupResponse)
def put_backup_vault_access_policy(self: BackupResponse) -> str:
    """moto knows no policies of vaults."""
    _kept(self.backup_backend, "policies")[_part(self, 1)] = json.loads(self.body)["Policy"]
    return ""


@method_of(BackupResponse)
def get_backup_vault_access_policy(self: BackupResponse) -> str:
    """moto knows no policies of vaults."""
    name = _part(self, 1)
    policy = _kept(self.backup_backend, "policies").get(name)
    if policy is None:
        raise _missing("The policy of the vault")
    arn = self.backup_backend.vaults[name].backup_vault_arn
    return json.dumps({"BackupVaultName": name, "BackupVaultArn": arn, "Policy": policy})


@method_of(BackupResponse)
def delete_backup_vault_access_policy(self: BackupResponse) -> str:
    """moto knows no policies of vaults."""
    _kept(self.backup_backend, "policies").pop(_part(self, 1), None)
    return ""


@method_of(BackupResponse)
def list_tags(self: BackupResponse) -> str:
    """moto expects a slash behind the ARN, which the provider does not write."""
    arn = unquote(self.path.rstrip("/").rpartition("/tags/")[2])
    return json.dumps({"Tags": self.backup_backend.list_tags(resource_arn=arn)})


@method_of(BackupResponse)
def list_recovery_points_by_backup_vault(self: BackupResponse) -> str:
    """moto keeps nothing in vaults, and does not say so."""
    return json.dumps({"RecoveryPoints": []})
