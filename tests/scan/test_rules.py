"""Each rule finds the mistake that it is for, and is quiet on the sample."""

import json
from typing import Any

import pytest

from landform.scan import admitted, elsewhere, guards, hearing, ingress, own, policies, reach, refusals, written
from landform.scan.rules import RULES, judge

from .conftest import Plan, drop, subject, values

ROLE = "module.machines_bench.aws_iam_role.this"
EDGES = "module.machines_bench.aws_iam_role_policy.worker_edges"
GROUP = "module.machines_bench.aws_security_group.this"
SSH = "module.machines_bench.aws_vpc_security_group_ingress_rule.ssh"
INSTANCE = "module.machines_bench.aws_instance.this"
BUCKET = "module.data_transactions.aws_s3_bucket.this"
BUCKET_POLICY = "module.data_transactions.aws_s3_bucket_policy.this"
BLOCK = "module.data_transactions.aws_s3_bucket_public_access_block.this"
KEY = 'module.keys_us_east_1.aws_kms_key.this["data"]'
ENDPOINT = "module.network_us_east_1.aws_vpc_endpoint.gateway"
FLOW_LOG = "module.network_us_east_1.aws_flow_log.this"


def say(plan: Plan, address: str, argument: str = "policy", **statement: Any) -> None:
    """Put one more statement into a policy."""
    held = values(plan, address)
    body = json.loads(held[argument])
    body["Statement"].append({"Sid": "Planted", "Effect": "Allow", **statement})
    held[argument] = json.dumps(body)


def found(rule: Any, plan: Plan) -> list[tuple[str, str]]:
    return [(d.code, d.message) for d in rule(subject(plan))]


def test_sample_breaks_no_rule(plan: Plan) -> None:
    assert judge(subject(plan)) == ()


@pytest.mark.parametrize(
    "cidrs",
    [
        ["0.0.0.0/0"],
        ["::/0"],
        ["0.0.0.0/1", "128.0.0.0/1"],
        ["2000::/4", "3000::/4"],
        [f"{n}.0.0.0/10" for n in range(11, 100)],
        ["8.0.0.0/8", "9.0.0.0/32"],
    ],
)
@pytest.mark.parametrize(("protocol", "ports"), [("-1", (None, None)), ("tcp", (0, 65535)), ("6", (22, 22))])
def test_world_is_found_in_any_disguise(plan: Plan, cidrs: list[str], protocol: str, ports: Any) -> None:
    group = values(plan, GROUP)
    group["ingress"] = [
        {"protocol": protocol, "from_port": ports[0], "to_port": ports[1], "cidr_blocks": [c]} for c in cidrs
    ]
    assert [code for code, _ in found(reach.open_ingress, plan)] == ["LF0806"]


@pytest.mark.parametrize("cidr", ["10.0.0.0/8", "fc00::/7", "100.64.0.0/10", "8.0.0.0/8"])
def test_a_company_is_not_the_world(plan: Plan, cidr: str) -> None:
    values(plan, GROUP)["ingress"] = [{"protocol": "-1", "cidr_blocks": [cidr]}]
    assert found(reach.open_ingress, plan) == []


def test_a_web_port_may_be_open(plan: Plan) -> None:
    rule = {"protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": ["0.0.0.0/0"]}
    values(plan, GROUP)["ingress"] = [rule]
    assert found(reach.open_ingress, plan) == []


def test_a_rule_of_its_own_counts_for_its_group(plan: Plan) -> None:
    values(plan, SSH)["cidr_ipv4"] = "0.0.0.0/0"
    finding = next(iter(reach.open_ingress(subject(plan))))
    assert finding.path == ("machines", "bench")
    assert GROUP in finding.message


def test_a_bucket_without_public_access_block(plan: Plan) -> None:
    drop(plan, BLOCK)
    assert found(reach.public_access, plan)[0][0] == "LF0811"


@pytest.mark.parametrize("setting", ["block_public_acls", "restrict_public_buckets"])
def test_a_public_access_block_with_a_hole(plan: Plan, setting: str) -> None:
    values(plan, BLOCK)[setting] = False
    assert [setting in message for _, message in found(reach.public_access, plan)] == [True]


