"""`landform explain --plan`: plans as summaries, what each would lose, and that no secret is shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.projects import landform

from landform.explain.changes import NoPlanError, changes

SPEC = """\
version: 1
system: shop
account: "123456789012"
environment: {environment}
regions: {{primary: us-east-1}}
network: {{zones: 1, egress: none}}
data:
  orders: {{kind: bucket, retain: 7y}}
  drafts: {{kind: bucket}}
machines:
  work: {{instance: t3.small, reads: [orders], deletes: [drafts]}}
"""

ROLE = "shop-prd-work-us-east-1"
POLICY = "module.machines_work.aws_iam_role_policy.machine_edges"


def resource(address: str, actions: list[str], before: Any = None, after: Any = None, **more: Any) -> dict[str, Any]:
    module = ".".join(address.split(".")[:2]) if address.startswith("module.") else None
    own = {k: more.pop(k) for k in ("action_reason", "previous_address") if k in more}
    return {
        "address": address,
        **({"module_address": module} if module else {}),
        "mode": "managed",
        "type": address.split(".")[-2],
        "name": address.rsplit(".", maxsplit=1)[-1],
        "change": {"actions": actions, "before": before, "after": after, "after_unknown": {}, **more},
        **own,
    }


def written(folder: Path, *found: dict[str, Any], environment: str = "production") -> tuple[Path, Path]:
    spec, plan = folder / "shop.yaml", folder / "plan.json"
    spec.write_text(SPEC.format(environment=environment))
    plan.write_text(json.dumps({"format_version": "1.2", "resource_changes": list(found)}))
    return spec, plan


def told(folder: Path, capsys: pytest.CaptureFixture[str], *found: dict[str, Any], **more: Any) -> tuple[int, str]:
    spec, plan = written(folder, *found, **more)
    status = landform("explain", spec, "--plan", plan)
    return status, capsys.readouterr().out


def policy(*allowed: tuple[str, str]) -> dict[str, Any]:
    statements = [{"Effect": "Allow", "Action": [action], "Resource": resource_} for action, resource_ in allowed]
    return {"role": ROLE, "policy": json.dumps({"Statement": statements})}


# What is at risk


BUCKET = "module.data_orders.aws_s3_bucket.this"

LOSSES = [
    resource(BUCKET, ["delete"], {"bucket": "b"}),
    resource(BUCKET, ["delete", "create"], {"bucket": "b"}, {"bucket": "c"}, replace_paths=[["bucket"]]),
    resource(BUCKET, ["create", "delete"], {"bucket": "b"}, {"bucket": "c"}, replace_paths=[["bucket"]]),
    resource("module.data_gone.aws_dynamodb_table.this", ["delete"], {}, action_reason="delete_because_no_module"),
    resource("module.keys_us_east_1.aws_kms_key.this", ["delete"], {}),
    resource("module.backup_us_east_1.aws_backup_vault.this", ["delete"], {}),
    resource("module.studio.aws_sagemaker_space.this", ["delete"], {}),
    resource("aws_db_instance.own", ["delete", "create"], {}, {}),
    resource(BUCKET, ["create", "forget"], {"bucket": "b"}, {"bucket": "c"}),
    resource("module.machines_work.aws_ebs_volume.data", ["delete", "create"], {"size": 9}, {"size": 5}),
    resource(
        "module.data_orders.aws_kinesis_stream.this", ["update"], {"retention_period": 48}, {"retention_period": 24}
    ),
    resource(
        "module.data_orders.aws_s3_bucket_lifecycle_configuration.this",
        ["update"],
        {"rule": [{"expiration": [{"days": 2555}]}]},
        {"rule": [{"expiration": [{"days": 30}]}]},
    ),
    resource(
        "module.data_orders.aws_s3_bucket_lifecycle_configuration.this",
        ["update"],
        {"rule": []},
        {"rule": [{"expiration": [{"days": 30}]}]},
    ),
]


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: f"{loss['type']}-{'-'.join(loss['change']['actions'])}")
def test_what_loses_stored_data_fails_in_production(
    loss: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, text = told(tmp_path, capsys, loss)
    assert status == 1
    assert "do not apply: stored data of production would be lost" in text
    status, text = told(tmp_path, capsys, loss, environment="development")
    assert status == 0
    assert "look at the risks before you apply" in text


@pytest.mark.parametrize(
    ("type_", "before", "after", "said"),
    [
        (
            "aws_s3_bucket_versioning",
            {"versioning_configuration": [{"status": "Enabled"}]},
            {"versioning_configuration": [{"status": "Suspended"}]},
            'versioning_configuration.status` becomes "Suspended"',
        ),
        (
            "aws_dynamodb_table",
            {"point_in_time_recovery": [{"enabled": True}]},
            {"point_in_time_recovery": [{"enabled": False}]},
            "point_in_time_recovery.enabled` becomes false",
        ),
        ("aws_cloudtrail", {"enable_logging": True}, {"enable_logging": False}, "enable_logging` becomes false"),
        ("aws_kms_key", {"is_enabled": True}, {"is_enabled": False}, "is_enabled` becomes false"),
        (
            "aws_s3_bucket_public_access_block",
            {"block_public_acls": True},
            {"block_public_acls": False},
            "block_public_acls` becomes false",
        ),
        ("aws_s3_bucket_object_lock_configuration", {}, None, "new objects are no longer locked"),
        ("aws_backup_vault_lock_configuration", {}, None, "recovery points may be deleted"),
        ("aws_s3_bucket_policy", {}, None, "what it denied is denied no more"),
    ],
)  # fmt: skip
def test_a_protection_that_ends_is_told(
    type_: str,
    before: dict[str, Any],
    after: dict[str, Any] | None,
    said: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    change = resource(f"module.data_orders.{type_}.this", ["update"] if after else ["delete"], before, after)
    assert said in told(tmp_path, capsys, change)[1]
    if not after:
        assert said not in told(tmp_path, capsys, change, resource(BUCKET, ["delete"], {}))[1]


def test_what_stands_in_production_stays_guarded_when_the_spec_no_longer_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tags = {"tags_all": {"landform:environment": "production"}}
    loss = resource(BUCKET, ["delete", "create"], tags, {}, replace_paths=[["bucket"]])
    assert told(tmp_path, capsys, loss, environment="development")[0] == 1


@pytest.mark.parametrize(
    "type_", ["aws_instance", "aws_sagemaker_endpoint", "aws_elastic_beanstalk_environment", "aws_batch_job_queue"]
)
def test_what_ends_what_runs_fails_in_production(
    type_: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    end = resource(f"module.machines_work.{type_}.this", ["delete"], {})
    status, text = told(tmp_path, capsys, end)
    assert status == 1
    assert "is destroyed: what runs on it ends" in text
    assert text.splitlines()[1] == "verdict  do not apply: what runs in production would end"
    status, text = told(tmp_path, capsys, end, environment="development")
    assert status == 0
    assert text.splitlines()[1] == "verdict  look at the risks before you apply"


HARMLESS = [
    resource(BUCKET, ["create"], None, {"bucket": "b"}),
    resource(BUCKET, ["update"], {"tags": {"a": "b"}}, {"tags": {"a": "c"}}),
    resource(BUCKET, ["no-op"], {}, {}, previous_address="module.data_old.aws_s3_bucket.this"),
    resource("module.machines_work.aws_iam_role_policy.machine_edges", ["delete"], policy(("s3:GetObject", "*"))),
    resource(
        "module.data_orders.aws_kinesis_stream.this", ["update"], {"retention_period": 24}, {"retention_period": 48}
    ),
    resource(
        "module.data_orders.aws_s3_bucket_lifecycle_configuration.this",
        ["update"],
        {"rule": [{"expiration": [{"days": 30}]}]},
        {"rule": [{"expiration": [{"days": 60}]}]},
    ),
]


@pytest.mark.parametrize("change", HARMLESS, ids=lambda change: f"{change['type']}-{change['change']['actions'][0]}")
def test_what_loses_nothing_is_fine(change: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, text = told(tmp_path, capsys, change)
    assert (status, text.splitlines()[1]) == (0, "verdict  the apply puts nothing stored at risk")


RISKY = [
    (resource("module.data_orders.aws_s3_bucket.this", ["update"], {"force_destroy": False}, {"force_destroy": True}),
     "LF0721", "loses a protection: `force_destroy` becomes true"),
    (resource("module.machines_work.aws_instance.this", ["delete", "create"], {"ami": "a"}, {"ami": "b"},
              replace_paths=[["ami"]]), "LF0722", "because `ami` changes: what runs on it is interrupted"),
    (resource("module.machines_work.aws_vpc_security_group_ingress_rule.this", ["create"], None,
              {"cidr_ipv4": "0.0.0.0/0", "from_port": 22, "to_port": 22}), "LF0722",
     "lets the whole world in on ports 22 to 22"),
    (resource("module.machines_gone.aws_cloudwatch_log_group.this", ["delete"], {}), "LF0720",
     "and its log events with it"),
    (resource("aws_s3_bucket.mine", ["create"], None, {}), "LF0723", "none of the modules of the plan"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "code", "risk"), RISKY, ids=[risk[:30] for *_, risk in RISKY])
def test_what_is_to_be_looked_at_is_said(
    change: dict[str, Any], code: str, risk: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, text = told(tmp_path, capsys, change)
    assert status == 0
    assert risk in text
    assert "look at the risks before you apply" in text
    landform("explain", tmp_path / "shop.yaml", "--plan", tmp_path / "plan.json", "--format", "json")
    assert code in [each["code"] for each in json.loads(capsys.readouterr().out)["risks"]]


def test_findings_stand_at_the_line_of_the_spec(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec, plan = written(tmp_path, resource(BUCKET, ["delete"], {}))
    assert landform("explain", spec, "--plan", plan, "--format", "github") == 1
    assert f"::error title=LF0720,file={spec},line=8,col=3" in capsys.readouterr().out


# What it says


def test_a_permission_that_is_gained_names_its_edge(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    drafts = "arn:aws:s3:::shop-prd-drafts-123456789012-us-east-1/*"
    before, after = policy(("s3:GetObject", "x")), policy(("s3:DeleteObject", drafts), ("s3:PutObject", "y"))
    status, text = told(tmp_path, capsys, resource(POLICY, ["update"], before, after))
    assert status == 0
    assert f"+ s3:DeleteObject on {drafts}  (machines.work.deletes.drafts, {tmp_path}/shop.yaml:11)" in text
    assert "+ s3:PutObject on y  (no edge asks for it)" in text
    assert "- s3:GetObject on x" in text
    assert "policy:" not in text


def test_what_comes_and_goes_with_an_entry(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = [
        resource("module.machines_work.aws_instance.this", ["create"], None, {}),
        resource("module.machines_gone.aws_instance.this", ["delete"], {}, action_reason="delete_because_no_module"),
        resource("aws_sns_topic.mine", ["create"], None, {}),
    ]
    _, text = told(tmp_path, capsys, *found)
    assert "is new: 19.68 USD a month" in text
    assert "module.machines_gone  no longer in the spec" in text
    assert "- destroy module.machines_gone.aws_instance.this, because nothing in the spec asks for its module" in text
    assert "what it costs ends with it" in text
    assert "beside the spec  files of your own" in text


def test_nothing_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, text = told(tmp_path, capsys, resource(BUCKET, ["no-op"], {}, {}))
    assert status == 0
    assert "nothing to do" in text
    assert text.splitlines()[1] == "verdict  what stands is what the spec says"


def test_json_says_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec, plan = written(tmp_path, resource(BUCKET, ["delete"], {}))
    assert landform("explain", spec, "--plan", plan, "--format", "json") == 1
    facts = json.loads(capsys.readouterr().out)
    assert facts["counts"] == {"destroy": 1}
    assert [(entry["entry"], entry["line"]) for entry in facts["entries"]] == [("data.orders", 8)]
    assert [(risk["code"], risk["severity"]) for risk in facts["risks"]] == [("LF0720", "error")]


# What is no plan


WRONG: list[Callable[[], str]] = [
    lambda: "not json",
    lambda: "[]",
    lambda: "{}",
    lambda: json.dumps({"format_version": "1.2", "resource_changes": [{"mode": "managed"}]}),
    lambda: json.dumps({"format_version": "1.2", "resource_changes": 7}),
]


@pytest.mark.parametrize("content", WRONG)
def test_what_is_no_plan_is_said(
    content: Callable[[], str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec, plan = written(tmp_path)
    plan.write_text(content())
    assert landform("explain", spec, "--plan", plan) == 1
    assert "error[LF0723]" in capsys.readouterr().err


def test_a_plan_that_is_not_there_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec, _ = written(tmp_path)
    assert landform("explain", spec, "--plan", tmp_path / "none.json") == 1
    assert "terraform show -json PLAN" in capsys.readouterr().err


def test_a_name_and_a_plan_are_a_wrong_call(tmp_path: Path) -> None:
    spec, plan = written(tmp_path)
    with pytest.raises(SystemExit) as left:
        landform("explain", spec, "data.orders", "--plan", plan)
    assert left.value.code == 2


def test_an_action_that_nobody_knows_is_no_plan() -> None:
    with pytest.raises(NoPlanError, match="not known here: evaporate"):
        changes({"format_version": "1.2", "resource_changes": [resource(BUCKET, ["evaporate"], {})]})


def test_only_a_mapping_is_a_plan() -> None:
    with pytest.raises(NoPlanError):
        changes([])


def test_a_condition_that_changes_is_a_permission_that_changes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def allowed(alias: str) -> dict[str, Any]:
        one = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "k", "Condition": {"StringEquals": {"a": alias}}}
        return {"role": ROLE, "policy": json.dumps({"Statement": [one]})}

    _, text = told(tmp_path, capsys, resource(POLICY, ["update"], allowed("old"), allowed("new")))
    assert """+ kms:Decrypt on k if {"StringEquals": {"a": "new"}}""" in text
    assert """- kms:Decrypt on k if {"StringEquals": {"a": "old"}}""" in text


def test_another_order_of_statements_is_no_change_of_permissions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = ("s3:GetObject", "x"), ("s3:PutObject", "y")
    _, text = told(tmp_path, capsys, resource(POLICY, ["update"], policy(one, two), policy(two, one)))
    assert "policy: a policy -> the same, in another order or with other names of statements" in text


def test_what_guards_another_bucket_of_ones_own_is_told_though_a_bucket_goes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = resource("aws_s3_bucket.a", ["delete"], {"bucket": "a", "id": "a"})
    guards = [resource(f"aws_s3_bucket_policy.{each}", ["delete"], {"bucket": each}) for each in "ab"]
    _, out = told(tmp_path, capsys, gone, *guards)
    assert "aws_s3_bucket_policy.b is destroyed, and what it guards stays" in out
    assert "aws_s3_bucket_policy.a is destroyed, and what it guards stays" not in out
