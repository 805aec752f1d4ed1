"""AWS Budgets: tags, who is told, and limits that change."""

from __future__ import annotations

import json
from typing import Any

from moto.budgets.models import Budget, Notification
from moto.budgets.responses import BudgetsResponse
from moto.core.utils import unix_time

from landform.rehearse.extensions import method_of

_create_budget = BudgetsResponse.create_budget

_COMPARED = ("ComparisonOperator", "NotificationType", "Threshold", "ThresholdType")


def _budget(response: BudgetsResponse, name: str) -> Budget:
    response.backend.describe_budget(response._get_param("AccountId"), name)
    return response.backend.budgets[response._get_param("AccountId")][name]


def _notification(response: BudgetsResponse, wanted: dict[str, Any]) -> Notification:
    own = _budget(response, response._get_param("BudgetName"))

    def key(details: dict[str, Any]) -> list[Any]:
        return [details.get(name, "PERCENTAGE") for name in _COMPARED]

    return next(each for each in own.notifications if key(each.details) == key(wanted))


@method_of(BudgetsResponse)
def create_budget(self: BudgetsResponse) -> str:
    """moto drops the tags that a budget is made with."""
    answer = _create_budget(self)
    vars(_budget(self, self._get_param("Budget")["BudgetName"]))["tags"] = self._get_param("ResourceTags") or []
    return answer


@method_of(BudgetsResponse)
def list_tags_for_resource(self: BudgetsResponse) -> str:
    """moto knows no tags of budgets."""
    account, _, name = self._get_param("ResourceARN").split(":", 4)[4].partition(":budget/")
    own = self.backend.budgets[account][name]
    return json.dumps({"ResourceTags": vars(own).get("tags", [])})


@method_of(BudgetsResponse)
def update_budget(self: BudgetsResponse) -> str:
    """moto knows no change of a budget."""
    changed = self._get_param("NewBudget")
    own = _budget(self, changed["BudgetName"])
    own.budget = {"TimePeriod": own.budget["TimePeriod"], **changed, "LastUpdatedTime": unix_time()}
    return json.dumps({})


@method_of(BudgetsResponse)
def describe_subscribers_for_notification(self: BudgetsResponse) -> str:
    """moto keeps who is told, and does not say so."""
    told = _notification(self, self._get_param("Notification")).subscribers
    return json.dumps({"Subscribers": told, "NextToken": None})
