"""The walk through a network without a way out: the declared arrives, the rest does not, what is planted shows."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from landform.commands.workspace import laid_out
from landform.emit.tree import tree
from landform.pipeline import analyse
from landform.proof.foreseen import foreseen
from landform.proof.grants import Grant, Places, read_grants
from landform.proof.planned import Planned, Resource, read_plan
from landform.proof.system import read_system
from landform.rehearse.terraform import offline_plan
from landform.walk.asked import Walked, journeys
from landform.walk.judge import sealed
from landform.walk.network import read_networks
from landform.walk.unasked import attempts

ACCOUNT = "123456789012"
SPEC = """\
version: 1
system: sealed
account: "123456789012"
environment: development
regions: {primary: us-east-1}
network: {egress: none, zones: 2}
data:
  rows: {kind: bucket}
  models: {kind: bucket}
  private: {kind: bucket}
  features: {kind: table, key: id}
  other: {kind: table, key: id}
  clicks: {kind: stream}
  waiting: {kind: queue}
  homes: {kind: efs}
  scratch: {kind: lustre, size: 1.2TiB, loads: rows}
machines:
  bench: {instance: t3.large, mounts: {/home: homes}, writes: [homes], calls: [serve.api], reads: [features]}
train:
  fit: {platform: sagemaker, cpu: 8, image: pytorch-2.10, command: python main.py, mounts: {/scratch: scratch},
        output: models}
  sum: {platform: batch, cpu: 8, image: pytorch-2.10, command: python main.py, mounts: {/homes: homes}, reads: [rows]}
  sort: {platform: ec2, cpu: 8, pool: 0..2, command: sort, mounts: {/scratch: scratch}, writes: [models]}
serve:
  api: {platform: ec2, instance: t3.large, image: al2023, command: sleep 1, port: 8080,
        scale: {min: 1, max: 2, target: 60% cpu}}
functions:
  ingest: {code: code, handler: app.handler, runtime: python3.13, trigger: {stream: clicks},
           writes: [features, waiting]}
