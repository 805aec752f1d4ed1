"""The samples, all the way: through the static job of their workflow, which checks, compiles, validates, plans and
scans each (.ci/static_job.py); valid on the other provider too; and what a role of theirs may do, by that plan.
"""

from __future__ import annotations

import atexit
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from support.planned import ONLY_PLANNED
from support.samples import ALL
from support.schema_provider import serve

from landform.cli import main
from landform.proof.ask import ask, circumstances
from landform.proof.evaluate import Request, Situation, decide
from landform.proof.foreseen import foreseen
from landform.proof.grants import Grant, as_policy, read_grants
from landform.proof.patterns import exemplar
from landform.proof.planned import read_plan
from landform.proof.prove import prove
from landform.proof.system import Role, System, read_system
from landform.rehearse.terraform import find_terraform

ROOT = Path(__file__).parents[2]
NAMES = sorted(ALL)
SPECS = {name: ROOT / "specs" / f"{name}.yaml" for name in NAMES}
TREES = {
    "clickstream": ROOT / "generated" / "clickstream" / "staging",
    "console": ROOT / "generated" / "console" / "development",
    "credit": ROOT / "generated" / "credit" / "development",
    "fraud-detection": ROOT / "generated" / "fraud-detection" / "production",
    "ingest": ROOT / "generated" / "ingest" / "development",
    "nightly": ROOT / "generated" / "nightly" / "development",
    "quickstart": ROOT / "generated" / "quickstart" / "development",
    "recommender": ROOT / "generated" / "recommender" / "development",
    "returns": ROOT / "generated" / "returns" / "development",
    "shared-files": ROOT / "generated" / "shared-files" / "development",
    "studio": ROOT / "generated" / "retention" / "staging",
    "training-platform": ROOT / "generated" / "training-platform" / "production",
}
ACCOUNT = "123456789012"
WORKBENCH = f"arn:aws:iam::{ACCOUNT}:role/training-platform-prd-workbench-us-east-1"


WAIVED = {"fraud-detection": 17}
"""How many checks are waived at most; the flagship has a component of every kind, the loop among them."""


@cache
def job_of(name: str) -> tuple[subprocess.CompletedProcess[str], Path]:
    """The static job, run once, and the folder in which it left what it worked on."""
    kept = Path(tempfile.mkdtemp(prefix=f"static-job-{name}-"))
    atexit.register(shutil.rmtree, kept, ignore_errors=True)
    command = [sys.executable, ".ci/static_job.py", "--keep", str(kept), str(SPECS[name])]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False), kept


@cache
def plan_of(name: str) -> dict[str, Any]:
    plan: dict[str, Any] = json.loads((job_of(name)[1] / "plan.json").read_text())
    return plan


def left_by_the_job(name: str, file: str) -> Any:
    """A file of the tree that was planned: that of a sample which would be delivered."""
    return json.loads((job_of(name)[1] / "project" / TREES[name].relative_to(ROOT) / file).read_text())


@pytest.mark.parametrize("name", SPECS)
def test_the_static_job_passes(name: str) -> None:
    done, _ = job_of(name)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("exit 0") == 5
    assert done.stdout.rstrip().endswith("stopped at: nothing")


