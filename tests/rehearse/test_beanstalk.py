"""Beanstalk on the embedded AWS: what moto lacks, and what AWS makes behind one's back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from landform.operate.preflight.owner import Owner
from landform.rehearse.embedded import EmbeddedAws

ACCOUNT, REGION = "123456789012", "eu-west-1"
STORAGE = f"elasticbeanstalk-{REGION}-{ACCOUNT}"
STACK = "64bit Amazon Linux 2023 v4.13.7 running Python 3.12"


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws(ACCOUNT) as running:
        yield running


@pytest.fixture(scope="module")
def beanstalk(aws: EmbeddedAws) -> Any:
    """A client, an application `console` and its version `one`."""
    s3, client = aws.client("s3", REGION), aws.client("elasticbeanstalk", REGION)
    s3.create_bucket(Bucket="code", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket="code", Key="one.zip", Body=b"code")
    client.create_application(ApplicationName="other")
    client.create_application(ApplicationName="console", Description="Asks", Tags=[{"Key": "team", "Value": "risk"}])
    version(client, "one")
    return client


def version(client: Any, label: str, key: str = "one.zip") -> None:
    bundle = {"S3Bucket": "code", "S3Key": key}
    client.create_application_version(ApplicationName="console", VersionLabel=label, SourceBundle=bundle)


@pytest.fixture(scope="module")
def settings(aws: EmbeddedAws) -> list[dict[str, str]]:
    """Options of an environment, with the network and the roles that they name."""
    ec2, iam = aws.client("ec2", REGION), aws.client("iam", REGION)
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    blocks = {f"{REGION}a": "10.9.1.0/24", f"{REGION}b": "10.9.2.0/24"}
    subnets = ",".join(
        ec2.create_subnet(VpcId=vpc, CidrBlock=block, AvailabilityZone=zone)["Subnet"]["SubnetId"]
        for zone, block in blocks.items()
    )
    group = ec2.create_security_group(GroupName="console", Description="-", VpcId=vpc)["GroupId"]
    trust = '{"Version": "2012-10-17", "Statement": []}'
    role = iam.create_role(RoleName="console-service", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    iam.create_instance_profile(InstanceProfileName="console")
    said = {
        ("aws:ec2:vpc", "Subnets"): subnets,
        ("aws:ec2:vpc", "ELBSubnets"): subnets,
        ("aws:ec2:vpc", "ELBScheme"): "internal",
        ("aws:ec2:instances", "InstanceTypes"): "t3.small",
        ("aws:autoscaling:asg", "MinSize"): "2",
        ("aws:autoscaling:asg", "MaxSize"): "4",
        ("aws:autoscaling:launchconfiguration", "IamInstanceProfile"): "console",
        ("aws:autoscaling:launchconfiguration", "SecurityGroups"): group,
        ("aws:autoscaling:launchconfiguration", "DisableIMDSv1"): "true",
        ("aws:elbv2:loadbalancer", "SecurityGroups"): group,
        ("aws:elasticbeanstalk:environment", "ServiceRole"): role,
        ("aws:elasticbeanstalk:cloudwatch:logs", "StreamLogs"): "true",
        ("aws:elasticbeanstalk:cloudwatch:logs", "RetentionInDays"): "30",
        ("aws:elasticbeanstalk:cloudwatch:logs", "DeleteOnTerminate"): "true",
    }
    return [{"Namespace": n, "OptionName": o, "Value": value} for (n, o), value in said.items()]


def begun(beanstalk: Any, settings: list[dict[str, str]], **other: Any) -> Any:
    asked = {"ApplicationName": "console", "VersionLabel": "one", "SolutionStackName": STACK, **other}
    return beanstalk.create_environment(OptionSettings=settings, **asked)


@pytest.fixture
def environment(beanstalk: Any, settings: list[dict[str, str]]) -> Iterator[str]:
    """The id of an environment `console`, which ends with the test."""
    made = begun(beanstalk, settings, EnvironmentName="console", CNAMEPrefix="console-prd", Description="Asks")
    yield made["EnvironmentId"]
    if beanstalk.describe_environments(EnvironmentIds=[made["EnvironmentId"]])["Environments"][0]["Status"] == "Ready":
        beanstalk.terminate_environment(EnvironmentId=made["EnvironmentId"])


def test_an_application_keeps_what_it_was_told(beanstalk: Any) -> None:
    (found,) = beanstalk.describe_applications(ApplicationNames=["console"])["Applications"]
    assert found["Description"] == "Asks"
    assert beanstalk.list_tags_for_resource(ResourceArn=found["ApplicationArn"])["ResourceTags"] == [
        {"Key": "team", "Value": "risk"}
    ]
    changes = {"TagsToAdd": [{"Key": "stage", "Value": "prd"}], "TagsToRemove": ["team"]}
    beanstalk.update_tags_for_resource(ResourceArn=found["ApplicationArn"], **changes)
    assert beanstalk.list_tags_for_resource(ResourceArn=found["ApplicationArn"])["ResourceTags"] == [
        {"Key": "stage", "Value": "prd"}
    ]


def test_a_version_has_its_code_in_a_bucket(beanstalk: Any) -> None:
    (found,) = beanstalk.describe_application_versions(ApplicationName="console")["ApplicationVersions"]
    assert found["SourceBundle"] == {"S3Bucket": "code", "S3Key": "one.zip"}
    with pytest.raises(ClientError, match="Unable to download from S3"):
        version(beanstalk, "two", "missing.zip")
    with pytest.raises(ClientError, match="already exists"):
        version(beanstalk, "one")


def test_an_environment_is_what_it_was_told(beanstalk: Any, environment: str) -> None:
    (found,) = beanstalk.describe_environments(EnvironmentIds=[environment])["Environments"]
    assert found["CNAME"] == f"console-prd.{REGION}.elasticbeanstalk.com"
    assert (found["SolutionStackName"], found["VersionLabel"], found["Status"]) == (STACK, "one", "Ready")
    asked = {"ApplicationName": "console", "EnvironmentName": "console"}
    (told,) = beanstalk.describe_configuration_settings(**asked)["ConfigurationSettings"]
    assert len(told["OptionSettings"]) == 14
    assert beanstalk.describe_events(EnvironmentId=environment)["Events"] == []


def test_instances_carry_the_tags_of_their_environment(
    beanstalk: Any, aws: EmbeddedAws, settings: list[dict[str, str]]
) -> None:
    """By them it is known whose they are: `preflight` does not count a system's own as used by others."""
    told = {"landform:system": "console", "landform:environment": "development"}
    tags = [{"Key": key, "Value": value} for key, value in told.items()]
    made = begun(beanstalk, settings, EnvironmentName="tagged", Tags=tags)["EnvironmentId"]
    try:
        name = [{"Name": "tag:elasticbeanstalk:environment-name", "Values": ["tagged"]}]
        ec2 = aws.client("ec2", REGION)
        found = [one for each in ec2.describe_instances(Filters=name)["Reservations"] for one in each["Instances"]]
        assert len(found) == 2
        assert all(Owner("console", "development").tagged(one["Tags"]) for one in found)
        assert not any(Owner("other", "development").tagged(one["Tags"]) for one in found)
    finally:
        beanstalk.terminate_environment(EnvironmentId=made)


