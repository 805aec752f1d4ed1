"""Models that endpoints of SageMaker serve: where each comes from, what it runs on, who may call it."""

from __future__ import annotations

import tarfile
from pathlib import Path
from typing import Any

import pytest
from support.specs import module, outcome, script

from landform.catalog.managed import container, containers, managed_types
from landform.emit.jobs.carry import target
from landform.lower.root import lower
from landform.passes.check import RULES
from landform.plan import Plan
from landform.root import Given, Location, Output

DATA = "data: {rows: {kind: bucket}, models: {kind: bucket}, features: {kind: table, key: id}}\n"
TRAIN = (
    "train: {fit: {platform: sagemaker, cpu: 8, image: xgboost-1.7, inputs: {train: {from: rows}}, output: models}}\n"
)
SERVE = "serve: {score: {platform: sagemaker, model: train.fit, cpu: 4%s}}\n"
CALLER = "machines: {client: {instance: t3.micro, calls: [serve.score], reads: [features]}}\n"
BUCKET = "arn:aws:s3:::demo-dev-{}-123456789012-us-east-1"
PACKAGE = "arn:aws:sagemaker:us-east-1:123456789012:model-package/demo-dev-score/1"


def planned(more: str = "", *, before: str = "", after: str = CALLER) -> Plan:
    return outcome(f"{before}{DATA}{TRAIN}{SERVE % more}{after}").sound


def call(plan: Plan, address: str = "serve_score") -> dict[str, Any]:
    return dict(module(lower(plan), address).variables)


def allowed(plan: Plan, end: str) -> set[tuple[str, str]]:
    granted = [g.statement for g in plan.grants if g.edge == f"serve.score.{end}"]
    return {(a, r) for s in granted for a in s.actions for r in s.resources if not a.startswith("kms:")}


def test_a_trained_model_is_awaited_and_read_where_its_training_leaves_it() -> None:
    plan = planned()
    assert call(plan)["model_package"] == Given("models", ("score", "us-east-1"))
    assert call(plan)["archive"] is None and call(plan)["package_group"] == "demo-dev-score"
    assert allowed(plan, "model.train.fit") == {("s3:GetObject", BUCKET.format("models") + "/training/train-fit/*")}


@pytest.mark.parametrize("platform", ["batch", "ec2", "sagemaker"])
def test_a_model_is_served_wherever_it_was_trained(platform: str) -> None:
    training = f"platform: {platform}, cpu: 8, image: pytorch-2.10, command: run, output: models"
    plan = outcome(f"{DATA}train: {{fit: {{{training}}}}}\n{SERVE % ', image: pytorch-2.6'}{CALLER}").sound
    left = target("s3://demo-dev-models-123456789012-us-east-1/training/train-fit/", "job-1")
    ((action, resource),) = allowed(plan, "model.train.fit")
    assert action == "s3:GetObject"
    assert left.replace("s3://", "arn:aws:s3:::").startswith(resource.removesuffix("*"))
    # Who packs the archive puts it there.
    puts = {r for g in plan.grants if g.edge == "train.fit.output.models" for r in g.statement.resources}
    assert resource in puts


@pytest.mark.parametrize("platform", ["batch", "ec2"])
def test_a_training_without_an_output_leaves_nothing_to_serve(platform: str) -> None:
    training = f"platform: {platform}, cpu: 8, image: pytorch-2.10, command: run"
    found = outcome(f"{DATA}train: {{fit: {{{training}}}}}\n{SERVE % ', image: pytorch-2.6'}{CALLER}")
    (said,) = [d for d in found.found if d.code == "LF0206"]
    assert said.path == ("serve", "score", "model") and "Add `output: <bucket>`" in said.remedy


def test_the_root_takes_packages_of_what_waits_and_of_nothing_else() -> None:
    variables = lower(planned()).variables
    assert variables["models"].keys == (("score",), ("us-east-1",))
    assert lower(planned(", initial: 's3://demo-dev-models-123456789012-us-east-1/a.tar.gz'")).variables == {}