@pytest.mark.parametrize("acl", ["public-read", "public-read-write", "authenticated-read"])
def test_a_public_acl(plan: Plan, acl: str) -> None:
    values(plan, BUCKET)["acl"] = acl
    assert found(reach.public_acl, plan)[0][0] == "LF0811"


def test_an_acl_with_a_grant_to_strangers(plan: Plan) -> None:
    group = "http://acs.amazonaws.com/groups/global/AllUsers"
    values(plan, BUCKET)["access_control_policy"] = [{"grant": [{"grantee": [{"uri": group}]}]}]
    assert "strangers" in found(reach.public_acl, plan)[0][1]


@pytest.mark.parametrize(
    ("address", "argument", "arn"),
    [
        (FLOW_LOG, "iam_role_arn", "arn:aws:iam::123456789012:role/sample-dev-flow"),
        (FLOW_LOG, "log_destination", "arn:aws:logs:us-east-1:123456789012:log-group:/sample/flow:*"),
        (INSTANCE, "user_data", "arn:aws:s3:::sample-dev-logs-123456789012-us-east-1"),
    ],
)
def test_a_literal_arn_gives_no_order(plan: Plan, address: str, argument: str, arn: str) -> None:
    values(plan, address)[argument] = arn
    for block in _blocks(plan):
        block["expressions"].get(argument, {}).pop("references", None)
    assert [code for code, _ in found(reach.literal_arn, plan)] == ["LF0807"]


def _blocks(plan: Plan) -> list[Plan]:
    calls = plan["configuration"]["root_module"]["module_calls"].values()
    return [block for call in calls for block in call["module"]["resources"]]


def test_an_arn_by_reference_is_no_literal(plan: Plan) -> None:
    values(plan, FLOW_LOG)["iam_role_arn"] = "arn:aws:iam::123456789012:role/sample-dev-flow"
    assert found(reach.literal_arn, plan) == []


def test_an_output_that_waits_gives_order_though_its_value_is_a_literal(plan: Plan) -> None:
    arn = "arn:aws:s3:::sample-dev-logs-123456789012-us-east-1"
    calls = plan["configuration"]["root_module"]["module_calls"]
    calls["logs_us_east_1"]["module"]["outputs"]["arn"]["expression"] = {"references": ["var.name"]}
    calls["machines_bench"]["expressions"]["logs"] = {"references": ["module.logs_us_east_1.arn"]}
    block = next(b for b in _blocks(plan) if b["address"] == "aws_instance.this")
    block["expressions"]["user_data"] = {"references": ["var.logs"]}
    values(plan, INSTANCE)["user_data"] = arn
    assert found(reach.literal_arn, plan) == []


def test_a_dynamic_block_is_ordered_by_what_its_module_is_given(plan: Plan) -> None:
    arn = "arn:aws:s3:::sample-dev-logs-123456789012-us-east-1"
    values(plan, INSTANCE)["ebs_block_device"] = [{"tags": {"bucket": arn}}]
    assert [code for code, _ in found(reach.literal_arn, plan)] == ["LF0807"]
    calls = plan["configuration"]["root_module"]["module_calls"]
    calls["machines_bench"]["expressions"]["logs"] = {"references": ["module.logs_us_east_1.arn"]}
    assert found(reach.literal_arn, plan) == []


