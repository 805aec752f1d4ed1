"""Trainings that Batch runs: nodes and container, the three roles, what the container is told."""

import json
import zipfile
from io import BytesIO
from typing import Any

import pytest
from support.specs import outcome

from landform.catalog.limits import BATCH_MEMORY_SHARE
from landform.lower.archive import OWN, RUN_STEP, STARTER, code_archives
from landform.lower.batch import START
from landform.lower.root import lower
from landform.plan import Plan
from landform.root import Module

HEAD = "data: {rows: {kind: bucket}, models: {kind: bucket}}\n"
FIT = "platform: batch, instance: m6i.2xlarge, image: pytorch-2.10, command: python main.py, reads: [rows]"
GPU = "platform: batch, accelerator: 4 x A10G, image: pytorch-2.10, command: python main.py"
SAVED = "capacity: {spot: 100%}, checkpoint: {to: models, every: 5m}"


def planned(training: str, head: str = HEAD) -> Plan:
    return outcome(f"{head}train: {{fit: {{{training}}}}}\n").sound


def module(training: str) -> Module:
    (found,) = [m for m in lower(planned(training)).modules if m.source == "batch"]
    return found


def container(training: str) -> dict[str, Any]:
    made: dict[str, Any] = module(training).variables["definition"]
    return made


def needs(training: str) -> dict[str, str]:
    return {need["type"]: need["value"] for need in container(training)["resourceRequirements"]}


def told(training: str) -> dict[str, str]:
    return {one["name"]: one["value"] for one in container(training)["environment"]}


def test_a_container_has_a_node_to_itself() -> None:
    assert needs(FIT) == {"VCPU": "8", "MEMORY": str(int(32 * 1024 * BATCH_MEMORY_SHARE))}
    assert needs(GPU)["GPU"] == "4"
    assert module(GPU).variables["gpu"] is True and module(FIT).variables["gpu"] is False
    assert "gpu" in container(GPU)["image"] and "cpu" in container(FIT)["image"]


@pytest.mark.parametrize(
    ("spot", "markets"), [("0%", ["EC2"]), ("100%", ["SPOT"]), ("80%", ["SPOT", "EC2"])]
)  # fmt: skip
def test_on_demand_steps_in_where_a_share_was_asked_for(spot: str, markets: list[str]) -> None:
    assert module(f"{FIT}, capacity: {{spot: {spot}}}").variables["markets"] == markets


def test_a_pool_is_counted_in_processors_and_idle_nodes_cost_nothing() -> None:
    assert module(FIT).variables["vcpus"] == {"min": 0, "max": 8}
    assert module(f"{FIT}, pool: 1..4").variables["vcpus"] == {"min": 8, "max": 32}


def test_nodes_of_one_job_stand_close_and_in_one_zone() -> None:
    made = module(f"{FIT}, nodes: 2").variables
    assert made["nodes"] == 2 and made["placement_group"] is True and len(made["subnets"]) == 1
    assert made["vcpus"] == {"min": 0, "max": 16}


def test_a_command_is_in_the_archive_that_its_container_fetches() -> None:
    plan = planned(f"{FIT}, {SAVED}")
    (archive,) = code_archives(plan)
    names = zipfile.ZipFile(BytesIO(archive.content)).namelist()
    assert {RUN_STEP, f"{OWN}/{STARTER.replace('.', '/')}.py", f"{OWN}/jobs/carry.py"} <= set(names)
    assert "'" not in START.split("python3 -c '")[1].split("' &&")[0]
    said = told(f"{FIT}, {SAVED}, env: {{TEAM: risk}}")
    assert said["LANDFORM_CODE"] == "s3://demo-dev-artifacts-123456789012-us-east-1/code/train_fit.zip"
    assert said["LANDFORM_DATA_ROWS"] == "demo-dev-rows-123456789012-us-east-1"
    assert said["LANDFORM_CHECKPOINT_URI"] == "s3://demo-dev-models-123456789012-us-east-1/checkpoints/train-fit/"
    assert (said["LANDFORM_CHECKPOINT_EVERY"], said["TEAM"]) == ("300", "risk")


CHANNELS = "inputs: {train: {from: rows, prefix: train/}, all.v2: {from: rows}}, output: models"


def test_inputs_and_output_are_told_and_allowed_as_on_sagemaker() -> None:
    said = told(f"{FIT}, {CHANNELS}, hyperparameters: {{eta: 0.3}}")
    assert said["LANDFORM_INPUT_TRAIN"] == "/opt/landform/input/train"
    assert said["LANDFORM_FROM_TRAIN"] == "s3://demo-dev-rows-123456789012-us-east-1/train/"
    assert said["LANDFORM_INPUT_ALL_V2"] == "/opt/landform/input/all.v2"
    assert said["LANDFORM_OUTPUT_URI"] == "s3://demo-dev-models-123456789012-us-east-1/training/train-fit/"
    managed = FIT.replace("platform: batch, instance: m6i.2xlarge", "platform: sagemaker, cpu: 8")
    here, there = (
        {
            (g.edge, action, resource)
            for g in planned(f"{training}, {CHANNELS}").grants
            if ".inputs." in g.edge or ".output." in g.edge
            for action in g.statement.actions
            for resource in g.statement.resources
        }
        for training in (FIT, managed)
    )
    assert here and here == there


