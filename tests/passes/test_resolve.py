"""Names: what a bare name means, and what AWS will call it."""

import pytest
from support.specs import CATALOG, bucket, host, outcome

from landform.catalog.slots import SLOTS
from landform.lower.root import lower

TWO = "{primary: us-east-1, replicas: [eu-west-1]}"
AUDITED = "audit: {trail: all-regions}\n"


def machine(more: str, name: str = "work") -> str:
    return f"machines: {{{name}: {{instance: t3.large, {more}}}}}\n"


def test_an_edge_finds_its_bucket() -> None:
    plan = outcome("data: {logs: {kind: bucket}}\n" + machine("reads: [logs], writes: [logs]")).sound
    edges = host(plan, "machines.work").edges
    assert [(e.verb, e.store.name) for e in edges] == [
        ("reads", "demo-dev-logs-123456789012-us-east-1"),
        ("writes", "demo-dev-logs-123456789012-us-east-1"),
    ]
    assert [e.path for e in edges] == [("machines", "work", "reads", 0), ("machines", "work", "writes", 0)]


def test_a_checkpoint_is_an_edge() -> None:
    train = "train: {fit: {platform: ec2, cpu: 8, command: run, checkpoint: {to: logs}}}\n"
    plan = outcome("data: {logs: {kind: bucket}}\n" + train).sound
    assert [(e.verb, e.store.entry) for e in host(plan, "train.fit").edges] == [("checkpoint", "logs")]


@pytest.mark.parametrize(
    ("name", "remedy"),
    [("transaction", "Did you mean 'transactions'?"), ("zzz", "There are: models, transactions.")],
)
def test_an_unknown_store_is_named_with_what_there_is(name: str, remedy: str) -> None:
    data = "data: {transactions: {kind: bucket}, models: {kind: bucket}}\n"
    found = outcome(data + machine(f"reads: [{name}]")).one("LF0203")
    assert found.text == f"unknown {'store' if name == 'zzz' else 'bucket'} '{name}'. {remedy}"
    assert found.path == ("machines", "work", "reads", 0)


def test_without_any_store_the_remedy_is_to_declare_it() -> None:
    assert outcome(machine("reads: [logs]")).one("LF0203").remedy == "Declare it: data: {logs: …}."


def test_an_edge_to_a_workload_is_of_the_wrong_kind() -> None:
    found = outcome(machine("reads: [work]")).one("LF0204")
    assert found.message == "'work' is an entry of `machines`, not a store."
    assert found.related[0].path == ("machines", "work")


def test_the_same_edge_twice_is_one_too_many() -> None:
    found = outcome("data: {logs: {kind: bucket}}\n" + machine("reads: [logs, logs]")).one("LF0207")
    assert found.path == ("machines", "work", "reads", 1)


def test_audited_data_must_exist() -> None:
    assert outcome("audit: {trail: all-regions, data_events: [logs]}\n").one("LF0203").path[0] == "audit"


def test_names_on_aws() -> None:
    plan = outcome(machine("shell: {via: ssm}")).sound
    own = host(plan, "machines.work")
    assert own.role_arn == "arn:aws:iam::123456789012:role/demo-dev-work-us-east-1"
    assert own.log_group == "/landform/demo/development/machines/work"
    assert own.physical == "demo-dev-work"
    assert plan.keys[0].alias == "alias/demo-dev/shared"


def test_personal_data_has_a_key_of_its_own_in_each_of_its_regions() -> None:
    plan = outcome("data: {people: {kind: bucket, class: pii, replicate: true}}\n" + AUDITED, TWO).sound
    aliases = {(key.region, key.alias) for key in plan.keys if key.logical == "data-people"}
    assert aliases == {(region, "alias/demo-dev/data/people") for region in ("us-east-1", "eu-west-1")}
    key = bucket(plan, "people", "eu-west-1").key
    assert key is not None
    assert key.address == ("eu-west-1", "data-people")
    assert bucket(plan, "people") in (plan.trail.events if plan.trail else ())


def test_other_data_shares_the_key_of_its_region() -> None:
    plan = outcome("data: {logs: {kind: bucket}}\n", TWO).sound
    assert [key.address for key in plan.keys] == [("us-east-1", "shared"), ("eu-west-1", "shared")]
    key = bucket(plan, "logs").key
    assert key is not None
    assert key.address == ("us-east-1", "shared")


@pytest.mark.parametrize(("replicate", "back"), [("true", ()), ("both", ("us-east-1",))])
def test_a_replica_sends_nothing_back_unless_asked(replicate: str, back: tuple[str, ...]) -> None:
    plan = outcome(f"data: {{logs: {{kind: bucket, replicate: {replicate}}}}}\n", TWO).sound
    assert bucket(plan, "logs").replicas == ("eu-west-1",)
    assert bucket(plan, "logs", "eu-west-1").replicas == back


def test_an_existing_bucket_keeps_its_name_and_gets_no_module() -> None:
    data = "data: {old: {kind: bucket, existing: acme-history}}\naudit: {trail: all-regions, data_events: [old]}\n"
    plan = outcome(data + machine("reads: [old]")).sound
    assert bucket(plan, "old").arn == "arn:aws:s3:::acme-history"
    modules = {module.address: module for module in lower(plan).modules}
    assert "data_old" not in modules
    assert modules["audit"].variables["data_event_bucket_arns"] == ["arn:aws:s3:::acme-history"]


