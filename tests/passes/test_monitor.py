"""What is watched: defaults and their overrides, who is told of what, once."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from support.specs import module, outcome
from support.watches import BOX, NOTIFY, REPLICATED, STORES, alarm, one, variables, watched

from landform.lower.composite import speaking
from landform.lower.root import lower
from landform.plan import Plan


@pytest.mark.parametrize(
    "training",
    [
        "platform: sagemaker, cpu: 8, image: xgboost-1.7, output: models",
        "platform: batch, cpu: 8, image: pytorch-2.10, command: run, output: models",
        "platform: ec2, cpu: 8, pool: 0..2, command: run, writes: [models]",
    ],
)
def test_a_start_that_fails_at_its_time_is_told(training: str) -> None:
    data = "data: {models: {kind: bucket}}\n"
    timed = outcome(f"{data}{NOTIFY}train: {{fit: {{{training}, schedule: rate(1 day)}}}}\n").sound
    (found,) = [a for a in one(timed).alarms if a.metric.word == "missed starts"]
    assert found.component.tokens["schedule"] == ("demo-dev-fit",)
    (starter,) = [m for m in lower(timed).modules if m.source == "schedule"]
    assert starter.variables["name"] == "demo-dev-fit"
    by_hand = outcome(f"{data}{NOTIFY}train: {{fit: {{{training}}}}}\n").sound
    assert not any(a.metric.word == "missed starts" for a in one(by_hand).alarms)


def test_without_the_section_nothing_is_watched() -> None:
    assert outcome(STORES + BOX).sound.watches == ()
    assert lower(outcome(STORES + BOX).sound).variables == {}


def test_every_component_has_its_default_alarms() -> None:
    words = {(a.component.label, a.metric.word) for a in one(watched("").sound).alarms}
    assert {
        ("data.clicks", "age"),
        ("data.clicks", "throttles"),
        ("data.features", "throttles"),
        ("machines.box", "disk"),
        ("machines.box", "healthy"),
        ("machines.box", "memory"),
        ("network", "ports"),
    } <= words


def test_a_default_compares_with_what_the_component_is() -> None:
    assert alarm(watched("").sound, "data-clicks-age").threshold == 48 * 3_600_000 / 4


def test_defaults_can_be_left_out() -> None:
    assert one(watched("  defaults: none\n").sound).alarms == ()


def test_an_alarm_on_the_same_metric_takes_the_place_of_the_default() -> None:
    plan = watched("  alarms: {full: {of: machines.box, when: disk > 70% for 5m}}\n").sound
    on_disk = [a.name for a in one(plan).alarms if a.metric.word == "disk"]
    assert on_disk == ["demo-dev-machines-box-full"]


def test_a_band_stands_beside_the_default() -> None:
    plan = watched("  alarms: {odd: {of: data.clicks, when: throttles outside 3 sigma for 15m}}\n").sound
    on_throttles = [
        a.name for a in one(plan).alarms if a.component.label == "data.clicks" and a.metric.word == "throttles"
    ]
    assert on_throttles == ["demo-dev-data-clicks-odd", "demo-dev-data-clicks-throttles"]


def test_never_takes_the_default_away() -> None:
    plan = watched("  alarms: {calm: {of: data.clicks, when: throttles never}}\n").sound
    assert not [a for a in one(plan).alarms if a.component.label == "data.clicks" and a.metric.word == "throttles"]


def test_what_differs_by_trait_is_published_by_those_who_have_it() -> None:
    gpu = "machines: {box: {instance: g5.xlarge, image: base-gpu, purchase: spot}}\n"
    (box,) = [c for c in one(outcome(gpu + NOTIFY).sound).components if c.label == "machines.box"]
    assert {"gpu", "gpu memory", "spot interruptions"} <= box.metrics.keys()
    (box,) = [c for c in one(watched("").sound).components if c.label == "machines.box"]
    assert not {"gpu", "gpu memory", "spot interruptions"} & box.metrics.keys()


@pytest.mark.parametrize(
    ("when", "period", "periods", "threshold"),
    [
        ("invocations > 10 for 5m", 60, 5, 10),
        ("invocations > 10/s for 5m", 60, 5, 600),
        # Steps of five minutes hold five times what a minute does.
        ("invocations < 10 for 2h", 300, 24, 50),
        ("age > 5m for 10m", 60, 10, 300_000),
    ],
)
def test_thresholds_are_those_of_a_step(when: str, period: int, periods: int, threshold: float) -> None:
    plan = watched(f"  alarms: {{mine: {{of: data.clicks, when: {when}}}}}\n").sound
    own = variables(plan)["alarms"]["demo-dev-data-clicks-mine"]
    assert (own["period"], own["periods"], own["threshold"]) == (period, periods, threshold)


def test_too_little_alarms_where_there_is_nothing_at_all() -> None:
    plan = watched("  alarms: {idle: {of: data.clicks, when: invocations < 1 for 1h}}\n").sound
    alarms = variables(plan)["alarms"]
    assert alarms["demo-dev-data-clicks-idle"]["missing"] == "breaching"
    assert alarms["demo-dev-data-clicks-throttles"]["missing"] == "notBreaching"


def test_sqs_counts_in_seconds_what_the_language_says_in_any_unit() -> None:
    spec = "data: {work: {kind: queue}}\n" + NOTIFY + "  alarms: {late: {of: data.work, when: age > 2m for 5m}}\n"
    plan = outcome(spec).sound
    assert variables(plan)["alarms"]["demo-dev-data-work-late"]["threshold"] == 120


# --- one fault, one page


def pages(plan: Plan, ringing: set[str]) -> list[tuple[str, str]]:
    """Who is told by what when these alarms ring: listener and name."""
    watch = one(plan)
    spoken = speaking(plan, watch)
    told = [(listener, name) for name, tell in spoken.alone.items() if name in ringing for listener in tell]
    for name, composite in spoken.together.items():
        rule = re.sub(r'ALARM\("([^"]+)"\)', lambda found: str(found[1] in ringing), composite.rule)
        if eval(rule.replace("AND", "and").replace("OR", "or").replace("NOT", "not")):  # True, False and words
            told += [(listener, name) for listener in composite.tell]
    return told


def test_several_alarms_of_one_component_tell_once() -> None:
    plan = watched("  tell: pager\n").sound
    ringing = {"demo-dev-machines-box-disk", "demo-dev-machines-box-memory", "demo-dev-machines-box-healthy"}
    assert pages(plan, ringing) == [("pager", "demo-dev-machines-box")]


def test_a_fault_in_a_store_is_told_once_though_it_rings_at_its_readers() -> None:
    plan = watched("  tell: pager\n").sound
    both = {"demo-dev-data-features-throttles", "demo-dev-machines-box-memory"}
    assert pages(plan, both) == [("pager", "demo-dev-data-features")]
    assert pages(plan, {"demo-dev-machines-box-memory"}) == [("pager", "demo-dev-machines-box")]


def test_whoever_does_not_hear_of_the_cause_hears_of_the_effect() -> None:
    plan = watched("  tell: pager\n  alarms: {full: {of: machines.box, when: disk > 70% for 5m, tell: team}}\n").sound
    ringing = {"demo-dev-data-features-throttles", "demo-dev-machines-box-full"}
    assert pages(plan, ringing) == [("team", "demo-dev-machines-box-full"), ("pager", "demo-dev-data-features")]


def test_nobody_hears_twice_of_what_two_circles_share() -> None:
    own = "  tell: pager\n  alarms: {full: {of: machines.box, when: disk > 70% for 5m, tell: [pager, team]}}\n"
    plan = watched(own).sound
    told = pages(plan, {"demo-dev-machines-box-full", "demo-dev-machines-box-memory"})
    assert sorted(listener for listener, _ in told) == ["pager", "team"]


LOOP = """\
data: {work: {kind: queue}, done: {kind: queue}}
functions:
  first:  {code: first, handler: app.handler, trigger: {queue: work}, writes: [done]}
  second: {code: first, handler: app.handler, trigger: {queue: done}}
