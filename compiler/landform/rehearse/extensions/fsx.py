"""FSx: file systems that become available and end, and buckets that are linked to them."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

from moto.core.exceptions import JsonRESTError
from moto.fsx.exceptions import FileSystemNotFound
from moto.fsx.models import FileSystem, FSxBackend
from moto.fsx.responses import FSxResponse

from landform.rehearse.extensions import method_of

_to_dict = FileSystem.to_dict


@method_of(FileSystem)
def to_dict(self: FileSystem) -> dict[str, Any]:
    """moto says nothing of a file system's state, network, name and version, for which clients wait."""
    answer = _to_dict(self)
    own = answer.get("LustreConfiguration")
    if own is not None:
        own.setdefault("MountName", self.file_system_id.removeprefix("fs-"))
    subnet = self.subnet_ids[0]
    return answer | {
        "Lifecycle": "AVAILABLE",
        "OwnerId": self.backend.account_id,
        "VpcId": _vpc_of(self.backend, subnet),
        "NetworkInterfaceIds": [f"eni-{self.file_system_id.removeprefix('fs-')}"],
        "FileSystemTypeVersion": vars(self).get("version", "2.10"),
    }


def _vpc_of(backend: FSxBackend, subnet: str) -> str:
    from moto.ec2.models import ec2_backends

    return str(ec2_backends[backend.account_id][backend.region_name].get_subnet(subnet).vpc_id)


_create_file_system = FSxBackend.create_file_system


@method_of(FSxBackend)
def create_file_system(self: FSxBackend, **said: Any) -> FileSystem:
    """moto forgets the version of a file system, and its key where it makes one up itself."""
    made = _create_file_system(self, **said)
    vars(made)["version"] = said.get("file_system_type_version") or "2.10"
    return made


_describe_file_systems = FSxResponse.describe_file_systems


@method_of(FSxResponse)
def describe_file_systems(self: FSxResponse) -> Any:
    """moto answers a question for a file system that is gone with an empty list."""
    for asked in json.loads(self.body).get("FileSystemIds") or ():
        if asked not in self.fsx_backend.file_systems:
            raise FileSystemNotFound(asked)
    return _describe_file_systems(self)


_delete_file_system = FSxResponse.delete_file_system


@method_of(FSxResponse)
def delete_file_system(self: FSxResponse) -> str:
    """moto ends a file system at once; the provider looks after ten minutes, unless it hears that it is gone by now."""
    _delete_file_system(self)
    raise FileSystemNotFound(json.loads(self.body)["FileSystemId"])


def _links(response: FSxResponse) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = vars(response.fsx_backend).setdefault("landform_links", {})
    return found


@method_of(FSxResponse)
def create_data_repository_association(self: FSxResponse) -> str:
    """moto links no buckets."""
    said, backend = json.loads(self.body), self.fsx_backend
    own = f"dra-{uuid4().hex[:17]}"
    arn = f"arn:aws:fsx:{self.region}:{self.current_account}:association/{said['FileSystemId']}/{own}"
    backend.tagger.tag_resource(arn, said.get("Tags") or [])
    _links(self)[own] = {
        "AssociationId": own,
        "ResourceARN": arn,
        "Lifecycle": "AVAILABLE",
        "ImportedFileChunkSize": 1024,
        **{k: v for k, v in said.items() if k not in ("ClientRequestToken", "Tags")},
    }
    return json.dumps({"Association": _links(self)[own]})


@method_of(FSxResponse)
def describe_data_repository_associations(self: FSxResponse) -> str:
    """moto links no buckets."""
    asked = json.loads(self.body).get("AssociationIds")
    if asked and not set(asked) <= _links(self).keys():
        raise JsonRESTError("DataRepositoryAssociationNotFound", f"{asked[0]} does not exist.")
    found = [_links(self)[own] for own in asked or _links(self)]
    tags = self.fsx_backend.list_tags_for_resource
    return json.dumps({"Associations": [link | {"Tags": tags(link["ResourceARN"])} for link in found]})


@method_of(FSxResponse)
def delete_data_repository_association(self: FSxResponse) -> str:
    """moto links no buckets."""
    own = json.loads(self.body)["AssociationId"]
    _links(self).pop(own, None)
    return json.dumps({"AssociationId": own, "Lifecycle": "DELETING"})