def test_a_file_is_brought_along_and_served(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "score-0.tar.gz", "w:gz") as archive:
        archive.add(__file__, "model.py")
    spec = tmp_path / "demo.yaml"
    plan = outcome(f"{DATA}{TRAIN}{SERVE % ', initial: score-0.tar.gz'}{CALLER}", file=spec).sound
    root = lower(plan)
    assert module(root, "serve_score").variables["archive"] == {
        "bucket": Output("artifacts_us_east_1", "name"),
        "key": "models/serve-score/score-0.tar.gz",
        "source": Location("files/serve_score.tar.gz"),
    }
    assert root.files["files/serve_score.tar.gz"] == (tmp_path / "score-0.tar.gz").read_bytes()
    assert allowed(plan, "archive") == {("s3:GetObject", BUCKET.format("artifacts") + "/models/serve-score/*")}


@pytest.mark.parametrize(("content", "told"), [(b"PK", "is not compressed by gzip"), (None, "does not exist")])
def test_a_file_that_is_no_archive_is_refused(tmp_path: Path, content: bytes | None, told: str) -> None:
    if content:
        (tmp_path / "a.tar.gz").write_bytes(content)
    found = outcome(f"{DATA}{TRAIN}{SERVE % ', initial: a.tar.gz'}", file=tmp_path / "demo.yaml")
    assert told in found.one("LF0210").message


def test_an_object_of_a_bucket_is_the_only_one_that_is_read() -> None:
    plan = planned(", initial: 's3://demo-dev-models-123456789012-us-east-1/first/a.tar.gz'")
    assert call(plan)["archive"] == {"bucket": Output("data_models", "name"), "key": "first/a.tar.gz"}
    assert allowed(plan, "initial.models") == {("s3:GetObject", BUCKET.format("models") + "/first/a.tar.gz")}


def test_a_package_needs_no_variable() -> None:
    assert call(planned(f", initial: '{PACKAGE}'"))["model_package"] == PACKAGE


def test_who_calls_nobody_is_isolated_and_who_reads_is_told_what() -> None:
    assert call(planned())["isolated"] is True and call(planned())["environment"] == {}
    reading = call(planned(", reads: [features], env: {LIMIT: '0.5'}"))
    assert reading["isolated"] is False
    assert reading["environment"] == {"LANDFORM_DATA_FEATURES": "demo-dev-features", "LIMIT": "0.5"}


@pytest.mark.parametrize(("more", "ways"), [("", {"s3"}), (", reads: [features]", {"https"})])
def test_an_isolated_model_is_let_out_to_s3_alone(more: str, ways: set[str]) -> None:
    assert call(planned(more))["egress"].keys() == ways


def test_in_a_network_of_somebody_else_s_it_goes_out_as_all_do() -> None:
    own = "{vpc: vpc-0abc1234, cidr: 10.0.0.0/16, private: [subnet-0abc1234, subnet-0abc5678]}"
    network = f"network: {{existing: {{us-east-1: {own}}}}}\n"
    assert call(planned(before=network))["egress"].keys() == {"https"}


def test_the_container_is_the_one_that_serves_what_the_training_made() -> None:
    assert call(planned())["image"] == "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
    served = TRAIN.replace("xgboost-1.7", "tensorflow-2.19") + SERVE % ""
    assert "/tensorflow-inference:2.19.0-cpu" in call(outcome(DATA + served).sound)["image"]


def test_a_machine_with_gpus_runs_the_container_for_gpus() -> None:
    training = TRAIN.replace("xgboost-1.7", "pytorch-2.6")
    served = outcome(DATA + training + SERVE.replace("cpu: 4", "accelerator: 1 x A10G") % "").sound
    assert "/pytorch-inference:2.6.0-gpu-py312" in call(served)["image"]
    assert call(served)["instance_type"].startswith("ml.g5.") and call(served)["volume_key_arn"] is None


@pytest.mark.parametrize("image", containers("hosting"))
def test_every_container_serves_in_the_regions_of_everybody(image: str) -> None:
    for region in ("us-east-1", "eu-west-1", "eu-central-1", "ap-northeast-1", "us-west-2"):
        uri = container(image, region, "cpu", "hosting")
        assert uri and f".dkr.ecr.{region}.amazonaws.com/" in uri


