"""Watches for drift: names, permissions, the configuration of the agent, what stands, and every rule of the loop."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from support.specs import Outcome, outcome

from landform.lower.agent import written
from landform.lower.host import user_data
from landform.lower.root import lower
from landform.passes.check import drift
from landform.plan import DriftWatch, Plan
from landform.root import Module, Output
from landform.spec import read
from landform.spec.drift import Acceptance, Canary
from landform_agent.config import parse

DATA = "data: {orders: {kind: bucket}, models: {kind: bucket}, kept: {kind: bucket, replicate: both}}\n"
TRAIN = (
    "train: {tabular: {platform: sagemaker, instance: ml.m5.xlarge, image: xgboost-1.7, output: models,"
    " inputs: {train: {from: orders, prefix: train/}}, max_runtime: 2h, reports: [auc, recall]}}\n"
)
SERVE = (
    "serve: {score: {platform: sagemaker, model: train.tabular, instance: ml.c5.large, scale: {min: 2}, capture: %s}}\n"
)
TOLD = "monitor: {notify: {pager: [oncall@example.com]}}\n"
WATCH = "of: serve.score, features: {price: numeric, country: categorical}, prediction: probability"
LABELS = "labels: {from: orders, prefix: labels/, lag: 14d}"
THEN = "then: {retrain: train.tabular, accept: recall >= champion - 0.01%s}"


def said(watch: str = WATCH, *, name: str = "score", capture: str = "50%", told: str = TOLD, **more: str) -> str:
    parts = {"data": DATA, "train": TRAIN, "serve": SERVE % capture} | more
    return f"{''.join(parts.values())}{told}drift: {{{name}: {{{watch}}}}}\n"


def watched(*args: Any, **more: Any) -> tuple[Plan, DriftWatch]:
    plan = outcome(said(*args, **more)).sound
    (own,) = plan.drift
    return plan, own


def module(plan: Plan) -> Module:
    (found,) = [m for m in lower(plan).modules if m.source == "watch"]
    return found


def script_of(plan: Plan) -> str:
    """The user data of the watch."""
    return user_data(plan, plan.drift[0])[1].decode()


@pytest.fixture
def looped(monkeypatch: pytest.MonkeyPatch) -> None:
    """The key `then` is read, whether this version compiles it already or not."""
    keys = {section: tuple(k for k in known if k != "then") for section, known in read.LATER_KEYS.items()}
    monkeypatch.setattr(read, "LATER_KEYS", keys)


def test_a_watch_knows_what_it_watches() -> None:
    _, own = watched(f"{WATCH}, {LABELS}")
    assert (own.of, own.service, own.share) == ("serve.score", "demo-dev-score", 50)
    assert own.captured_under == "capture/serve-score/"
    assert own.captured is own.artifacts
    assert own.labels
    assert (own.labels.bucket.entry, own.labels.prefix, own.labels.lag) == ("orders", "labels/", 14 * 86_400)
    assert own.tell == ("pager",)
    assert (own.physical, own.queue, own.bus) == (
        "demo-dev-drift-score",
        "demo-dev-drift-score-captured",
        "demo-dev-drift-score",
    )
    assert len(own.zones) == 1


def test_a_watch_may_be_called_like_what_it_watches() -> None:
    plan, own = watched()
    roles = [workload.role for workload in plan.workloads]
    assert len(set(roles)) == len(roles)
    assert own.address == "drift_score"


@pytest.mark.usefixtures("looped")
def test_the_loop_is_parsed() -> None:
    more = ", deploy: canary 25% for 10m, rest: 12h, min_labelled: 500, approve: manual, on: [shift, performance]"
    _, own = watched(f"{WATCH}, {LABELS}, {THEN % more}")
    assert own.loop
    assert own.loop.accept == Acceptance("recall", ">=", True, -0.01)
    assert own.loop.deploy == Canary(25, 600)
    assert (own.loop.rest, own.loop.min_labelled, own.loop.manual) == (43_200, 500, True)
    assert own.loop.on == ("shift", "performance")
    assert own.loop.bus == own.bus


EXPECTED = {
    "captured.serve.score": {"kms:Decrypt", "s3:GetObject", "s3:ListBucket"},
    "code": {"kms:Decrypt", "s3:GetObject"},
    "disk": {"ec2:AttachVolume"},
    "events": {"events:PutEvents"},
    "labels.orders": {"kms:Decrypt", "s3:GetObject", "s3:ListBucket"},
    "logs": {"logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"},
    "metrics": {"cloudwatch:PutMetricData"},
    "objects": {"sqs:DeleteMessage", "sqs:ReceiveMessage"},
    "snapshots": {"kms:Decrypt", "kms:GenerateDataKey", "s3:GetObject", "s3:ListBucket", "s3:PutObject"},
}


def test_every_permission_follows_from_an_edge() -> None:
    plan, own = watched(f"{WATCH}, {LABELS}")
    found: dict[str, set[str]] = {}
    for grant in plan.grants:
        if grant.principal == own.role_arn:
            found.setdefault(grant.edge.removeprefix("drift.score."), set()).update(grant.statement.actions)
    assert found == EXPECTED


def test_what_is_not_named_is_not_permitted() -> None:
    plan, own = watched()
    edges = {grant.edge.removeprefix("drift.score.") for grant in plan.grants if grant.principal == own.role_arn}
    assert edges == EXPECTED.keys() - {"labels.orders"}


def test_permissions_lead_to_prefixes_and_to_one_disk() -> None:
    plan, own = watched(f"{WATCH}, {LABELS}")
    by_sid = {grant.statement.sid: grant.statement for grant in plan.grants if grant.principal == own.role_arn}
    objects = [s.resources for s in by_sid.values() if s.actions == ("s3:GetObject",)]
    assert ("arn:aws:s3:::demo-dev-orders-123456789012-us-east-1/labels/*",) in objects
    assert by_sid["Metrics"].conditions == {"StringEquals": {"cloudwatch:namespace": ("landform/demo",)}}
    assert by_sid["Disk"].conditions["StringEquals"] == {
        "aws:ResourceTag/landform:entry": ("drift.score",),
        "aws:ResourceTag/landform:environment": ("development",),
        "aws:ResourceTag/landform:system": ("demo",),
    }
    tags = module(plan).variables["tags"]
    assert (
        by_sid["Disk"].conditions["StringEquals"].items()
        <= {f"aws:ResourceTag/{name}": (value,) for name, value in tags.items()}.items()
    )


def test_the_agent_reads_its_configuration() -> None:
    more = (
        "columns: [price, country], segments: {by: country, max: 7}, season: 1d, baseline: {rows: 900, span: 3 seasons}"
    )
    plan, own = watched(f"{WATCH}, {LABELS}, {more}, false_alarms: 2 per 10d", capture="{share: 20%, to: kept}")
    config = parse(lower(plan).files["agent/score.yaml"].decode())
    assert config.source
    assert config.source.kind == "capture"
    assert (config.source.bucket, config.source.prefix) == (own.captured.name, "capture/serve-score/")
    assert config.source.queue == own.queue_url
    assert config.of == "serve.score"
    assert config.labels
    assert (config.labels.prefix, config.labels.lag) == ("labels/", 14 * 86_400)
    assert config.segments
    assert config.segments.max == 7
    assert config.columns == ["price", "country"]
    assert config.baseline.rows == 900
    assert config.state
    assert config.state.snapshots == f"s3://{own.artifacts.name}/drift/score"
    assert {sink.kind for sink in config.sinks} == {"eventbridge", "cloudwatch", "log"}
    assert config.listen == "127.0.0.1:8080"


def test_the_configuration_says_how_training_rows_come_into_the_report() -> None:
    plan, own = watched(f"{WATCH}, baseline: {{from: train.tabular}}")
    (bucket,) = [each.name for each in plan.buckets if each.entry == "orders"]
    command = f"landform-agent report --config score.yaml --out report.html --training s3://{bucket}/train/"
    assert f"\n#   {command}\n" in written(plan, own).decode()
    assert "for who may read that and the state's copy:\n" in written(plan, own).decode()
    assert parse(written(plan, own).decode()) == parse(written(*watched()).decode())
    assert "--training" not in written(*watched()).decode()


def test_the_archive_has_the_agent_and_its_configuration() -> None:
    plan, _ = watched()
    files = lower(plan).files
    with zipfile.ZipFile(io.BytesIO(files["files/drift_score.zip"])) as archive:
        names = archive.namelist()
        assert archive.read("watch.yaml") == files["agent/score.yaml"]
    assert {"landform_agent/cli.py", "landform_agent/deploy/agent.lock", "landform_agent/deploy/install.sh"} <= set(
        names
    )
    assert not [name for name in names if "sample" in name or "__pycache__" in name]


def test_another_configuration_is_another_machine() -> None:
    scripts = [script_of(watched(text)[0]) for text in (WATCH, f"{WATCH}, season: 1d")]
    assert scripts[0] != scripts[1]


@pytest.mark.parametrize(
    ("capture", "address"), [("50%", "artifacts_us_east_1"), ("{share: 20%, to: kept}", "data_kept")]
)
def test_the_bucket_of_what_is_captured_tells_the_queue(capture: str, address: str) -> None:
    plan, _ = watched(capture=capture)
    told = {m.address: m.variables["queues"] for m in lower(plan).modules if m.variables.get("queues")}
    queue = {"queue_arn": Output("drift_score", "queue_arn"), "prefix": "capture/serve-score/"}
    assert told == {address: {"drift_score": queue}}


def test_the_disk_stands_where_the_machine_does() -> None:
    plan, own = watched()
    (zone,) = own.zones
    variables = module(plan).variables
    assert variables["zone"] == Output("network_us_east_1", "zone_names", (zone,))
    assert variables["subnet_id"] == Output("network_us_east_1", "subnets", ("private", zone))


def test_it_is_watched_itself() -> None:
    plan, _ = watched()
    (alarms,) = [watch.alarms for watch in plan.watches]
    own = {alarm.metric.word: alarm for alarm in alarms if alarm.component.label == "drift.score"}
    assert {"heartbeat", "healthy", "age", "rejects", "untold", "dead letters", "captured"} <= own.keys()
    assert own["heartbeat"].component.tokens["watch"] == ("score",)
    # Half of the requests: a hundred in five minutes are fifty that are captured.
    assert own["captured"].component.facts["enough"] == 100


def test_a_rename_moves_the_module_and_keeps_the_names() -> None:
    before, after = watched()[1], watched(f"{WATCH}, was: score", name="orders")[1]
    assert after.address == "drift_orders"
    assert (after.physical, after.queue, after.bus, after.state) == (
        before.physical,
        before.queue,
        before.bus,
        before.state,
    )
    assert after.moved_from == ("drift_score",)


SEALED = "network: {zones: 2, egress: none}\n"
EXISTING = (
    "network: {existing: {us-east-1: {vpc: vpc-0abc0abc0abc0abc0, cidr: 10.0.0.0/16,"
    " private: {use1-az1: subnet-0abc0abc0abc0abc1, use1-az2: subnet-0abc0abc0abc0abc2}}}}\n"
)
FUNCTION = (
    "functions: {copy: {code: services/ingest, handler: app.handler, trigger: {bucket: kept, prefix: capture/}}}\n"
)
OTHER = TRAIN.replace(
    "}}\n", "}, other: {platform: sagemaker, instance: ml.m5.xlarge, image: xgboost-1.7, output: models}}\n"
)
MISTAKES = [
    ("the_agent_understands", said(f"{WATCH}, false_alarms: 0 per 30d"), "LF0202", "'0 per 30d' is no rate"),
    (
        "one_watch_a_model",
        said().replace("drift: {", f"drift: {{again: {{{WATCH}}}, "),
        "LF0681",
        "drift.again and drift.score would both watch serve.score",
    ),
    (
        "captures_can_be_told_of",
        said(capture="{share: 20%, to: kept}", functions=FUNCTION),
        "LF0622",
        "functions.copy and drift.score would both be told",
    ),
    (
        "captures_can_be_told_of",
        said(capture="{share: 20%, to: kept}", data=DATA.replace("replicate: both", "existing: acme-history")),
        "LF0681",
        "whom that tells is not landform's to change",
    ),
    ("the_agent_can_be_installed", said(network=SEALED), "LF0605", "installs packages from the index of Python"),
    ("the_agent_can_be_installed", said(network=EXISTING), "LF0681", "nobody says what the account calls that"),
    ("somebody_hears_of_drift", said(told=""), "LF0663", "nobody hears of what drift.score finds"),
    ("somebody_hears_of_drift", said(f"{WATCH}, tell: pagre"), "LF0203", "Did you mean 'pager'?"),
    (
        "the_loop_makes_what_is_served",
        said(f"{WATCH}, baseline: {{from: train.other}}", train=OTHER),
        "LF0681",
        "serve.score serves what train.tabular makes, not what train.other does. Write train.tabular.",
    ),
    (
        "the_loop_makes_what_is_served",
        said(f"{WATCH}, {LABELS}, {THEN.replace('train.tabular', 'train.other') % ''}", train=OTHER),
        "LF0681",
        "not what train.other does",
    ),
    (
        "the_loop_can_decide",
        said(f"{WATCH}, {LABELS}, {THEN.replace('recall', 'f1') % ''}"),
        "LF0681",
        "train.tabular reports no 'f1', but auc, recall. Add it: reports: [auc, recall, f1].",
    ),
    ("the_loop_can_decide", said(f"{WATCH}, {THEN % ''}"), "LF0681", "drift.score is told of no labels"),
    (
        "the_loop_rests_long_enough",
        said(f"{WATCH}, {LABELS}, {THEN % ', rest: 2h'}"),
        "LF0681",
        "the loop rests 2h, and train.tabular may run for 2h",
    ),
]


@pytest.mark.usefixtures("looped")
@pytest.mark.parametrize(("rule", "text", "code", "told"), MISTAKES)
def test_a_mistake_is_found_by_its_rule(rule: str, text: str, code: str, told: str) -> None:
    result: Outcome = outcome(text)
    assert told in " ".join(d.text for d in result.found if d.code == code)
    assert result.plan is not None
    assert code in [d.code for d in getattr(drift, rule)(result.plan)]


def test_every_rule_has_a_mistake() -> None:
    # Takes a second region: tests/broken/drift-elsewhere.yaml.
    assert {r.__name__ for r in drift.RULES} - {"all_traffic_is_watched"} == {rule for rule, *_ in MISTAKES}
