"""What is handed to a stranger from within a block, or in a list."""

from __future__ import annotations

from typing import Any

import pytest
from support.orders import ACCOUNT, STRANGER, Plan, orders, plant

from .test_hidden import document, errors, is_told

VAULT = f"arn:aws:backup:us-east-1:{STRANGER}:backup-vault:x"
QUEUE = f"arn:aws:sqs:us-east-1:{STRANGER}:x"


@pytest.mark.parametrize(
    ("kind", "arguments", "told"),
    [
        ("aws_backup_plan", {"rule": [{"copy_action": [{"destination_vault_arn": VAULT}]}]}, VAULT),
        ("aws_db_cluster_snapshot", {"shared_accounts": ["all"]}, "all"),
        ("aws_db_snapshot", {"shared_accounts": [ACCOUNT, STRANGER]}, STRANGER),
        ("aws_rds_cluster_snapshot_copy", {"shared_accounts": [STRANGER]}, STRANGER),
        ("aws_scheduler_schedule", {"target": [{"arn": QUEUE, "role_arn": "r"}]}, QUEUE),
        ("aws_ssm_document", {"permissions": {"type": "Share", "account_ids": "All"}}, "All"),
        ("aws_ssm_document", {"permissions": {"type": "Share", "account_ids": f"{ACCOUNT},{STRANGER}"}}, STRANGER),
    ],
)
def test_it_is_found(kind: str, arguments: dict[str, Any], told: str) -> None:
    found = errors(lambda plan: plant(plan, kind, "own", **arguments))
    assert is_told(found, f"{kind}.own hands to", told)


def test_what_stays_within_the_account_is_no_finding() -> None:
    within = {"permissions": {"type": "Share", "account_ids": ACCOUNT}}
    assert not is_told(errors(lambda plan: plant(plan, "aws_ssm_document", "own", **within)), "hands to")


def test_a_policy_that_an_apply_makes_is_said() -> None:
    def mutate(plan: Plan) -> None:
        plant(plan, "aws_secretsmanager_secret_policy", "own", secret_arn="s")
        change = {"actions": ["create"], "after_unknown": {"policy": True}}
        plan["resource_changes"].append({"address": "aws_secretsmanager_secret_policy.own", "change": change})

    told = "aws_secretsmanager_secret_policy.own, of a file of your own, holds a policy, `policy`, that nobody knows"
    assert is_told(list(orders().spoiled(mutate)), told)


def test_a_key_of_a_module_of_ones_own_may_open_for_logs_as_aws_shows_it() -> None:
    """AWS's page of encrypted log groups lets Logs describe the key; what the output needs is no measure for others."""
    service = {"Service": "logs.us-east-1.amazonaws.com"}
    group = {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:x"}}
    actions = ["kms:Encrypt", "kms:Decrypt", "kms:DescribeKey"]
    policy = document(Action=actions, Resource="*", Principal=service, Condition=group)

    def mutate(plan: Plan) -> None:
        key = {"address": "module.mine.aws_kms_key.k", "mode": "managed", "type": "aws_kms_key", "name": "k"}
        module = {"address": "module.mine", "resources": [{**key, "values": {"policy": policy}}]}
        plan["planned_values"]["root_module"]["child_modules"].append(module)

    assert not is_told(errors(mutate), "nothing of the plan asks for")