def test_an_environment_changes(beanstalk: Any, aws: EmbeddedAws, environment: str) -> None:
    version(beanstalk, "next")
    size = {"Namespace": "aws:autoscaling:asg", "OptionName": "MaxSize", "Value": "5"}
    gone = {"Namespace": "aws:elasticbeanstalk:cloudwatch:logs", "OptionName": "StreamLogs"}
    changed = {"OptionSettings": [size], "OptionsToRemove": [gone], "VersionLabel": "next"}
    beanstalk.update_environment(EnvironmentId=environment, **changed)
    (found,) = beanstalk.describe_environments(EnvironmentIds=[environment])["Environments"]
    assert found["VersionLabel"] == "next"
    (group,) = aws.client("autoscaling", REGION).describe_auto_scaling_groups()["AutoScalingGroups"]
    assert (group["MinSize"], group["MaxSize"]) == (2, 5)
    with pytest.raises(ClientError, match="runs the version"):
        beanstalk.delete_application_version(ApplicationName="console", VersionLabel="next")
    with pytest.raises(ClientError, match="runs the application"):
        beanstalk.delete_application(ApplicationName="console")


def test_aws_makes_more_than_was_asked_for_and_keeps_its_bucket(
    beanstalk: Any, aws: EmbeddedAws, environment: str
) -> None:
    asked = {"EnvironmentId": environment}
    made = beanstalk.describe_environment_resources(**asked)["EnvironmentResources"]
    (balancer,) = aws.client("elbv2", REGION).describe_load_balancers()["LoadBalancers"]
    assert [b["Name"] for b in made["LoadBalancers"]] == [balancer["LoadBalancerArn"]]
    assert balancer["Scheme"] == "internal"
    logs = aws.client("logs", REGION)
    assert {g["retentionInDays"] for g in logs.describe_log_groups()["logGroups"]} == {30}
    policy = aws.client("s3", REGION).get_bucket_policy(Bucket=STORAGE)["Policy"]
    assert "s3:DeleteBucket" in policy

    beanstalk.terminate_environment(EnvironmentId=environment)

    assert beanstalk.describe_environments()["Environments"] == []
    assert aws.client("elbv2", REGION).describe_load_balancers()["LoadBalancers"] == []
    assert aws.client("autoscaling", REGION).describe_auto_scaling_groups()["AutoScalingGroups"] == []
    assert logs.describe_log_groups()["logGroups"] == []
    assert STORAGE in {b["Name"] for b in aws.client("s3", REGION).list_buckets()["Buckets"]}
    with pytest.raises(ClientError, match="No Environment found"):
        beanstalk.terminate_environment(EnvironmentId=environment)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"ApplicationName": "none"}, "No Application named"),
        ({"VersionLabel": "none"}, "No Application Version named"),
        ({"aws:autoscaling:launchconfiguration IamInstanceProfile": "none"}, "instance profile none does not exist"),
        ({"aws:elasticbeanstalk:environment ServiceRole": "none"}, "Service role none does not exist"),
    ],
)
def test_an_environment_of_what_is_not_there_is_refused(
    beanstalk: Any, settings: list[dict[str, str]], wrong: dict[str, str], message: str
) -> None:
    said = [{**s, "Value": wrong.get(f"{s['Namespace']} {s['OptionName']}", s["Value"])} for s in settings]
    named = {key: value for key, value in wrong.items() if ":" not in key}
    with pytest.raises(ClientError, match=message):
        begun(beanstalk, said, EnvironmentName="wrong", **named)
