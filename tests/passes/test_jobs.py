"""Trainings that SageMaker runs: the machine, the container, what they may do, and the request that starts one."""

from typing import Any

import pytest
from support.specs import outcome

from landform.catalog import load
from landform.catalog.job_permissions import repository_arn
from landform.catalog.managed import container, containers, managed_types
from landform.lower.archive import RUN_STEP, SETUP_STEP, code_archives
from landform.lower.job import definition
from landform.lower.root import lower
from landform.plan import Job, Plan
from landform.root import Output

HEAD = "data: {rows: {kind: bucket}, models: {kind: bucket}}\n"
XGBOOST = "platform: sagemaker, cpu: 8, image: xgboost-1.7, output: models"


def planned(training: str) -> Plan:
    return outcome(f"{HEAD}train: {{fit: {{{training}}}}}\n").sound


def job(training: str) -> Job:
    (found,) = planned(training).jobs
    return found


def request(training: str) -> dict[str, Any]:
    plan = planned(training)
    return definition(plan, plan.jobs[0])


def allowed(training: str, end: str) -> set[tuple[str, str, str]]:
    return {
        (action, resource, ",".join(s.conditions.get("StringLike", {}).get("s3:prefix", ())))
        for g in planned(training).grants
        for s in [g.statement]
        if g.edge == f"train.fit.{end}"
        for action in s.actions
        if not action.startswith("kms:")
        for resource in s.resources
    }


BUCKET = "arn:aws:s3:::demo-dev-{}-123456789012-us-east-1"


def test_the_cheapest_machine_that_sagemaker_trains_on_is_taken() -> None:
    own = job(XGBOOST)
    assert own.type is not None and own.type.vcpus == 8
    assert own.type.name in managed_types("training")
    catalog = load()
    price = catalog.price(own.type.name, "us-east-1")
    dearer = catalog.price("m7i.2xlarge", "us-east-1")
    assert price and dearer and price.usd_per_hour <= dearer.usd_per_hour


def test_a_framework_s_image_is_the_region_s_and_the_processor_s() -> None:
    cpu = job(XGBOOST.replace("xgboost-1.7", "pytorch-2.10")).image
    gpu = job("platform: sagemaker, accelerator: 4 x A10G, image: pytorch-2.10, output: models").image
    assert cpu.endswith("us-east-1.amazonaws.com/pytorch-training:2.10.0-cpu-py313")
    assert gpu.endswith("us-east-1.amazonaws.com/pytorch-training:2.10.0-gpu-py313")


@pytest.mark.parametrize("image", containers())
def test_every_image_has_a_repository_that_may_be_granted(image: str) -> None:
    arn = repository_arn(container(image, "eu-west-1", "cpu") or "")
    assert arn is not None and arn.startswith("arn:aws:ecr:eu-west-1:")


def test_botocore_knows_every_type_that_the_catalog_offers() -> None:
    import botocore.session

    model = botocore.session.Session().get_service_model("sagemaker")
    for purpose, shape in (("training", "TrainingInstanceType"), ("hosting", "ProductionVariantInstanceType")):
        known = {name.removeprefix("ml.") for name in model.shape_for(shape).enum}
        assert set(managed_types(purpose)) <= known  # type: ignore[arg-type]


def test_a_channel_leads_to_its_prefix_and_the_output_to_the_job_s_own() -> None:
    inputs = f"{XGBOOST}, inputs: {{train: {{from: rows, prefix: train/, format: csv}}}}"
    rows, models = BUCKET.format("rows"), BUCKET.format("models")
    assert allowed(inputs, "inputs.train") == {
        ("s3:ListBucket", rows, "train/*"),
        ("s3:GetObject", f"{rows}/train/*", ""),
    }
    written = {("s3:PutObject", f"{models}/training/train-fit/*", "")}
    assert allowed(inputs, "output.models") == written | {
        ("s3:AbortMultipartUpload", f"{models}/training/train-fit/*", "")
    }
    (channel,) = request(inputs)["InputDataConfig"]
    assert channel["DataSource"]["S3DataSource"]["S3Uri"] == "s3://demo-dev-rows-123456789012-us-east-1/train/"
    assert channel["ContentType"] == "text/csv"


