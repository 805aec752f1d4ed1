"""What a service behind a load balancer needs of the embedded AWS, and the look at one that stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from landform.rehearse.applied import Applied
from landform.rehearse.embedded import EmbeddedAws
from landform.rehearse.inspection import Standing
from landform.rehearse.inspection import balancers as check_balancers
from landform.rehearse.inventory import take_inventory

REGION = "us-east-1"
ACCOUNT = "111122223333"
CERTIFICATE = f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/00000000-0000-0000-0000-000000000001"
ZONE = "Z0123456789ABCDEFGHIJ"


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws(ACCOUNT) as running:
        yield running


@pytest.fixture
def balancer(aws: EmbeddedAws) -> Iterator[str]:
    """A load balancer in two zones, without anything."""
    elb, ec2 = aws.client("elbv2", REGION), aws.client("ec2", REGION)
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    ids = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{n}.0/24", AvailabilityZone=REGION + zone)["Subnet"]["SubnetId"]
        for n, zone in enumerate("ab")
    ]
    arn: str = elb.create_load_balancer(Name="web", Subnets=ids)["LoadBalancers"][0]["LoadBalancerArn"]
    yield arn
    elb.delete_load_balancer(LoadBalancerArn=arn)


def listen(aws: EmbeddedAws, arn: str, **more: Any) -> None:
    answer = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}
    given = {"LoadBalancerArn": arn, "Port": 80, "Protocol": "HTTP", "DefaultActions": [answer]} | more
    aws.client("elbv2", REGION).create_listener(**given)


def secure(policy: str, certificate: str = CERTIFICATE) -> dict[str, Any]:
    return {"Port": 443, "Protocol": "HTTPS", "SslPolicy": policy, "Certificates": [{"CertificateArn": certificate}]}


GOOD = "ELBSecurityPolicy-TLS13-1-2-2021-06"


def test_a_certificate_that_the_spec_names_stands_already(aws: EmbeddedAws, balancer: str) -> None:
    listen(aws, balancer, **secure(GOOD))
    (found,) = aws.client("elbv2", REGION).describe_listeners(LoadBalancerArn=balancer)["Listeners"]
    assert found["Certificates"] == [{"CertificateArn": CERTIFICATE}]


@pytest.mark.parametrize(("old", "new"), [(REGION, "eu-west-1"), (ACCOUNT, "999999999999")])
def test_one_of_elsewhere_does_not(aws: EmbeddedAws, balancer: str, old: str, new: str) -> None:
    with pytest.raises(ClientError, match="CertificateNotFound"):
        listen(aws, balancer, **secure(GOOD, CERTIFICATE.replace(old, new)))


def test_a_zone_that_the_spec_names_stands_already_and_is_left_as_it_was(aws: EmbeddedAws) -> None:
    route53 = aws.client("route53", REGION)
    record = {"Name": "api.example.com.", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]}
    before = take_inventory(aws, [REGION])
    for action, left in (("CREATE", {("aws_route53_record", "", f"/hostedzone/{ZONE}")}), ("DELETE", set())):
        change = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
        route53.change_resource_record_sets(HostedZoneId=ZONE, ChangeBatch=change)
        assert take_inventory(aws, [REGION]) - before == left


def test_a_policy_is_enabled_and_predicts_nothing_unless_told(aws: EmbeddedAws) -> None:
    scaling = aws.client("autoscaling", REGION)
    scaling.create_launch_configuration(LaunchConfigurationName="c", ImageId="ami-12c6146b", InstanceType="t3.micro")
    scaling.create_auto_scaling_group(
        AutoScalingGroupName="g",
        LaunchConfigurationName="c",
        MinSize=0,
        MaxSize=1,
        AvailabilityZones=[f"{REGION}a"],
    )
    metric = {"PredefinedMetricType": "ASGAverageCPUUtilization"}
    scaling.put_scaling_policy(
        AutoScalingGroupName="g",
        PolicyName="p",
        PolicyType="TargetTrackingScaling",
        TargetTrackingConfiguration={"TargetValue": 60.0, "PredefinedMetricSpecification": metric},
    )
    (found,) = scaling.describe_policies(AutoScalingGroupName="g")["ScalingPolicies"]
    assert found["Enabled"] is True
    assert "PredictiveScalingConfiguration" not in found
    assert scaling.start_instance_refresh(AutoScalingGroupName="g")["InstanceRefreshId"]


def seen(aws: EmbeddedAws, arn: str, *, internal: bool) -> set[str]:
    applied = Applied("module.serve_api.aws_lb.this", "aws_lb", REGION, {"arn": arn, "internal": internal})
    return {finding.message for finding in check_balancers(Standing(aws, (REGION,), (applied,), {}))}


def settle(aws: EmbeddedAws, arn: str) -> None:
    aws.client("s3", REGION).create_bucket(Bucket="logs")
    keys = ("access_logs.s3.enabled", "routing.http.drop_invalid_header_fields.enabled")
    attributes = [{"Key": key, "Value": "true"} for key in keys] + [{"Key": "access_logs.s3.bucket", "Value": "logs"}]
    aws.client("elbv2", REGION).modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=attributes)


def test_balancers(aws: EmbeddedAws, balancer: str) -> None:
    assert seen(aws, balancer, internal=True) == {
        "writes no access log",
        "passes on headers that no server should read",
    }
    settle(aws, balancer)
    listen(aws, balancer)
    assert seen(aws, balancer, internal=True) == set()
    assert seen(aws, balancer, internal=False) == {
        "answers the world in plain text on port 80",
        "is open to the world without a firewall",
    }


def test_a_balancer_that_the_world_may_reach(aws: EmbeddedAws, balancer: str) -> None:
    settle(aws, balancer)
    listen(aws, balancer, **secure("ELBSecurityPolicy-TLS13-1-0-2021-06"))
    assert seen(aws, balancer, internal=False) == {
        "takes versions of TLS on port 443 that are broken (ELBSecurityPolicy-TLS13-1-0-2021-06)",
        "is open to the world without a firewall",
    }
    waf = aws.client("wafv2", REGION)
    shown = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": True, "MetricName": "web"}
    acl = waf.create_web_acl(Name="web", Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=shown)
    waf.associate_web_acl(WebACLArn=acl["Summary"]["ARN"], ResourceArn=balancer)
    (listener,) = [
        each["ListenerArn"]
        for each in aws.client("elbv2", REGION).describe_listeners(LoadBalancerArn=balancer)["Listeners"]
        if each["Port"] == 443
    ]
    aws.client("elbv2", REGION).modify_listener(ListenerArn=listener, SslPolicy=GOOD)
    assert seen(aws, balancer, internal=False) == set()