def test_hyperparameters_lie_beside_the_code_as_sagemaker_writes_them() -> None:
    training = f"{FIT}, hyperparameters: {{eta: 0.3, objective: 'binary:logistic'}}"
    (archive,) = code_archives(planned(training))
    assert b'{"eta": "0.3", "objective": "binary:logistic"}' in archive.content
    assert told(training)["LANDFORM_HYPERPARAMETERS"] == "/opt/landform/code/.landform-hyperparameters.json"


def test_at_its_times_a_job_is_submitted_by_a_role_that_can_do_nothing_else() -> None:
    plan = planned(f"{FIT}, schedule: rate(12 hours)")
    (made,) = [m for m in lower(plan).modules if m.source == "schedule"]
    assert made.address == "train_fit_schedule" and made.variables["call"] == "batch:submitJob"
    allowed = {
        (action, resource)
        for g in plan.grants
        if g.edge == "train.fit.schedule"
        for action in g.statement.actions
        for resource in g.statement.resources
    }
    assert allowed == {
        ("batch:SubmitJob", "arn:aws:batch:us-east-1:123456789012:job-queue/demo-dev-fit"),
        ("batch:SubmitJob", "arn:aws:batch:us-east-1:123456789012:job-definition/demo-dev-fit"),
        ("batch:SubmitJob", "arn:aws:batch:us-east-1:123456789012:job-definition/demo-dev-fit:*"),
        ("kms:Decrypt", "arn:aws:kms:us-east-1:123456789012:key/*"),
    }


def test_each_of_three_roles_has_its_own_and_no_more() -> None:
    grants = planned(FIT).grants
    by_role = {
        role: {action for g in grants if g.principal.endswith(f"role/{role}") for action in g.statement.actions}
        for role in ("demo-dev-fit-us-east-1", "demo-dev-fit-start-us-east-1", "demo-dev-fit-host-us-east-1")
    }
    assert {action.split(":")[0] for action in by_role["demo-dev-fit-us-east-1"]} == {"s3", "kms"}
    assert {action.split(":")[0] for action in by_role["demo-dev-fit-start-us-east-1"]} == {"ecr", "logs"}
    assert {action.split(":")[0] for action in by_role["demo-dev-fit-host-us-east-1"]} == {"ecs"}


def test_without_a_way_out_the_nodes_find_their_cluster_and_their_image() -> None:
    plan = planned(FIT, f"network: {{egress: none}}\n{HEAD}")
    services = {service for _, service in plan.endpoint_statements}
    assert {"ecs", "ecs-agent", "ecs-telemetry", "ecr.api", "ecr.dkr", "logs", "s3"} <= services
    agent = json.dumps([s.conditions for s in plan.endpoint_statements["us-east-1", "ecs-agent"]])
    assert "demo-dev-fit-host-us-east-1" in agent and "role/demo-dev-fit-us-east-1" not in agent
    (boot,) = [s for s in plan.endpoint_statements["us-east-1", "s3"] if s.sid == "Boot"]
    assert boot.resources == ("arn:aws:s3:::prod-us-east-1-starport-layer-bucket/*",)


def test_the_key_of_encrypted_disks_is_open_to_what_starts_the_nodes() -> None:
    (keys,) = [m for m in lower(planned(FIT)).modules if m.source == "key"]
    assert keys.variables["keys"]["shared"]["disks"] is True


def test_an_image_of_one_s_own_may_lie_anywhere() -> None:
    own = planned(FIT.replace("pytorch-2.10", "docker.io/acme/fit:3"))
    assert own.batches[0].image == "docker.io/acme/fit:3"
    assert not any(g.edge == "train.fit.registry" for g in own.grants)


@pytest.mark.parametrize(
    ("training", "code"),
    [
        (f"{FIT}, nodes: 2, capacity: {{spot: 100%}}", "LF0611"),
        (f"{FIT}, capacity: {{spot: 80%, on_demand_base: 1}}", "LF0611"),
        (f"{FIT}, disk: {{data: 100GiB gp3}}", "LF0611"),
        (f"{FIT}, disk: {{root: 20GiB gp3}}", "LF0609"),
        (FIT.replace("m6i.2xlarge", "inf2.xlarge").replace("pytorch-2.10", "a.b/c:1"), "LF0611"),
        (FIT.replace("m6i.2xlarge", "p3dn.24xlarge"), "LF0404"),
        (FIT.replace("m6i.2xlarge", "m6g.2xlarge"), "LF0404"),
        (FIT.replace("m6i.2xlarge", "m6i.3xlarge"), "LF0401"),
        (FIT.replace("pytorch-2.10", "pytorch-9"), "LF0203"),
        (f"{FIT}, nodes: 4, pool: 0..2", "LF0608"),
        (f"{FIT}, capacity: {{spot: 80%}}", "LF0613"),
        (f"{FIT}, capacity: {{spot: 100%}}", "LF0601"),
        (f"{FIT}, nodes: 2, pool: 0..2, checkpoint: {{to: models}}", "LF0610"),
        (f"{FIT}, env: {{LONG: {'x' * 24_000}}}", "LF0606"),
        (f"{FIT}, max_runtime: 30s", "LF0202"),
        (f"{FIT}, reports: [auc]", "LF0613"),
        (f"{FIT}, max_wait: 1h", "LF0201"),
        (f"{FIT}, capacity: {{max_wait: 1h}}", "LF0613"),
        (FIT.replace(", command: python main.py", ""), "LF0206"),
    ],
)
def test_what_batch_cannot_do_or_decides_itself_is_said(training: str, code: str) -> None:
    assert code in outcome(f"{HEAD}train: {{fit: {{{training}}}}}\n").codes
