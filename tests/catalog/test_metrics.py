"""No alarm and no panel on what nobody publishes: the catalog and every sample against dated tables."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.published import Key, by_agent, by_aws, by_drift_agent, by_watcher

from landform.catalog.alarms import DEFAULTS
from landform.catalog.metric import Series
from landform.catalog.metrics import METRICS, all_series, metrics_of
from landform.passes.monitor.components import VARIANT
from landform.spec.condition import UNITS

ROOT = Path(__file__).parents[2]
TREES = sorted(path.parent for path in ROOT.glob("generated/*/*/main.tf.json"))
AWS = by_aws()


def key(series: Series) -> Key:
    return series.namespace, series.name, tuple(sorted(series.dimensions))


def is_published(found: Key) -> bool:
    return found in AWS


@pytest.mark.parametrize(
    "series", [s for _, s in all_series() if not s.namespace.startswith("{")], ids=lambda s: s.name
)
def test_what_the_catalog_names_aws_publishes(series: Series) -> None:
    assert is_published(key(series))


@pytest.mark.parametrize(
    "planted",
    [
        Series("AWS/Lambda", "Invocation", {"FunctionName": "{name}"}),
        Series("AWS/lambda", "Invocations", {"FunctionName": "{name}"}),
        Series("AWS/Lambda", "Invocations", {"Function": "{name}"}),
        Series("AWS/DynamoDB", "SystemErrors", {"TableName": "{name}"}),
        Series("AWS/SQS", "ApproximateAgeOfOldestMessages", {"QueueName": "{name}"}),
    ],
)
def test_a_planted_typo_is_found(planted: Series) -> None:
    assert not is_published(key(planted))


def test_no_name_of_a_metric_stands_anywhere_else() -> None:
    names = {series.name for _, series in all_series() if len(series.name) > 14}
    assert len(names) > 20
    sources = [p for p in (ROOT / "compiler" / "landform").rglob("*.py") if p.name != "metrics.py"]
    sources += (ROOT / "modules").rglob("*.tf")
    # What a group of Auto Scaling is to publish has to be switched on in its module, which follows its queue by itself.
    of_the_fleet = {"GroupInServiceInstances", "ApproximateNumberOfMessagesVisible"}
    said = {name for path in sources for name in names - of_the_fleet if f'"{name}"' in path.read_text()}
    assert said == set()


def test_a_group_publishes_what_its_alarm_looks_at() -> None:
    module = (ROOT / "modules" / "fleet" / "main.tf").read_text()
    wanted = [s.name for kind, s in all_series() if kind == "fleet" and s.namespace == "AWS/AutoScaling"]
    assert wanted == ["GroupInServiceInstances"]
    assert f'"{wanted[0]}"' in module.split("enabled_metrics = [")[1].split("]")[0]


def test_an_endpoint_has_the_variant_that_metrics_go_by() -> None:
    assert re.search(rf'variant += "{VARIANT}"', (ROOT / "modules" / "endpoint" / "main.tf").read_text())


@pytest.mark.parametrize("kind", METRICS)
def test_formulas_name_the_series_that_there_are(kind: str) -> None:
    for metric in METRICS[kind]:
        letters = {letter for letter in "abcdefgh" if f" {letter}" in f" {metric.formula.replace('(', ' ')}"}
        assert letters <= set("abcdefgh"[: len(metric.series)]), metric.word
        assert bool(metric.formula) or len(metric.series) == 1
        assert metric.quantity in UNITS


@pytest.mark.parametrize("kind", DEFAULTS)
def test_default_alarms_are_on_metrics_that_there_are_with_a_reason(kind: str) -> None:
    traits = frozenset(metric.needs for metric in METRICS[kind])
    words = metrics_of(kind, traits)
    for default in DEFAULTS[kind]:
        assert default.word in words
        assert default.seconds % 60 == 0
        assert len(default.reason) > 10


def test_every_kind_that_publishes_is_watched_or_told_otherwise() -> None:
    # A bucket's size is no fault, nor that of the file system of a domain of Studio, which nobody mounts.
    assert METRICS.keys() - DEFAULTS.keys() == {"bucket", "studio"}


# --- every alarm and every panel of every sample


def modules(tree: Path) -> dict[str, dict[str, Any]]:
    return json.loads((tree / "main.tf.json").read_text())["module"]


def monitors(tree: Path) -> Iterator[dict[str, Any]]:
    yield from (each for each in modules(tree).values() if each["source"].endswith("/monitor"))


def named(monitor: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Every metric that a monitor names: namespace, name, dimensions."""
    for alarm in monitor["alarms"].values():
        for series in alarm["series"].values():
            yield series["namespace"], series["name"], series["dimensions"]
    for widget in (w for board in ("dashboard", "overview") for w in monitor.get(board, {}).get("widgets", ())):
        for line in widget["properties"].get("metrics", ()):
            if isinstance(line[0], str):
                yield line[0], line[1], dict(zip(line[2:-1:2], line[3:-1:2], strict=True))