def test_a_renamed_bucket_keeps_its_name_and_moves_its_address() -> None:
    plan = outcome("data: {events: {kind: bucket, was: [logs, tracks]}}\n").sound
    assert bucket(plan, "events").name == "demo-dev-logs-123456789012-us-east-1"
    assert lower(plan).moved == (
        ("module.data_logs", "module.data_tracks"),
        ("module.data_tracks", "module.data_events"),
    )


def test_a_renamed_replica_moves_in_its_region() -> None:
    plan = outcome("data: {events: {kind: bucket, replicate: true, was: logs}}\n", TWO).sound
    assert ("module.data_logs_eu_west_1", "module.data_events_eu_west_1") in lower(plan).moved


def test_a_renamed_machine_keeps_role_and_log_group() -> None:
    before = host(outcome(machine("shell: {via: ssm}")).sound, "machines.work")
    after = host(outcome(machine("was: work", "desk")).sound, "machines.desk")
    assert (after.role, after.log_group, after.physical) == (before.role, before.log_group, before.physical)
    assert after.moved_from == ("machines_work",)


def test_a_renamed_training_keeps_its_checkpoints() -> None:
    train = "data: {logs: {kind: bucket}}\n"
    train += "train: {anew: {platform: ec2, cpu: 8, command: run, was: fit, checkpoint: {to: logs}}}\n"
    (statement,) = [s for s in outcome(train).sound.statements["train_anew"] if s.sid == "DataLogsObjects"]
    assert statement.resources == ("arn:aws:s3:::demo-dev-logs-123456789012-us-east-1/checkpoints/train-fit/*",)


def test_an_old_name_that_is_in_use_is_refused() -> None:
    found = outcome("data: {logs: {kind: bucket}, events: {kind: bucket, was: logs}}\n").found
    assert "'logs' is an entry of its own, so data.events cannot have been it." in [d.message for d in found]


def test_two_entries_cannot_have_been_the_same() -> None:
    found = outcome("data: {one: {kind: bucket, was: logs}, two: {kind: bucket, was: logs}}\n")
    assert "would share the bucket" in found.one("LF0208").message


def test_a_retired_region_keeps_its_provider_and_nothing_else() -> None:
    plan = outcome("data: {logs: {kind: bucket, replicate: both}}\n", "{primary: us-east-1, retired: [eu-west-1]}").plan
    assert plan is not None
    root = lower(plan)
    assert [(p.region, p.alias) for p in root.providers] == [("us-east-1", None), ("eu-west-1", "eu_west_1")]
    assert not any("eu_west_1" in module.address for module in root.modules)


@pytest.mark.parametrize(
    ("regions", "path", "remedy"),
    [
        ("{primary: us-east-9}", ("regions", "primary"), "Did you mean 'us-east-2'?"),
        ("{primary: us-east-1, replicas: [mars]}", ("regions", "replicas", 0), "There are: "),
        ("{primary: us-east-1, retired: [mars]}", ("regions", "retired", 0), "landform catalog refresh"),
    ],
)
def test_an_unknown_region_says_how_to_get_to_know_it(regions: str, path: tuple[str, ...], remedy: str) -> None:
    found = outcome("", regions).one("LF0301")
    assert found.path == path
    assert remedy in found.remedy
    assert CATALOG.date in found.message


def test_a_region_that_the_catalog_lacks_is_an_error_though_its_slot_is_kept() -> None:
    unrecorded = next(region for region in SLOTS if region not in CATALOG.regions)
    assert outcome("", f"{{primary: {unrecorded}}}").errors == ["LF0301"]


@pytest.mark.parametrize("kind", ["replicas", "retired"])
def test_a_region_stands_once(kind: str) -> None:
    found = outcome("", f"{{primary: us-east-1, {kind}: [us-east-1]}}").one("LF0302")
    assert found.path == ("regions", kind, 0)
    assert found.related[0].span is not None


@pytest.mark.parametrize(
    ("sections", "shared"),
    [
        ("data: {logs: {kind: bucket, replicate: true}, logs-eu-west-1: {kind: bucket}}\n", "data_logs_eu_west_1"),
        ("data: {audit: {kind: bucket}}\n" + AUDITED, "bucket 'demo-dev-audit-"),
        ("data: {access-logs: {kind: bucket}}\n" + AUDITED, "bucket 'demo-dev-access-logs-"),
        (
            "machines: {fit: {cpu: 8}}\ntrain: {fit: {platform: ec2, cpu: 8, command: run}}\n",
            "role 'demo-dev-fit-us-east-1'",
        ),
        (
            "data: {logs: {kind: bucket, replicate: true}}\n" + machine("", "logs-replication"),
            "demo-dev-logs-replication-",
        ),
        (machine("", "flow-logs"), "role 'demo-dev-flow-logs-us-east-1'"),
        (AUDITED + machine("", "audit-logs"), "role 'demo-dev-audit-logs-us-east-1'"),
    ],
)
def test_two_things_never_have_one_name(sections: str, shared: str) -> None:
    found = [d for d in outcome(sections, TWO).found if d.code == "LF0208"]
    assert [shared in d.message for d in found].count(True) == 1
    assert all(d.related for d in found)