def test_a_machine_is_one_that_serves() -> None:
    (own,) = planned().served
    assert own.type is not None and own.type.name in managed_types("hosting") and own.type.vcpus == 4
    refused = outcome(f"{DATA}{TRAIN}{SERVE.replace('cpu: 4', 'instance: ml.p5en.48xlarg') % ''}")
    assert "serves models from no 'ml.p5en.48xlarg'" in refused.one("LF0401").message


def test_machines_with_disks_of_their_own_take_no_key() -> None:
    assert isinstance(call(planned())["volume_key_arn"], Output)
    with_disks = outcome(f"{DATA}{TRAIN}{SERVE.replace('cpu: 4', 'instance: ml.m5d.xlarge') % ''}").sound
    assert call(with_disks)["volume_key_arn"] is None


def test_capture_goes_beside_the_code_or_into_a_bucket() -> None:
    plan = planned(", capture: 20%")
    assert call(plan)["capture"] == {
        "percent": 20,
        "bucket": Output("artifacts_us_east_1", "name"),
        "prefix": "capture/serve-score/",
        "key_arn": Output("keys_us_east_1", "arns", ("shared",)),
    }
    assert allowed(plan, "capture") == {("s3:PutObject", BUCKET.format("artifacts") + "/capture/serve-score/*")}
    plan = planned(", capture: {share: 5%, to: rows}")
    assert call(plan)["capture"]["bucket"] == Output("data_rows", "name")
    assert allowed(plan, "capture.rows") == {("s3:PutObject", BUCKET.format("rows") + "/capture/serve-score/*")}


def test_capture_into_an_existing_bucket_takes_the_bucket_s_own_key() -> None:
    data = DATA.replace("rows: {kind: bucket}", "rows: {kind: bucket}, kept: {kind: bucket, existing: acme-kept}")
    capture = call(outcome(f"{data}{TRAIN}{SERVE % ', capture: {share: 5%, to: kept}'}").sound)["capture"]
    assert capture == {"percent": 5, "bucket": "acme-kept", "prefix": "capture/serve-score/", "key_arn": None}


@pytest.mark.parametrize(
    ("scale", "expected"),
    [
        ("", {"min": 1, "max": 1, "invocations_per_minute": None, "schedule": None}),
        (
            ", scale: {min: 2, max: 20, target: 800 invocations/min}",
            {"min": 2, "max": 20, "invocations_per_minute": 800, "schedule": None},
        ),
        (
            ", scale: {min: 2, schedule: {day: {at: cron(0 6 ? * MON-FRI *), min: 4, max: 8}}}",
            {
                "min": 2,
                "max": 2,
                "invocations_per_minute": None,
                "schedule": {"day": {"at": "cron(0 6 ? * MON-FRI *)", "min": 4, "max": 8}},
            },
        ),
    ],
)
def test_how_many_machines_there_are(scale: str, expected: dict[str, Any]) -> None:
    assert call(planned(scale))["scale"] == expected


def test_a_caller_invokes_this_endpoint_and_knows_its_name() -> None:
    plan = planned()
    granted = [g.statement for g in plan.grants if g.edge == "machines.client.calls.serve.score"]
    assert [(s.actions, s.resources) for s in granted] == [
        (("sagemaker:InvokeEndpoint",), ("arn:aws:sagemaker:us-east-1:123456789012:endpoint/demo-dev-score",))
    ]
    told = script(plan, "machines.client")
    assert "LANDFORM_SERVE_SCORE=demo-dev-score" in told.replace("'", "").replace('"', "")


def test_without_a_way_out_calls_go_through_the_runtime_s_endpoint_alone() -> None:
    plan = planned(before="network: {egress: none}\n")
    services = {service for _, service in plan.endpoint_statements}
    assert "sagemaker.runtime" in services and "sagemaker.api" not in services
    (statement,) = plan.endpoint_statements["us-east-1", "sagemaker.runtime"]
    assert statement.actions == ("sagemaker:InvokeEndpoint",)
    assert statement.conditions["StringEquals"]["aws:PrincipalArn"] == (
        "arn:aws:iam::123456789012:role/demo-dev-client-us-east-1",
    )


REGIONS = "{primary: us-east-1, replicas: [eu-west-1]}"


