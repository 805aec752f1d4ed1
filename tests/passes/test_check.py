"""The rules: for each a mistake that it finds, and proof that each is asked."""

from random import Random

import pytest
from support.specs import outcome

from landform.passes.check import (
    RULES,
    batches,
    calls,
    check,
    deliver,
    drift,
    functions,
    hosted,
    iam,
    loop,
    money,
    mounts,
    served,
    sites,
    studio,
)

TRAIN = "train: {{fit: {{platform: ec2, cpu: 8, command: run, {}}}}}\n"
MACHINE = "machines: {{work: {{instance: t3.large, {}}}}}\n"
LOGS = "data: {logs: {kind: bucket}}\n"
DISK = MACHINE.replace("{}", "disk: {{{}}}")
OWN = DISK.format("root: 1GiB").replace(
    "disk:", "image: {id: ami-12345678, root_device: /dev/xvda, arch: x86_64, user: me}, disk:"
)

JOB = (
    "data: {{models: {{kind: bucket}}}}\n"
    "train: {{fit: {{platform: sagemaker, cpu: 8, image: xgboost-1.7, output: models, {}}}}}\n"
)
PUBLIC = (
    "{{platform: ec2, cpu: 2, command: run, public: true, domain: a{}.example.com, zone: Z0123456789ABCDEFGHIJ, "
    'certificate: "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"}}'
)
KEPT = "data: {features: {kind: table, key: id}}\n"
MISTAKES: list[tuple[str, str, str, str]] = [
    ("spot_work_is_saved", TRAIN.format("capacity: {spot: 80%}"), "LF0601", "80% of train.fit is spot capacity"),
    (
        "instance_store_is_not_the_only_copy",
        "machines: {work: {instance: c5d.large, disk: {local: instance-store}}}\n",
        "LF0602",
        "is lost when it stops",
    ),
    (
        "ssh_is_not_open_to_the_world",
        MACHINE.format("shell: {key: ops, from: [0.0.0.0/0]}"),
        "LF0603",
        "SSH would be open",
    ),
    (
        "ports_are_not_open_to_the_world",
        MACHINE.format("ingress: {web: {port: 80, from: [0.0.0.0/0]}}"),
        "LF0604",
        "port 80",
    ),
    (
        "ports_are_not_open_to_the_world",
        MACHINE.format("ingress: {sh: {port: 22, from: [0.0.0.0/0]}}"),
        "LF0603",
        "port 22",
    ),
    (
        "what_jobs_have_goes_with_a_command",
        "data: {kept: {kind: bucket}}\ntrain: {fit: {platform: ec2, cpu: 8, output: kept}}\n",
        "LF0207",
        "run no command that `output` would go with",
    ),
    ("a_pool_has_jobs", "train: {fit: {platform: ec2, cpu: 8, pool: 0..2}}\n", "LF0207", "it has no `command`"),
    ("a_pool_holds_a_job", TRAIN.format("nodes: 4, pool: 1..2"), "LF0608", "Write pool: 1..4."),
    ("the_base_fits", TRAIN.format("capacity: {on_demand_base: 2}"), "LF0608", "Write at most 1."),
    ("a_fleet_has_something_to_do", "train: {fit: {platform: ec2, cpu: 8}}\n", "LF0207", "run nothing"),
    ("disks_exist", DISK.format("root: 4GiB gp3"), "LF0609", "needs a root disk of 8 GiB. Write 8GiB gp3."),
    ("disks_exist", OWN, "LF0609", "needs a root disk of 8 GiB."),
    ("disks_exist", DISK.format("root: 200GiB st1"), "LF0609", "no instance boots from st1. Use gp3 or io2."),
    ("disks_exist", DISK.format("data: 100GiB st1"), "LF0609", "st1 cannot have 100 GiB: write 125GiB to 16384GiB."),
    ("disks_exist", DISK.format("data: 100TiB gp3"), "LF0609", "gp3 cannot have 102400 GiB"),
    ("disks_exist", DISK.format("data: 500GiB io2"), "LF0609", "Write e.g. 16000iops behind."),
    ("disks_exist", DISK.format("data: 10GiB io2 16000iops"), "LF0609", "write 100iops to 10000iops."),
    ("disks_exist", DISK.format("data: 100GiB gp3 2000iops"), "LF0609", "write 3000iops to 16000iops."),
    ("disks_exist", DISK.format("data: 200GiB st1 500iops"), "LF0609", "st1 takes no IOPS."),
    ("disks_exist", DISK.format("data: 200GiB gp3 100MiB/s"), "LF0609", "gp3 takes 125MiB/s to 1000MiB/s."),
    ("disks_exist", DISK.format("data: 200GiB st1 125MiB/s"), "LF0609", "st1 cannot have 125 MiB/s"),
    ("images_are_patched", "machines: {work: {instance: g5.xlarge, image: pytorch-2.7}}\n", "LF0407", "pytorch-2.12"),
    (
        "personal_data_is_audited",
        "data: {logs: {kind: bucket, class: pii}}\n",
        "LF0502",
        "nothing records who reads it",
    ),
    (
        "an_objective_is_reported",
        JOB.format("reports: [auc], tuning: {maximize: aux, jobs: 2, ranges: {eta: 0.1..0.5}}"),
        "LF0203",
        "Did you mean 'auc'?",
    ),
    (
        "what_is_tuned_is_an_algorithm",
        JOB.format("command: run, reports: [auc], tuning: {maximize: auc, jobs: 2, ranges: {eta: 0.1..0.5}}"),
        "LF0207",
        "run the program of their image",
    ),
    (
        "tuned_jobs_are_not_saved",
        JOB.format("checkpoint: {to: models}, reports: [a1], tuning: {maximize: a1, jobs: 2, ranges: {eta: 1..5}}"),
        "LF0610",
        "save no checkpoint",
    ),
    (
        "tunings_fit",
        JOB.format(
            f"env: {{{', '.join(f'A{n}: b' for n in range(48))}}}, reports: [auc], "
            "tuning: {maximize: auc, jobs: 2, ranges: {eta: 0.1..0.5}}"
        ),
        "LF0606",
        "SageMaker takes 48",
    ),
    ("data_is_used", LOGS + MACHINE.format("purchase: spot"), "LF0209", "no workload reads or writes data.logs."),
    (
        "existing_keys_are_reachable",
        "data: {logs: {kind: bucket, existing: acme, key: 'arn:aws:kms:us-east-1:999999999999:"
        "key/00000000-0000-0000-0000-000000000000'}}\n",
        "LF0503",
        "belongs to account 999999999999",
    ),
    ("endpoints_exist", "network: {endpoints: {add: [sage]}}\n", "LF0605", "unknown endpoint service 'sage'"),
    (
        "scripts_reach_what_they_need",
        "network: {egress: none}\n" + MACHINE.format("user_data: nothing.sh"),
        "LF0605",
        "the script reaches S3 and the endpoints",
    ),
    (
        "hosts_reach_what_they_need",
        "network: {egress: none}\ntrain: {job: {platform: ec2, instance: c7i.large, image: ubuntu-24.04, code: .,"
        " command: run, nodes: 1}}\n",
        "LF0605",
        "cannot install the Ubuntu archive",
    ),
    (
        "existing_networks_are_used_as_said",
        "network: {existing: {us-east-1: {vpc: vpc-12345678, cidr: 10.0.0.0/16, private: [subnet-12345678],"
        " route_tables: [rtb-1]}}}\n",
        "LF0205",
        "nothing of this version uses `route_tables`",
    ),
    (
        "buckets_stay_with_their_region",
        "data: {logs: {kind: bucket, replicate: true}}\n",
        "LF0207",
        "no replica region",
    ),
    ("locks_can_be_kept", "audit: {trail: all-regions, locked: compliance}\n", "LF0207", "Write `locked: governance`"),
    (
        "addresses_suffice",
        "network: {cidr: 10.0.0.0/22}\n" + TRAIN.format("pool: 0..1000"),
        "LF0304",
        "and what may run takes 1000.",
    ),
    (
        "addresses_suffice",
        "network: {cidr: 10.0.0.0/22, zones: 2}\n" + TRAIN.format("nodes: 100"),
        "LF0304",
        "and what may run there takes 100.",
    ),
    (
        "exports_are_as_personal_as_their_tables",
        "data: {people: {kind: table, key: id, class: pii}, models: {kind: bucket}}\n"
        "train: {fit: {platform: batch, cpu: 8, image: pytorch-2.10, command: run, "
        "inputs: {people: {from: people, via: models}}}}\n",
        "LF0502",
        "data.people is personal, and its export would lie in data.models. Name a bucket with `class: pii`.",
    ),
    (
        "exports_are_read",
        "data: {rows: {kind: table, key: id}, models: {kind: bucket}}\n"
        "train: {fit: {platform: sagemaker, instance: ml.m5.large, image: xgboost-1.7, output: models, "
        "inputs: {train: {from: rows, via: models}}}}\n",
        "LF0207",
        "train.fit runs SageMaker's own algorithm, which reads no DynamoDB JSON",
    ),
    (
        "somebody_exports",
        "data: {rows: {kind: table, key: id}, models: {kind: bucket}}\n"
        "train: {fit: {platform: batch, cpu: 8, image: pytorch-2.10, command: run, schedule: rate(1 day), "
        "inputs: {rows: {from: rows, via: models}}}}\n",
        "LF0207",
        "nobody exports data.rows at the times of train.fit.",
    ),
    (
        "balancers_find_addresses",
        "network: {cidr: 10.0.0.0/22, zones: 2}\n"
        + f"serve: {{first: {PUBLIC.format(1)}, second: {PUBLIC.format(2)}}}\n",
        "LF0304",
        "each of 2 load balancers needs 8.",
    ),
    (
        "callers_can_reach",
        MACHINE.format("shell: {key: ops, from: [203.0.113.7/32]}"),
        "LF0604",
        "machines.work has no public address: nobody in 203.0.113.7/32 reaches it.",
    ),
    (
        "a_checkpoint_has_one_writer",
        "data: {logs: {kind: bucket}}\n" + TRAIN.format("nodes: 3, checkpoint: {to: logs}"),
        "LF0610",
        "the 3 nodes of a job of train.fit save to one checkpoint.",
    ),
    (
        "disks_exist",
        DISK.format("data: 200GiB gp3 1000MiB/s"),
        "LF0609",
        "1000 MiB/s need 4000 IOPS, and the disk has 3000: write 200GiB gp3 4000iops 1000MiB/s.",
    ),
    (
        "consumers_read",
        "data: {clicks: {kind: stream, fan_out: [machines.work]}, seen: {kind: stream}}\n"
        + MACHINE.format("reads: [seen], writes: [clicks]"),
        "LF0207",
        "has no edge that reads it. Add `reads: [clicks]` there",
    ),
    (
        "user_data_fits",
        TRAIN.format(f"env: {{NOISE: x{Random(1).randbytes(20_000).hex()}}}"),
        "LF0607",
        "EC2 takes 16384.",
    ),
    (
        "policies_fit",
        "data: {"
        + ", ".join(f"d{n}: {{kind: bucket}}" for n in range(60))
        + "}\n"
        + MACHINE.format("reads: [" + ", ".join(f"d{n}" for n in range(60)) + "]"),
        "LF0606",
        "IAM takes 10240.",
    ),
    ("platforms_can", JOB.format("capacity: {spot: 80%}"), "LF0611", "as spot capacity or none"),
    (
        "a_job_waits_longer_than_it_runs",
        JOB.format("capacity: {spot: 100%, max_wait: 1h}, max_runtime: 2h"),
        "LF0612",
        "`max_wait` of train.fit is 3600 s",
    ),
    ("spot_work_is_saved", JOB.format("capacity: {spot: 100%}"), "LF0601", "train.fit is bought as spot capacity"),
    (
        "what_sagemaker_decides_is_said",
        JOB.format("disk: {root: 200GiB io2 16000iops}"),
        "LF0613",
        "SageMaker chooses the type",
    ),
    ("somebody_is_told", "data: {work: {kind: queue}}\nmonitor: {}\n", "LF0663", "nobody is told"),
    (
        "detectors_are_the_account_s",
        "audit: {trail: existing, detect: [guardduty]}\n",
        "LF0665",
        "an account has one each of guardduty in a region",
    ),
    (
        "dashboards_fit",
        f"data: {{{', '.join(f'table-{n}: {{kind: table, key: id}}' for n in range(130))}}}\nmonitor: {{}}\n",
        "LF0606",
        "655 widgets",
    ),
    ("findings_are_told", "audit: {trail: existing, detect: existing}\n", "LF0663", "what the detectors find"),
    (
        "listeners_are_used",
        "data: {work: {kind: queue}}\nmonitor: {notify: {a1: [a@b.c], b1: [b@b.c]}, tell: a1}\n",
        "LF0209",
        "no alarm tells 'b1'",
    ),
    (
        "an_algorithm_reads_its_own_metrics",
        JOB.format("reports: {auc: 'auc=(.*)'}"),
        "LF0207",
        "Name them alone: `reports: [auc]`.",
    ),
    ("jobs_fit", JOB.format("disk: {data: 20TiB gp3}"), "LF0609", "20480 GiB is over the 16384"),
    ("a_lock_is_meant", f"{KEPT}backup: {{locked: compliance}}\n", "LF0672", "nobody, not even AWS"),
    ("something_is_kept", "data: {files: {kind: bucket}}\nbackup: {retain: 7d}\n", "LF0671", "has nothing to keep"),
]


