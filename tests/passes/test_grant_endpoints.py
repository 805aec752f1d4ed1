"""What an endpoint lets through: what is granted, what hosts need at boot, within the length that AWS takes."""

from support.specs import allowed, module, outcome

from landform.catalog.limits import ENDPOINT_POLICY
from landform.lower.root import lower
from landform.passes.endpoint import policy_size
from landform.plan import Plan, Statement

from .test_grant import LOGS

SEALED = "network: {egress: none}\n"


def policy(plan: Plan, service: str) -> list[Statement]:
    return list(plan.endpoint_statements["us-east-1", service])


def test_with_nat_there_is_the_gateway_that_costs_nothing() -> None:
    plan = outcome("machines: {work: {instance: t3.large, shell: {via: ssm}}}\n").sound
    assert set(plan.endpoint_statements) == {("us-east-1", "s3")}


def test_without_a_way_out_there_is_an_endpoint_for_every_service_called() -> None:
    sections = "data: {events: {kind: bucket}}\ntrain: {fit: {platform: ec2, cpu: 8, command: run, reads: [events]}}\n"
    machine = "machines: {work: {instance: t3.large, shell: {via: ssm}}}\n"
    services = {service for _, service in outcome(SEALED + sections + machine).sound.endpoint_statements}
    assert services == {"s3", "sqs", "logs", "monitoring", "autoscaling", "ssm", "ssmmessages"}


def test_an_endpoint_admits_each_role_to_its_own_and_the_boot_to_everybody() -> None:
    sections = "data: {events: {kind: bucket}}\nmachines: {work: {instance: t3.large, reads: [events]}}\n"
    *own, boot = policy(outcome(sections).sound, "s3")
    role = "arn:aws:iam::123456789012:role/demo-dev-work-us-east-1"
    assert allowed(own) == {("s3:ListBucket", LOGS), ("s3:GetObject", f"{LOGS}/*")}
    assert all(s.conditions["StringEquals"]["aws:PrincipalArn"] == (role,) for s in own)
    assert (boot.actions, boot.conditions) == (("s3:GetObject",), {})
    assert all(resource.split(":::")[1].startswith(("al2023-repos-", "amazon-ssm-")) for resource in boot.resources)


def test_roles_that_may_do_the_same_share_a_statement() -> None:
    machines = ", ".join(f"{name}: {{instance: t3.large, reads: [events]}}" for name in ("one", "two"))
    *own, _ = policy(outcome(f"data: {{events: {{kind: bucket}}}}\nmachines: {{{machines}}}\n").sound, "s3")
    assert {len(s.conditions["StringEquals"]["aws:PrincipalArn"]) for s in own} == {2}


def test_tables_and_streams_are_reached_within_the_network() -> None:
    data = "data: {rows: {kind: table, key: id}, clicks: {kind: stream}}\n"
    spec = f"{SEALED}{data}machines: {{work: {{instance: t3.large, reads: [rows, clicks]}}}}\n"
    plan = outcome(spec).sound
    role = "arn:aws:iam::123456789012:role/demo-dev-work-us-east-1"
    for service in ("dynamodb", "kinesis-streams"):
        (only,) = policy(plan, service)
        assert only.conditions["StringEquals"]["aws:PrincipalArn"] == (role,)
    rules = module(lower(plan), "machines_work").variables["egress"]["endpoints"]
    assert [each.keys for each in rules["prefix_list_ids"]] == [("dynamodb",), ("s3",)]


def test_endpoints_can_be_added_or_left_out() -> None:
    machine = "machines: {work: {instance: t3.large}}\n"
    added = outcome("network: {endpoints: {add: [sts]}}\n" + machine).sound.endpoint_statements
    assert set(added) == {("us-east-1", "s3"), ("us-east-1", "sts")}
    assert outcome("network: {endpoints: none}\n" + machine).sound.endpoint_statements == {}


def test_a_gateway_that_nobody_uses_is_left_out() -> None:
    result = outcome("network: {endpoints: {add: [dynamodb]}}\nmachines: {work: {instance: t3.large}}\n")
    assert ("us-east-1", "dynamodb") not in result.sound.endpoint_statements
    assert "nothing in us-east-1 calls dynamodb" in result.one("LF0605").message


def test_a_policy_that_is_too_long_falls_back_to_the_account() -> None:
    machines = "".join(f"  m{n}: {{instance: t3.large, reads: [d{n}]}}\n" for n in range(60))
    data = "".join(f"  d{n}: {{kind: bucket}}\n" for n in range(60))
    result = outcome(f"data:\n{data}machines:\n{machines}")
    account, boot = policy(result.sound, "s3")
    own = ("123456789012",)
    assert account.conditions == {"StringEquals": {"aws:PrincipalAccount": own, "aws:ResourceAccount": own}}
    assert account.actions == ("s3:GetObject", "s3:ListBucket")
    assert boot.sid == "Boot", "package managers still reach their repositories"
    assert str(ENDPOINT_POLICY) in result.one("LF0606").message


def test_no_policy_is_longer_than_aws_takes() -> None:
    for count in (20, 24, 25, 26, 27, 28, 30):
        machines = "".join(f"  m{n}: {{instance: t3.large, reads: [d{n}]}}\n" for n in range(10, 10 + count))
        data = "".join(f"  d{n}: {{kind: bucket}}\n" for n in range(10, 10 + count))
        plan = outcome(f"data:\n{data}machines:\n{machines}").sound
        assert 0 < policy_size(policy(plan, "s3")) <= ENDPOINT_POLICY


def test_an_existing_bucket_stays_reachable_when_the_policy_is_cut_short() -> None:
    machines = "".join(f"  m{n}: {{instance: t3.large, reads: [d{n}, theirs]}}\n" for n in range(10, 60))
    data = "".join(f"  d{n}: {{kind: bucket}}\n" for n in range(10, 60))
    result = outcome(f"data:\n  theirs: {{kind: bucket, existing: their-bucket}}\n{data}machines:\n{machines}")
    (existing,) = (s for s in policy(result.sound, "s3") if s.sid == "Existing")
    assert existing.resources == ("arn:aws:s3:::their-bucket", "arn:aws:s3:::their-bucket/*")
    assert existing.actions == ("s3:GetObject", "s3:ListBucket")


def test_an_endpoint_that_no_edge_calls_serves_this_account_alone() -> None:
    spec = "network: {egress: none, endpoints: {add: [sqs]}}\nmachines: {work: {instance: t3.large}}\n"
    (only,) = policy(outcome(spec).sound, "sqs")
    own = ("123456789012",)
    assert only.actions == ("sqs:*",)
    assert only.conditions == {"StringEquals": {"aws:PrincipalAccount": own, "aws:ResourceAccount": own}}
