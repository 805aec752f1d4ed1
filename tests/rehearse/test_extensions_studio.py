"""A domain of Studio on the embedded AWS: what it makes behind one's back, what keeps what, and what is swept away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from landform.operate.studio import end, networks, orphans, remove, running
from landform.operate.training import OperationError
from landform.rehearse.embedded import EmbeddedAws

REGION = "us-east-1"


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws("111122223333") as running_:
        yield running_


@pytest.fixture
def place(aws: EmbeddedAws) -> tuple[str, str]:
    ec2 = aws.client("ec2", REGION)
    tags = [{"Key": "landform:system", "Value": "demo"}, {"Key": "landform:environment", "Value": "development"}]
    made = ec2.create_vpc(CidrBlock="10.9.0.0/16", TagSpecifications=[{"ResourceType": "vpc", "Tags": tags}])
    vpc = made["Vpc"]["VpcId"]
    return vpc, ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.1.0/24")["Subnet"]["SubnetId"]


def domain(aws: EmbeddedAws, place: tuple[str, str], name: str) -> str:
    """A domain with a user, a space of the user's, and an app that runs in it."""
    sagemaker = aws.client("sagemaker", REGION)
    made = sagemaker.create_domain(
        DomainName=name,
        AuthMode="IAM",
        DefaultUserSettings={"ExecutionRole": "arn:aws:iam::111122223333:role/nobody"},
        SubnetIds=[place[1]],
        VpcId=place[0],
        AppNetworkAccessType="VpcOnly",
    )
    id_ = str(made["DomainArn"].rpartition("/")[2])
    sagemaker.create_user_profile(DomainId=id_, UserProfileName="ana")
    sagemaker.create_space(
        DomainId=id_,
        SpaceName="desk",
        OwnershipSettings={"OwnerUserProfileName": "ana"},
        SpaceSharingSettings={"SharingType": "Private"},
    )
    sagemaker.create_app(DomainId=id_, SpaceName="desk", AppType="JupyterLab", AppName="default")
    return id_


def groups(aws: EmbeddedAws, vpc: str) -> set[str]:
    found = aws.client("ec2", REGION).describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc]}])
    return {group["GroupName"] for group in found["SecurityGroups"]} - {"default"}


def empty(aws: EmbeddedAws, id_: str, **retention: Any) -> None:
    """End all that keeps a domain, and the domain."""
    sagemaker = aws.client("sagemaker", REGION)
    sagemaker.delete_app(DomainId=id_, SpaceName="desk", AppType="JupyterLab", AppName="default")
    sagemaker.delete_space(DomainId=id_, SpaceName="desk")
    sagemaker.delete_user_profile(DomainId=id_, UserProfileName="ana")
    sagemaker.delete_domain(DomainId=id_, **retention)


DELETE = {"RetentionPolicy": {"HomeEfsFileSystem": "Delete"}}


def test_a_domain_makes_a_file_system_and_two_groups(aws: EmbeddedAws, place: tuple[str, str]) -> None:
    id_ = domain(aws, place, "makes")
    found = aws.client("sagemaker", REGION).describe_domain(DomainId=id_)
    efs = aws.client("efs", REGION)
    (home,) = efs.describe_file_systems(FileSystemId=found["HomeEfsFileSystemId"])["FileSystems"]
    assert home["Encrypted"] and home["CreationToken"] == id_
    (target,) = efs.describe_mount_targets(FileSystemId=home["FileSystemId"])["MountTargets"]
    assert target["SubnetId"] == place[1]
    named = {f"security-group-for-{way}bound-nfs-{id_}" for way in ("in", "out")}
    assert groups(aws, place[0]) == named
    empty(aws, id_, **DELETE)


def test_each_part_keeps_what_it_is_in(aws: EmbeddedAws, place: tuple[str, str]) -> None:
    id_, sagemaker = domain(aws, place, "keeps"), aws.client("sagemaker", REGION)
    for refused in (
        lambda: sagemaker.delete_space(DomainId=id_, SpaceName="desk"),
        lambda: sagemaker.delete_user_profile(DomainId=id_, UserProfileName="ana"),
        lambda: sagemaker.delete_domain(DomainId=id_),
    ):
        with pytest.raises(ClientError, match="ResourceInUse"):
            refused()
    empty(aws, id_, **DELETE)
    for gone in (
        lambda: sagemaker.describe_domain(DomainId=id_),
        lambda: sagemaker.describe_space(DomainId=id_, SpaceName="desk"),
        lambda: sagemaker.describe_user_profile(DomainId=id_, UserProfileName="ana"),
    ):
        with pytest.raises(ClientError, match="ResourceNotFound"):
            gone()


