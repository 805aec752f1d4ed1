"""Policies that name what has no id yet: read from the root module, and from the plan once it is known."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from landform.proof.foreseen import WRITERS, foreseen
from landform.proof.grants import Grant, read_grants
from landform.proof.planned import Planned, Resource
from landform.proof.prove import prove
from landform.proof.system import read_system

ACCOUNT, REGION = "123456789012", "us-east-1"
HOMES = f"arn:aws:elasticfilesystem:{REGION}:{ACCOUNT}:file-system/data_homes"
POINT = f"arn:aws:elasticfilesystem:{REGION}:{ACCOUNT}:access-point/data_homes/machines-work"
REAL = f"arn:aws:elasticfilesystem:{REGION}:{ACCOUNT}:file-system/fs-1"
REAL_POINT = f"arn:aws:elasticfilesystem:{REGION}:{ACCOUNT}:access-point/fsap-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/work"
EDGE = "machines.work.mounts.homes"
PLACES = {"module.data_homes": "data.homes", "module.machines_work": "machines.work"}


def statement(store: str, point: str, *actions: str) -> dict[str, Any]:
    conditions = {
        "Bool": {"elasticfilesystem:AccessedViaMountTarget": ["true"]},
        "StringEquals": {"elasticfilesystem:AccessPointArn": [point]},
    }
    return {"sid": "DataHomesFiles", "actions": list(actions), "resources": [store], "conditions": conditions}


def root(*actions: str, point: str = '${module.data_homes.access_points["machines-work"]["arn"]}') -> dict[str, Any]:
    own = statement("${module.data_homes.arn}", point, *actions)
    return {"module": {"machines_work": {"file_systems": {"homes": {"statements": [own]}}}}}


def resource(module: str, kind: str, block: str, key: str | None = None, **values: Any) -> Resource:
    index = f'["{key}"]' if key else ""
    unknown = {"policy": True} if values.get("policy", "") is None else {}
    expressions = {"role": {"references": ["aws_iam_role.this.name", "aws_iam_role.this"]}, "policy": {}}
    address = f"module.{module}.{kind}.{block}{index}"
    known = {k: v for k, v in values.items() if v is not None}
    return Resource(address, f"module.{module}", "", kind, block, key, REGION, known, unknown, expressions)


def planned(policy: str | None = None, ids: bool = False) -> Planned:
    role = resource("machines_work", "aws_iam_role", "this", name="work", assume_role_policy=None)
    configuration = {"root_module": {"module_calls": {"machines_work": {}, "data_homes": {}}}}
    return Planned(
        (
            resource("data_homes", "aws_efs_file_system", "this", **({"arn": REAL} if ids else {})),
            resource(
                "data_homes",
                "aws_efs_access_point",
                "this",
                "machines-work",
                **({"arn": REAL_POINT} if ids else {}),
            ),
            role,
            resource("machines_work", "aws_cloudwatch_log_group", "this", name="/landform/demo/dev/machines/work"),
            resource("machines_work", "aws_iam_role_policy", "machine_mounts", "homes", role="work", policy=policy),
        ),
        configuration,
    )


def granted(*actions: str) -> tuple[Grant, ...]:
    own = statement(HOMES, POINT, *actions)
    entry = {"principal": ROLE, "edge": EDGE, "condition": own["conditions"], **own}
    return read_grants([entry])


def proof(plan: Planned, module: dict[str, Any]) -> list[str]:
    known = foreseen(plan, module, ACCOUNT)
    return [d.code for d in prove(read_system(known, ACCOUNT), granted("elasticfilesystem:ClientMount"), PLACES)]


def test_a_policy_is_known_before_it_stands() -> None:
    known = foreseen(planned(), root("elasticfilesystem:ClientMount"), ACCOUNT)
    (own,) = json.loads(known.resources[-1].values["policy"])["Statement"]
    assert (own["Resource"], own["Action"]) == ([HOMES], ["elasticfilesystem:ClientMount"])
    assert own["Condition"]["StringEquals"] == {"elasticfilesystem:AccessPointArn": [POINT]}


def test_without_it_nothing_could_be_proven() -> None:
    found = prove(read_system(planned(), ACCOUNT), granted("elasticfilesystem:ClientMount"), PLACES)
    assert "LF0805" in {d.code for d in found}


def test_what_the_edge_means_is_proven() -> None:
    assert proof(planned(), root("elasticfilesystem:ClientMount")) == []


@pytest.mark.parametrize(
    "module",
    [
        root("elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"),
        root("elasticfilesystem:ClientMount", "elasticfilesystem:ClientRootAccess"),
        root("elasticfilesystem:ClientMount", point="*"),
    ],
    ids=["writes", "root", "any access point"],
)
def test_what_no_edge_means_is_found(module: dict[str, Any]) -> None:
    assert {"LF0805", "LF0810"} & set(proof(planned(), module))


def test_a_missing_permission_is_found() -> None:
    assert "LF0809" in proof(planned(), root("elasticfilesystem:ClientWrite"))


def test_what_stands_is_read_and_not_believed() -> None:
    own = statement(REAL, REAL_POINT, "elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite")
    written = {"Sid": own["sid"], "Effect": "Allow", "Action": own["actions"], "Resource": own["resources"]}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [written | {"Condition": own["conditions"]}]})
    assert "LF0810" in proof(planned(policy, ids=True), root("elasticfilesystem:ClientMount"))
    narrow = policy.replace(', "elasticfilesystem:ClientWrite"', "")
    assert proof(planned(narrow, ids=True), {}) == []


def test_every_module_whose_policies_wait_for_ids_is_read() -> None:
    """What mounts or calls an API has a policy of its own for it, which no plan knows."""
    modules = Path(__file__).parents[2] / "modules"
    text = "".join(path.read_text("utf-8") for path in modules.glob("*/*.tf"))
    written = set(re.findall(r'^resource "aws_iam_role_policy" "(\w+_(?:mounts|apis))"', text, re.MULTILINE))
    assert written == set(WRITERS)
