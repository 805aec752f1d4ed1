"""The proof on the role of AWS Backup: what it keeps, by which keys, into which vaults, and nothing besides."""

import json
from dataclasses import replace

import pytest
from tests.passes.test_backups import SPEC

from landform.commands.workspace import laid_out
from landform.emit.tree import tree
from landform.pipeline import analyse
from landform.proof.ask import ask, circumstances
from landform.proof.evaluate import Request
from landform.proof.grants import Grant, read_grants
from landform.proof.planned import read_plan
from landform.proof.prove import prove
from landform.proof.system import System, read_system
from landform.rehearse.terraform import offline_plan

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/demo-prd-backup-us-east-1"
TAGS = {"aws:resourcetag/landform:environment": ("production",), "aws:resourcetag/landform:system": ("demo",)}
VOLUME = f"arn:aws:ec2:us-east-1:{ACCOUNT}:volume/vol-1"
FILES = f"arn:aws:elasticfilesystem:us-east-1:{ACCOUNT}:file-system/fs-1"
SNAPSHOT = "arn:aws:ec2:us-east-1::snapshot/snap-1"
VAULT = f"arn:aws:backup:{{}}:{ACCOUNT}:backup-vault:{{}}"
TABLE = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/demo-prd-{{}}"
Compiled = tuple[System, tuple[Grant, ...], dict[str, str]]


@pytest.fixture(scope="module")
def backed(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    folder = tmp_path_factory.mktemp("backed")
    (folder / "demo.yaml").write_text(SPEC)
    analysis = analyse(folder / "demo.yaml")
    assert analysis.plan is not None and analysis.sound, [d.text for d in analysis.diagnostics]
    files = tree(analysis.plan)
    system = read_system(read_plan(offline_plan(laid_out(analysis, files, folder / "out"))), ACCOUNT)
    return system, read_grants(json.loads(files["grants.json"])), json.loads(files["sourcemap.json"])


def told(backed: Compiled, grants: tuple[Grant, ...]) -> list[tuple[str, str]]:
    system, _, sections = backed
    return [(d.code, d.message) for d in prove(system, grants, sections) if d.path == ("environment",)]


def test_the_role_is_proven(backed: Compiled) -> None:
    assert told(backed, backed[1]) == []
    assert {g.edge for g in backed[1] if g.principal == ROLE} == {"environment"}


def test_each_statement_is_needed_and_each_action_of_it(backed: Compiled) -> None:
    own = [g for g in backed[1] if g.principal == ROLE]
    assert len(own) >= 12
    for grant in own:
        rest = tuple(g for g in backed[1] if g is not grant)
        for action in grant.actions:
            less = replace(grant, actions=tuple(a for a in grant.actions if a != action))
            assert [m for code, m in told(backed, (*rest, less)) if code == "LF0809" and action.lower() in m.lower()]


NEAR: list[tuple[str, str, str, dict[str, tuple[str, ...]], bool]] = [
    ("a table of the system", "dynamodb:StartAwsBackupJob", TABLE.format("people"), {}, True),
    ("its content", "dynamodb:Scan", TABLE.format("people"), {}, False),
    ("a table of somebody else", "dynamodb:StartAwsBackupJob", TABLE.format("people-2"), {}, False),
    ("the end of a table", "dynamodb:DeleteTable", TABLE.format("people"), {}, False),
    ("a file system of the system", "elasticfilesystem:Backup", FILES, TAGS, True),
    ("a file system without its tags", "elasticfilesystem:Backup", FILES, {}, False),
    ("a mount", "elasticfilesystem:ClientMount", FILES, TAGS, False),
    ("a disk of the system", "ec2:CreateSnapshot", VOLUME, TAGS, True),
    ("a disk without its tags", "ec2:CreateSnapshot", VOLUME, {}, False),
    (
        "a snapshot that it made",
        "ec2:DeleteSnapshot",
        SNAPSHOT,
        {"aws:resourcetag/aws:backup:source-resource": ("vol-1",)},
        True,
    ),
    ("a snapshot that somebody made", "ec2:DeleteSnapshot", SNAPSHOT, {}, False),
    ("a snapshot for everybody", "ec2:ModifySnapshotAttribute", SNAPSHOT, {}, False),
    ("its vault", "backup:CopyIntoBackupVault", VAULT.format("us-east-1", "demo-prd"), {}, True),
    ("the vault of copies", "backup:CopyIntoBackupVault", VAULT.format("eu-west-1", "demo-prd"), {}, True),
    ("a vault of another region", "backup:CopyIntoBackupVault", VAULT.format("eu-west-3", "demo-prd"), {}, False),
    ("a vault of somebody else", "backup:CopyIntoBackupVault", VAULT.format("us-east-1", "other"), {}, False),
    ("the end of a recovery point", "backup:DeleteRecoveryPoint", VAULT.format("us-east-1", "demo-prd"), {}, False),
]


@pytest.mark.parametrize(("action", "resource", "more", "allowed"), [n[1:] for n in NEAR], ids=[n[0] for n in NEAR])
def test_near_misses(
    backed: Compiled, action: str, resource: str, more: dict[str, tuple[str, ...]], allowed: bool
) -> None:
    system = backed[0]
    role = next(r for r in system.roles if r.arn == ROLE)
    request = Request(ROLE, action, resource, circumstances(system, ROLE) | more)
    assert ask(system, role, request).allowed is allowed


@pytest.mark.parametrize(
    ("alias", "action", "via", "allowed"),
    [
        ("alias/demo-prd/data/people", "kms:Decrypt", "dynamodb", True),
        ("alias/demo-prd/shared", "kms:Decrypt", "dynamodb", True),
        ("alias/demo-prd/data/people", "kms:Decrypt", "s3", False),
        ("alias/demo-prd/audit", "kms:Decrypt", "dynamodb", False),
        ("alias/demo-prd/shared", "kms:ReEncryptFrom", "ec2", True),
        ("alias/demo-prd/audit", "kms:DescribeKey", "ec2", False),
        ("alias/demo-prd/backup", "kms:ScheduleKeyDeletion", "ec2", False),
    ],
)
def test_keys(backed: Compiled, alias: str, action: str, via: str, allowed: bool) -> None:
    system = backed[0]
    role = next(r for r in system.roles if r.arn == ROLE)
    more = {"kms:resourcealiases": (alias,), "kms:viaservice": (f"{via}.us-east-1.amazonaws.com",)}
    key = next(s for s in system.stores if s.kind == "kms" and alias in s.aliases and s.region == "us-east-1")
    request = Request(ROLE, action, key.arn, circumstances(system, ROLE) | more)
    assert ask(system, role, request).allowed is allowed
