"""Every check of what stands finds the mistake that is planted for it, and is content with the sound thing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from support.account import empty

from landform.rehearse.applied import Applied
from landform.rehearse.embedded import EmbeddedAws
from landform.rehearse.inspection import CHECKS, Check, Standing
from landform.rehearse.inspection import apis as check_apis
from landform.rehearse.inspection import balancers as check_balancers
from landform.rehearse.inspection import buckets as check_buckets
from landform.rehearse.inspection import endpoints as check_endpoints
from landform.rehearse.inspection import file_systems as check_file_systems
from landform.rehearse.inspection import groups as check_groups
from landform.rehearse.inspection import instances as check_instances
from landform.rehearse.inspection import launch_templates as check_launch_templates
from landform.rehearse.inspection import names as check_names
from landform.rehearse.inspection import roles as check_roles
from landform.rehearse.inspection import schedules as check_schedules
from landform.rehearse.inspection import security_groups as check_security_groups
from landform.rehearse.inspection import streams as check_streams
from landform.rehearse.inspection import tables as check_tables
from landform.rehearse.inspection import tags as check_tags
from landform.rehearse.inspection import trails as check_trails

REGION = "us-east-1"
MODULE = "module.m"


@pytest.fixture(scope="module")
def running() -> Iterator[EmbeddedAws]:
    with EmbeddedAws("111122223333") as aws:
        yield aws


@pytest.fixture
def aws(running: EmbeddedAws) -> EmbeddedAws:
    """The embedded AWS, empty."""
    empty(running)
    return running


def found(aws: EmbeddedAws, check: Check, *applied: tuple[str, dict[str, Any]], **tags: str) -> list[str]:
    resources = tuple(Applied(f"{MODULE}.{type_}.this", type_, REGION, v) for type_, v in applied)
    return [f"{f.address} {f.message}" for f in check(Standing(aws, (REGION,), resources, tags))]


def test_every_check_is_wired() -> None:
    assert set(CHECKS) == {
        check_apis,
        check_balancers,
        check_buckets,
        check_endpoints,
        check_file_systems,
        check_groups,
        check_instances,
        check_launch_templates,
        check_names,
        check_roles,
        check_schedules,
        check_security_groups,
        check_streams,
        check_tables,
        check_tags,
        check_trails,
    }


def test_tables(aws: EmbeddedAws) -> None:
    dynamodb = aws.client("dynamodb", REGION)
    made = dynamodb.create_table(
        TableName="rows",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    planned = {"arn": made["TableDescription"]["TableArn"], "deletion_protection_enabled": True}
    said = " ".join(found(aws, check_tables, ("aws_dynamodb_table", planned)))
    assert "is not encrypted with a key" in said
    assert "cannot be restored to a point in time" in said
    assert "is not protected against deletion as planned" in said


def test_file_systems(aws: EmbeddedAws) -> None:
    efs = aws.client("efs", REGION)
    bare = efs.create_file_system(CreationToken="bare")["FileSystemId"]
    said = " ".join(found(aws, check_file_systems, ("aws_efs_file_system", {"id": bare})))
    assert "is not encrypted with a key" in said
    assert "has no policy that denies mounts without TLS" in said
    assert "has no policy that denies root" in said
    key = aws.client("kms", REGION).create_key()["KeyMetadata"]["Arn"]
    own = efs.create_file_system(CreationToken="own", Encrypted=True, KmsKeyId=key)["FileSystemId"]
    deny = {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": ["elasticfilesystem:ClientMount"]}
    statements = [{**deny, "Sid": sid} for sid in ("DenyPlaintextTransport", "DenyRoot")]
    efs.put_file_system_policy(FileSystemId=own, Policy=json.dumps({"Statement": statements}))
    assert found(aws, check_file_systems, ("aws_efs_file_system", {"id": own})) == []


def test_schedules(aws: EmbeddedAws) -> None:
    scheduler, role = aws.client("scheduler", REGION), "arn:aws:iam::111122223333:role/starter"
    asked = {
        "Name": "night",
        "ScheduleExpression": "rate(1 day)",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {"Arn": "arn:aws:scheduler:::aws-sdk:batch:submitJob", "RoleArn": role, "Input": "{}"},
    }
    scheduler.create_schedule(**asked, State="DISABLED")
    planned = ("aws_scheduler_schedule", {"name": "night", "group_name": "default"})
    said = " ".join(found(aws, check_schedules, planned))
    assert "is not encrypted with a key" in said
    assert "is disabled, so it starts nothing" in said
    assert "calls under a role that is not the system's" in said
    key = f"arn:aws:kms:{REGION}:111122223333:key/11111111-1111-1111-1111-111111111111"
    scheduler.update_schedule(**asked, State="ENABLED", KmsKeyArn=key)
    assert found(aws, check_schedules, planned, ("aws_iam_role", {"arn": role})) == []


def test_streams(aws: EmbeddedAws) -> None:
    kinesis = aws.client("kinesis", REGION)
    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    planned = {"name": "clicks", "retention_period": 48}
    said = " ".join(found(aws, check_streams, ("aws_kinesis_stream", planned)))
    assert "is not encrypted with a key" in said
    assert "keeps records for 24 hours, which was not planned" in said
    kinesis.start_stream_encryption(StreamName="clicks", EncryptionType="KMS", KeyId="alias/aws/kinesis")
    kinesis.increase_stream_retention_period(StreamName="clicks", RetentionPeriodHours=48)
    assert found(aws, check_streams, ("aws_kinesis_stream", planned)) == []


def test_launch_templates(aws: EmbeddedAws) -> None:
    ec2 = aws.client("ec2", REGION)

    def template(name: str, tokens: str, hops: int, encrypted: bool) -> tuple[str, dict[str, Any]]:
        made = ec2.create_launch_template(
            LaunchTemplateName=name,
            LaunchTemplateData={
                "MetadataOptions": {"HttpTokens": tokens, "HttpPutResponseHopLimit": hops},
                "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"Encrypted": encrypted}}],
            },
        )
        return "aws_launch_template", {"id": made["LaunchTemplate"]["LaunchTemplateId"]}

    assert found(aws, check_launch_templates, template("good", "required", 1, True)) == []
    said = " ".join(found(aws, check_launch_templates, template("bad", "optional", 2, False)))
    assert "IMDSv1" in said
    assert "hop limit over 1" in said
    assert "/dev/xvda unencrypted" in said


def test_instances_and_volumes(aws: EmbeddedAws) -> None:
    ec2 = aws.client("ec2", REGION)
    launched = ec2.run_instances(
        ImageId="ami-12c6146b",
        MinCount=1,
        MaxCount=1,
        InstanceType="t3.micro",
        MetadataOptions={"HttpTokens": "optional"},
    )
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=8, Encrypted=False)["VolumeId"]
    said = found(
        aws,
        check_instances,
        ("aws_instance", {"id": launched["Instances"][0]["InstanceId"], "instance_type": "g5.xlarge"}),
        ("aws_ebs_volume", {"id": volume}),
    )
    assert "module.m.aws_instance.this is a t3.micro and was planned as g5.xlarge" in said
    assert any("IMDSv1" in s for s in said)
    assert "module.m.aws_ebs_volume.this is not encrypted" in said


def mixed(types: list[str], percentage: int) -> dict[str, Any]:
    return {
        "launch_template": [{"override": [{"instance_type": t} for t in types]}],
        "instances_distribution": [
            {
                "on_demand_base_capacity": 1,
                "on_demand_percentage_above_base_capacity": percentage,
                "spot_allocation_strategy": "price-capacity-optimized",
            }
        ],
    }


def test_groups(aws: EmbeddedAws) -> None:
    ec2 = aws.client("ec2", REGION)
    ec2.create_launch_template(LaunchTemplateName="small", LaunchTemplateData={"ImageId": "ami-12c6146b"})
    aws.client("autoscaling", REGION).create_auto_scaling_group(
        AutoScalingGroupName="pool",
        MinSize=0,
        MaxSize=4,
        AvailabilityZones=["us-east-1a"],
        MixedInstancesPolicy={
            "LaunchTemplate": {
                "LaunchTemplateSpecification": {"LaunchTemplateName": "small"},
                "Overrides": [{"InstanceType": "g5.xlarge"}, {"InstanceType": "g6.xlarge"}],
            },
            "InstancesDistribution": {
                "OnDemandBaseCapacity": 1,
                "OnDemandPercentageAboveBaseCapacity": 0,
                "SpotAllocationStrategy": "price-capacity-optimized",
            },
        },
    )
    planned = {"name": "pool", "min_size": 0, "max_size": 4}
    right = planned | {"mixed_instances_policy": [mixed(["g5.xlarge", "g6.xlarge"], 0)]}
    assert found(aws, check_groups, ("aws_autoscaling_group", right)) == []
    wrong = planned | {"max_size": 9, "mixed_instances_policy": [mixed(["g6.xlarge", "g5.xlarge"], 50)]}
    said = " ".join(found(aws, check_groups, ("aws_autoscaling_group", wrong)))
    assert "scales from 0 to 4" in said
    assert "instance types ['g5.xlarge', 'g6.xlarge']" in said
    assert "on-demand percentage 0 and was planned with 50" in said
    assert "on-demand base" not in said


def test_trails(aws: EmbeddedAws) -> None:
    aws.client("s3", REGION).create_bucket(Bucket="trails")
    cloudtrail = aws.client("cloudtrail", REGION)
    weak = cloudtrail.create_trail(Name="weak", S3BucketName="trails")["TrailARN"]
    said = " ".join(found(aws, check_trails, ("aws_cloudtrail", {"arn": weak})))
    for lack in ("one region only", "does not validate", "not encrypted", "not recording"):
        assert lack in said
    strong = cloudtrail.create_trail(
        Name="strong",
        S3BucketName="trails",
        IsMultiRegionTrail=True,
        EnableLogFileValidation=True,
        KmsKeyId="arn:aws:kms:us-east-1:111122223333:key/k",
    )["TrailARN"]
    cloudtrail.start_logging(Name=strong)
    assert found(aws, check_trails, ("aws_cloudtrail", {"arn": strong})) == []


@pytest.mark.parametrize(
    ("rule", "open_"),
    [
        ({"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}, True),
        ({"IpProtocol": "tcp", "FromPort": 20, "ToPort": 30, "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}, True),
        ({"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}, True),
        ({"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}, False),
        ({"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}, False),
    ],
)
def test_security_groups(aws: EmbeddedAws, rule: dict[str, Any], open_: bool) -> None:
    ec2 = aws.client("ec2", REGION)
    id_ = ec2.create_security_group(GroupName="g", Description="g")["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=id_, IpPermissions=[rule])
    said = found(aws, check_security_groups, ("aws_security_group", {"id": id_}))
    assert said == (["module.m.aws_security_group.this lets the whole world in on port 22"] if open_ else [])


def test_roles(aws: EmbeddedAws) -> None:
    iam = aws.client("iam", REGION)
    iam.create_role(RoleName="r", AssumeRolePolicyDocument="{}")
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    iam.put_role_policy(RoleName="r", PolicyName="edges", PolicyDocument=json.dumps(document))
    role = ("aws_iam_role", {"name": "r"})
    planned = {"role": "r", "name": "edges", "policy": json.dumps(document)}
    assert found(aws, check_roles, role, ("aws_iam_role_policy", planned)) == []
    narrower = planned | {"policy": json.dumps(document).replace("s3:*", "s3:GetObject")}
    assert "other statements" in found(aws, check_roles, role, ("aws_iam_role_policy", narrower))[0]
    assert "edges that was not planned" in found(aws, check_roles, role)[0]


def test_tags(aws: EmbeddedAws) -> None:
    ec2 = aws.client("ec2", REGION)
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "owner", "Value": "me"}])
    aws.client("s3", REGION).create_bucket(Bucket="bare")
    planned = {"id": vpc, "tags_all": {"owner": "me"}}
    said = found(aws, check_tags, ("aws_vpc", planned), ("aws_s3_bucket", {"id": "bare"}), owner="me", system="s")
    assert said == [
        "module.m.aws_vpc.this lacks the tag system",
        "module.m.aws_s3_bucket.this lacks the tag owner, system",
    ]


KEY = "arn:aws:kms:us-east-1:111122223333:key/11111111-1111-1111-1111-111111111111"


def served(aws: EmbeddedAws, *, network: bool = True, key: str = KEY, capture_key: str = KEY) -> list[str]:
    sagemaker = aws.client("sagemaker", REGION)
    vpc = {"VpcConfig": {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]}} if network else {}
    sagemaker.create_model(
        ModelName="score",
        ExecutionRoleArn="arn:aws:iam::111122223333:role/score",
        PrimaryContainer={"Image": "i"},
        **vpc,
    )
    variant = {"VariantName": "AllTraffic", "ModelName": "score", "InstanceType": "ml.c7i.xlarge"}
    capture = {
        "EnableCapture": True,
        "InitialSamplingPercentage": 20,
        "DestinationS3Uri": "s3://kept/capture/",
        "CaptureOptions": [{"CaptureMode": "Input"}],
    } | ({"KmsKeyId": capture_key} if capture_key else {})
    own = {"KmsKeyId": key} if key else {}
    sagemaker.create_endpoint_config(
        EndpointConfigName="score",
        ProductionVariants=[variant | {"InitialInstanceCount": 1}],
        DataCaptureConfig=capture,
        **own,
    )
    sagemaker.create_endpoint(EndpointName="score", EndpointConfigName="score")
    return found(
        aws,
        check_endpoints,
        ("aws_sagemaker_endpoint", {"name": "score"}),
        ("aws_sagemaker_endpoint_configuration", {"name": "score", "kms_key_arn": KEY}),
    )


def test_endpoints(aws: EmbeddedAws) -> None:
    assert served(aws) == []


@pytest.mark.parametrize(
    ("planted", "told"),
    [
        ({"network": False}, "serves a model outside the network"),
        ({"key": ""}, "has disks under another key than planned"),
        ({"capture_key": ""}, "keeps requests without a key"),
    ],
)
def test_an_endpoint_that_is_not_as_it_must_be(aws: EmbeddedAws, planted: dict[str, Any], told: str) -> None:
    assert served(aws, **planted) == [f"{MODULE}.aws_sagemaker_endpoint.this {told}"]
