"""What production refuses to lose is let go on purpose, as somebody has to who means it."""

from __future__ import annotations

from collections.abc import Iterable

from landform.rehearse.applied import Applied
from landform.rehearse.embedded import EmbeddedAws


def lift_protection(aws: EmbeddedAws, applied: Iterable[Applied]) -> None:
    """Take the deletion protection off what Terraform would not: tables and their replicas, load balancers."""
    applied = tuple(applied)
    for balancer in applied:
        if balancer.type == "aws_lb" and balancer.values["enable_deletion_protection"]:
            off = [{"Key": "deletion_protection.enabled", "Value": "false"}]
            elb = aws.client("elbv2", balancer.region)
            elb.modify_load_balancer_attributes(LoadBalancerArn=balancer.values["arn"], Attributes=off)
    for table in applied:
        if table.type in _TABLES and table.values["deletion_protection_enabled"]:
            name = table.values["arn"].rpartition("/")[2]
            aws.client("dynamodb", table.region).update_table(TableName=name, DeletionProtectionEnabled=False)


_TABLES = ("aws_dynamodb_table", "aws_dynamodb_table_replica")
