"""A look at what stands, through the API of AWS and not through Terraform: each check one function.

A check takes what there is to look at and yields a sentence for everything that is not as it must be.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from landform.rehearse.apis import api_faults
from landform.rehearse.applied import Applied
from landform.rehearse.balancers import balancer_faults
from landform.rehearse.bucket import Bucket
from landform.rehearse.embedded import EmbeddedAws
from landform.rehearse.inventory import is_beanstalks
from landform.rehearse.names import name_faults

EVERYONE: Final = ("0.0.0.0/0", "::/0")


@dataclass(frozen=True)
class Finding:
    """What is wrong with one resource."""

    address: str
    """Terraform's address, or the name in AWS where Terraform does not know it."""
    message: str


@dataclass(frozen=True)
class Standing:
    """An AWS after an apply, and what Terraform wrote down about it."""

    aws: EmbeddedAws
    regions: tuple[str, ...]
    applied: tuple[Applied, ...]
    default_tags: Mapping[str, str]

    def client(self, service: str, region: str = "") -> Any:
        """A client; without a region, of the primary one."""
        return self.aws.client(service, region or self.regions[0])

    def of_type(self, *types: str) -> tuple[Applied, ...]:
        """The applied resources of these types."""
        return tuple(r for r in self.applied if r.type in types)

    @cached_property
    def _addresses(self) -> dict[str, str]:
        own = {"aws_s3_bucket", "aws_instance", "aws_launch_template", "aws_security_group", "aws_cloudtrail"}
        return {r.values["id"]: r.address for r in self.applied if r.type in own | {"aws_ebs_volume"}}

    def named(self, id_: str) -> str:
        """Terraform's address of an id, the id itself where Terraform does not know it."""
        return self._addresses.get(id_, id_)


Check = Callable[[Standing], Iterator[Finding]]


def look(standing: Standing) -> tuple[Finding, ...]:
    """Make every check."""
    return tuple(finding for check in CHECKS for finding in check(standing))


def seen(standing: Standing) -> str:
    """What there was to look at, in words: ``5 buckets, 2 launch templates, 1 trail``."""
    kinds = {
        "bucket": "aws_s3_bucket",
        "launch template": "aws_launch_template",
        "instance": "aws_instance",
        "group": "aws_autoscaling_group",
        "API": "aws_apigatewayv2_api",
        "balancer": "aws_lb",
        "name": "aws_route53_record",
        "role": "aws_iam_role",
        "security group": "aws_security_group",
        "table": "aws_dynamodb_table",
        "stream": "aws_kinesis_stream",
        "endpoint": "aws_sagemaker_endpoint",
        "file system": "aws_efs_file_system",
        "schedule": "aws_scheduler_schedule",
        "trail": "aws_cloudtrail",
    }
    counts = {word: len(standing.of_type(type_)) for word, type_ in kinds.items()}
    return ", ".join(f"{n} {word}{'s' if n > 1 else ''}" for word, n in counts.items() if n)


def buckets(standing: Standing) -> Iterator[Finding]:
    """Every bucket is encrypted, closed to the public, refuses plain HTTP, and keeps versions as planned."""
    s3 = standing.client("s3")
    planned = {
        r.values["bucket"]: r.values["versioning_configuration"][0]["status"]
        for r in standing.of_type("aws_s3_bucket_versioning")
    }
    # Beanstalk's own bucket is AWS's to keep: it makes one in every account and region, encrypted and closed.
    ours = (b["Name"] for b in s3.list_buckets()["Buckets"] if not is_beanstalks(b["Name"], standing.applied))
    for bucket in ours:
        found = Bucket(s3, bucket)
        if not found.encrypted:
            yield Finding(standing.named(bucket), "has no default encryption set by its module")
        if not found.closed:
            yield Finding(standing.named(bucket), "does not block public access in all four ways")
        if not found.tls_only:
            yield Finding(standing.named(bucket), "has no policy that denies requests without TLS")
        if found.versioning != planned.get(bucket, "Enabled"):
            yield Finding(standing.named(bucket), f"has versioning {found.versioning or 'never set'}")


