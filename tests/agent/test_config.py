"""What a configuration may say, and what is said of one that does not fit."""

from __future__ import annotations

import pytest

from landform_agent.config import Config, ConfigError, parse
from landform_agent.quantity import Length, Rate, Span

BASE = "{version: 1, system: shop, watch: score"

# As the README has it, with what else there is.
FULL = """
version: 1
system: fraud-detection
watch: score
of: scorer
model_version: "7"
region: us-east-1
source: {kind: capture, bucket: b, prefix: p/, queue: drift-score}
features:
  {amount: {kind: numeric}, country: {kind: categorical},
   age: {kind: numeric, sensitive: true}, iban: {kind: numeric, class: pii}}
columns: [amount, country, age, iban]
prediction: {kind: probability}
labels: {bucket: b, prefix: labels/, lag: 14d, keep: 50000}
segments: {by: country, max: 50, min_rows: 500}
names: {id: key}
season: 1d
false_alarms: 1 per 100000 events
baseline: {rows: 5000, span: 2 seasons}
state: {path: state/score.sqlite, snapshots: "s3://b/state", every: 10m}
stale_after: 30m
remind: 12h
keep_raw: false
listen: 127.0.0.1:8080
sinks:
  - {kind: eventbridge, bus: drift}
  - {kind: cloudwatch, namespace: landform/drift}
  - {kind: file, path: alarms.jsonl}
  - {kind: log}
"""


def test_a_whole_configuration() -> None:
    config = parse(FULL)
    assert config.season == Length(86_400, "seconds")
    assert config.false_alarms == Rate(1, Length(100_000, "events"))
    assert config.names.id == "key"
    assert config.baseline.span == Span(2, "seasons")
    assert [feature.hidden for feature in (config.features or {}).values()] == [False, False, True, True]
    assert config.labels and (config.labels.lag, config.labels.keep, config.labels.complete) == (
        14 * 86_400,
        50_000,
        False,
    )
    assert (config.stale_after, config.remind, config.of) == (1_800, 43_200, "scorer")
    assert parse(BASE + ", model: scorer}").of == "scorer"
    assert parse(BASE + ", season: 1000 events}").season == Length(1_000, "events")
    assert parse(BASE + "}").false_alarms == Rate(1, Length(30 * 86_400, "seconds"))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("wach: x", "wach: is no known key; did you mean 'watch'?"),
        (
            "source: {kind: files, path: x, glob: y}",
            "source.files.glob: is no known key; known here: kind, path, settle",
        ),
        ("source: {kind: kafka}", "source"),
        ("source: {kind: http}", "listen: say where"),
        ("season: 1 fortnight", "'1 fortnight' is no duration"),
        ("season: 0 events", "a length of 0 events is none"),
        ("season: 90", "90 is no duration"),
        ("false_alarms: never", "'never' is no rate"),
        ("false_alarms: 0 per 30d", "'0 per 30d' is no rate"),
        ("baseline: {rows: 5}", "baseline.rows"),
        ("baseline: {rows: '5000'}", "baseline.rows"),
        ("features: {}", "features: none is named"),
        ("features: {a: {kind: text}}", "features.a.kind"),
        ("columns: [a, a]", "a name stands there twice"),
        ("watch: again", "'watch' stands there twice"),
        ("labels: {complete: true}", "labels: there is nothing to judge"),
        (
            "prediction: {kind: numeric}, labels: {bucket: b}",
            "labels: say how late a label may come, such as `lag: 14d`",
        ),
        ("baseline: {span: 2 seasons}", "baseline.span: it counts seasons, and there is no `season:`"),
        ("features: {a: {kind: numeric}}, segments: {by: a}", "segments.by: 'a' is no categorical feature"),
        ("state: {path: x, snapshots: bucket/x}", "state.snapshots"),
        ("false_alarms: 1 per 0 events", "a length of 0 events is none"),
        ("of: a, model: b", "model: says the same as another key"),
        ("listen: 8080", "listen"),
        ("region: [", "while parsing"),
        ("region: 1", "region: a text is wanted here, not 1"),
        ("features: {a: numeric}", "features.a: keys and values are wanted here"),
        ("features: {a: {kind: text}}", "features.a.kind: 'text' is not known here; known are 'numeric' or 'categ"),
        ("prediction: {}", "prediction.kind: is missing"),
        ("sinks: log", "sinks: a list is wanted here"),
        ("sinks: [{path: x}]", "sinks.0: its `kind` is missing"),
        ("sinks: [{kind: fil}]", "sinks.0: kind 'fil' is not known here; known are 'file', 'log'"),
        ("baseline: {rows: 100}", "baseline.rows: 100 is too small; 200 is the least"),
    ],
)
def test_what_does_not_fit_is_named(more: str, said: str) -> None:
    with pytest.raises(ConfigError) as failure:
        parse(f"{BASE}, {more}}}")
    assert said in str(failure.value)


def test_a_file_without_anything_says_what_is_wanted() -> None:
    with pytest.raises(ConfigError) as failure:
        parse("")
    assert str(failure.value) == "line 1: keys and values are wanted here, such as `key: value`"


def test_places_are_told_by_their_lines() -> None:
    text = FULL.replace("bus: drift", "buss: drift")
    number = next(number for number, line in enumerate(text.splitlines(), 1) if "buss" in line)
    with pytest.raises(ConfigError) as failure:
        parse(text)
    assert str(failure.value) == f"line {number}: sinks.0.eventbridge.buss: is no known key; did you mean 'bus'?"
    with pytest.raises(ConfigError) as failure:
        parse("version: 1\nsystem: shop\nwatch: score\nseason: soon\nbaseline:\n  rows: 5\n")
    assert str(failure.value).startswith("line 4: season: 'soon' is no duration")
    assert "; line 6: baseline.rows: " in str(failure.value)


def test_the_configuration_describes_itself() -> None:
    told = Config.model_json_schema()
    assert all("description" in entry or "$ref" in entry or "const" in entry for entry in told["properties"].values())
    assert told["properties"]["season"]["anyOf"][0]["type"] == "string"