@pytest.mark.parametrize("name", SPECS)
def test_waivers_stay_few(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By what checkov said in the job, which told it as SARIF: that has no waived findings."""
    kept = job_of(name)[1]
    again = tmp_path / "checkov"
    again.write_text(f'#!/bin/sh\ncat "{kept}/$4.json"\n')
    again.chmod(0o755)
    monkeypatch.setenv("LANDFORM_CHECKOV", str(again))
    monkeypatch.chdir(kept / "project")
    scan = ["scan", f"specs/{name}.yaml", "--with", "specs/delivered.yaml", "--plan", str(kept / "plan.json")]
    assert main(scan) == 0, capsys.readouterr().err
    told = capsys.readouterr().out
    assert " 0 failed" in told
    ids = {line.split()[1].rstrip(":") for line in told.splitlines() if line.strip().startswith("waived")}
    assert 0 < len(ids) <= WAIVED.get(name, 12)


@pytest.fixture(scope="module")
def attached() -> Iterator[dict[str, str]]:
    """The environment in which Terraform finds the schema of provider 6."""
    with serve() as environment:
        yield environment


@pytest.mark.parametrize("name", SPECS)
def test_valid_on_the_schema_of_provider_6(name: str, tmp_path: Path, attached: dict[str, str]) -> None:
    folder = tmp_path / "generated" / "system" / "environment"
    shutil.copytree(TREES[name], folder)
    shutil.copytree(ROOT / "modules", tmp_path / "modules", ignore=shutil.ignore_patterns(".terraform*", "tests"))
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("TF_", "AWS_"))}
    for command in (("init", "-backend=false"), ("validate", "-json")):
        done = subprocess.run(
            [find_terraform(), *command], cwd=folder, env=kept | attached, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


NEAR = {
    "s3": "ListBucket GetObject GetObjectVersion PutObject DeleteObject PutBucketPolicy PutBucketAcl DeleteBucket",
    "dynamodb": "GetItem Query Scan PutItem UpdateItem DeleteItem BatchWriteItem DeleteTable ExportTableToPointInTime",
    "sqs": "SendMessage ReceiveMessage DeleteMessage PurgeQueue SetQueueAttributes DeleteQueue",
    "kinesis": "GetRecords GetShardIterator PutRecord PutRecords DeleteStream MergeShards RegisterStreamConsumer",
    "lambda": "InvokeFunction InvokeFunctionUrl UpdateFunctionCode AddPermission DeleteFunction",
    "execute-api": "Invoke InvalidateCache ManageConnections",
    "elasticfilesystem": "ClientMount ClientWrite ClientRootAccess DeleteFileSystem PutFileSystemPolicy",
    "sagemaker": "InvokeEndpoint UpdateEndpoint DeleteEndpoint",
    "kms": "Decrypt GenerateDataKey Encrypt ScheduleKeyDeletion PutKeyPolicy CreateGrant",
    "cloudtrail": "StopLogging DeleteTrail PutEventSelectors",
}
"""What somebody who got hold of a role would try on a store that is near: by the prefix of the actions."""
CONTENT = ("Object", "ObjectVersion")


@cache
def system_of(name: str) -> System:
    """The planned system, with what it does not know before it is applied made up from what the root module says."""
    root = left_by_the_job(name, "main.tf.json")
    return read_system(foreseen(read_plan(plan_of(name)), root, ACCOUNT), ACCOUNT)


def granted(name: str) -> tuple[Grant, ...]:
    return read_grants(left_by_the_job(name, "grants.json"))


def attempts(system: System, own: Role) -> Iterator[Request]:
    """Every action of NEAR on every store, from the network; and what widens anyone's access."""
    context = circumstances(system, own.arn)
    for store in system.stores:
        for action in NEAR.get(store.kind, "").split():
            inside = action.endswith(CONTENT)
            yield Request(own.arn, f"{store.kind}:{action}", f"{store.arn}/nobody/s" if inside else store.arn, context)
    for other in system.roles:
        for action in ("iam:PassRole", "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy", "sts:AssumeRole"):
            yield Request(own.arn, action, other.arn, context)


@pytest.mark.parametrize("name", SPECS)
def test_every_identity_may_what_its_edges_say(name: str) -> None:
    system = system_of(name)
    roles = {role.arn: role for role in system.roles}
    refused = []
    for grant in granted(name):
        context = circumstances(system, grant.principal)
        for keys in grant.conditions.values():
            context |= {key.lower(): (exemplar(str(values[0])),) for key, values in keys.items()}
        for action in grant.actions:
            for resource in grant.resources:
                request = Request(grant.principal, action, exemplar(resource), context)
                if not ask(system, roles[grant.principal], request).allowed:
                    refused.append((grant.edge, action, resource))
    assert refused == []


@pytest.mark.parametrize("name", SPECS)
def test_no_identity_may_what_is_near(name: str) -> None:
    """Each role of each sample, at least 20 attempts at what no edge of its own leads to; none is allowed."""
    system = system_of(name)
    for own in system.roles:
        edges = as_policy([grant for grant in granted(name) if grant.principal == own.arn])
        misses = [r for r in attempts(system, own) if not decide(r, Situation((edges,))).allowed]
        assert len(misses) >= 20, own.arn
        assert [(r.action, r.resource) for r in misses if ask(system, own, r).allowed] == [], own.arn


def test_what_no_sample_builds_is_named() -> None:
    """docs/rehearsal.md says of every other resource that a rehearsal builds it: some sample's plan has it."""
    made = {
        module.name: set(re.findall(r'^resource "(\w+)" "(\w+)"', text, re.MULTILINE))
        for module in sorted((ROOT / "modules").iterdir())
        if (text := "".join(path.read_text("utf-8") for path in module.glob("*.tf")))
    }
    built: dict[str, set[tuple[str, str]]] = {module: set() for module in made}
    for name in SPECS:
        for resource in read_plan(plan_of(name)).resources:
            built.get(Path(resource.source).name, set()).add((resource.type, resource.name))
    left = {module: {f"{t}.{n}" for t, n in blocks - built[module]} for module, blocks in made.items()}
    assert {module: blocks for module, blocks in left.items() if blocks} == {
        m: set(own) for m, own in ONLY_PLANNED.items()
    }


def test_the_flagship_is_proven_while_its_plan_is_read_twenty_times() -> None:
    """A ratio holds on any machine; benchmarks/proof.py prints seconds."""
    root, sections = (left_by_the_job("fraud-detection", file) for file in ("main.tf.json", "sourcemap.json"))
    text, grants = json.dumps(plan_of("fraud-detection")), granted("fraud-detection")
    reading, proving = [], []
    for _ in range(3):
        begun = time.process_time()
        system = read_system(foreseen(read_plan(json.loads(text)), root, ACCOUNT), ACCOUNT)
        read = time.process_time()
        assert prove(system, grants, sections) == ()
        reading.append(read - begun)
        proving.append(time.process_time() - read)
    assert min(proving) <= 20 * min(reading)


@cache
def platform() -> System:
    return read_system(read_plan(plan_of("training-platform")), ACCOUNT)


def bucket(name: str, region: str = "us-east-1") -> str:
    return f"arn:aws:s3:::training-platform-prd-{name}-{ACCOUNT}-{region}"


def allowed(action: str, resource: str, **context: tuple[str, ...]) -> bool:
    """Whether the workbench may do it, by all policies of the plan together; calls are made over TLS."""
    (role,) = (r for r in platform().roles if r.arn == WORKBENCH)
    values = circumstances(platform(), WORKBENCH) | {key.replace("__", ":"): value for key, value in context.items()}
    return ask(platform(), role, Request(WORKBENCH, action, resource, values)).allowed


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("s3:GetObject", f"{bucket('transactions')}/2026/part-0.parquet"),
        ("s3:ListBucket", bucket("transactions")),
        ("s3:GetObject", f"{bucket('models')}/score.tar.gz"),
        ("s3:PutObject", f"{bucket('scratch')}/notes.ipynb"),
    ],
)
def test_the_workbench_may_what_its_edges_say(action: str, resource: str) -> None:
    assert allowed(action, resource)


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("s3:PutObject", f"{bucket('transactions')}/x"),
        ("s3:DeleteObject", f"{bucket('transactions')}/x"),
        ("s3:GetObject", f"{bucket('scratch')}/x"),
        ("s3:GetObject", f"{bucket('transactions', 'eu-west-1')}/x"),
        ("s3:GetObject", f"{bucket('audit')}/AWSLogs/x"),
        ("s3:GetObject", f"{bucket('artifacts')}/code/train_graph.zip"),
        ("s3:GetObject", "arn:aws:s3:::acme-history/x"),
        ("s3:PutBucketPolicy", bucket("transactions")),
        ("s3:ListAllMyBuckets", "*"),
        ("iam:PassRole", WORKBENCH),
        ("kms:CreateAlias", f"arn:aws:kms:us-east-1:{ACCOUNT}:key/any"),
    ],
)
def test_the_workbench_may_nothing_else(action: str, resource: str) -> None:
    assert not allowed(action, resource)