@pytest.mark.parametrize(("rule", "sections", "code", "text"), MISTAKES)
def test_a_mistake_is_found_by_its_rule(rule: str, sections: str, code: str, text: str) -> None:
    result = outcome(sections)
    assert text in " ".join(d.text for d in result.found if d.code == code)
    assert result.plan is not None
    (asked,) = [each for each in RULES if each.__name__ == rule]
    assert code in [d.code for d in asked(result.plan)]


def test_every_rule_has_a_mistake() -> None:
    elsewhere = {
        rule.__name__
        for rule in (
            *functions.RULES,
            *batches.RULES,
            *calls.RULES,
            *served.RULES,
            *drift.RULES,  # tests/passes/test_drift.py
            *loop.RULES,  # tests/broken/drift-loop.yaml, drift-unlooped.yaml
            *iam.RULES,  # tests/passes/test_iam.py
            *deliver.RULES,  # tests/delivery/test_workflow.py
            *sites.RULES,
            *hosted.RULES,
            *money.RULES,
            *mounts.RULES,  # tests/passes/test_check_mounts.py
            *studio.RULES,
        )
    }
    elsewhere |= {"copies_are_not_written_one_way"}  # needs a second region: tests/passes/test_served.py
    elsewhere |= {"production_is_backed_up", "copies_outlive_the_region"}  # tests/passes/test_backups.py
    elsewhere |= {"composites_fit"}  # takes more alarms than a few lines make: tests/passes/test_monitor_limits.py
    assert {rule.__name__ for rule in RULES} - elsewhere == {rule for rule, *_ in MISTAKES}


