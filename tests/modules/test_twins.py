"""What modules share, they say alike: a machine and the nodes of a fleet, and all that runs trainings."""

from __future__ import annotations

import re

import pytest

from .conftest import MODULES

DIFFERENT = {
    'variable "name"': "names the group, not the machine",
    'variable "data"': "a machine's disk outlives it, a node's goes with it",
    'variable "tags"': "of a machine, default_tags reach the instance",
    'variable "protect"': "a machine is kept, a fleet drains",
    'resource "aws_launch_template" "this"': "a group chooses type and market itself, and has the data disk in it",
    'output "role_arn"': "speaks of nodes",
    'output "security_group_id"': "speaks of nodes",
}
"""Blocks that both modules have, each in its own way, and why."""


def blocks(module: str) -> dict[str, str]:
    """Top-level blocks of a module: kind and labels => what stands between the braces."""
    text = "\n".join(path.read_text() for path in sorted((MODULES / module).glob("*.tf")))
    return dict(re.findall(r"^(\w.*?) {\n(.*?)^}$", text, re.DOTALL | re.MULTILINE))


MACHINE, FLEET = blocks("machine"), blocks("fleet")
SHARED = sorted(MACHINE.keys() & FLEET.keys())


def test_they_share_their_edges() -> None:
    expected = {"locals", 'variable "egress"', 'variable "statements"', 'resource "aws_iam_role" "this"'}
    assert expected <= set(SHARED) - DIFFERENT.keys()


@pytest.mark.parametrize("block", [block for block in SHARED if block not in DIFFERENT])
def test_twins_say_the_same(block: str) -> None:
    assert MACHINE[block] == FLEET[block]


@pytest.mark.parametrize("block", DIFFERENT)
def test_what_may_differ_does(block: str) -> None:
    assert MACHINE[block] != FLEET[block]


OTHERWISE = {
    "locals": "each policy and definition is the platform's",
    'output "definition"': "SageMaker's lies in SSM, Batch's in Batch",
    'output "queue"': "of Batch one that is always there, of a fleet one where it has a command",
    'output "request"': "each platform is asked in its own way",
    'output "role_arn"': "speaks of jobs, commands or nodes",
    'output "security_group_id"': "speaks of jobs or nodes",
    'resource "aws_iam_role" "this"': "each service takes the role by itself",
    'resource "aws_launch_template" "this"': "Batch boots its own image, with user data in MIME parts",
    'resource "aws_security_group" "this"': "nothing of Terraform's is in the group of Batch or SageMaker",
    'resource "aws_vpc_security_group_egress_rule" "self"': "Batch knows how many nodes a job has",
    'resource "aws_vpc_security_group_ingress_rule" "self"': "Batch knows how many nodes a job has",
    'variable "definition"': "of SageMaker a request, of Batch a container",
    'variable "egress"': "of nodes, or of jobs",
    'variable "file_systems"': "what SageMaker mounts asks no identity",
    'variable "instance_types"': "Batch has no bound of forty",
    'variable "key_arn"': "of other things",
    'variable "log_group"': "where only commands write",
    'variable "name"': "of other things, of other lengths",
    'variable "placement_group"': "has a default where a fleet is told",
    'variable "role_name"': "Batch has an instance profile for another role",
    'variable "root"': "Batch's image takes 30 GiB",
    'variable "self_ingress"': "of machines, or of nodes",
    'variable "statements"': "of the role of a command, or of a host",
    'variable "subnets"': "SageMaker and Batch take sixteen",
    'variable "tags"': "of other things",
}
"""Blocks that the modules of trainings may say each in its own way, and why."""

TRAININGS = {name: blocks(name) for name in ("batch", "fleet", "job")}
PAIRS = [(one, other) for one in TRAININGS for other in TRAININGS if one < other]


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_trainings_say_the_same_on_every_platform(one: str, other: str) -> None:
    shared = TRAININGS[one].keys() & TRAININGS[other].keys()
    assert [b for b in sorted(shared - OTHERWISE.keys()) if TRAININGS[one][b] != TRAININGS[other][b]] == []
    # How a file system is reached, and what is let out, is the same everywhere.
    rules = {f'resource "aws_vpc_security_group_{way}_rule" "mounts"' for way in ("egress", "ingress")}
    assert rules | {'resource "aws_vpc_security_group_egress_rule" "this"', 'variable "vpc_id"'} <= shared


def test_what_trainings_may_say_otherwise_they_do() -> None:
    differs = {
        block
        for one, other in PAIRS
        for block in TRAININGS[one].keys() & TRAININGS[other].keys()
        if TRAININGS[one][block] != TRAININGS[other][block]
    }
    assert differs == OTHERWISE.keys()