"""


def test_what_is_to_work_off_a_queue_is_its_cause(tmp_path: Any) -> None:
    (tmp_path / "first").mkdir()
    (tmp_path / "first" / "app.py").write_text("def handler(event, context): ...\n")
    plan = outcome(LOOP + NOTIFY + "  tell: pager\n", file=tmp_path / "spec.yaml").sound
    every = {a.name for a in one(plan).alarms}
    # The end of the chain is where it begins: everything rings, and one page goes out besides the network's own.
    told = [name for _, name in pages(plan, every - {"demo-dev-network-ports"})]
    assert told == ["demo-dev-functions-second"]


def test_what_a_later_cause_ends_is_no_recovery(tmp_path: Any) -> None:
    (tmp_path / "first").mkdir()
    (tmp_path / "first" / "app.py").write_text("def handler(event, context): ...\n")
    plan = outcome(LOOP + NOTIFY + "  tell: pager\n", file=tmp_path / "spec.yaml").sound
    said = variables(plan)["composites"]
    caused = {name: "AND NOT" in each["rule"] for name, each in said.items()}
    assert set(caused.values()) == {True, False}
    assert {name: not each.get("recovers", True) for name, each in said.items()} == caused


def test_names_of_alarms_are_no_one_else_s() -> None:
    plan = watched(
        "  tell: pager\n  alarms: {full: {of: machines.box, when: disk > 70% for 5m, tell: [pager, team]}}\n"
    ).sound
    said = variables(plan)
    assert not set(said["alarms"]) & set(said["composites"])


# --- regions, topics, keys, logs


def test_a_region_is_watched_where_it_holds_something() -> None:
    found = outcome(REPLICATED + NOTIFY, regions="{primary: us-east-1, replicas: [eu-west-1]}")
    plan = found.sound
    assert [w.region for w in plan.watches] == ["us-east-1", "eu-west-1"]
    root = lower(plan)
    assert module(root, "monitor_eu_west_1").provider == "eu_west_1"
    told = module(root, "monitor").variables["alarms"]["demo-dev-data-features-age"]["series"]
    assert [s["dimensions"]["ReceivingRegion"] for s in told.values()] == ["eu-west-1"]


def test_the_key_of_a_region_opens_for_the_topics_of_its_alarms() -> None:
    keys = module(lower(watched("").sound), "keys_us_east_1").variables["keys"]
    assert keys["shared"]["topics"] == [f"arn:aws:sns:us-east-1:123456789012:demo-dev-{n}" for n in ("pager", "team")]
    assert module(lower(outcome(STORES + BOX).sound), "keys_us_east_1").variables["keys"]["shared"]["topics"] is None


def test_retain_holds_for_every_log_group() -> None:
    spec = "  logs: {retain: 2y}\naudit: {trail: all-regions, retain: 7y}\n"
    text = json.dumps([m.variables for m in lower(watched(spec).sound).modules], default=str)
    kept = re.findall(r'"(?:log_retention_days|retention_days)": (\d+)[^}]*?"key_arn|"log_retention_days": (\d+)', text)
    groups = re.findall(r'"log_group": \{"name": [^}]*?"retention_days": (\d+)', text)
    assert kept
    assert set(groups) == {"731"}
    assert module(lower(watched(spec).sound), "audit").variables["log_retention_days"] == 731
    assert module(lower(watched(spec).sound), "network_us_east_1").variables["flow_logs"]["retention_days"] == 731


@pytest.mark.parametrize(
    ("own", "code", "about"),
    [
        ("  alarms: {a1: {of: machines.box, when: cpu > 80% since 5m}}\n", "LF0661", "since"),
        ("  alarms: {a1: {of: machines.box, when: 'cpu > 80% since 5m'}}\n", "LF0661", "since"),
        ("  alarms: {a1: {of: machines.box, when: gpu > 80% for 5m}}\n", "LF0662", "gpu"),
        ("  queries: {q1: {of: machines.box, where: a | b}}\n", "LF0664", "|"),
    ],
)
def test_what_is_wrong_in_a_text_is_pointed_at(own: str, code: str, about: str) -> None:
    span = watched(own).one(code).span
    assert span is not None
    assert own[span.column - 1 : span.end_column - 1] == about


def test_nobody_to_tell_is_said() -> None:
    assert outcome(BOX.replace(", reads: [clicks, features]", "") + "monitor: {}\n").codes == ["LF0663"]


def test_maintenance_is_a_variable_of_the_root() -> None:
    root = lower(watched("").sound)
    assert root.variables["maintenance"].default is False


WEB = """\
serve:
  api: {platform: ec2, instance: c7i.large, command: python3 -m http.server 8080, scale: {min: 2, max: 4}, public: true,
        domain: api.example.com, zone: Z0123456789ABCDEFGHIJ,
        certificate: "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"}
