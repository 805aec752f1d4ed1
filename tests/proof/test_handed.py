"""What is handed to a stranger from within a block, or in a list."""

from __future__ import annotations

from typing import Any

import pytest
from support.orders import ACCOUNT, STRANGER, plant

from .test_hidden import errors, is_told

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