def launch_templates(standing: Standing) -> Iterator[Finding]:
    """Every launch template demands IMDSv2 within one hop and encrypts each disk."""
    for template in standing.of_type("aws_launch_template"):
        versions = standing.client("ec2", template.region).describe_launch_template_versions(
            LaunchTemplateId=template.values["id"], Versions=["$Latest"]
        )
        data = versions["LaunchTemplateVersions"][0]["LaunchTemplateData"]
        metadata = data.get("MetadataOptions", {})
        if metadata.get("HttpTokens") != "required":
            yield Finding(template.address, "lets instances read credentials without a session token (IMDSv1)")
        if metadata.get("HttpPutResponseHopLimit") != 1:
            yield Finding(template.address, "lets containers reach the metadata service (hop limit over 1)")
        for disk in data.get("BlockDeviceMappings", []):
            if not disk.get("Ebs", {}).get("Encrypted"):
                yield Finding(template.address, f"leaves the disk {disk['DeviceName']} unencrypted")


def instances(standing: Standing) -> Iterator[Finding]:
    """Every instance that runs is of a type and demands metadata tokens as planned; every volume is encrypted."""
    for instance in standing.of_type("aws_instance"):
        ec2 = standing.client("ec2", instance.region)
        reservation = ec2.describe_instances(InstanceIds=[instance.values["id"]])["Reservations"][0]
        found = reservation["Instances"][0]
        if found["InstanceType"] != instance.values["instance_type"]:
            planned = instance.values["instance_type"]
            yield Finding(instance.address, f"is a {found['InstanceType']} and was planned as {planned}")
        if found.get("MetadataOptions", {}).get("HttpTokens") != "required":
            yield Finding(instance.address, "answers metadata requests without a session token (IMDSv1)")
    for volume in standing.of_type("aws_ebs_volume"):
        ec2 = standing.client("ec2", volume.region)
        if not ec2.describe_volumes(VolumeIds=[volume.values["id"]])["Volumes"][0]["Encrypted"]:
            yield Finding(volume.address, "is not encrypted")


def groups(standing: Standing) -> Iterator[Finding]:
    """Every group has the size, the instance types and the share of spot that were planned."""
    for group in standing.of_type("aws_autoscaling_group"):
        autoscaling = standing.client("autoscaling", group.region)
        named = autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[group.values["name"]])
        found = named["AutoScalingGroups"][0]
        sizes = (found["MinSize"], found["MaxSize"])
        if sizes != (group.values["min_size"], group.values["max_size"]):
            yield Finding(group.address, f"scales from {sizes[0]} to {sizes[1]}, which was not planned")
        for policy in group.values["mixed_instances_policy"]:
            yield from _mixed(group.address, policy, found.get("MixedInstancesPolicy", {}))


def _mixed(address: str, planned: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[Finding]:
    overrides = found.get("LaunchTemplate", {}).get("Overrides", [])
    distribution = found.get("InstancesDistribution", {})
    (wanted,) = planned["instances_distribution"]
    compared = {
        "instance types": (
            [o["InstanceType"] for o in overrides],
            [o["instance_type"] for o in planned["launch_template"][0]["override"]],
        ),
        "on-demand base": (distribution.get("OnDemandBaseCapacity"), wanted["on_demand_base_capacity"]),
        "on-demand percentage": (
            distribution.get("OnDemandPercentageAboveBaseCapacity"),
            wanted["on_demand_percentage_above_base_capacity"],
        ),
        "spot allocation": (distribution.get("SpotAllocationStrategy"), wanted["spot_allocation_strategy"]),
    }
    for what, (is_, should) in compared.items():
        if is_ != should:
            yield Finding(address, f"has {what} {is_} and was planned with {should}")


def trails(standing: Standing) -> Iterator[Finding]:
    """Every trail records all regions, proves that its files are whole, is encrypted and running."""
    for trail in standing.of_type("aws_cloudtrail"):
        cloudtrail = standing.client("cloudtrail", trail.region)
        found = cloudtrail.get_trail(Name=trail.values["arn"])["Trail"]
        for field, lack in (
            ("IsMultiRegionTrail", "records one region only"),
            ("LogFileValidationEnabled", "does not validate its files"),
            ("KmsKeyId", "is not encrypted with a key"),
        ):
            if not found.get(field):
                yield Finding(trail.address, lack)
        if not cloudtrail.get_trail_status(Name=trail.values["arn"])["IsLogging"]:
            yield Finding(trail.address, "is not recording")


def tables(standing: Standing) -> Iterator[Finding]:
    """Every table and replica is encrypted with a key, can be restored to any second, and is protected as planned."""
    for table in standing.of_type("aws_dynamodb_table", "aws_dynamodb_table_replica"):
        dynamodb, name = standing.client("dynamodb", table.region), table.values["arn"].rpartition("/")[2]
        found = dynamodb.describe_table(TableName=name)["Table"]
        if found.get("SSEDescription", {}).get("SSEType") != "KMS":
            yield Finding(table.address, "is not encrypted with a key")
        backups = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
        if backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] != "ENABLED":
            yield Finding(table.address, "cannot be restored to a point in time")
        if found["DeletionProtectionEnabled"] != table.values["deletion_protection_enabled"]:
            yield Finding(table.address, "is not protected against deletion as planned")