ROOT = {"AWS": "arn:aws:iam::123456789012:root"}
PLANTED = [
    (policies.action_wildcard, EDGES, {"Action": "s3:*", "Resource": "arn:aws:s3:::b/*"}),
    (policies.action_wildcard, EDGES, {"Action": "s3:Get*", "Resource": "arn:aws:s3:::b/*"}),
    (policies.action_wildcard, EDGES, {"Action": "s3:GetObjec?", "Resource": "arn:aws:s3:::b/*"}),
    (policies.action_wildcard, KEY, {"Action": "kms:*", "Resource": "*", "Principal": {"Service": "logs"}}),
    (policies.action_wildcard, KEY, {"Action": "kms:Create*", "Resource": "*", "Principal": ROOT}),
    (policies.action_wildcard, BUCKET_POLICY, {"Action": "s3:*", "Resource": "*", "Principal": ROOT}),
    (policies.resource_wildcard, EDGES, {"Action": "s3:GetObject", "Resource": "*"}),
    (policies.resource_wildcard, ENDPOINT, {"Action": "s3:GetObject", "Resource": "*", "Principal": "*"}),
    (policies.inverted_element, EDGES, {"NotAction": "iam:*", "Resource": "*"}),
    (policies.inverted_element, EDGES, {"Action": "s3:GetObject", "NotResource": "arn:aws:s3:::b/*"}),
    (policies.inverted_element, BUCKET_POLICY, {"Action": "s3:GetObject", "Resource": "*", "NotPrincipal": ROOT}),
    (policies.anyone, BUCKET_POLICY, {"Action": "s3:GetObject", "Resource": "*", "Principal": "*"}),
    (policies.anyone, BUCKET_POLICY, {"Action": "s3:GetObject", "Resource": "*", "Principal": {"AWS": ["*"]}}),
    (
        policies.anyone,
        BUCKET_POLICY,
        {"Action": "s3:GetObject", "Resource": "*", "Principal": "*",
         "Condition": {"StringLike": {"aws:PrincipalArn": "*"}}},
    ),
    (
        policies.anyone,
        KEY,
        {"Action": "kms:Decrypt", "Resource": "*", "Principal": "*",
         "Condition": {"Bool": {"aws:SecureTransport": "true"}}},
    ),
    (
        policies.anyone,
        KEY,
        {"Action": "kms:Decrypt", "Resource": "*", "Principal": "*",
         "Condition": {"StringEqualsIfExists": {"kms:CallerAccount": "123456789012"}}},
    ),
    (policies.anyone, ENDPOINT, {"Action": "s3:GetObject", "Resource": "*", "Principal": "*"}),
    (policies.pass_role, EDGES, {"Action": "iam:PassRole", "Resource": "arn:aws:iam::123456789012:role/*"}),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "address", "statement"), PLANTED)
def test_a_planted_statement_is_found(plan: Plan, rule: Any, address: str, statement: Plan) -> None:
    say(plan, address, **statement)
    assert [(code, "Planted" in message) for code, message in found(rule, plan)] == [("LF0805", True)]


@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}])
def test_a_role_for_everyone(plan: Plan, principal: Any) -> None:
    condition = {"StringEquals": {"aws:PrincipalAccount": "123456789012"}}
    say(plan, ROLE, "assume_role_policy", Action="sts:AssumeRole", Principal=principal, Condition=condition)
    assert [code for code, _ in found(policies.trust_for_anyone, plan)] == ["LF0805"]


