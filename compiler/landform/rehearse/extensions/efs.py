"""EFS: the end of a file system's policy, and backups that are turned on and off."""

from __future__ import annotations

import json
from typing import Any

from moto.efs.responses import EFSResponse

from landform.rehearse.extensions import method_of

_JSON = {"Content-Type": "application/json"}


@method_of(EFSResponse)
def delete_file_system_policy(self: EFSResponse) -> tuple[str, dict[str, Any]]:
    """moto knows no end of a policy."""
    self.efs_backend.file_systems_by_id[self._get_param("FileSystemId")].file_system_policy = None
    return "", _JSON


@method_of(EFSResponse)
def put_backup_policy(self: EFSResponse) -> tuple[str, dict[str, Any]]:
    """moto knows a backup policy only from the making of a file system."""
    policy = self._get_param("BackupPolicy")
    vars(self.efs_backend.file_systems_by_id[self._get_param("FileSystemId")])["backup_status"] = policy["Status"]
    return json.dumps({"BackupPolicy": policy}), _JSON


_describe_backup_policy = EFSResponse.describe_backup_policy


@method_of(EFSResponse)
def describe_backup_policy(self: EFSResponse) -> tuple[str, dict[str, Any]]:
    """moto knows no backups that were turned off."""
    own = vars(self.efs_backend.file_systems_by_id.get(self._get_param("FileSystemId"), object))
    if "backup_status" not in own:
        return _describe_backup_policy(self)
    return json.dumps({"BackupPolicy": {"Status": own["backup_status"]}}), _JSON