def test_a_key_opens_through_s3_alone_and_by_its_own_alias_alone() -> None:
    key = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
    own = {"kms__resourcealiases": ("alias/training-platform-prd/data/transactions",)}
    s3 = {"kms__viaservice": ("s3.us-east-1.amazonaws.com",)}
    assert allowed("kms:Decrypt", key, **own, **s3)
    assert not allowed("kms:Decrypt", key, **own)
    assert not allowed("kms:Decrypt", key, **own, kms__viaservice=("ec2.us-east-1.amazonaws.com",))
    assert not allowed("kms:Decrypt", key, kms__resourcealiases=("alias/training-platform-prd/audit",), **s3)
    assert not allowed("kms:GenerateDataKey", key, **own, **s3)


SCORER = f"arn:aws:iam::{ACCOUNT}:role/clickstream-stg-scorer-us-east-1"
TABLE = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/clickstream-stg-"
CLICKS = f"arn:aws:kinesis:us-east-1:{ACCOUNT}:stream/clickstream-stg-clicks"


@cache
def clickstream() -> System:
    return read_system(read_plan(plan_of("clickstream")), ACCOUNT)


def scorer_may(action: str, resource: str) -> bool:
    (role,) = (r for r in clickstream().roles if r.arn == SCORER)
    return ask(clickstream(), role, Request(SCORER, action, resource, circumstances(clickstream(), SCORER))).allowed


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("dynamodb:Query", f"{TABLE}features"),
        ("dynamodb:Query", f"{TABLE}features/index/by_day"),
        ("dynamodb:PutItem", f"{TABLE}features"),
        ("dynamodb:BatchWriteItem", f"{TABLE}counters"),
        ("kinesis:GetRecords", CLICKS),
        ("kinesis:SubscribeToShard", f"{CLICKS}/consumer/machines-scorer:1764000000"),
    ],
)
def test_the_scorer_may_what_its_edges_say(action: str, resource: str) -> None:
    assert scorer_may(action, resource)


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("dynamodb:Scan", f"{TABLE}features"),
        ("dynamodb:Scan", f"{TABLE}features/index/by_day"),
        ("dynamodb:DeleteItem", f"{TABLE}features"),
        ("dynamodb:BatchWriteItem", f"{TABLE}features"),
        ("dynamodb:PartiQLDelete", f"{TABLE}features"),
        ("dynamodb:GetItem", f"{TABLE}counters"),
        ("dynamodb:Query", f"{TABLE}counters"),
        ("dynamodb:PutItem", f"{TABLE}other"),
        ("dynamodb:GetItem", f"{TABLE}features".replace("us-east-1", "eu-west-1")),
        ("dynamodb:GetRecords", f"{TABLE}features/stream/2026-11-23"),
        ("dynamodb:UpdateTable", f"{TABLE}features"),
        ("dynamodb:DeleteTable", f"{TABLE}counters"),
        ("dynamodb:ExportTableToPointInTime", f"{TABLE}features"),
        ("dynamodb:PutResourcePolicy", f"{TABLE}features"),
        ("kinesis:PutRecord", CLICKS),
        ("kinesis:GetRecords", f"{CLICKS}-other"),
        ("kinesis:SubscribeToShard", f"{CLICKS}/consumer/machines-collector:1764000000"),
        ("kinesis:RegisterStreamConsumer", CLICKS),
        ("kinesis:DeleteStream", CLICKS),
        ("kms:Decrypt", f"arn:aws:kms:us-east-1:{ACCOUNT}:key/any"),
    ],
)
def test_the_scorer_may_nothing_near_by(action: str, resource: str) -> None:
    assert not scorer_may(action, resource)