def test_a_model_is_served_from_the_copy_in_each_region() -> None:
    data = DATA.replace("models: {kind: bucket}", "models: {kind: bucket, replicate: true}")
    plan = outcome(f"{data}{TRAIN}{SERVE % ', regions: all'}", REGIONS).sound
    there = next(own for own in plan.served if own.region == "eu-west-1")
    assert there.edge("model").store.region == "eu-west-1"  # type: ignore[union-attr]
    assert call(plan, "serve_score_eu_west_1")["model_package"] == Given("models", ("score", "eu-west-1"))
    assert lower(plan).variables["models"].keys == (("score",), ("eu-west-1", "us-east-1"))


def test_a_log_group_that_sagemaker_names_is_under_the_region_s_key() -> None:
    (key,) = [key for key in planned().keys if key.logical == "shared"]
    assert "arn:aws:logs:us-east-1:123456789012:log-group:/aws/sagemaker/Endpoints/demo-dev-score" in key.log_groups


LARGE = ", env: {" + ", ".join(f"V{n}: '{'x' * 900}'" for n in range(7)) + "}"
MANY = ", env: {" + ", ".join(f"V{n}: x" for n in range(101)) + "}"
PERSONAL = DATA.replace("rows: {kind: bucket}", "rows: {kind: bucket, class: pii}") + "audit: {trail: all-regions}\n"
ALONE = f"serve: {{score: {{platform: sagemaker, cpu: 4, image: xgboost-1.7, initial: '{PACKAGE}'}}}}\n"
BURST = SERVE.replace("cpu: 4", "instance: ml.t2.large") % ", scale: {min: 1, max: 2, target: 10 invocations/min}"


@pytest.mark.parametrize(
    ("rule", "sections", "code", "text"),
    [
        ("burstable_machines_do_not_scale", DATA + TRAIN + BURST, "LF0611", "ml.t2.large is one"),
        ("one_machine_is_in_one_zone", DATA + TRAIN + SERVE % "", "LF0640", "Write `min: 2` or more."),
        (
            "models_have_two_zones",
            f"network: {{zones: 1}}\n{DATA}{TRAIN}{SERVE % ''}",
            "LF0640",
            "in two zones at least",
        ),
        ("packages_can_be_fetched", ALONE, "LF0207", "may read no bucket"),
        ("captured_requests_are_audited", PERSONAL + TRAIN + SERVE % ", capture: 20%", "LF0502", "data.rows"),
        ("definitions_fit", DATA + TRAIN + SERVE % MANY, "LF0606", "101 variables"),
        ("definitions_fit", DATA + TRAIN + SERVE % LARGE, "LF0606", "SSM"),
    ],
)
def test_a_mistake_is_found_by_its_rule(rule: str, sections: str, code: str, text: str) -> None:
    result = outcome(sections, environment="production")
    assert text in " ".join(d.text for d in result.found if d.code == code)
    assert result.plan is not None
    (asked,) = [each for each in RULES if each.__name__ == rule]
    assert code in [d.code for d in asked(result.plan)]


def test_each_machine_takes_two_addresses_and_a_deployment_as_many_again() -> None:
    small = "network: {cidr: 10.0.0.0/22, zones: 2}\n"
    scale = ", scale: {min: 2, max: %d, target: 10 invocations/min}"
    free = next(n for n in range(1, 200) if "LF0304" in outcome(f"{small}{DATA}{TRAIN}{SERVE % scale % (n + 2)}").codes)
    two = [z.private.num_addresses - 5 for z in planned(before=small).networks["us-east-1"].zones]
    assert (free + 1) * 4 <= sum(two) < (free + 2) * 4


def test_two_machines_are_not_one() -> None:
    two = outcome(DATA + TRAIN + SERVE % ", scale: {min: 2}", environment="production")
    assert "LF0640" not in two.codes


@pytest.mark.parametrize(("way", "errors"), [("true", ["LF0207"]), ("both", [])])
def test_what_is_kept_in_a_copy_reaches_the_other_region(way: str, errors: list[str]) -> None:
    data = DATA.replace("models: {kind: bucket}", "models: {kind: bucket, replicate: true}")
    data = data.replace("rows: {kind: bucket}", f"rows: {{kind: bucket, replicate: {way}}}")
    result = outcome(f"{data}{TRAIN}{SERVE % ', regions: all, capture: {share: 5%, to: rows}'}", REGIONS)
    assert result.errors == errors