def test_every_rule_says_why() -> None:
    assert all(rule.__doc__ for rule in RULES)


def test_check_asks_every_rule() -> None:
    plan = outcome(TRAIN.format("capacity: {spot: 80%}")).plan
    assert plan is not None
    after, found = check(plan)
    assert after is plan
    assert list(found) == [diagnostic for rule in RULES for diagnostic in rule(plan)]


SOUND = [
    LOGS + TRAIN.format("capacity: {spot: 80%}, checkpoint: {to: logs}"),
    LOGS + "machines: {work: {instance: c5d.large, disk: {local: instance-store}, writes: [logs]}}\n",
    MACHINE.format("shell: {key: ops, from: [10.0.0.0/8, 203.0.113.0/24]}, ingress: {web: {port: 80}}"),
    TRAIN.format("nodes: 2, pool: 0..2, capacity: {on_demand_base: 2}"),
    DISK.format("root: 8GiB gp3, data: 125GiB st1"),
    DISK.format("data: 500GiB io2 16000iops"),
    "data: {logs: {kind: bucket, class: pii}}\naudit: {trail: existing}\n",
    "network: {egress: none, endpoints: {add: [sts]}}\n",
    "network: {cidr: 10.0.0.0/22}\n" + TRAIN.format("pool: 0..100"),
]


@pytest.mark.parametrize("sections", SOUND)
def test_what_is_right_is_left_alone(sections: str) -> None:
    assert outcome(sections).codes == []


def test_a_compliance_lock_goes_with_production() -> None:
    assert outcome("audit: {trail: all-regions, locked: compliance}\n", environment="production").codes == []
