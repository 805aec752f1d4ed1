"""EFS: copies of file systems in another region, and what protects a file system from becoming one."""

from __future__ import annotations

import json
import time
from typing import Any

from moto.efs.exceptions import EFSError
from moto.efs.models import FileSystem, efs_backends
from moto.efs.responses import EFSResponse
from moto.efs.urls import response, url_paths

from landform.rehearse.extensions import method_of

_JSON = {"Content-Type": "application/json"}
_FILE_SYSTEM = "/2015-02-01/file-systems/<file_system_id>"

# moto leads nobody to these operations.
url_paths.setdefault(f"{_FILE_SYSTEM}/protection", response.dispatch)
url_paths.setdefault(f"{_FILE_SYSTEM}/replication-configuration", response.dispatch)
url_paths.setdefault("/2015-02-01/file-systems/replication-configurations", response.dispatch)


class ReplicationNotFoundError(EFSError):
    """What EFS answers where nothing is copied."""

    code = 404

    def __init__(self, name: str) -> None:
        super().__init__("ReplicationNotFound", f"Replication for file system {name} does not exist.")


@method_of(EFSResponse)
def update_file_system_protection(self: EFSResponse) -> tuple[str, dict[str, Any]]:
    """moto knows no protection; EFS tells it with the file system."""
    protection = {"ReplicationOverwriteProtection": self._get_param("ReplicationOverwriteProtection")}
    own = self.efs_backend.file_systems_by_id[self._get_param("FileSystemId")]
    vars(own)["file_system_protection"] = protection
    return json.dumps(protection), _JSON


@method_of(EFSResponse)
def create_replication_configuration(self: EFSResponse) -> tuple[str, dict[str, Any]]:
    """moto copies nothing. EFS refuses to copy over what is protected, and calls it protected once it does."""
    source = self._get_param("SourceFileSystemId")
    (asked,) = self._get_param("Destinations")
    copy = _file_system(self, asked["Region"], asked["FileSystemId"])
    if vars(copy).get("file_system_protection") != {"ReplicationOverwriteProtection": "DISABLED"}:
        raise EFSError("ConflictException", f"{asked['FileSystemId']} is protected from being written over.")
    vars(copy)["file_system_protection"] = {"ReplicationOverwriteProtection": "REPLICATING"}
    own = _file_system(self, self.region, source)
    vars(own)["_replication"] = {
        "SourceFileSystemId": source,
        "SourceFileSystemRegion": self.region,
        "SourceFileSystemArn": own.file_system_arn,
        "OriginalSourceFileSystemArn": own.file_system_arn,
        "CreationTime": time.time(),
        "Destinations": [{"Status": "ENABLED", "FileSystemId": asked["FileSystemId"], "Region": asked["Region"]}],
    }
    return json.dumps(vars(own)["_replication"]), _JSON


@method_of(EFSResponse)
def describe_replication_configurations(self: EFSResponse) -> tuple[str, dict[str, Any]]:
    """moto tells of none; EFS is asked by the original or by the copy."""
    name = self._get_param("FileSystemId")
    told = [one for own in _all(self) if (one := vars(own).get("_replication")) and name in (None, *_ends(one))]
    if name and not told:
        raise ReplicationNotFoundError(name)
    return json.dumps({"Replications": told}), _JSON


@method_of(EFSResponse)
def delete_replication_configuration(self: EFSResponse) -> tuple[str, dict[str, Any]]:
    """moto ends none; EFS does in either region, and leaves the copy behind, a file system like others from then on."""
    source = self._get_param("SourceFileSystemId")
    own = next((own for own in _all(self) if own.file_system_id == source), None)
    ended = vars(own).pop("_replication", None) if own else None
    if ended is None:
        raise ReplicationNotFoundError(source)
    (copied,) = ended["Destinations"]
    copy = _file_system(self, copied["Region"], copied["FileSystemId"])
    vars(copy)["file_system_protection"] = {"ReplicationOverwriteProtection": "DISABLED"}
    return "", {**_JSON, "status": 204}


def _ends(replication: dict[str, Any]) -> tuple[str, ...]:
    return (replication["SourceFileSystemId"], *(one["FileSystemId"] for one in replication["Destinations"]))


def _all(self: EFSResponse) -> list[FileSystem]:
    """The file systems of all regions."""
    backends = efs_backends[self.current_account].values()
    return [own for backend in backends for own in backend.file_systems_by_id.values()]


def _file_system(self: EFSResponse, region: str, name: str) -> FileSystem:
    return efs_backends[self.current_account][region].file_systems_by_id[name]
