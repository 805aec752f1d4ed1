"""Each thing that moto lacks and landform adds, seen through boto3."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from landform.rehearse.embedded import EmbeddedAws

REGION = "us-east-1"


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws("111122223333") as running:
        yield running


@pytest.fixture(scope="module")
def ec2(aws: EmbeddedAws) -> Any:
    return aws.client("ec2", REGION)


@pytest.fixture
def subnet(ec2: Any) -> tuple[str, str]:
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    return vpc, ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.1.0/24")["Subnet"]["SubnetId"]


def test_placement_groups(ec2: Any) -> None:
    specification = [{"ResourceType": "placement-group", "Tags": [{"Key": "system", "Value": "s"}]}]
    made = ec2.create_placement_group(GroupName="tight", Strategy="cluster", TagSpecifications=specification)
    (found,) = ec2.describe_placement_groups(GroupNames=["tight"])["PlacementGroups"]
    assert found["GroupId"] == made["PlacementGroup"]["GroupId"]
    assert (found["Strategy"], found["State"]) == ("cluster", "available")
    assert found["Tags"] == [{"Key": "system", "Value": "s"}]
    with pytest.raises(ClientError, match=r"InvalidPlacementGroup\.Duplicate"):
        ec2.create_placement_group(GroupName="tight")
    ec2.delete_placement_group(GroupName="tight")
    with pytest.raises(ClientError, match=r"InvalidPlacementGroup\.Unknown"):
        ec2.describe_placement_groups(GroupNames=["tight"])


def test_an_instance_is_monitored_and_takes_its_interface_along(ec2: Any, subnet: tuple[str, str]) -> None:
    launched = ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1, SubnetId=subnet[1])
    id_ = launched["Instances"][0]["InstanceId"]
    for operation, state in ((ec2.monitor_instances, "enabled"), (ec2.unmonitor_instances, "disabled")):
        assert operation(InstanceIds=[id_])["InstanceMonitorings"][0]["Monitoring"]["State"] == state
        (found,) = ec2.describe_instances(InstanceIds=[id_])["Reservations"][0]["Instances"]
        assert found["Monitoring"]["State"] == state
    ec2.terminate_instances(InstanceIds=[id_])
    assert interfaces(ec2, subnet[0]) == []


def interfaces(ec2: Any, vpc: str) -> list[Any]:
    found: list[Any] = ec2.describe_network_interfaces(Filters=[{"Name": "vpc-id", "Values": [vpc]}])[
        "NetworkInterfaces"
    ]
    return found


def test_a_nat_gateway_and_a_vpc_go_whole(ec2: Any, subnet: tuple[str, str]) -> None:
    vpc, place = subnet
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    gateway = ec2.create_nat_gateway(SubnetId=place, AllocationId=address)["NatGateway"]["NatGatewayId"]
    assert len(interfaces(ec2, vpc)) == 1
    ec2.delete_nat_gateway(NatGatewayId=gateway)
    assert interfaces(ec2, vpc) == []
    ec2.delete_subnet(SubnetId=place)
    ec2.delete_vpc(VpcId=vpc)
    assert ec2.describe_network_acls(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["NetworkAcls"] == []


def test_a_launch_template_keeps_its_own_tags_apart(ec2: Any) -> None:
    tags = [{"Key": "system", "Value": "s"}]
    ec2.create_launch_template(
        LaunchTemplateName="tagged",
        LaunchTemplateData={"TagSpecifications": [{"ResourceType": "volume", "Tags": tags}]},
        TagSpecifications=[{"ResourceType": "launch-template", "Tags": tags}],
    )
    (version,) = ec2.describe_launch_template_versions(LaunchTemplateName="tagged")["LaunchTemplateVersions"]
    assert [s["ResourceType"] for s in version["LaunchTemplateData"]["TagSpecifications"]] == ["volume"]
    assert ec2.describe_launch_templates(LaunchTemplateNames=["tagged"])["LaunchTemplates"][0]["Tags"] == tags


def test_a_disk_of_the_launch_takes_the_place_of_the_images_own(ec2: Any, subnet: tuple[str, str]) -> None:
    # /dev/sda1 is the root device of Ubuntu's images, and of moto's.
    root = {"VolumeSize": 50, "VolumeType": "gp3", "Encrypted": True, "DeleteOnTermination": True}
    made = ec2.create_launch_template(
        LaunchTemplateName="ubuntu",
        LaunchTemplateData={"BlockDeviceMappings": [{"DeviceName": "/dev/sda1", "Ebs": root}]},
    )
    standing = volumes(ec2)
    launched = ec2.run_instances(
        ImageId="ami-12c6146b",
        MinCount=1,
        MaxCount=1,
        SubnetId=subnet[1],
        LaunchTemplate={"LaunchTemplateId": made["LaunchTemplate"]["LaunchTemplateId"]},
    )
    assert [(v["Size"], v["Encrypted"]) for v in volumes(ec2, *standing)] == [(50, True)]
    ec2.terminate_instances(InstanceIds=[launched["Instances"][0]["InstanceId"]])
    assert volumes(ec2, *standing) == []


def volumes(ec2: Any, *others: dict[str, Any]) -> list[dict[str, Any]]:
    """The volumes that there are beside the others."""
    ids = {volume["VolumeId"] for volume in others}
    return [volume for volume in ec2.describe_volumes()["Volumes"] if volume["VolumeId"] not in ids]


def test_rules_keep_their_descriptions(ec2: Any, subnet: tuple[str, str]) -> None:
    group = ec2.create_security_group(GroupName="g", Description="g", VpcId=subnet[0])["GroupId"]
    ports = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    ec2.authorize_security_group_egress(
        GroupId=group,
        IpPermissions=[
            ports | {"UserIdGroupPairs": [{"GroupId": group, "Description": "to its like"}]},
            ports | {"PrefixListIds": [{"PrefixListId": "pl-12345678", "Description": "to a list"}]},
        ],
    )
    rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])
    described = {rule.get("Description") for rule in rules["SecurityGroupRules"]}
    assert {"to its like", "to a list"} <= described


def test_icmp_entries_keep_type_and_code(ec2: Any, subnet: tuple[str, str]) -> None:
    acl = ec2.create_network_acl(VpcId=subnet[0])["NetworkAcl"]["NetworkAclId"]
    entry = {"NetworkAclId": acl, "RuleNumber": 100, "Protocol": "1", "RuleAction": "allow", "Egress": False}
    entry["CidrBlock"] = "0.0.0.0/0"
    for operation, code in ((ec2.create_network_acl_entry, 4), (ec2.replace_network_acl_entry, 3)):
        operation(**entry, IcmpTypeCode={"Type": 3, "Code": code})
        entries = ec2.describe_network_acls(NetworkAclIds=[acl])["NetworkAcls"][0]["Entries"]
        assert [e["IcmpTypeCode"] for e in entries if e["RuleNumber"] == 100] == [{"Type": 3, "Code": code}]


def test_a_group_keeps_its_warm_up_and_its_hooks(aws: EmbeddedAws, ec2: Any, subnet: tuple[str, str]) -> None:
    autoscaling = aws.client("autoscaling", REGION)
    ec2.create_launch_template(LaunchTemplateName="small", LaunchTemplateData={"ImageId": "ami-12c6146b"})
    autoscaling.create_auto_scaling_group(
        AutoScalingGroupName="a",
        MinSize=0,
        MaxSize=1,
        LaunchTemplate={"LaunchTemplateName": "small"},
        VPCZoneIdentifier=subnet[1],
        DefaultInstanceWarmup=300,
    )
    autoscaling.update_auto_scaling_group(AutoScalingGroupName="a", CapacityRebalance=True)
    (group,) = autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=["a"])["AutoScalingGroups"]
    assert (group["DefaultInstanceWarmup"], group["CapacityRebalance"]) == (300, True)
    autoscaling.put_lifecycle_hook(
        LifecycleHookName="h",
        AutoScalingGroupName="a",
        LifecycleTransition="autoscaling:EC2_INSTANCE_TERMINATING",
        NotificationMetadata="said",
    )
    (hook,) = autoscaling.describe_lifecycle_hooks(AutoScalingGroupName="a")["LifecycleHooks"]
    assert hook["NotificationMetadata"] == "said"
    assert {"RoleARN", "NotificationTargetARN"}.isdisjoint(hook)
    step = {"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1}
    autoscaling.put_scaling_policy(
        AutoScalingGroupName="a",
        PolicyName="grow",
        PolicyType="StepScaling",
        AdjustmentType="ChangeInCapacity",
        StepAdjustments=[step],
    )
    (policy,) = autoscaling.describe_policies(AutoScalingGroupName="a")["ScalingPolicies"]
    assert (policy["Enabled"], policy["StepAdjustments"]) == (True, [step])
    assert "PredictiveScalingConfiguration" not in policy


def test_terraform_hears_at_once_that_what_it_deletes_is_gone(aws: EmbeddedAws) -> None:
    as_terraform = aws.client("ec2", "us-west-2")
    as_terraform.meta.events.register(
        "before-send.ec2.*",
        lambda request, **_: request.headers.__setitem__("User-Agent", "terraform-provider-aws/5.100.0"),
    )
    vpc = as_terraform.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnet = as_terraform.create_subnet(VpcId=vpc, CidrBlock="10.9.1.0/24")["Subnet"]["SubnetId"]
    launched = as_terraform.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1, SubnetId=subnet)
    instance = launched["Instances"][0]["InstanceId"]
    with pytest.raises(ClientError, match=r"InvalidInstanceID\.NotFound"):
        as_terraform.terminate_instances(InstanceIds=[instance])
    (found,) = as_terraform.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"]
    assert found["State"]["Name"] == "terminated"

    made = as_terraform.create_nat_gateway(SubnetId=subnet, ConnectivityType="private")
    gateway = made["NatGateway"]["NatGatewayId"]
    with pytest.raises(ClientError, match="NatGatewayNotFound"):
        as_terraform.delete_nat_gateway(NatGatewayId=gateway)
    (gone,) = as_terraform.describe_nat_gateways(NatGatewayIds=[gateway])["NatGateways"]
    assert gone["State"] == "deleted"

    in_the_vpc = [{"Name": "vpc-id", "Values": [vpc]}]
    (table,) = as_terraform.describe_route_tables(Filters=in_the_vpc)["RouteTables"]
    made = as_terraform.create_vpc_endpoint(
        VpcId=vpc,
        VpcEndpointType="Gateway",
        ServiceName="com.amazonaws.us-west-2.s3",
        RouteTableIds=[table["RouteTableId"]],
    )
    endpoint = made["VpcEndpoint"]["VpcEndpointId"]
    answer = as_terraform.delete_vpc_endpoints(VpcEndpointIds=[endpoint])
    assert answer["Unsuccessful"][0]["Error"]["Code"] == "InvalidVpcEndpoint.NotFound"
    (ended,) = as_terraform.describe_vpc_endpoints(VpcEndpointIds=[endpoint])["VpcEndpoints"]
    assert ended["State"] == "deleted"


def test_a_protected_instance_is_not_terminated(ec2: Any) -> None:
    launched = ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1, DisableApiTermination=True)
    id_ = launched["Instances"][0]["InstanceId"]
    with pytest.raises(ClientError, match="OperationNotPermitted"):
        ec2.terminate_instances(InstanceIds=[id_])
    ec2.modify_instance_attribute(InstanceId=id_, DisableApiTermination={"Value": False})
    ec2.terminate_instances(InstanceIds=[id_])


def test_batch_brings_a_role_of_its_own_and_tells_of_nodes_and_updates(
    aws: EmbeddedAws, ec2: Any, subnet: tuple[str, str]
) -> None:
    batch, iam = aws.client("batch", REGION), aws.client("iam", REGION)
    iam.create_role(RoleName="node", AssumeRolePolicyDocument="{}")
    profile = iam.create_instance_profile(InstanceProfileName="node")["InstanceProfile"]["Arn"]
    group = ec2.create_security_group(GroupName="nodes", Description="nodes", VpcId=subnet[0])["GroupId"]
    resources = {"type": "EC2", "minvCpus": 2, "maxvCpus": 8, "subnets": [subnet[1]], "securityGroupIds": [group]}
    batch.create_compute_environment(
        computeEnvironmentName="nodes",
        type="MANAGED",
        computeResources={**resources, "instanceRole": profile, "instanceTypes": ["m99i.large"]},
    )
    policy = {"terminateJobsOnUpdate": False, "jobExecutionTimeoutMinutes": 360}
    batch.update_compute_environment(computeEnvironment="nodes", updatePolicy=policy)
    (found,) = batch.describe_compute_environments()["computeEnvironments"]
    assert found["updatePolicy"] == policy and "/aws-service-role/batch.amazonaws.com/" in found["serviceRole"]
    container = {"image": "x", "vcpus": 1, "memory": 64}
    nodes = {"numNodes": 2, "mainNode": 0, "nodeRangeProperties": [{"targetNodes": "0:1", "container": container}]}
    batch.register_job_definition(jobDefinitionName="wide", type="multinode", nodeProperties=nodes)
    (definition,) = batch.describe_job_definitions(jobDefinitionName="wide")["jobDefinitions"]
    assert definition["nodeProperties"] == nodes
