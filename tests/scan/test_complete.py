"""What checkov is given: the plan, flat, with what an apply will know filled in."""

import json
from pathlib import Path
from typing import Any

import pytest

from landform.proof.planned import read_plan
from landform.scan.complete import complete
from landform.scan.source import AS_IT_STANDS, LEAST, MUTE, find_source

from .conftest import Plan, values

LOG_GROUP = "module.network_us_east_1.aws_cloudwatch_log_group.flow"
ENCRYPTION = "aws_s3_bucket_server_side_encryption_configuration.this"
LOGGING = 'module.data_transactions.aws_s3_bucket_logging.this["this"]'
KEY = "aws_kms_key.module_keys_us_east_1_aws_kms_key_this_logs"


@pytest.fixture(scope="module")
def completed(sample_plan: Plan) -> Plan:
    return complete(read_plan(sample_plan))


def planned(completed: Plan, address: str) -> Plan:
    found: Plan = next(r for r in completed["planned_values"]["root_module"]["resources"] if r["address"] == address)
    return found


def configured(completed: Plan, address: str) -> Plan:
    name = planned(completed, address)["name"]
    blocks = completed["configuration"]["root_module"]["resources"]
    found: Plan = next(b["expressions"] for b in blocks if b["name"] == name)
    return found


def test_what_the_plan_knows_stays(completed: Plan) -> None:
    assert planned(completed, LOG_GROUP)["values"]["retention_in_days"] == 365


def test_an_unknown_arn_becomes_a_reference_to_its_resource(completed: Plan) -> None:
    assert planned(completed, LOG_GROUP)["values"]["kms_key_id"] == f"{KEY}.id"
    assert configured(completed, LOG_GROUP)["kms_key_id"] == {"references": [f"{KEY}.id"]}


def test_an_unknown_value_in_a_nested_block_is_filled(completed: Plan) -> None:
    rule = planned(completed, f"module.data_transactions.{ENCRYPTION}")["values"]["rule"][0]
    default = rule["apply_server_side_encryption_by_default"][0]
    assert default["kms_master_key_id"].startswith("aws_kms_key.module_keys_us_east_1")
    assert default["sse_algorithm"] == "aws:kms"


def test_what_was_chosen_without_a_key_stays(completed: Plan) -> None:
    rule = planned(completed, f"module.logs_us_east_1.{ENCRYPTION}")["values"]["rule"][0]
    assert rule["apply_server_side_encryption_by_default"][0]["sse_algorithm"] == "AES256"


def test_what_aws_computes_is_not_made_up(completed: Plan) -> None:
    assert "arn" not in planned(completed, LOG_GROUP)["values"]


def test_a_bucket_is_not_logged_for_receiving_logs(completed: Plan) -> None:
    assert "target_bucket" not in configured(completed, LOGGING)
    assert planned(completed, LOGGING)["values"]["target_bucket"] == "known-after-apply"


def test_no_two_resources_share_a_name(completed: Plan) -> None:
    made = completed["planned_values"]["root_module"]["resources"]
    assert len({(r["type"], r["name"]) for r in made}) == len({r["address"] for r in made}) == len(made)


def test_names_that_flatten_to_the_same_stay_apart() -> None:
    twins = [{"mode": "managed", "type": "t", "name": "x", "address": f"t.x{mark}y"} for mark in "-."]
    made = complete(read_plan({"planned_values": {"root_module": {"resources": twins}}}))
    assert len({r["name"] for r in made["planned_values"]["root_module"]["resources"]}) == 2


def test_an_unknown_value_in_a_dynamic_block_is_filled() -> None:
    made = {"mode": "managed", "type": "t", "name": "x", "address": "t.x", "values": {"rule": [{"a": 1}]}}
    unknown = {"address": "t.x", "change": {"after_unknown": {"id": True, "rule": [{"b": True}]}}}
    plan = {"planned_values": {"root_module": {"resources": [made]}}, "resource_changes": [unknown]}
    values = complete(read_plan(plan))["planned_values"]["root_module"]["resources"][0]["values"]
    assert values == {"rule": [{"a": 1, "b": "known-after-apply"}]}


def test_the_given_plan_is_not_touched(plan: Plan) -> None:
    before = json.dumps(plan, sort_keys=True)
    complete(read_plan(plan))
    assert json.dumps(plan, sort_keys=True) == before


def test_no_credentials_of_the_provider_are_passed_on(completed: Plan, sample_plan: Plan) -> None:
    provider: Any = sample_plan["configuration"]["provider_config"]["aws"]["expressions"]
    assert "access_key" in provider
    assert "provider_config" not in completed["configuration"]


def test_source_is_staged_with_and_without_its_waivers(sample_tree: Path, sample_plan: Plan, tmp_path: Path) -> None:
    source = find_source(sample_tree, read_plan(sample_plan))
    source.stage(tmp_path)
    assert sorted(source.folders) == ["keys", "net", "root", "store", "worker"]
    assert "checkov:skip=CKV_AWS_18" in (tmp_path / AS_IT_STANDS / "store" / "main.tf").read_text()
    assert ":skip=" not in (tmp_path / MUTE / "store" / "main.tf").read_text()
    assert ("CKV_AWS_18", 29) in [(c.check, c.line) for c in source.comments()]


def test_source_at_the_least_has_no_optional_resource_and_no_input(
    sample_tree: Path, sample_plan: Plan, tmp_path: Path
) -> None:
    find_source(sample_tree, read_plan(sample_plan)).stage(tmp_path)
    least = (tmp_path / LEAST / "store" / "main.tf").read_text()
    assert 'resource "aws_s3_bucket_logging"' not in least
    assert 'resource "aws_s3_bucket_policy"' in least
    assert 'access_logs = ""' in (tmp_path / LEAST / "store" / "main.auto.tfvars").read_text()


def test_a_planned_value_is_no_expression(plan: Plan) -> None:
    values(plan, LOG_GROUP)["kms_key_id"] = "arn:aws:kms:us-east-1:123456789012:key/known"
    unknown = next(c["change"]["after_unknown"] for c in plan["resource_changes"] if c["address"] == LOG_GROUP)
    del unknown["kms_key_id"]
    known = planned(complete(read_plan(plan)), LOG_GROUP)["values"]["kms_key_id"]
    assert known == "arn:aws:kms:us-east-1:123456789012:key/known"
