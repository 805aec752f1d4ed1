"""What the identities of the sample with file systems may do with them, by the planned policies; and what not."""

from __future__ import annotations

import json
from functools import cache

import pytest

from landform.proof.ask import ask, circumstances
from landform.proof.evaluate import Request
from landform.proof.foreseen import foreseen
from landform.proof.planned import read_plan
from landform.proof.system import System, read_system

from .test_samples import ACCOUNT, TREES, plan_of

EFS = f"arn:aws:elasticfilesystem:us-east-1:{ACCOUNT}"
NOTEBOOKS = f"{EFS}:file-system/data_notebooks"
OWN = f"{EFS}:access-point/data_notebooks/machines-workbench"
SCRATCH = f"arn:aws:fsx:us-east-1:{ACCOUNT}:file-system/data_scratch"
IMAGES = f"arn:aws:s3:::shared-files-dev-images-{ACCOUNT}-us-east-1"


@cache
def system() -> System:
    root = json.loads((TREES["shared-files"] / "main.tf.json").read_text())
    return read_system(foreseen(read_plan(plan_of("shared-files")), root, ACCOUNT), ACCOUNT)


def allowed(entry: str, action: str, resource: str, point: str | None, **more: str) -> bool:
    arn = f"arn:aws:iam::{ACCOUNT}:role/shared-files-dev-{entry}-us-east-1"
    (role,) = (r for r in system().roles if r.arn == arn)
    way = {"elasticfilesystem:accesspointarn": (point,)} if point else {}
    context = {**circumstances(system(), arn), "elasticfilesystem:accessedviamounttarget": ("true",), **way}
    context |= {key.replace("__", ":"): (value,) for key, value in more.items()}
    return ask(system(), role, Request(arn, action, resource, context)).allowed


@pytest.mark.parametrize("action", ["ClientMount", "ClientWrite"])
def test_the_workbench_reads_and_writes_notebooks(action: str) -> None:
    assert allowed("workbench", f"elasticfilesystem:{action}", NOTEBOOKS, OWN)


@pytest.mark.parametrize(
    ("action", "resource", "point"),
    [
        ("elasticfilesystem:ClientRootAccess", NOTEBOOKS, OWN),
        ("elasticfilesystem:ClientMount", NOTEBOOKS, None),
        ("elasticfilesystem:ClientWrite", NOTEBOOKS, None),
        ("elasticfilesystem:ClientMount", NOTEBOOKS, f"{EFS}:access-point/data_notebooks/train-embed"),
        ("elasticfilesystem:ClientWrite", NOTEBOOKS, f"{EFS}:access-point/data_homes/machines-workbench"),
        ("elasticfilesystem:ClientMount", f"{EFS}:file-system/data_homes", OWN),
        ("elasticfilesystem:ClientMount", f"{EFS}:file-system/*", OWN),
        ("elasticfilesystem:DeleteFileSystem", NOTEBOOKS, None),
        ("elasticfilesystem:PutFileSystemPolicy", NOTEBOOKS, None),
        ("elasticfilesystem:DeleteFileSystemPolicy", NOTEBOOKS, None),
        ("elasticfilesystem:CreateMountTarget", NOTEBOOKS, None),
        ("elasticfilesystem:CreateAccessPoint", NOTEBOOKS, None),
        ("elasticfilesystem:DeleteAccessPoint", OWN, None),
        ("elasticfilesystem:TagResource", NOTEBOOKS, None),
        ("elasticfilesystem:DescribeMountTargets", NOTEBOOKS, None),
        ("fsx:DeleteFileSystem", SCRATCH, None),
        ("fsx:CreateDataRepositoryAssociation", SCRATCH, None),
        ("s3:GetObject", f"{IMAGES}/cat.jpg", None),
        ("s3:ListBucket", IMAGES, None),
        ("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/shared-files-dev-workbench-us-east-1", None),
        ("kms:Decrypt", f"arn:aws:kms:us-east-1:{ACCOUNT}:key/any", None),
    ],
)
def test_the_workbench_may_nothing_else(action: str, resource: str, point: str | None) -> None:
    assert not allowed("workbench", action, resource, point)


def test_past_the_mount_targets_nothing_is_read() -> None:
    way = {"elasticfilesystem__accessedviamounttarget": "false"}
    assert not allowed("workbench", "elasticfilesystem:ClientMount", NOTEBOOKS, OWN, **way)


@pytest.mark.parametrize("action", ["ClientMount", "ClientWrite", "ClientRootAccess"])
@pytest.mark.parametrize("point", [OWN, f"{EFS}:access-point/data_notebooks/train-embed", None])
def test_a_training_that_mounts_scratch_alone_reaches_no_notebook(action: str, point: str | None) -> None:
    assert not allowed("embed", f"elasticfilesystem:{action}", NOTEBOOKS, point)