def endpoints(standing: Standing) -> Iterator[Finding]:
    """Every endpoint serves a model from within the network, on disks and with captured requests under a key."""
    for own in standing.of_type("aws_sagemaker_endpoint"):
        sagemaker, name = standing.client("sagemaker", own.region), own.values["name"]
        found = sagemaker.describe_endpoint(EndpointName=name)
        if found["EndpointStatus"] != "InService":
            yield Finding(own.address, f"is {found['EndpointStatus']}, not in service")
        chosen = sagemaker.describe_endpoint_config(EndpointConfigName=found["EndpointConfigName"])
        models = [sagemaker.describe_model(ModelName=v["ModelName"]) for v in chosen["ProductionVariants"]]
        if not all(model.get("VpcConfig", {}).get("Subnets") for model in models):
            yield Finding(own.address, "serves a model outside the network")
        planned = (c.values for c in standing.of_type("aws_sagemaker_endpoint_configuration") if c.region == own.region)
        keys = {values["name"]: values.get("kms_key_arn") for values in planned}
        if chosen.get("KmsKeyId") != (keys.get(name) or None):
            yield Finding(own.address, "has disks under another key than planned")
        capture = chosen.get("DataCaptureConfig", {})
        if capture.get("EnableCapture") and not capture.get("KmsKeyId"):
            yield Finding(own.address, "keeps requests without a key")


def file_systems(standing: Standing) -> Iterator[Finding]:
    """Every file system on EFS is encrypted with a key and denies root, and mounts in plain text, to everybody."""
    for own in standing.of_type("aws_efs_file_system"):
        efs, name = standing.client("efs", own.region), own.values["id"]
        found = efs.describe_file_systems(FileSystemId=name)["FileSystems"][0]
        if not (found["Encrypted"] and found.get("KmsKeyId")):
            yield Finding(own.address, "is not encrypted with a key")
        try:
            policy = json.loads(efs.describe_file_system_policy(FileSystemId=name)["Policy"])
        except efs.exceptions.PolicyNotFound:
            policy = {"Statement": []}
        denied = {s["Sid"] for s in policy["Statement"] if s["Effect"] == "Deny" and s["Principal"] == {"AWS": "*"}}
        for sid, what in (("DenyPlaintextTransport", "mounts without TLS"), ("DenyRoot", "root")):
            if sid not in denied:
                yield Finding(own.address, f"has no policy that denies {what}")


def streams(standing: Standing) -> Iterator[Finding]:
    """Every stream is encrypted with a key and keeps its records as long as planned."""
    for stream in standing.of_type("aws_kinesis_stream"):
        kinesis = standing.client("kinesis", stream.region)
        summary = kinesis.describe_stream_summary(StreamName=stream.values["name"])["StreamDescriptionSummary"]
        if summary.get("EncryptionType") != "KMS":
            yield Finding(stream.address, "is not encrypted with a key")
        hours = summary["RetentionPeriodHours"]
        if hours != stream.values["retention_period"]:
            yield Finding(stream.address, f"keeps records for {hours} hours, which was not planned")


def schedules(standing: Standing) -> Iterator[Finding]:
    """Every schedule is encrypted with a key, awake, and calls under a role of the system."""
    own = {role.values["arn"] for role in standing.of_type("aws_iam_role")}
    for schedule in standing.of_type("aws_scheduler_schedule"):
        scheduler = standing.client("scheduler", schedule.region)
        found = scheduler.get_schedule(GroupName=schedule.values["group_name"], Name=schedule.values["name"])
        if not found.get("KmsKeyArn"):
            yield Finding(schedule.address, "is not encrypted with a key")
        if found["State"] != "ENABLED":
            yield Finding(schedule.address, f"is {found['State'].lower()}, so it starts nothing")
        if found["Target"]["RoleArn"] not in own:
            yield Finding(schedule.address, "calls under a role that is not the system's")