def test_without_tls_nothing_is_allowed() -> None:
    resource = f"{bucket('transactions')}/x"
    assert not allowed("s3:GetObject", resource, aws__securetransport=("false",))


def test_scan_says_that_a_hand_edited_output_was_not_scanned(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = tmp_path / "specs" / "quickstart.yaml"
    spec.parent.mkdir()
    shutil.copy(SPECS["quickstart"], spec)
    assert main(["compile", "-q", str(spec)]) == 0
    output = tmp_path / "generated" / "quickstart" / "development" / "main.tf.json"
    output.write_text(output.read_text().replace("nat-single", "nat-per-zone"))
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(plan_of("quickstart")))
    assert main(["scan", str(spec), "--plan", str(plan)]) == 1
    assert "LF0702" in capsys.readouterr().err


INGEST = f"arn:aws:iam::{ACCOUNT}:role/ingest-dev-ingest-us-east-1"


@cache
def ingest() -> System:
    return read_system(read_plan(plan_of("ingest")), ACCOUNT)


@pytest.mark.parametrize(
    ("action", "resource", "may"),
    [
        ("dynamodb:PutItem", f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/ingest-dev-readings", True),
        ("s3:GetObject", f"arn:aws:s3:::ingest-dev-incoming-{ACCOUNT}-us-east-1/in/a.csv", True),
        ("sqs:SendMessage", f"arn:aws:sqs:us-east-1:{ACCOUNT}:ingest-dev-failed", True),
        ("dynamodb:PutItem", f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/ingest-dev-other", False),
        ("dynamodb:DeleteItem", f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/ingest-dev-readings", False),
        ("dynamodb:BatchWriteItem", f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/ingest-dev-readings", False),
        ("dynamodb:Scan", f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/ingest-dev-readings", False),
        ("s3:PutObject", f"arn:aws:s3:::ingest-dev-incoming-{ACCOUNT}-us-east-1/in/a.csv", False),
        ("sqs:ReceiveMessage", f"arn:aws:sqs:us-east-1:{ACCOUNT}:ingest-dev-failed", False),
        ("sqs:SendMessage", f"arn:aws:sqs:us-east-1:{ACCOUNT}:ingest-dev-failed-dead", False),
        ("lambda:InvokeFunction", f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:ingest-dev-ingest", False),
        ("lambda:UpdateFunctionCode", f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:ingest-dev-ingest", False),
        ("iam:PassRole", INGEST, False),
    ],
)
def test_the_function_may_what_its_edges_say_and_nothing_else(action: str, resource: str, may: bool) -> None:
    (role,) = (r for r in ingest().roles if r.arn == INGEST)
    request = Request(INGEST, action, resource, circumstances(ingest(), INGEST))
    assert ask(ingest(), role, request).allowed is may


def test_its_bucket_or_the_clock_runs_a_function_and_nobody_else() -> None:
    callers = {(c.function.split(".")[1], c.principal, c.source.split(".", 1)[1]) for c in ingest().callers}
    assert callers == {
        ("functions_ingest", "s3.amazonaws.com", "data_incoming.aws_s3_bucket.this"),
        ("functions_remind", "events.amazonaws.com", 'functions_remind.aws_cloudwatch_event_rule.this["schedule"]'),
    }


def test_every_sample_is_rehearsed() -> None:
    assert {*NAMES} == {spec.stem for spec in (ROOT / "specs").glob("*.yaml")}