def by_hosts(tree: Path) -> frozenset[Key]:
    scripts = [path.read_text() for path in tree.glob("files/*.sh")]
    found = {published for script in scripts for published in by_agent(script)}
    watches = {key for path in tree.glob("agent/*.yaml") for key in by_drift_agent(path.read_text())}
    return frozenset(found | watches | {by_watcher(namespace) for namespace, _, _ in found})


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            yield from (text for inner in value.values() for text in _texts(inner))
        case list():
            yield from (text for inner in value for text in _texts(inner))


def unpublished(tree: Path) -> list[str]:
    """What a tree looks at and its resources do not publish."""
    hosts = by_hosts(tree)
    found = ((n, m, tuple(sorted(d))) for monitor in monitors(tree) for n, m, d in named(monitor))
    return sorted({f"{each}" for each in found if each not in AWS | hosts})


def test_samples_are_watched() -> None:
    watched = [tree for tree in TREES if any(monitors(tree))]
    assert len(watched) >= 3
    assert sum(len(m["alarms"]) for tree in watched for m in monitors(tree)) > 30


@pytest.mark.parametrize("tree", TREES, ids=lambda tree: tree.parent.name)
def test_every_alarm_and_panel_of_a_sample_is_on_what_is_published(tree: Path) -> None:
    assert unpublished(tree) == []


@pytest.mark.parametrize("tree", TREES, ids=lambda tree: tree.parent.name)
def test_dimensions_name_what_the_system_has(tree: Path) -> None:
    others = {a: m for a, m in modules(tree).items() if not m["source"].endswith("/monitor")}
    known = frozenset(_texts(list(others.values())))
    given = {
        "GetItem",
        "PutItem",
        "Query",
        "UpdateItem",
        "StandardStorage",
        "AllStorageTypes",
        "Total",
        "HIGH",
        "AllTraffic",
        "USD",
    }
    watches = {yaml.safe_load(path.read_text())["watch"] for path in tree.glob("agent/*.yaml")}
    entries = watches | {a.replace("_", ".", 1).replace("_", "-") for a in others}
    for monitor in monitors(tree):
        own = {*monitor.get("failures", ()), *monitor.get("log_detectors", ())}
        regions = {m.get("region") for m in others.values()}
        for namespace, name, dimensions in named(monitor):
            for value in dimensions.values():
                literal = not value.startswith("${module.")
                assert not literal or value in known | given | entries | own | regions, (namespace, name, value)


def test_the_flagship_s_latency_is_compared_in_microseconds() -> None:
    tree = next(tree for tree in TREES if tree.parent.name == "fraud-detection")
    alarms = modules(tree)["monitor"]["alarms"]
    slow = alarms["fraud-detection-prd-serve-score-slow"]
    assert (slow["threshold"], slow["series"]["a"]["name"], slow["series"]["a"]["statistic"]) == (
        120_000,
        "ModelLatency",
        "p99",
    )
    # In the replica region as well, under the same name.
    assert modules(tree)["monitor_eu_west_1"]["alarms"]["fraud-detection-prd-serve-score-slow"] == slow
    assert "fraud-detection-prd-serve-explain-latency" not in alarms


def test_a_typo_planted_in_a_sample_is_found(tmp_path: Path) -> None:
    tree = next(tree for tree in TREES if any(monitors(tree)))
    (tmp_path / "files").mkdir()
    for script in tree.glob("files/*.sh"):
        (tmp_path / "files" / script.name).write_text(script.read_text())
    text = (tree / "main.tf.json").read_text()
    (tmp_path / "main.tf.json").write_text(text)
    assert unpublished(tmp_path) == []
    assert '"cpu_usage_active"' in text
    (tmp_path / "main.tf.json").write_text(text.replace('"cpu_usage_active"', '"cpu_usage_activ"'))
    assert unpublished(tmp_path) == ["('landform/clickstream', 'cpu_usage_activ', ('entry',))"]