def test_one_bucket_may_fill_several_channels() -> None:
    two = f"{XGBOOST}, inputs: {{a: {{from: rows, prefix: a/}}, b: {{from: rows, prefix: b/}}}}"
    assert [c["ChannelName"] for c in request(two)["InputDataConfig"]] == ["a", "b"]
    assert allowed(two, "inputs.a").isdisjoint(allowed(two, "inputs.b"))


def test_a_command_runs_in_the_code_after_the_setup() -> None:
    plan = planned("platform: sagemaker, cpu: 8, image: pytorch-2.10, command: python main.py --epochs 20 | tee log")
    (archive,) = code_archives(plan)
    assert b"python main.py --epochs 20 | tee log" in archive.content
    assert RUN_STEP.encode() in archive.content and SETUP_STEP.encode() not in archive.content
    algorithm = definition(plan, plan.jobs[0])["AlgorithmSpecification"]
    assert all(len(word) <= 256 for word in (*algorithm["ContainerEntrypoint"], *algorithm["ContainerArguments"]))
    assert request(XGBOOST)["AlgorithmSpecification"].keys() == {"TrainingImage", "TrainingInputMode"}


def test_without_an_output_a_job_leaves_its_model_beside_its_code() -> None:
    asked = request("platform: sagemaker, cpu: 8, image: pytorch-2.10, command: python main.py")
    output = asked["OutputDataConfig"]["S3OutputPath"]
    assert output == "s3://demo-dev-artifacts-123456789012-us-east-1/training/train-fit/"


@pytest.mark.parametrize(
    ("bucket", "logical", "alias"),
    [("{kind: bucket}", "shared", "shared"), ("{kind: bucket, class: pii}", "data-models", "data/models")],
    ids=["shared", "of its own"],
)
def test_a_model_is_encrypted_with_the_key_of_its_bucket(bucket: str, logical: str, alias: str) -> None:
    plan = outcome(f"data: {{models: {bucket}}}\naudit: {{trail: existing}}\ntrain: {{fit: {{{XGBOOST}}}}}\n").sound
    own = definition(plan, plan.jobs[0])["OutputDataConfig"]
    assert own["KmsKeyId"] == Output("keys_us_east_1", "arns", (logical,))
    (encrypts,) = [g.statement for g in plan.grants if g.edge == "train.fit.output-key"]
    assert encrypts.actions == ("kms:Encrypt",)
    assert encrypts.conditions == {"ForAnyValue:StringEquals": {"kms:ResourceAliases": (f"alias/demo-dev/{alias}",)}}


def test_a_bucket_that_exists_has_its_own_key_or_none_that_is_known() -> None:
    key = "arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789012"
    for said, known in ((f", key: '{key}'", {"KmsKeyId": key}), ("", {})):
        plan = outcome(
            f"data: {{models: {{kind: bucket, existing: acme{said}}}}}\ntrain: {{fit: {{{XGBOOST}}}}}\n"
        ).sound
        own = definition(plan, plan.jobs[0])["OutputDataConfig"]
        assert {name: value for name, value in own.items() if name == "KmsKeyId"} == known
        assert [g.statement.resources for g in plan.grants if g.edge == "train.fit.output-key"] == [
            (each,) for each in known.values()
        ]


def test_at_its_times_a_job_is_started_under_its_own_role_and_no_other() -> None:
    plan = planned(f"{XGBOOST}, schedule: cron(0 3 ? * SUN *)")
    (made,) = [m for m in lower(plan).modules if m.source == "schedule"]
    assert made.variables["expression"] == "cron(0 3 ? * SUN *)"
    passed = [g for g in plan.grants if "iam:PassRole" in g.statement.actions]
    assert [g.edge for g in passed] == ["train.fit.schedule"]
    assert passed[0].statement.resources == (plan.jobs[0].role_arn,)
    assert passed[0].statement.conditions == {"StringEquals": {"iam:PassedToService": ("sagemaker.amazonaws.com",)}}
    assert passed[0].principal != plan.jobs[0].role_arn