def test_the_role_of_a_schedule_is_written_as_that_of_a_training() -> None:
    schedule = blocks("schedule")
    for block in ('variable "account"', 'variable "region"', 'variable "statements"', "terraform"):
        assert schedule[block] == TRAININGS["job"][block]


CALLING = ("batch", "beanstalk", "endpoint", "fleet", "function", "job", "machine", "web")


@pytest.mark.parametrize("name", CALLING)
def test_whatever_runs_may_call_an_api_in_the_same_words(name: str) -> None:
    # Beanstalk has a second role, which looks after the instances.
    told = (MODULES / name / "apis.tf").read_text().replace('aws_iam_role.this["instance"]', "aws_iam_role.this")
    assert told.replace(f"{name}_apis", "x_apis") == (MODULES / "function" / "apis.tf").read_text().replace(
        "function_apis", "x_apis"
    )
    # What may start at once waits for its permissions.
    rest = "".join(path.read_text() for path in (MODULES / name).glob("*.tf") if path.name != "apis.tf")
    assert f"aws_iam_role_policy.{name}_apis" in rest


def test_the_same_firewall_stands_before_hosts_and_beanstalk() -> None:
    ours = (MODULES / "beanstalk" / "waf.tf").read_text()
    ours = ours.replace("one(aws_elastic_beanstalk_environment.this.load_balancers)", "aws_lb.this.arn")
    ours = ours.replace("an instance", "a host").replace("var.logs.", "var.log_group.")
    assert ours == (MODULES / "web" / "waf.tf").read_text()


WAYS = {
    "mounts": ("batch", "fleet", "job", "machine", "web"),
    "calls_back": ("batch", "fleet", "job", "machine", "web"),
    "calls": ("batch", "endpoint", "fleet", "function", "job", "machine", "web"),
    "this": ("batch", "beanstalk", "endpoint", "fleet", "function", "job", "machine", "web"),
}
"""What is let out, or in, by the name of its rules → the modules that have it. A module of its own for them would put a
second level into each address that users, proof and waivers know, and no module call may wait for another
(`depends_on`): so each has the rules, and here they are held to be the same."""


@pytest.mark.parametrize("rule", WAYS)
def test_the_ways_to_others_are_the_same_in_every_module(rule: str) -> None:
    directions = ("egress",) if rule == "this" else ("egress", "ingress")
    for direction in directions:
        block = f'resource "aws_vpc_security_group_{direction}_rule" "{rule}"'
        assert len({blocks(name)[block] for name in WAYS[rule]}) == 1, block


@pytest.mark.parametrize(("local", "where"), [("egress", WAYS["this"]), ("mounts", WAYS["mounts"])])
def test_the_ways_are_reckoned_from_the_same_arguments(local: str, where: tuple[str, ...]) -> None:
    texts = ["\n".join(path.read_text() for path in sorted((MODULES / name).glob("*.tf"))) for name in where]
    found = [re.findall(rf"^  {local} = merge\(.*?^  ]\.\.\.\)$", text, re.DOTALL | re.MULTILINE) for text in texts]
    assert all(len(each) == 1 for each in found)
    assert len({each[0] for each in found}) == 1


HOSTED = {
    "locals": "each policy is the module's own",
    'output "role_arn"': "speaks of hosts, nodes or the machine",
    'output "security_group_id"': "speaks of hosts, nodes or the machine",
    'resource "aws_autoscaling_group" "this"': "hosts answer a balancer, nodes take jobs",
    'resource "aws_launch_template" "this"': "a fleet's has a data disk, a machine's its type",
    'variable "after"': "of hosts, or of nodes",
    'variable "data"': "of hosts, of nodes, or kept by a machine",
    'variable "instance_types"': "of hosts, or of nodes",
    'variable "name"': "of other things",
    'variable "on_demand_base"': "of hosts, or of nodes",
    'variable "protect"': "of a balancer, a group or a machine",
    'variable "size"': "one follows a target, one a queue",
    'variable "spot_percent"': "of hosts, or of nodes",
    'variable "subnets"': "of hosts, or of nodes",
    'variable "tags"': "of other things",
}
"""Blocks that hosts of a service may say otherwise than nodes or a machine, and why."""


def test_hosts_of_a_service_say_what_nodes_and_machines_say() -> None:
    web = blocks("web")
    differs = {b for other in (FLEET, MACHINE) for b in web.keys() & other.keys() if web[b] != other[b]}
    assert differs == HOSTED.keys()