"""


@dataclass(frozen=True)
class Scene:
    """A spec as it is planned, with what was compiled beside the plan."""

    planned: Planned
    grants: tuple[Grant, ...]
    sections: Mapping[str, str]

    def walked(self, change: Callable[[Planned], Planned] = lambda planned: planned) -> Walked:
        planned = change(self.planned)
        system = read_system(planned, ACCOUNT)
        return Walked(planned, system, read_networks(planned), self.grants, Places(self.sections))


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    folder = tmp_path_factory.mktemp("sealed")
    (folder / "code").mkdir()
    (folder / "code" / "app.py").write_text("def handler(event, context):\n    return {}\n")
    (folder / "sealed.yaml").write_text(SPEC)
    analysis = analyse(folder / "sealed.yaml")
    assert analysis.plan is not None and analysis.sound, [d.text for d in analysis.diagnostics]
    files = tree(analysis.plan)
    planned = read_plan(offline_plan(laid_out(analysis, files, folder / "out")))
    return Scene(
        foreseen(planned, json.loads(files["main.tf.json"]), ACCOUNT),
        read_grants(json.loads(files["grants.json"])),
        json.loads(files["sourcemap.json"]),
    )


# --- what is declared


def test_every_declared_journey_arrives(scene: Scene) -> None:
    walk = scene.walked()
    found = list(journeys(walk))
    assert [(j.path, j.to, j.stopped) for j in found if j.stopped] == []
    assert all(j.stops for j in found), "a journey without a way arrives nowhere, and proves nothing"


def test_all_that_runs_in_the_network_walks(scene: Scene) -> None:
    assert {stand.module for stand in scene.walked().workloads()} == {
        *("module.machines_bench", "module.train_fit", "module.train_sum", "module.train_sort"),
        *("module.serve_api", "module.functions_ingest"),
    }


def test_each_edge_is_walked_by_its_endpoint_or_its_port(scene: Scene) -> None:
    walked = {(".".join(map(str, j.path)), j.to) for j in journeys(scene.walked())}
    expected = {
        ("machines.bench.reads.features", "dynamodb:GetItem by dynamodb"),
        ("machines.bench.logs", "logs:PutLogEvents by logs"),
        ("train.fit.output.models", "s3:PutObject by s3"),
        ("train.sum.reads.rows", "s3:GetObject by s3"),
        ("train.sum.registry", "ecr:BatchGetImage by ecr.dkr"),
        ("train.sum.agent", "ecs:Poll by ecs-telemetry"),
        ("train.sort.queue", "sqs:ReceiveMessage by sqs"),
        ("functions.ingest.writes.features", "dynamodb:PutItem by dynamodb"),
        ("functions.ingest.writes.waiting", "sqs:SendMessage by sqs"),
        ("machines.bench", 'homes (module.data_homes.aws_efs_mount_target.this["use1-az1"]) on 2049'),
        ("train.fit", "scratch (module.data_scratch.aws_fsx_lustre_file_system.this) on 988"),
        ("machines.bench", "serve_api (module.serve_api.aws_lb.this) on 80"),
    }
    assert expected <= walked, expected - walked


def test_lambda_reads_its_triggers_from_a_network_of_its_own(scene: Scene) -> None:
    assert not [j for j in journeys(scene.walked()) if j.path[2:3] == ("trigger",)]


# --- what is not

UNDECLARED = (
    ("module.machines_bench", "1.1.1.1 on 443"),
    ("module.train_fit", "1.1.1.1 on 80"),
    ("module.functions_ingest", "203.0.113.7 on 53"),
    ("module.train_sum", "203.0.113.7 on 22"),
    ("module.machines_bench", "sts at its public address"),
    ("module.train_sort", "secretsmanager at its public address"),
    ("module.functions_ingest", "events at its public address"),
    ("module.machines_bench", "module.train_sort.aws_autoscaling_group.this on 22"),
    ("module.train_fit", "module.machines_bench.aws_instance.this on 22"),
    ("module.train_sort", "module.serve_api.aws_lb.this on 80"),
    ("module.machines_bench", "module.serve_api.aws_autoscaling_group.this on 8080"),
    ("module.train_fit", 'module.data_homes.aws_efs_mount_target.this["use1-az1"] on 2049'),
    ("module.functions_ingest", 'module.data_homes.aws_efs_mount_target.this["use1-az2"] on 2049'),
    ("module.machines_bench", "module.data_scratch.aws_fsx_lustre_file_system.this on 988"),
    ("module.train_sum", "module.data_scratch.aws_fsx_lustre_file_system.this on 1018"),
    (
        "module.train_fit",
        f"s3:GetObject on arn:aws:s3:::sealed-dev-private-{ACCOUNT}-us-east-1/landform-example by own",
    ),
    ("module.train_sum", f"s3:PutObject on arn:aws:s3:::sealed-dev-models-{ACCOUNT}-us-east-1/landform-example by own"),
    (
        "module.machines_bench",
        f"dynamodb:PutItem on arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/sealed-dev-other by own",
    ),
    ("module.train_sort", "s3:PutObject on arn:aws:s3:::landform-somebody-elses/loot by own"),
    ("module.train_fit", "s3:PutObject on arn:aws:s3:::landform-somebody-elses/loot by keys of another account"),
    ("module.functions_ingest", "dynamodb:PutItem on arn:aws:dynamodb:us-east-1:999999999999:table/loot by own"),
    (
        "module.functions_ingest",
        "sqs:SendMessage on arn:aws:sqs:us-east-1:999999999999:loot by keys of another account",
    ),
)


def test_twenty_undeclared_attempts_and_all_others_are_stopped(scene: Scene) -> None:
    tried = {(a.origin, _own(a.to)): a for a in attempts(scene.walked())}
    assert len(UNDECLARED) >= 20
    assert [each for each in UNDECLARED if each not in tried] == []
    assert all(tried[each].stops and not tried[each].arrives for each in UNDECLARED)
    assert [a for a in tried.values() if a.arrives or not a.stops] == []


def _own(to: str) -> str:
    head, _, who = to.partition(" by arn:aws:iam::")
    return f"{head} by own" if who.startswith(ACCOUNT) else to


def test_a_foreign_bucket_is_stopped_by_the_endpoint_alone_whatever_the_identity(scene: Scene) -> None:
    attempt = next(a for a in attempts(scene.walked()) if "somebody-elses/loot by keys of another" in a.to)
    assert any("aws_vpc_endpoint.gateway" in why and "does not admit it" in why for why in attempt.stops)


# --- what is planted


def _changed(change: Callable[[Resource], Resource | None]) -> Callable[[Planned], Planned]:
    def apply(planned: Planned) -> Planned:
        kept = [new for resource in planned.resources if (new := change(resource)) is not None]
        return Planned(tuple(kept), planned.configuration)

    return apply


def _without(address: str) -> Callable[[Planned], Planned]:
    return _changed(lambda r: None if r.address == address else r)


def _with(address: str, **values: Any) -> Callable[[Planned], Planned]:
    return _changed(lambda r: replace(r, values={**r.values, **values}) if r.address == address else r)


def _without_statements_of(service: str, action: str) -> Callable[[Planned], Planned]:
    def change(resource: Resource) -> Resource:
        if resource.type != "aws_vpc_endpoint" or resource.key != service:
            return resource
        policy = json.loads(resource.values["policy"])
        kept = [s for s in policy["Statement"] if action not in s["Action"]]
        return replace(resource, values={**resource.values, "policy": json.dumps({**policy, "Statement": kept})})

    return _changed(change)


NETWORK = "module.network_us_east_1"
SHUT = [
    (
        "an endpoint is missing",
        _without(f'{NETWORK}.aws_vpc_endpoint.interface["sqs"]'),
        ("train.sort.queue", "functions.ingest.writes.waiting"),
        "the network has no endpoint for sqs",
    ),
    (
        "an endpoint admits less than the grants",
        _without_statements_of("dynamodb", "dynamodb:PutItem"),
        ("functions.ingest.writes.features",),
        f'the policy of {NETWORK}.aws_vpc_endpoint.gateway["dynamodb"] does not admit it',
    ),
    (
        "a host is not let out",
        _without('module.machines_bench.aws_vpc_security_group_egress_rule.this["endpoints 10.64.0.0/16"]'),
        ("machines.bench.logs",),
        "no security group lets it out on 443",
    ),
    (
        "a rule leads to no list",
        _without('module.train_fit.aws_vpc_security_group_egress_rule.this["endpoints list 1"]'),
        ("train.fit.output.models",),
        f'no security group lets it out to {NETWORK}.aws_vpc_endpoint.gateway["s3"]',
    ),
    (
        "the endpoints let nobody in",
        _without(f'{NETWORK}.aws_vpc_security_group_ingress_rule.endpoints_https["this"]'),
        ("machines.bench.logs", "train.sort.queue"),
        "lets it in on 443",
    ),
    (
        "a file system does not let its client in",
        _without('module.machines_bench.aws_vpc_security_group_ingress_rule.mounts["homes 2049"]'),
        ("machines.bench",),
        "lets it in on 2049",
    ),
    (
        "Lustre cannot call back",
        _without('module.train_fit.aws_vpc_security_group_ingress_rule.calls_back["scratch 988"]'),
        ("train.fit",),
        "lets it in on 988",
    ),
    (
        "answers do not come back",
        _with(f'{NETWORK}.aws_network_acl.tier["private"]', ingress=[]),
        ("machines.bench.logs", "train.fit.output.models"),
        f"the network ACL of {NETWORK}.aws_subnet.private",
    ),
    (
        "a subnet has no route to the gateway",
        _without(f'{NETWORK}.aws_route_table_association.private["use1-az1"]'),
        ("train.sum.reads.rows",),
        f'{NETWORK}.aws_subnet.private["use1-az1"] has no route to',
    ),
]


@pytest.mark.parametrize(("change", "paths", "why"), [s[1:] for s in SHUT], ids=[s[0] for s in SHUT])
def test_what_stands_in_the_way_is_named_at_the_edge(
    scene: Scene, change: Callable[[Planned], Planned], paths: tuple[str, ...], why: str
) -> None:
    found = list(sealed(scene.walked(change)))
    assert {d.code for d in found} == {"LF0812"}
    for path in paths:
        assert [d for d in found if d.path == tuple(path.split(".")) and why in d.message], (path, found)


def _way_out(planned: Planned) -> Planned:
    """A NAT of the user's own: a route beside the module's, and a rule that lets a machine use it."""
    table = next(r for r in planned.resources if r.type == "aws_route_table_association" and r.name == "private")
    route = replace(
        table,
        address=f"{NETWORK}.aws_route.mine",
        type="aws_route",
        name="mine",
        values={"destination_cidr_block": "0.0.0.0/0"},
    )
    rule = _egress(planned, 'module.machines_bench.aws_vpc_security_group_egress_rule.this["endpoints 10.64.0.0/16"]')
    acl = next(r for r in planned.resources if r.type == "aws_network_acl" and r.key == "private")
    assert any(line["cidr_block"] == "0.0.0.0/0" and line["to_port"] == 443 for line in acl.values["egress"])
    return Planned((*planned.resources, route, rule), planned.configuration)


def _egress(planned: Planned, address: str) -> Resource:
    rule = planned.by_address[address]
    return replace(rule, address=f"{address}-mine", values={**rule.values, "cidr_ipv4": "0.0.0.0/0"})


def _wide_endpoint(planned: Planned) -> Planned:
    everything = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [everything]})
    return _with(f'{NETWORK}.aws_vpc_endpoint.gateway["s3"]', policy=policy)(planned)


def _no_policy(planned: Planned) -> Planned:
    return _with(f'{NETWORK}.aws_vpc_endpoint.interface["sqs"]', policy=None)(planned)


def _open_file_system(planned: Planned) -> Planned:
    """Both ends of a mount of EFS, opened by address for a training that has no edge to it."""
    rule = 'module.machines_bench.aws_vpc_security_group_ingress_rule.mounts["homes 2049"]'
    out = 'module.train_fit.aws_vpc_security_group_egress_rule.this["endpoints 10.64.0.0/16"]'
    door, way = planned.by_address[rule], planned.by_address[out]
    open_door = replace(door, address=f"{rule}-mine", values={**door.values, "cidr_ipv4": "10.64.0.0/16"})
    open_way = replace(way, address=f"{out}-mine", values={**way.values, "from_port": 2049, "to_port": 2049})
    return Planned((*planned.resources, open_door, open_way), planned.configuration)


OPEN = [
    ("a NAT of the user's own", _way_out, ("machines", "bench"), "gets to 1.1.1.1 on 443"),
    ("an endpoint that admits everybody", _wide_endpoint, ("train", "fit"), "somebody-elses/loot"),
    ("an endpoint without a policy", _no_policy, ("train", "sort"), "999999999999:loot by keys of another account"),
    ("a file system open to the network", _open_file_system, ("train", "fit"), "data_homes.aws_efs_mount_target"),
]


@pytest.mark.parametrize(("change", "path", "what"), [o[1:] for o in OPEN], ids=[o[0] for o in OPEN])
def test_a_way_that_no_edge_asked_for_is_a_counterexample(
    scene: Scene, change: Callable[[Planned], Planned], path: tuple[str, ...], what: str
) -> None:
    found = list(sealed(scene.walked(change)))
    assert [d for d in found if d.code == "LF0813" and d.path == path and what in d.message], found
    assert {d.code for d in found} == {"LF0813"}


def test_a_network_with_a_way_out_is_not_walked(scene: Scene) -> None:
    walk = scene.walked()
    assert list(sealed(replace(walk, networks=replace(walk.networks, sealed=frozenset())))) == []
