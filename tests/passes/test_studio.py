"""Studio in a plan: who is in it, what apps are told, what a network has for it, and what it costs."""

from dataclasses import replace

import pytest
from support.specs import outcome

from landform.catalog.limits import MANAGED_POLICY, ROLE_POLICY
from landform.cost import cost
from landform.explain.faults import Fault, places
from landform.lower.root import lower
from landform.lower.studio import environment
from landform.passes.grant_studio import packed
from landform.passes.monitor.components import components
from landform.plan import Domain, Plan, Statement
from landform.root import Output

DATA = "data: {rows: {kind: bucket}, homes: {kind: efs}}\n"
TRAIN = """\
train:
  fit: {platform: sagemaker, cpu: 8, image: xgboost-1.7, inputs: {train: {from: rows}}, output: rows}
  deep: {platform: batch, cpu: 8, image: pytorch-2.10, command: run, reads: [rows]}
  wide: {platform: ec2, cpu: 8, pool: 0..2, command: run, reads: [rows]}
  bare: {platform: ec2, cpu: 8, pool: 0..2}
"""
BENCH = "machines: {bench: {instance: t3.micro, mounts: {/homes: homes}, writes: [homes]}}\n"
STUDIO = "studio: {users: [ben, ana], mounts: {/team: homes}, reads: [rows], writes: [homes]}\n"


def planned(sections: str) -> Plan:
    found = outcome(sections).plan
    assert found is not None
    return found


def domain(plan: Plan) -> Domain:
    assert plan.studio is not None
    return plan.studio


def test_everybody_has_names_and_a_role_of_their_own() -> None:
    own = domain(planned(DATA + BENCH + STUDIO))
    assert [user.entry for user in own.users] == ["ana", "ben"]
    assert len({user.role_arn for user in own.users} | {own.role_arn}) == 3
    assert len({name for user in own.users for name in (user.physical, user.space)}) == 4
    assert {edge.said for edge in own.users[0].edges} == {
        "studio.ana.reads.rows",
        "studio.ana.writes.homes",
        "studio.ana.mounts.homes",
    }
    assert {edge.path for edge in own.users[1].edges} == {
        ("studio", "reads", 0),
        ("studio", "writes", 0),
        ("studio", "mounts", "/team"),
    }


def test_people_sign_in_as_the_spec_says() -> None:
    own = domain(planned("studio: {auth: sso, users: {ana: ana@example.com}}\n"))
    assert [user.login for user in own.users] == ["ana@example.com"]


def test_a_name_that_is_wrong_is_said_once_for_all_users() -> None:
    found = outcome("data: {rows: {kind: bucket}}\nstudio: {users: [ana, ben, cleo], reads: [rwos], canvas: true}\n")
    # What looks unused may only be misspelt.
    assert [(d.code, d.message) for d in found.found] == [("LF0203", "unknown bucket 'rwos'.")]


def test_nobody_is_granted_a_mount_and_the_file_system_lets_the_network_decide() -> None:
    plan = planned(DATA + BENCH + STUDIO)
    actions = {action for s in plan.statements["studio_ana"] for action in s.actions}
    assert not [action for action in actions if action.startswith("elasticfilesystem:")]


def test_apps_are_told_of_data_files_and_trainings() -> None:
    plan = planned(DATA + BENCH + TRAIN + STUDIO)
    told = environment(plan, domain(plan).users[0])
    assert told["LANDFORM_DATA_HOMES"] == "/team"
    assert told["LANDFORM_TRAIN_DEEP"] == next(b.physical for b in plan.batches)
    assert told["LANDFORM_TRAIN_FIT"] == next(j.definition for j in plan.jobs)
    assert told["LANDFORM_TRAIN_WIDE"] == next(h.jobs for h in plan.hosts if h.entry == "wide")
    # Nobody can start a job of a fleet that has no queue for jobs.
    assert "LANDFORM_TRAIN_BARE" not in told
    assert not [value for value in told.values() if isinstance(value, Output)]


def test_nobody_starts_from_studio_what_has_to_be_exported_first() -> None:
    """By one request they would get a job without its rows."""
    through = TRAIN.replace("command: run, reads: [rows]", "command: run, inputs: {t: {from: seen, via: rows}}")
    plan = planned(DATA.replace("{rows:", "{seen: {kind: table, key: id}, rows:") + BENCH + through + STUDIO)
    assert {own.entry for own in (*plan.batches, *plan.hosts) if any(e.verb == "export" for e in own.edges)} == {
        "deep",
        "wide",
    }
    told = environment(plan, domain(plan).users[0])
    assert {name for name in told if name.startswith("LANDFORM_TRAIN_")} == {"LANDFORM_TRAIN_FIT"}
    assert {grant.edge for grant in plan.grants if grant.edge.startswith("studio.ana.trains")} == {
        "studio.ana.trains.fit"
    }


def test_a_network_without_a_way_out_has_what_apps_ask() -> None:
    plan = planned(DATA + "network: {egress: none}\nstudio: {users: [ana], reads: [rows]}\n")
    services = {service for _, service in plan.endpoint_statements}
    assert {"logs", "s3", "sagemaker.api", "sagemaker.runtime", "studio", "sts"} <= services
    (identity,) = next(p for (_, service), p in plan.endpoint_statements.items() if service == "sts")
    assert identity.actions == ("sts:GetCallerIdentity",)
    assert set(identity.conditions["StringEquals"]) == {"aws:PrincipalAccount", "aws:ResourceAccount"}
    # With NAT only what costs nothing.
    open_ = planned(DATA + "studio: {users: [ana], reads: [rows]}\n")
    assert {service for _, service in open_.endpoint_statements} == {"s3"}