"""


def test_a_service_behind_a_balancer_is_watched_as_its_callers_see_it() -> None:
    plan = outcome(WEB + NOTIFY + "  alarms: {slow: {of: serve.api, when: p99 latency > 200ms for 5m}}\n").sound
    alarms = variables(plan)["alarms"]
    slow = alarms["demo-dev-serve-api-slow"]
    # The balancer measures in seconds, and AWS gives it the end of its name.
    assert slow["threshold"] == pytest.approx(0.2)
    balancer = slow["series"]["a"]["dimensions"]["LoadBalancer"]
    assert (balancer.module, balancer.name) == ("serve_api", "balancer")
    assert alarms["demo-dev-serve-api-healthy"]["threshold"] == 2
    ends = alarms["demo-dev-serve-api-certificate"]
    assert (ends["threshold"], ends["period"], ends["periods"]) == (30, 86_400, 1)
    assert {"cpu", "memory", "disk"} <= {c.label: c for c in one(plan).components}["serve.api"].metrics.keys()


def test_the_jobs_of_a_fleet_and_all_groups_of_its_nodes_are_watched() -> None:
    fleet = "train: {fit: {platform: ec2, cpu: 8, nodes: 1, pool: 1..4, capacity: {spot: 80%}, command: 'true'}}\n"
    plan = outcome("data: {made: {kind: bucket}}\n" + fleet + NOTIFY).sound
    (host,) = plan.hosts
    alarms = variables(plan)["alarms"]
    (given_up,) = alarms["demo-dev-train-fit-dead-letters"]["series"].values()
    assert given_up["dimensions"] == {"QueueName": host.dead_jobs}
    groups = [s["dimensions"]["AutoScalingGroupName"] for s in alarms["demo-dev-train-fit-healthy"]["series"].values()]
    assert groups == list(host.groups)
    assert alarms["demo-dev-train-fit-healthy"]["threshold"] == 1


def test_an_environment_of_beanstalk_is_watched_by_its_balancer_and_its_health(tmp_path: Any) -> None:
    (tmp_path / "first").mkdir()
    (tmp_path / "first" / "application.py").write_text("application = None\n")
    spec = "serve:\n  console: {platform: beanstalk, stack: python-3.12, code: first, instance: t3.small}\n"
    plan = outcome(spec + NOTIFY, file=tmp_path / "spec.yaml").sound
    alarms = variables(plan)["alarms"]
    assert (alarms["demo-dev-serve-console-health"]["threshold"]) == 20
    rate = alarms["demo-dev-serve-console-error-rate"]
    assert rate["expression"] == "100 * (FILL(a, 0) + FILL(b, 0)) / c"
    assert {s["dimensions"]["LoadBalancer"].name for s in rate["series"].values()} == {"balancer"}
