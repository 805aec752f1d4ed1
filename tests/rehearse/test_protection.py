"""What production refuses to lose, and what lets it go."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from landform.rehearse.applied import Applied
from landform.rehearse.embedded import EmbeddedAws
from landform.rehearse.protection import lift_protection

REGION = "us-east-1"


def test_a_protected_table_goes_only_when_somebody_means_it() -> None:
    with EmbeddedAws("111122223333") as aws:
        dynamodb = aws.client("dynamodb", REGION)
        made = dynamodb.create_table(
            TableName="rows",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            DeletionProtectionEnabled=True,
        )
        with pytest.raises(ClientError, match="DeletionProtectionEnabled"):
            dynamodb.delete_table(TableName="rows")
        values = {"arn": made["TableDescription"]["TableArn"], "deletion_protection_enabled": True}
        table = Applied("module.data_rows.aws_dynamodb_table.this", "aws_dynamodb_table", REGION, values)
        lift_protection(aws, [table])
        dynamodb.delete_table(TableName="rows")
        assert dynamodb.list_tables()["TableNames"] == []


def test_a_protected_balancer_goes_only_when_somebody_means_it() -> None:
    with EmbeddedAws("111122223333") as aws:
        elb, ec2 = aws.client("elbv2", REGION), aws.client("ec2", REGION)
        vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
        subnets = [
            ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{n}.0/24", AvailabilityZone=f"{REGION}{zone}")
            for n, zone in enumerate("ab")
        ]
        ids = [subnet["Subnet"]["SubnetId"] for subnet in subnets]
        arn = elb.create_load_balancer(Name="web", Subnets=ids)["LoadBalancers"][0]["LoadBalancerArn"]
        on = [{"Key": "deletion_protection.enabled", "Value": "true"}]
        elb.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=on)
        with pytest.raises(ClientError, match="OperationNotPermitted"):
            elb.delete_load_balancer(LoadBalancerArn=arn)
        values = {"arn": arn, "enable_deletion_protection": True}
        lift_protection(aws, [Applied("module.serve_api.aws_lb.this", "aws_lb", REGION, values)])
        elb.delete_load_balancer(LoadBalancerArn=arn)
        assert elb.describe_load_balancers()["LoadBalancers"] == []