def test_beside_another_that_calls_the_same_service_apps_have_what_they_ask() -> None:
    plan = planned(
        "network: {egress: none}\ndata: {rows: {kind: bucket}}\n"
        "machines: {bench: {instance: t3.micro, reads: [rows]}}\nstudio: {users: [ana], reads: [rows]}\n"
    )
    logs = next(p for (_, service), p in plan.endpoint_statements.items() if service == "logs")
    (own,) = [statement for statement in logs if "aws:PrincipalArn" not in statement.conditions["StringEquals"]]
    assert own.actions == ("logs:CreateLogStream", "logs:PutLogEvents")
    assert set(own.conditions["StringEquals"]) == {"aws:PrincipalAccount", "aws:ResourceAccount"}
    assert [statement for statement in logs if statement is not own]


def test_who_only_reads_a_file_system_that_studio_writes_to_is_refused() -> None:
    bench = "machines: {{bench: {{instance: t3.micro, mounts: {{/homes: homes}}{}}}}}\n"
    studio = "studio: {{users: [ana, ben], mounts: {{/team: homes}}{}}}\n"
    for theirs, ours, refused in (
        ("", ", writes: [homes]", True),
        (", writes: [homes]", ", writes: [homes]", False),
        ("", "", False),
        (", writes: [homes]", "", False),
    ):
        found = outcome(DATA + bench.format(theirs) + studio.format(ours)).found
        said = [d.path for d in found if "machines.bench only reads data.homes, and could write to it" in d.message]
        assert said == ([("machines", "bench", "mounts", "/homes")] if refused else [])


def test_the_log_group_is_under_the_key_where_it_is_ours() -> None:
    for logs, ours in (("own", True), ("existing", False)):
        plan = planned(f"studio: {{users: [ana], logs: {logs}}}\n")
        groups = plan.key(domain(plan).region, "shared").log_groups
        assert any(group.endswith("/aws/sagemaker/studio") for group in groups) is ours


def test_browsers_post_to_the_bucket_of_canvas_from_the_pages_of_studio_alone() -> None:
    plan = planned(DATA + "studio: {users: [ana], canvas: true, reads: [rows]}\n")
    lets = {call.address: call.variables.get("uploads_from") for call in lower(plan).modules if call.source == "bucket"}
    canvas = domain(plan).canvas
    assert canvas is not None
    assert {address: origins for address, origins in lets.items() if origins} == {
        canvas.address: ["https://*.studio.us-east-1.sagemaker.aws"]
    }
    assert len(lets) > 1


def test_what_is_too_long_for_one_policy_is_spread_and_nothing_is_lost() -> None:
    long = tuple(Statement(f"S{n}", ("s3:GetObject",), (f"arn:aws:s3:::{'b' * 900}{n}/*",)) for n in range(30))
    policies = packed(long)
    assert tuple(s for policy in policies for s in policy) == long
    assert [len(policy) for policy in policies] == [10, 6, 6, 6, 2]
    assert 10 * 1000 < ROLE_POLICY < 11 * 1000 and 6 * 1000 < MANAGED_POLICY < 7 * 1000


def test_a_role_that_would_need_more_policies_than_iam_attaches_is_refused() -> None:
    buckets = [f"bucket-{n:03d}-of-a-long-name-{n}" for n in range(400)]
    data = ", ".join(f"{name}: {{kind: bucket}}" for name in buckets)
    found = outcome(f"data: {{{data}}}\nstudio: {{users: [ana], reads: [{', '.join(buckets)}]}}\n")
    assert [d.path for d in found.found if "the permissions of studio.ana fill" in d.message] == [("studio",)]


def test_disks_are_paid_for_always_and_apps_and_sessions_while_they_run() -> None:
    entry = cost(planned("studio: {users: [ana, ben], canvas: true}\n")).of(("studio",))
    assert entry.monthly == pytest.approx((2 * 20 * 0.112, 2 * 20 * 0.112 + 2 * (0.05 + 1.9) * 730))
    assert [(item.what, item.why) for item in entry.unpriced] == [
        ("what Canvas trains and predicts, and storage and requests of its bucket", "use"),
        ("logs, traffic and the file system of the domain", "use"),
    ]


def test_without_a_zone_some_wait_and_without_the_region_all() -> None:
    plan = planned("studio: {users: [ana, ben]}\n")
    own = domain(plan)
    zone = places(plan, Fault(own.region, own.users[0].zones[0]))[("studio",), own.region]
    assert zone.verdict == "degraded" and "a space whose disk is in" in zone.why[0]
    region = places(plan, Fault(own.region))[("studio",), own.region]
    assert region.verdict == "lost" and "disks of spaces have no copy elsewhere" in region.why[1]


def test_it_stands_on_the_dashboard_and_suffers_from_what_it_reads() -> None:
    plan = planned(DATA + BENCH + STUDIO)
    (own,) = [component for component in components(plan) if component.label == "studio"]
    assert set(own.metrics) == {"size"}
    assert own.causes == {"data.rows", "data.homes"}


def test_a_type_that_is_not_known_leaves_users_without_one() -> None:
    plan = planned("studio: {users: [ana], instance: ml.t3.medium}\n")
    own = domain(plan)
    assert own.users[0].type is not None and own.users[0].type.name == "t3.medium"
    assert replace(own.users[0], type=None).path == ("studio",)