def balancers(standing: Standing) -> Iterator[Finding]:
    """Every load balancer logs, and what is open to the world takes TLS alone, behind a firewall."""
    found = balancer_faults(standing.of_type("aws_lb"), standing.client)
    yield from (Finding(address, message) for address, message in found)


def names(standing: Standing) -> Iterator[Finding]:
    """Every name leads where it was planned to; one of several regions leads nobody to what has failed."""
    found = name_faults(standing.of_type("aws_route53_record"), standing.client)
    yield from (Finding(address, message) for address, message in found)


def apis(standing: Standing) -> Iterator[Finding]:
    """Every API asks IAM who calls, writes it down, and has a limit."""
    found = api_faults(standing.of_type("aws_apigatewayv2_api"), standing.client)
    yield from (Finding(address, message) for address, message in found)


def security_groups(standing: Standing) -> Iterator[Finding]:
    """No security group of the system lets the world in by SSH, in whatever range or protocol."""
    for region in standing.regions:
        ids = [g.values["id"] for g in standing.of_type("aws_security_group") if g.region == region]
        if not ids:
            continue
        found = standing.client("ec2", region).describe_security_groups(GroupIds=ids)["SecurityGroups"]
        for group in found:
            for rule in group["IpPermissions"]:
                sources = [r["CidrIp"] for r in rule.get("IpRanges", [])]
                sources += [r["CidrIpv6"] for r in rule.get("Ipv6Ranges", [])]
                if rule.get("FromPort", 0) <= 22 <= rule.get("ToPort", 65535) and set(EVERYONE) & set(sources):
                    yield Finding(standing.named(group["GroupId"]), "lets the whole world in on port 22")


def roles(standing: Standing) -> Iterator[Finding]:
    """Every inline policy stands as it was planned, and no role has one that was not."""
    iam = standing.client("iam")
    planned = {(p.values["role"], p.values["name"]): p for p in standing.of_type("aws_iam_role_policy")}
    for (role, name), policy in planned.items():
        document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        if document != json.loads(policy.values["policy"]):
            yield Finding(policy.address, "holds other statements than were planned")
    for role in standing.of_type("aws_iam_role"):
        for name in iam.list_role_policies(RoleName=role.values["name"])["PolicyNames"]:
            if (role.values["name"], name) not in planned:
                yield Finding(role.address, f"has a policy {name} that was not planned")


def tags(standing: Standing) -> Iterator[Finding]:
    """Whatever carries tags carries the system's."""
    for region in standing.regions:
        pages = standing.client("ec2", region).get_paginator("describe_tags").paginate()
        worn: dict[str, dict[str, str]] = {}
        for tag in pages.search("Tags[]"):
            worn.setdefault(tag["ResourceId"], {})[tag["Key"]] = tag["Value"]
        tagged = [r for r in standing.applied if r.region == region and r.values.get("tags_all")]
        for resource in tagged:
            if resource.values.get("id") in worn:
                yield from _untagged(standing, resource.address, worn[resource.values["id"]])
    s3 = standing.client("s3")
    for bucket in standing.of_type("aws_s3_bucket"):
        try:
            found = s3.get_bucket_tagging(Bucket=bucket.values["id"])["TagSet"]
        except s3.exceptions.ClientError:
            found = []
        yield from _untagged(standing, bucket.address, {t["Key"]: t["Value"] for t in found})


def _untagged(standing: Standing, address: str, worn: Mapping[str, str]) -> Iterator[Finding]:
    lacking = [key for key, value in standing.default_tags.items() if worn.get(key) != value]
    if lacking:
        yield Finding(address, f"lacks the tag {', '.join(lacking)}")


CHECKS: Final[Sequence[Check]] = (
    buckets,
    launch_templates,
    instances,
    groups,
    trails,
    tables,
    endpoints,
    file_systems,
    streams,
    schedules,
    balancers,
    names,
    apis,
    security_groups,
    roles,
    tags,
)
