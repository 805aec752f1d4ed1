"""What moto lacks of file systems, seen through boto3."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from landform.rehearse.embedded import EmbeddedAws

REGION = "us-east-1"
TAGS = [{"Key": "Name", "Value": "x"}]


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws("111122223333") as running:
        yield running


def test_the_policy_of_a_file_system_ends(aws: EmbeddedAws) -> None:
    efs = aws.client("efs", REGION)
    own = efs.create_file_system(CreationToken="one", Encrypted=True)["FileSystemId"]
    efs.put_file_system_policy(FileSystemId=own, Policy='{"Version":"2012-10-17","Statement":[]}')
    assert efs.describe_file_system_policy(FileSystemId=own)["Policy"]
    efs.delete_file_system_policy(FileSystemId=own)
    with pytest.raises(ClientError, match="PolicyNotFound"):
        efs.describe_file_system_policy(FileSystemId=own)


def test_a_copy_is_of_what_lets_itself_be_written_over(aws: EmbeddedAws) -> None:
    efs, there = aws.client("efs", REGION), aws.client("efs", "eu-west-1")
    source = efs.create_file_system(CreationToken="original", Encrypted=True)["FileSystemId"]
    copy = there.create_file_system(CreationToken="copy", Encrypted=True)["FileSystemId"]
    asked = {"SourceFileSystemId": source, "Destinations": [{"FileSystemId": copy, "Region": "eu-west-1"}]}
    with pytest.raises(ClientError, match="ConflictException"):
        efs.create_replication_configuration(**asked)
    there.update_file_system_protection(FileSystemId=copy, ReplicationOverwriteProtection="DISABLED")
    assert efs.create_replication_configuration(**asked)["Destinations"][0]["Status"] == "ENABLED"
    (told,) = efs.describe_replication_configurations(FileSystemId=source)["Replications"]
    assert told["SourceFileSystemRegion"] == REGION and told["Destinations"][0]["FileSystemId"] == copy
    (found,) = there.describe_file_systems(FileSystemId=copy)["FileSystems"]
    assert found["FileSystemProtection"] == {"ReplicationOverwriteProtection": "REPLICATING"}
    # The provider asks for the end of it where the copy is.
    there.delete_replication_configuration(SourceFileSystemId=source)
    for ask in (efs.describe_replication_configurations, efs.delete_replication_configuration):
        name = "FileSystemId" if ask == efs.describe_replication_configurations else "SourceFileSystemId"
        with pytest.raises(ClientError, match="ReplicationNotFound"):
            ask(**{name: source})


def test_backups_are_turned_on_and_off(aws: EmbeddedAws) -> None:
    efs = aws.client("efs", REGION)
    own = efs.create_file_system(CreationToken="two", Encrypted=True)["FileSystemId"]
    for status in ("ENABLED", "DISABLED"):
        efs.put_backup_policy(FileSystemId=own, BackupPolicy={"Status": status})
        assert efs.describe_backup_policy(FileSystemId=own)["BackupPolicy"] == {"Status": status}


@pytest.fixture(scope="module")
def lustre(aws: EmbeddedAws) -> str:
    ec2 = aws.client("ec2", REGION)
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.1.0/24")["Subnet"]["SubnetId"]
    own = aws.client("fsx", REGION).create_file_system(
        FileSystemType="LUSTRE",
        StorageCapacity=1200,
        SubnetIds=[subnet],
        FileSystemTypeVersion="2.15",
        LustreConfiguration={"DeploymentType": "PERSISTENT_2", "PerUnitStorageThroughput": 125},
    )["FileSystem"]
    assert own["VpcId"] == vpc
    return str(own["FileSystemId"])


def test_a_lustre_file_system_becomes_available(aws: EmbeddedAws, lustre: str) -> None:
    (found,) = aws.client("fsx", REGION).describe_file_systems(FileSystemIds=[lustre])["FileSystems"]
    assert (found["Lifecycle"], found["FileSystemTypeVersion"]) == ("AVAILABLE", "2.15")
    assert found["LustreConfiguration"]["MountName"]
    assert len(found["NetworkInterfaceIds"]) == 1


def test_a_bucket_is_linked_and_let_go(aws: EmbeddedAws, lustre: str) -> None:
    fsx = aws.client("fsx", REGION)
    made = fsx.create_data_repository_association(
        FileSystemId=lustre,
        FileSystemPath="/data",
        DataRepositoryPath="s3://data",
        Tags=TAGS,
    )["Association"]
    ids = [made["AssociationId"]]
    (found,) = fsx.describe_data_repository_associations(AssociationIds=ids)["Associations"]
    assert (found["Lifecycle"], found["DataRepositoryPath"]) == ("AVAILABLE", "s3://data")
    assert fsx.list_tags_for_resource(ResourceARN=made["ResourceARN"])["Tags"] == TAGS
    fsx.delete_data_repository_association(AssociationId=ids[0])
    with pytest.raises(ClientError, match="DataRepositoryAssociationNotFound"):
        fsx.describe_data_repository_associations(AssociationIds=ids)


def test_a_file_system_that_is_gone_is_not_found(aws: EmbeddedAws, lustre: str) -> None:
    fsx = aws.client("fsx", REGION)
    with pytest.raises(ClientError, match="FileSystemNotFound"):
        fsx.delete_file_system(FileSystemId=lustre)
    with pytest.raises(ClientError, match="FileSystemNotFound"):
        fsx.describe_file_systems(FileSystemIds=[lustre])
