"""Modules that refer to each other in every way: no cycle, and a plan that a reader and a scanner can judge."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from landform.rehearse.terraform import offline_plan

from .conftest import MODULES

Json = dict[str, Any]


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Json]:
    """What the plan knows of each resource, by address."""
    folder = tmp_path_factory.mktemp("wiring")
    shutil.copytree(MODULES, folder / "modules")
    tree = folder / "generated" / "wiring" / "production"
    shutil.copytree(Path(__file__).parent / "wiring", tree)
    plan = offline_plan(tree)
    return {r["address"]: r["values"] for r in resources(plan["planned_values"]["root_module"])}


def resources(module: Json) -> Iterator[Json]:
    yield from module.get("resources", ())
    for child in module.get("child_modules", ()):
        yield from resources(child)


def of_type(planned: dict[str, Json], *kinds: str) -> dict[str, Json]:
    return {address: values for address, values in planned.items() if address.split(".")[-2] in kinds}


def test_a_bucket_s_encryption_is_known(planned: dict[str, Json]) -> None:
    found = of_type(planned, "aws_s3_bucket_server_side_encryption_configuration")
    algorithms = {
        address: values["rule"][0]["apply_server_side_encryption_by_default"][0]["sse_algorithm"]
        for address, values in found.items()
    }
    assert len(algorithms) == 4
    assert [a for a, algorithm in algorithms.items() if algorithm != "aws:kms"] == [
        "module.logs_eu_west_1.aws_s3_bucket_server_side_encryption_configuration.this"
    ]


def test_every_policy_is_known(planned: dict[str, Json]) -> None:
    kinds = ("aws_iam_role_policy", "aws_kms_key", "aws_s3_bucket_policy", "aws_sns_topic_policy")
    policies = {address: values.get("policy") for address, values in of_type(planned, *kinds).items()}
    policies |= {
        address: values.get("policy")
        for address, values in of_type(planned, "aws_vpc_endpoint").items()
        if values["vpc_endpoint_type"] == "Gateway"
    }
    assert len(policies) == 32
    # AWS gives file systems their ids: what may be done with them stands in a policy of its own, which waits for those.
    unknown = [address for address, policy in policies.items() if not policy]
    assert unknown == ['module.train_hourly.aws_iam_role_policy.batch_mounts["homes"]']


def test_a_replica_s_arn_is_known_to_the_role_that_writes_there(planned: dict[str, Json]) -> None:
    policy = json.loads(planned['module.data_orders.aws_iam_role_policy.replication["this"]']["policy"])
    written = [s["Resource"] for s in policy["Statement"] if "s3:ReplicateObject" in s["Action"]]
    assert written == ["arn:aws:s3:::demo-prd-orders-123456789012-us-east-1/*"]


def test_a_replica_is_as_safe_as_its_table(planned: dict[str, Json]) -> None:
    found = of_type(planned, "aws_dynamodb_table", "aws_dynamodb_table_replica")
    assert len(found) == 2
    assert all(values["deletion_protection_enabled"] for values in found.values())


def test_a_function_knows_who_may_run_it(planned: dict[str, Json]) -> None:
    permission = planned['module.functions_ingest.aws_lambda_permission.bucket["bucket"]']
    assert permission["source_arn"] == "arn:aws:s3:::demo-prd-orders-123456789012-eu-west-1"
    assert permission["source_account"] == "123456789012"
    assert len(of_type(planned, "aws_lambda_permission")) == 1


def test_a_call_opens_both_ends_in_the_module_of_who_calls(planned: dict[str, Json]) -> None:
    rules = of_type(planned, "aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule")
    opened = {
        address: values["from_port"] for address, values in rules.items() if address.split(".")[3][:6] == "calls["
    }
    assert opened == {
        f'module.{caller}.aws_vpc_security_group_{way}_rule.calls["{called}"]': port
        for caller, called, port in (
            ("functions_ingest", "back", 80),
            ("serve_api", "back", 80),
            ("serve_back", "api", 443),
            ("serve_console", "serve_desk", 80),
            ("serve_desk", "serve_console", 80),
        )
        for way in ("egress", "ingress")
    }


def test_what_balancers_write_arrives_under_sse_s3(planned: dict[str, Json]) -> None:
    policy = json.loads(planned["module.logs_eu_west_1.aws_s3_bucket_policy.this"]["policy"])
    (arrive,) = [s for s in policy["Statement"] if s["Sid"] == "AllowBalancerLogsToArrive"]
    assert [resource.split("/", 1)[1] for resource in arrive["Resource"]] == [
        "serve/api/AWSLogs/123456789012/*",
        "serve/back/AWSLogs/123456789012/*",
    ]


def test_an_endpoint_s_model_and_what_scales_it_are_known(planned: dict[str, Json]) -> None:
    model = planned['module.serve_score.aws_sagemaker_model.this["first"]']
    (container,) = model["primary_container"]
    assert container["model_data_url"] == "s3://demo-prd-orders-123456789012-eu-west-1/models/score.tar.gz"
    target = planned['module.serve_score.aws_appautoscaling_target.this["first"]']
    assert target["resource_id"] == "endpoint/demo-prd-score/variant/AllTraffic"
    (capture,) = planned['module.serve_score.aws_sagemaker_endpoint_configuration.this["first"]']["data_capture_config"]
    assert capture["destination_s3_uri"] == "s3://demo-prd-orders-123456789012-eu-west-1/capture/"


def test_trainings_start_at_their_times_by_what_stands(planned: dict[str, Json]) -> None:
    found = of_type(planned, "aws_scheduler_schedule")
    targets = {address: values["target"][0]["arn"] for address, values in found.items()}
    assert targets == {
        "module.train_hourly_schedule.aws_scheduler_schedule.this": "arn:aws:scheduler:::aws-sdk:batch:submitJob",
        "module.train_nightly_schedule.aws_scheduler_schedule.this": (
            "arn:aws:scheduler:::aws-sdk:sagemaker:createTrainingJob"
        ),
    }


def test_services_on_beanstalk_call_each_other_and_stand_where_they_should(planned: dict[str, Json]) -> None:
    found = of_type(planned, "aws_elastic_beanstalk_environment")
    assert {values["name"] for values in found.values()} == {"demo-prd-console", "demo-prd-desk"}
    for values in found.values():
        said = {setting["name"]: setting["value"] for setting in values["setting"] if setting.get("value")}
        assert (said["ELBScheme"], said["SystemType"], said["DisableIMDSv1"]) == ("internal", "enhanced", "true")
