"""SageMaker Studio: a domain, with what SageMaker makes for it in the account without being asked.

SageMaker developer guide, "Delete an Amazon SageMaker AI domain" and "Attaching a custom file system" (read
2026-11-29): an EFS file system with a mount target in every subnet, which goes with the domain only where the retention
policy says so; and two security groups for NFS, which stay in any case and keep the VPC (github.com/hashicorp/
terraform-provider-aws/issues/20986).
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import utcnow
from moto.ec2.exceptions import DependencyViolationError
from moto.ec2.models import EC2Backend, ec2_backends
from moto.efs.models import EFSBackend, efs_backends
from moto.sagemaker.exceptions import ResourceInUseException
from moto.sagemaker.responses import SageMakerResponse

from landform.rehearse.extensions import method_of
from landform.rehearse.extensions.sagemaker_studio import Thing, asked, found, made, things

GROUP = "security-group-for-{way}bound-nfs-{domain}"
_NFS = "2049"


@method_of(SageMakerResponse)
def create_domain(self: SageMakerResponse) -> ActionResult:
    """moto says nothing of a domain's id, and makes up the id of a file system that it does not make."""
    said = asked(self)
    if any(own["DomainName"] == said["DomainName"] for own in things(self, "domain").values()):
        raise ResourceInUseException(message=f"Domain with name {said['DomainName']} already exists.")
    id_ = f"d-{uuid4().hex[:12]}"
    made(self, "domain", (id_,), said)
    own = found(self, "domain", (id_,))
    own |= {
        "DomainId": id_,
        "HomeEfsFileSystemId": _home(self, id_, own),
        "Url": f"https://{id_}.studio.{self.region}.sagemaker.aws",
        "AppSecurityGroupManagement": said.get("AppSecurityGroupManagement"),
        "TagPropagation": said.get("TagPropagation", "DISABLED"),
    }
    return ActionResult({"DomainArn": own["DomainArn"], "DomainId": id_, "Url": own["Url"]})


def _home(self: SageMakerResponse, domain: str, own: Thing) -> str:
    """Make the file system, its mount targets, and the groups that let apps reach those."""
    groups = _groups(ec2_backends[self.current_account][self.region], domain, own["VpcId"])
    efs: EFSBackend = efs_backends[self.current_account][self.region]
    made_ = efs.create_file_system(
        creation_token=domain,
        performance_mode="generalPurpose",
        encrypted=True,
        kms_key_id=own.get("KmsKeyId") or "alias/aws/elasticfilesystem",
        throughput_mode="bursting",
        provisioned_throughput_in_mibps=0,
        availability_zone_name="",
        backup=False,
        tags=[{"Key": "ManagedByAmazonSageMakerResource", "Value": own["DomainArn"]}],
    )
    for subnet in own["SubnetIds"]:
        efs.create_mount_target(made_.file_system_id, subnet, security_groups=[groups["in"]])
    return str(made_.file_system_id)


def _groups(ec2: EC2Backend, domain: str, vpc: str) -> dict[str, str]:
    """Make two groups that name each other, so that neither goes before its rules do."""
    ids = {}
    for way in ("in", "out"):
        name = GROUP.format(way=way, domain=domain)
        ids[way] = ec2.create_security_group(name, f"[DO NOT DELETE] {name}", vpc_id=vpc).id
    ec2.authorize_security_group_ingress(
        ids["in"], "tcp", _NFS, _NFS, [], source_groups=[{"GroupId": ids["out"]}], vpc_id=vpc
    )
    ec2.authorize_security_group_egress(
        ids["out"], "tcp", _NFS, _NFS, [], source_groups=[{"GroupId": ids["in"]}], vpc_id=vpc
    )
    return ids


@method_of(SageMakerResponse)
def describe_domain(self: SageMakerResponse) -> ActionResult:
    """moto says of a domain that is gone that the request is wrong."""
    return ActionResult(found(self, "domain", (asked(self)["DomainId"],)))


@method_of(SageMakerResponse)
def list_domains(self: SageMakerResponse) -> ActionResult:
    """moto lists its own."""
    return ActionResult({"Domains": list(things(self, "domain").values())})


def _update_domain(self: SageMakerResponse) -> ActionResult:
    said = asked(self)
    own = found(self, "domain", (said["DomainId"],))
    renamed = {"DomainSettingsForUpdate": "DomainSettings"}
    own |= {renamed.get(key, key): value for key, value in said.items()} | {"LastModifiedTime": utcnow()}
    return ActionResult({"DomainArn": own["DomainArn"]})


@method_of(SageMakerResponse)
def delete_domain(self: SageMakerResponse) -> ActionResult:
    """moto lets a domain go in which there are still people, and leaves nothing; SageMaker leaves what it made."""
    said = asked(self)
    own = found(self, "domain", (said["DomainId"],))
    for kind in ("app", "space", "user-profile"):
        if any(place[0] == said["DomainId"] for place in things(self, kind)):
            raise ResourceInUseException(message=f"Unable to delete domain {said['DomainId']}: it holds a {kind}.")
    if said.get("RetentionPolicy", {}).get("HomeEfsFileSystem", "Retain") == "Delete":
        _end_home(efs_backends[self.current_account][self.region], own["HomeEfsFileSystemId"])
    del things(self, "domain")[said["DomainId"],]
    return EmptyResult()


def _end_home(efs: EFSBackend, home: str) -> None:
    for target in [each for each in efs.mount_targets_by_id.values() if each.file_system_id == home]:
        efs.delete_mount_target(target.mount_target_id)
    efs.delete_file_system(home)


_responses: Any = SageMakerResponse
_responses.update_domain = _update_domain

_delete_vpc = EC2Backend.delete_vpc
_delete_subnet = EC2Backend.delete_subnet
_delete_security_group = EC2Backend.delete_security_group


@method_of(EC2Backend)
def delete_vpc(self: EC2Backend, vpc_id: str) -> Any:
    """moto lets a VPC go with security groups in it; EC2 takes the default one along and no other."""
    left = [group.name for group in self.groups[vpc_id].values() if group.name != "default"]
    if left:
        raise DependencyViolationError(f"The vpc '{vpc_id}' has dependencies and cannot be deleted: {', '.join(left)}.")
    return _delete_vpc(self, vpc_id)


@method_of(EC2Backend)
def delete_subnet(self: EC2Backend, subnet_id: str) -> Any:
    """moto lets a subnet go in which a mount target stands."""
    for efs in efs_backends[self.account_id].values():
        if any(target.subnet_id == subnet_id for target in efs.mount_targets_by_id.values()):
            raise DependencyViolationError(f"The subnet '{subnet_id}' has dependencies and cannot be deleted.")
    return _delete_subnet(self, subnet_id)


@method_of(EC2Backend)
def delete_security_group(self: EC2Backend, name: str | None = None, group_id: str | None = None) -> None:
    """moto lets a group go of which SageMaker's others speak in their rules."""
    for groups in self.groups.values():
        for other in groups.values():
            said = [*other.ingress_rules, *other.egress_rules] if "-nfs-d-" in other.name else []
            if other.id != group_id and any(rule.source_group.get("GroupId") == group_id for rule in said):
                raise DependencyViolationError(f"resource {group_id} has a dependent object")
    _delete_security_group(self, name, group_id)