def test_a_script_stays_while_somebody_has_it(aws: EmbeddedAws, place: tuple[str, str]) -> None:
    id_, sagemaker = domain(aws, place, "scripts"), aws.client("sagemaker", REGION)
    script = {"StudioLifecycleConfigName": "start"}
    arn = sagemaker.create_studio_lifecycle_config(
        **script, StudioLifecycleConfigContent="ZXhpdAo=", StudioLifecycleConfigAppType="JupyterLab"
    )["StudioLifecycleConfigArn"]
    settings = {"JupyterLabAppSettings": {"LifecycleConfigArns": [arn]}}
    sagemaker.update_domain(DomainId=id_, DefaultUserSettings=settings)
    with pytest.raises(ClientError, match="ResourceInUse"):
        sagemaker.delete_studio_lifecycle_config(**script)
    empty(aws, id_, **DELETE)
    sagemaker.delete_studio_lifecycle_config(**script)


def test_what_a_domain_leaves_keeps_the_network(aws: EmbeddedAws, place: tuple[str, str]) -> None:
    id_, ec2, efs = domain(aws, place, "leaves"), aws.client("ec2", REGION), aws.client("efs", REGION)
    home = aws.client("sagemaker", REGION).describe_domain(DomainId=id_)["HomeEfsFileSystemId"]
    empty(aws, id_)
    # Nobody said that the file system is to go: it stays, and its mount target keeps the subnet.
    (target,) = efs.describe_mount_targets(FileSystemId=home)["MountTargets"]
    with pytest.raises(ClientError, match="DependencyViolation"):
        ec2.delete_subnet(SubnetId=place[1])
    efs.delete_mount_target(MountTargetId=target["MountTargetId"])
    efs.delete_file_system(FileSystemId=home)
    ec2.delete_subnet(SubnetId=place[1])
    with pytest.raises(ClientError, match="DependencyViolation"):
        ec2.delete_vpc(VpcId=place[0])
    # Each group speaks of the other: none goes before the rules do.
    found = orphans(aws.client, REGION, [place[0]])
    with pytest.raises(ClientError, match="DependencyViolation"):
        ec2.delete_security_group(GroupId=found[0].id)
    remove(aws.client, REGION, found)
    ec2.delete_vpc(VpcId=place[0])


def test_the_sweep_ends_apps_and_removes_the_groups_of_what_is_gone(aws: EmbeddedAws, place: tuple[str, str]) -> None:
    id_ = domain(aws, place, "swept")
    assert networks(aws.client, REGION, "demo", "development")[-1:] == (place[0],)
    assert networks(aws.client, REGION, "demo", "production") == ()
    (app,) = running(aws.client, REGION, "swept")
    assert str(app) == "JupyterLab of desk"
    assert running(aws.client, REGION, "another") == ()
    end(aws.client, REGION, "swept", [app], lambda _: pytest.fail("it waits for nothing"))
    assert running(aws.client, REGION, "swept") == ()
    # While the domain stands, its groups are in use.
    assert orphans(aws.client, REGION, [place[0]]) == ()
    sagemaker = aws.client("sagemaker", REGION)
    sagemaker.delete_space(DomainId=id_, SpaceName="desk")
    sagemaker.delete_user_profile(DomainId=id_, UserProfileName="ana")
    sagemaker.delete_domain(DomainId=id_, **DELETE)
    aws.client("ec2", REGION).create_security_group(GroupName="mine", Description="of others", VpcId=place[0])
    found = orphans(aws.client, REGION, [place[0]])
    assert {group.name for group in found} == {f"security-group-for-{way}bound-nfs-{id_}" for way in ("in", "out")}
    remove(aws.client, REGION, found)
    assert groups(aws, place[0]) == {"mine"}


def test_an_app_that_does_not_end_is_told_of(aws: EmbeddedAws, place: tuple[str, str]) -> None:
    id_, waited = domain(aws, place, "waits"), list[float]()
    with pytest.raises(OperationError, match=r"JupyterLab of desk has not ended in 900 s\."):
        end(aws.client, REGION, "waits", [], waited.append)
    assert sum(waited) == 900
    empty(aws, id_, **DELETE)
