"""Tables and streams from the spec to the calls of their modules."""

from pathlib import Path

import pytest
from support.specs import module, outcome, script

from landform.lower.root import lower
from landform.plan import Plan
from landform.root import Output, Root

PAIR = "{primary: us-east-1, replicas: [eu-west-1]}"
ROWS = "data: {rows: {kind: table, class: pii, key: id, replicate: true}, near: {kind: table, key: id}}\n"


def root(sections: str, regions: str = "{primary: us-east-1}", environment: str = "development") -> Root:
    return lower(outcome(sections, regions, environment).sound)


def plan_of(sections: str, regions: str = PAIR) -> Plan:
    return outcome(sections, regions).sound


def test_a_replica_stands_in_its_own_region_under_a_key_of_that_region() -> None:
    made = root(f"{ROWS}audit: {{trail: all-regions}}\n", PAIR)
    near, far = module(made, "data_rows"), module(made, "data_rows_eu_west_1")
    assert (near.source, near.variables["stream"]) == ("table", True)
    assert (far.source, far.provider) == ("table_replica", "eu_west_1")
    assert far.variables["table_arn"] == Output("data_rows", "arn")
    assert far.variables["key_arn"] == Output("keys_eu_west_1", "arns", ("data-rows",))
    assert not any(m.address == "data_near_eu_west_1" for m in made.modules)
    assert module(made, "data_near").variables["stream"] is None


def test_the_trail_records_personal_tables_wherever_they_stand() -> None:
    made = root(f"{ROWS}audit: {{trail: all-regions}}\n", PAIR)
    both = [Output("data_rows", "arn"), Output("data_rows_eu_west_1", "arn")]
    assert module(made, "audit").variables["data_events"] == {
        "AWS::DynamoDB::Table": {"arns": both},
        "AWS::DynamoDB::Stream": {"arns": both, "inside": "/stream/"},
    }


@pytest.mark.parametrize(
    ("kind", "types"),
    [
        ("{kind: queue}", ["AWS::SQS::Queue"]),
        ("{kind: stream}", ["AWS::Kinesis::Stream", "AWS::Kinesis::StreamConsumer"]),
    ],
)
def test_the_trail_records_what_it_is_asked_to(kind: str, types: list[str]) -> None:
    made = root(f"data: {{asked: {kind}, other: {kind}}}\naudit: {{trail: all-regions, data_events: [asked]}}\n")
    recorded = module(made, "audit").variables["data_events"]
    assert sorted(recorded) == types
    assert all(each["arns"] == [Output("data_asked", "arn")] for each in recorded.values())


def test_a_trail_without_such_stores_says_nothing_of_them() -> None:
    assert module(root("audit: {trail: all-regions}\n"), "audit").variables["data_events"] is None


def test_a_type_said_once_is_said_for_all_keys() -> None:
    spec = "{kind: table, key: id, sort: time number, indexes: {by_time: {key: time}, by_day: {key: day}}}"
    (table,) = plan_of(f"data: {{rows: {spec}}}\n", "{primary: us-east-1}").stores
    assert module(root(f"data: {{rows: {spec}}}\n"), table.address).variables["attributes"] == {
        "id": "string",
        "time": "number",
        "day": "string",
    }


@pytest.mark.parametrize(("environment", "protect"), [("production", True), ("staging", False)])
def test_production_refuses_to_lose_a_table(environment: str, protect: bool) -> None:
    made = root("data: {rows: {kind: table, key: id}}\n", environment=environment)
    assert module(made, "data_rows").variables["protect"] is protect


def test_renamed_data_keeps_its_name_and_is_moved() -> None:
    made = root("data: {rows: {kind: table, key: id, was: lines}, clicks: {kind: stream, was: taps}}\n")
    assert module(made, "data_rows").variables["name"] == "demo-dev-lines"
    assert module(made, "data_clicks").variables["name"] == "demo-dev-taps"
    assert set(made.moved) == {
        ("module.data_lines", "module.data_rows"),
        ("module.data_taps", "module.data_clicks"),
    }


def test_a_renamed_consumer_keeps_its_name() -> None:
    machines = "machines: {scorer: {instance: t3.large, was: judge, reads: [clicks]}}\n"
    spec = f"data: {{clicks: {{kind: stream, fan_out: [machines.scorer]}}}}\n{machines}"
    made = root(spec)
    assert module(made, "data_clicks").variables["consumers"] == ["machines-judge"]
    assert "LANDFORM_CONSUMER_CLICKS=machines-judge" in script(outcome(spec).sound, "machines.scorer")
    (grant,) = (g for g in outcome(spec).sound.grants if "kinesis:SubscribeToShard" in g.statement.actions)
    assert grant.statement.resources[0].endswith("/consumer/machines-judge:*")


def test_hours_and_shards_are_counted() -> None:
    made = root("data: {clicks: {kind: stream, retain: 7d, capacity: {shards: 4}}}\n")
    assert {k: v for k, v in module(made, "data_clicks").variables.items() if k in ("shards", "retention_hours")} == {
        "shards": 4,
        "retention_hours": 168,
    }


def test_a_function_is_called_with_what_its_own_consumer_reads(tmp_path: Path) -> None:
    (tmp_path / "specs" / "rates").mkdir(parents=True)
    (tmp_path / "specs" / "rates" / "app.py").write_text("def handler(event, context): ...\n")
    called = "{code: rates, handler: app.handler, runtime: python3.13, trigger: {stream: clicks}}"
    spec = f"data: {{clicks: {{kind: stream, fan_out: [functions.rates]}}}}\nfunctions: {{rates: {called}}}\n"
    plan = outcome(spec, file=tmp_path / "specs" / "spec.yaml").sound
    records = module(lower(plan), "functions_rates").variables["trigger"]["records"]
    assert records["arn"] == Output("data_clicks", "consumer_arns", ("functions-rates",))
    (grant,) = (g for g in plan.grants if "kinesis:SubscribeToShard" in g.statement.actions)
    assert grant.edge == "functions.rates.subscribes.clicks"
