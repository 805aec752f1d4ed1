"""What moto lacks of AWS Budgets and landform adds, seen through boto3."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from landform.rehearse.embedded import EmbeddedAws
from landform.rehearse.inventory import take_inventory

ACCOUNT = "111122223333"
LIMIT = {"BudgetType": "COST", "TimeUnit": "MONTHLY"}
TOLD = [{"SubscriptionType": "EMAIL", "Address": "risk-ml@example.com"}]
TAGS = [{"Key": "landform:system", "Value": "demo"}]


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws(ACCOUNT) as running:
        yield running


@pytest.fixture(scope="module")
def budgets(aws: EmbeddedAws) -> Any:
    client = aws.client("budgets", "us-east-1")
    client.create_budget(AccountId=ACCOUNT, Budget=limited("6000"), ResourceTags=TAGS)
    client.create_notification(AccountId=ACCOUNT, BudgetName="demo", Notification=threshold(80.0), Subscribers=TOLD)
    return client


def limited(amount: str) -> dict[str, Any]:
    return {**LIMIT, "BudgetName": "demo", "BudgetLimit": {"Amount": amount, "Unit": "USD"}}


def threshold(percent: float) -> dict[str, Any]:
    return {
        "NotificationType": "ACTUAL",
        "ComparisonOperator": "GREATER_THAN",
        "Threshold": percent,
        "ThresholdType": "PERCENTAGE",
    }


def test_a_budget_keeps_its_tags(budgets: Any) -> None:
    arn = f"arn:aws:budgets::{ACCOUNT}:budget/demo"
    assert budgets.list_tags_for_resource(ResourceARN=arn)["ResourceTags"] == TAGS


def test_a_budget_says_whom_it_tells(budgets: Any) -> None:
    named = {"AccountId": ACCOUNT, "BudgetName": "demo"}
    told = budgets.describe_subscribers_for_notification(**named, Notification=threshold(80.0))["Subscribers"]
    assert told == TOLD


def test_a_budget_changes_its_limit(budgets: Any) -> None:
    budgets.update_budget(AccountId=ACCOUNT, NewBudget=limited("7000"))
    found = budgets.describe_budget(AccountId=ACCOUNT, BudgetName="demo")["Budget"]
    assert found["BudgetLimit"] == {"Amount": "7000", "Unit": "USD"}
    with pytest.raises(ClientError, match="NotFoundException"):
        budgets.update_budget(AccountId=ACCOUNT, NewBudget=limited("7000") | {"BudgetName": "none"})


def test_an_inventory_lists_it(aws: EmbeddedAws, budgets: Any) -> None:
    assert budgets is not None
    assert ("aws_budgets_budget", "", "demo") in take_inventory(aws, ["us-east-1"])