def test_what_a_job_is_given_is_told_by_the_names_of_every_platform() -> None:
    asked = request(f"{XGBOOST}, inputs: {{train: {{from: rows}}}}, hyperparameters: {{eta: 0.3}}")["Environment"]
    assert asked["LANDFORM_INPUT_TRAIN"] == "/opt/ml/input/data/train"
    assert asked["LANDFORM_OUTPUT"] == "/opt/ml/model"
    assert asked["LANDFORM_HYPERPARAMETERS"] == "/opt/ml/input/config/hyperparameters.json"


def test_spot_waits_and_is_saved() -> None:
    asked = request(
        f"{XGBOOST}, capacity: {{spot: 100%, max_wait: 8h}}, max_runtime: 4h, checkpoint: {{to: models, every: 10m}}"
    )
    assert asked["StoppingCondition"] == {"MaxRuntimeInSeconds": 14_400, "MaxWaitTimeInSeconds": 28_800}
    assert asked["EnableManagedSpotTraining"] is True
    uri = "s3://demo-dev-models-123456789012-us-east-1/checkpoints/train-fit/"
    assert asked["CheckpointConfig"] == {"S3Uri": uri, "LocalPath": "/opt/ml/checkpoints"}


def test_reports_are_metrics_that_sagemaker_reads_from_the_log() -> None:
    import re

    asked = request("platform: sagemaker, cpu: 8, image: pytorch-2.10, command: run, output: models, reports: [auc]")
    (metric,) = asked["AlgorithmSpecification"]["MetricDefinitions"]
    assert re.search(metric["Regex"], "epoch 3 auc=9.7e-1")[1] == "9.7e-1"  # type: ignore[index]


def test_a_built_in_algorithm_is_asked_for_no_metrics_since_sagemaker_refuses_that() -> None:
    assert "MetricDefinitions" not in request(f"{XGBOOST}, reports: [auc]")["AlgorithmSpecification"]
    own = "123456789012.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1"
    mine = request(f"{XGBOOST.replace('xgboost-1.7', own)}, reports: [auc]")
    assert mine["AlgorithmSpecification"]["MetricDefinitions"]


def test_numbers_of_hyperparameters_are_handed_over_as_they_are_written() -> None:
    asked = request(f"{XGBOOST}, hyperparameters: {{eta: 0.3, rounds: 200, objective: 'binary:logistic'}}")
    assert asked["HyperParameters"] == {"eta": "0.3", "rounds": "200", "objective": "binary:logistic"}


def test_the_disk_of_a_machine_with_disks_of_its_own_takes_no_key() -> None:
    plan = planned("platform: sagemaker, accelerator: 4 x A10G, image: pytorch-2.10, command: run")
    (module,) = [m for m in lower(plan).modules if m.source == "job"]
    assert module.variables["encrypt_volume"] is False
    assert not any(g.edge.endswith(".volume") for g in plan.grants)
    assert any(g.edge == "train.fit.volume" for g in planned(XGBOOST).grants)


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ("capacity: {spot: 80%}", "LF0611"),
        ("pool: 0..8", "LF0611"),
        ("capacity: {spot: 100%, max_wait: 1h}, max_runtime: 2h", "LF0612"),
        ("disk: {root: 200GiB io2 16000iops}", "LF0613"),
    ],
)
def test_what_sagemaker_cannot_do_or_decides_itself_is_said(wish: str, code: str) -> None:
    found = outcome(f"{HEAD}train: {{fit: {{{XGBOOST}, {wish}}}}}\n")
    assert code in found.codes
