"""What may run at once finds room in its subnets: each kind with as many addresses as it takes of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.specs import outcome

from landform.catalog import addresses

SMALL = "network: {cidr: 10.0.0.0/22, zones: 2}\n"
FREE = 2 * (64 - addresses.RESERVED)
"""Addresses of the private subnets of SMALL, whatever runs: two halves of an eighth."""

MODELS = "data: {models: {kind: bucket}}\n"
SITE = "serve: {site: {platform: beanstalk, stack: python-3.12, code: code, scale: {min: 1, max: N}}}\n"
HOSTS = "serve: {site: {platform: ec2, cpu: 2, command: run, scale: {min: 1, max: N}}}\n"
JOB = "platform: sagemaker, instance: ml.m5.large, image: xgboost-1.7, output: models, max_runtime: 1h"
BATCH = "train: {fit: {platform: batch, cpu: 8, image: pytorch-2.10, command: run, pool: 0..N}}\n"
SEARCH = "reports: [auc], tuning: {maximize: auc, jobs: 10, parallel: N, ranges: {eta: 0.1..0.5}}"

BALANCED = FREE - 2 * addresses.BALANCER
AT_ONCE = {
    "beanstalk": (SITE, BALANCED // addresses.OLD_AND_NEW),
    "hosts": (HOSTS, BALANCED * 100 // addresses.REFRESHED_PERCENT),
    "a job": (f"{MODELS}train: {{fit: {{{JOB}, nodes: N}}}}\n", FREE // addresses.TRAINING_MACHINE),
    "jobs of a tuning": (f"{MODELS}train: {{fit: {{{JOB}, nodes: 10, {SEARCH}}}}}\n", FREE // 20),
    "nodes of several": (
        BATCH.replace("pool", "nodes: 2, pool"),
        FREE // 2 // addresses.NODE_OF_SEVERAL,
    ),  # in one zone
    "nodes of one": (BATCH, FREE),
}
"""What asks for N machines, and how many find an address."""


@pytest.mark.parametrize("kind", AT_ONCE)
def test_machines_are_counted_with_all_that_they_take(kind: str, tmp_path: Path) -> None:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "Procfile").write_text("web: run\n")
    sections, most = AT_ONCE[kind]
    found = [outcome(SMALL + sections.replace("N", str(n)), file=tmp_path / "spec.yaml") for n in (most, most + 1)]
    assert [each.errors for each in found] == [[], ["LF0304"]]


def test_a_mount_target_stands_in_every_zone() -> None:
    homes = "data: {homes: {kind: efs}}\nmachines: {work: {instance: t3.micro}}\n"
    fleet = f"train: {{fit: {{platform: ec2, cpu: 2, command: run, pool: 0..{FREE - 1}}}}}\n"
    assert "LF0304" not in outcome(SMALL + homes + fleet).codes
    mounted = homes.replace("t3.micro", "t3.micro, mounts: {/home/team: homes}")
    assert "LF0304" in outcome(SMALL + mounted + fleet).codes


ONE_ZONE = FREE // 2


def test_a_lustre_file_system_stands_in_the_zone_of_what_mounts_it() -> None:
    scratch = "data: {scratch: {kind: lustre, size: 1.2TiB}}\n"
    fleet = "train: {fit: {platform: ec2, cpu: 2, command: run, pool: 0..N, mounts: {/s: scratch}}}\n"
    found = [outcome(SMALL + scratch + fleet.replace("N", str(n))) for n in (ONE_ZONE - addresses.LUSTRE, ONE_ZONE)]
    assert [each.errors for each in found] == [[], ["LF0304"]]


def test_the_home_of_studio_has_a_mount_target_in_every_zone() -> None:
    studio = "studio: {users: [ana]}\n"
    left = FREE - 2 * addresses.STUDIO_HOME - addresses.STUDIO_USER
    fleet = "train: {fit: {platform: ec2, cpu: 2, command: run, pool: 0..N}}\n"
    found = [outcome(SMALL + studio + fleet.replace("N", str(n))) for n in (left, left + 1)]
    assert [each.errors for each in found] == [[], ["LF0304"]]


def test_public_balancers_find_room_in_public_subnets() -> None:
    own = (
        "{platform: ec2, cpu: 2, command: run, public: true, domain: NAME.example.com, zone: Z0123456789ABCDEFGHIJ, "
        'certificate: "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"}'
    )
    one, two = f"one: {own.replace('NAME', 'one')}", f"two: {own.replace('NAME', 'two')}"
    assert outcome(f"{SMALL}serve: {{{one}}}\n").errors == []
    both = outcome(f"{SMALL}serve: {{{one}, {two}}}\n")
    assert both.errors == ["LF0304"] * 2
    assert "each of 2 load balancers needs 8" in both.found[0].message


def test_a_refresh_lets_as_many_stand_as_were_counted() -> None:
    hosts = (Path(__file__).parents[2] / "modules" / "web" / "hosts.tf").read_text()
    assert f"max_healthy_percentage = {addresses.REFRESHED_PERCENT}" in hosts