@pytest.mark.parametrize(
    ("rule", "address", "statement"),
    [
        (policies.action_wildcard, KEY, {"Action": "kms:*", "Resource": "*", "Principal": ROOT}),
        (policies.action_wildcard, BUCKET_POLICY,
         {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Principal": "*"}),
        (policies.resource_wildcard, EDGES, {"Action": "cloudwatch:PutMetricData", "Resource": "*"}),
        (policies.anyone, KEY, {"Action": "kms:Decrypt", "Resource": "*", "Principal": "*",
                                "Condition": {"StringEquals": {"kms:CallerAccount": "123456789012"}}}),
        (policies.pass_role, EDGES, {"Action": "iam:PassRole", "Resource": "arn:aws:iam::123456789012:role/one"}),
    ],
)  # fmt: skip
def test_what_is_narrow_enough(plan: Plan, rule: Any, address: str, statement: Plan) -> None:
    say(plan, address, **statement)
    assert found(rule, plan) == []


OWN = {"aws:PrincipalAccount": "123456789012", "aws:ResourceAccount": ["123456789012"]}
FILTER = {"Action": "s3:*", "Resource": "*", "Principal": "*", "Condition": {"StringEquals": OWN}}
BOTH = (policies.action_wildcard, policies.resource_wildcard)


@pytest.mark.parametrize("rule", [*BOTH, policies.anyone])
def test_an_endpoint_may_let_an_account_reach_its_own(plan: Plan, rule: Any) -> None:
    say(plan, ENDPOINT, **FILTER)
    assert found(rule, plan) == []


@pytest.mark.parametrize(
    ("rule", "address", "change"),
    [
        *((rule, EDGES, {}) for rule in BOTH),
        (policies.action_wildcard, BUCKET_POLICY, {}),
        (policies.action_wildcard, KEY, {}),
        (policies.action_wildcard, ENDPOINT, {"Action": "*"}),
        (policies.action_wildcard, ENDPOINT, {"Action": "s3:Get*"}),
        (policies.action_wildcard, ENDPOINT, {"Action": ["s3:*", "kms:*"]}),
        (policies.action_wildcard, ENDPOINT, {"Action": "ec2:*"}),
        *((rule, ENDPOINT, {"Condition": condition}) for rule in BOTH for condition in (
            {},
            {"StringLike": OWN},
            {"StringEqualsIfExists": OWN},
            {"StringNotEquals": OWN},
            {"StringEquals": {"aws:ResourceAccount": "123456789012"}},
            {"StringEquals": {"aws:PrincipalAccount": "123456789012"}},
            {"StringEquals": {**OWN, "aws:ResourceAccount": "444455556666"}},
            {"StringEquals": {**OWN, "aws:PrincipalAccount": ["123456789012", "444455556666"]}},
        )),
    ],
)  # fmt: skip
def test_nothing_but_that_form_is_exempt(plan: Plan, rule: Any, address: str, change: Plan) -> None:
    statement = {**FILTER, **change}
    say(plan, address, **{k: v for k, v in statement.items() if address != EDGES or k != "Principal"})
    assert [code for code, _ in found(rule, plan)] == ["LF0805"]


@pytest.mark.parametrize(
    ("address", "limit"), [(EDGES, 10_240), (BUCKET_POLICY, 20_480), (KEY, 32_768), (ENDPOINT, 20_480)]
)
def test_a_policy_over_its_limit(plan: Plan, address: str, limit: int) -> None:
    say(plan, address, Action="s3:GetObject", Resource="arn:aws:s3:::" + "b" * limit)
    code, message = found(policies.policy_size, plan)[0]
    assert code == "LF0808"
    assert f"{limit:,}" in message


def test_inline_policies_of_a_role_count_together(plan: Plan) -> None:
    module = next(
        m for m in plan["planned_values"]["root_module"]["child_modules"] if m["address"] == "module.machines_bench"
    )
    half = next(r for r in module["resources"] if r["address"] == EDGES)
    say(plan, EDGES, Action="s3:GetObject", Resource="arn:aws:s3:::" + "b" * 6000)
    assert found(policies.policy_size, plan) == []
    module["resources"].append(half)
    assert [code for code, _ in found(policies.policy_size, plan)] == ["LF0808"]


def test_every_rule_is_wired() -> None:
    functions = [
        f
        for module in (reach, ingress, policies, guards, elsewhere, admitted, hearing, own, refusals, written)
        for name, f in vars(module).items()
        if _is_rule(module, name, f)
    ]
    assert set(RULES) == set(functions)
    assert all(rule.__doc__ for rule in RULES)


def _is_rule(module: Any, name: str, function: Any) -> bool:
    """A public function of the module itself that takes a subject and yields findings."""
    own = getattr(function, "__module__", "") == module.__name__ and not name.startswith("_")
    notes = getattr(function, "__annotations__", {})
    return own and notes.get("return") == "Iterator[Diagnostic]"


@pytest.mark.parametrize(("asked", "codes"), [("AWS_IAM", []), ("NONE", ["LF0805"]), (None, ["LF0805"])])
def test_whoever_calls_an_api_is_asked_who_he_is(plan: Plan, asked: str | None, codes: list[str]) -> None:
    kind = "aws_apigatewayv2_route"
    door = {
        "address": f"module.machines_bench.{kind}.this",
        "mode": "managed",
        "type": kind,
        "name": "this",
        "values": {"authorization_type": asked},
    }
    (bench,) = [
        m for m in plan["planned_values"]["root_module"]["child_modules"] if m["address"] == "module.machines_bench"
    ]
    bench["resources"].append(door)
    assert [code for code, _ in found(reach.unasked_callers, plan)] == codes
