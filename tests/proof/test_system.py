"""Reading a plan: references followed to their ends, and roles, stores and endpoints with their policies."""

import json
from typing import Any

from landform.proof.evaluate import Request, Situation, decide
from landform.proof.planned import Planned, Target, read_plan
from landform.proof.system import read_system

Plan = dict[str, Any]
ACCOUNT = "111122223333"
EDGES = {"Sid": "Edge", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme/*"}


def document(*statements: Plan) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def ref(*references: str) -> Plan:
    return {"references": list(references)}


class Sketch:
    """A plan, drawn module by module."""

    def __init__(self) -> None:
        self.calls: Plan = {}
        self.modules: list[Plan] = []
        self.changes: list[Plan] = []

    def module(self, name: str, outputs: Plan | None = None, **arguments: Plan) -> "Sketch":
        body = {"resources": [], "outputs": {k: {"expression": e} for k, e in (outputs or {}).items()}}
        self.calls[name] = {"source": f"./modules/{name}", "expressions": arguments, "module": body}
        self.modules.append({"address": f"module.{name}", "resources": []})
        return self

    def resource(
        self, block: str, values: Plan, expressions: Plan, keys: tuple[str, ...] = (), **extra: Any
    ) -> "Sketch":
        kind, name = block.split(".")
        call, module = list(self.calls.values())[-1], self.modules[-1]
        call["module"]["resources"].append(
            {"address": block, "expressions": expressions, "provider_config_key": "aws", **extra}
        )
        for key in keys or (None,):
            address = f"{module['address']}.{block}" + (f'["{key}"]' if key else "")
            made = {"mode": "managed", "type": kind, "name": name, "address": address, "values": values}
            module["resources"].append({**made, "index": key} if key else made)
            unknown = {argument: True for argument in expressions if argument not in values}
            self.changes.append({"address": address, "change": {"after_unknown": unknown}})
        return self

    def read(self) -> Planned:
        region = {"expressions": {"region": {"constant_value": "eu-west-1"}}}
        return read_plan(
            {
                "planned_values": {"root_module": {"child_modules": self.modules}},
                "resource_changes": self.changes,
                "configuration": {"provider_config": {"aws": region}, "root_module": {"module_calls": self.calls}},
            }
        )


def keys() -> Sketch:
    sketch = Sketch().module("keys", {"arns": ref("aws_kms_key.this")}, keys={"constant_value": {}})
    loop = {"for_each_expression": ref("var.keys")}
    sketch.resource("aws_kms_key.this", {"description": "x"}, {}, ("data", "logs"), **loop)
    target = ref("aws_kms_key.this", "each.key")
    return sketch.resource(
        "aws_kms_alias.this", {"name": "alias/x"}, {"target_key_id": target}, ("data", "logs"), **loop
    )


def test_a_reference_is_followed_through_variable_and_output() -> None:
    call = {"key_arn": ref('module.keys.arns["logs"]', "module.keys.arns", "module.keys")}
    planned = keys().module("store", **call).resource("aws_s3_bucket.this", {}, {"kms": ref("var.key_arn")}).read()
    bucket = planned.by_address["module.store.aws_s3_bucket.this"]
    assert planned.targets(bucket, "kms") == (Target('module.keys.aws_kms_key.this["logs"]', ""),)


def test_a_reference_in_a_loop_meets_its_own_key() -> None:
    planned = keys().read()
    alias = planned.by_address['module.keys.aws_kms_alias.this["data"]']
    assert [t.address for t in planned.targets(alias, "target_key_id")] == ['module.keys.aws_kms_key.this["data"]']


def test_each_value_comes_from_what_is_looped_over() -> None:
    loop = {"for_each_expression": ref("var.buckets")}
    sketch = keys().module("store", buckets=ref("module.keys.arns", "module.keys"))
    planned = sketch.resource("aws_x.this", {}, {"key": ref("each.value.arn", "each.value")}, ("logs",), **loop).read()
    made = planned.by_address['module.store.aws_x.this["logs"]']
    assert [t.address for t in planned.targets(made, "key")] == ['module.keys.aws_kms_key.this["logs"]']


def test_locals_and_data_end_nowhere() -> None:
    sketch = Sketch().module("m").resource("aws_x.this", {}, {"a": ref("local.b"), "c": ref("data.aws_ami.d.id")})
    planned = sketch.read()
    made = planned.resources[0]
    assert planned.targets(made, "a") == planned.targets(made, "c") == planned.targets(made, "absent", 0, "x") == ()


def test_region_and_source_come_with_a_resource() -> None:
    made = keys().read().resources[0]
    assert (made.region, made.source, made.block, made.key) == (
        "eu-west-1",
        "./modules/keys",
        "aws_kms_key.this",
        "data",
    )


def role() -> Sketch:
    trust = document({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"})
    values = {"name": "bench", "path": "/", "assume_role_policy": trust}
    return Sketch().module("bench").resource("aws_iam_role.this", values, {})


def test_a_role_holds_what_is_attached_to_it() -> None:
    sketch = role().resource(
        "aws_iam_role_policy.edges", {"policy": document(EDGES)}, {"role": ref("aws_iam_role.this.name")}
    )
    sketch.resource("aws_iam_policy.more", {"policy": document(EDGES)}, {})
    attachment = {"role": ref("aws_iam_role.this.name"), "policy_arn": ref("aws_iam_policy.more.arn")}
    sketch.resource("aws_iam_role_policy_attachment.more", {}, attachment)
    sketch.resource(
        "aws_iam_role_policy_attachment.aws", {"policy_arn": "arn:aws:iam::aws:policy/X"}, {"role": attachment["role"]}
    )
    found = read_system(sketch.read(), ACCOUNT).roles[0]
    assert found.arn == f"arn:aws:iam::{ACCOUNT}:role/bench"
    assert found.services == {"ec2.amazonaws.com"}
    assert [p.address.split(".", 2)[2] for p in found.policies] == ["aws_iam_role_policy.edges", "aws_iam_policy.more"]
    assert found.foreign == ("arn:aws:iam::aws:policy/X",)


def test_a_role_named_by_a_literal_holds_its_policy_too() -> None:
    sketch = role().resource("aws_iam_role_policy.edges", {"policy": document(EDGES), "role": "bench"}, {})
    assert len(read_system(sketch.read(), ACCOUNT).roles[0].policies) == 1


def test_policies_that_cannot_be_proven_are_listed() -> None:
    sketch = role().resource("aws_iam_role_policy.later", {}, {"policy": ref("local.policy")})
    sketch.resource("aws_kms_key.odd", {"policy": document({**EDGES, "Condition": {"DateEquals": {"a": "b"}}})}, {})
    why = [reason for _, reason in read_system(sketch.read(), ACCOUNT).unreadable]
    assert why == ["it is not known before apply", "condition operator DateEquals is not supported"]


def test_inline_blocks_are_not_overlooked() -> None:
    inline = [{"name": "x", "policy": document(EDGES)}]
    sketch = (
        Sketch()
        .module("m")
        .resource("aws_iam_role.this", {"name": "r", "inline_policy": inline}, {"inline_policy": [{}]})
    )
    assert "aws_iam_role_policy" in read_system(sketch.read(), ACCOUNT).unreadable[0][1]


def test_a_bucket_knows_its_policy_and_key() -> None:
    sketch = keys().module("store", key_arn=ref('module.keys.arns["data"]', "module.keys.arns", "module.keys"))
    sketch.resource("aws_s3_bucket.this", {"bucket": "acme"}, {})
    owner = {"bucket": ref("aws_s3_bucket.this.id")}
    sketch.resource("aws_s3_bucket_policy.this", {"policy": document({**EDGES, "Principal": "*"})}, owner)
    default = [{"kms_master_key_id": ref("var.key_arn")}]
    rule = [{"apply_server_side_encryption_by_default": default}]
    sketch.resource("aws_s3_bucket_server_side_encryption_configuration.this", {}, {**owner, "rule": rule})
    bucket = read_system(sketch.read(), ACCOUNT).stores[0]
    assert (bucket.arn, bucket.key) == ("arn:aws:s3:::acme", 'module.keys.aws_kms_key.this["data"]')
    assert bucket.policy and bucket.policy.statements[0].sid == "Edge"


def test_a_key_without_a_policy_has_awss_default() -> None:
    key = read_system(keys().read(), ACCOUNT).stores[0]
    assert key.aliases == ("alias/x",)
    assert key.arn.startswith(f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/")
    identity = read_system(
        role()
        .resource(
            "aws_iam_role_policy.k",
            {"role": "bench", "policy": document({**EDGES, "Action": "kms:Decrypt", "Resource": "*"})},
            {},
        )
        .read(),
        ACCOUNT,
    ).roles[0]
    situation = Situation(tuple(p.policy for p in identity.policies), key.policy, ACCOUNT, closed=True)
    assert decide(Request(identity.arn, "kms:Decrypt", key.arn), situation).allowed


def test_an_endpoint_has_its_service_and_policy() -> None:
    values = {"service_name": "com.amazonaws.eu-west-1.ecr.api", "policy": document({**EDGES, "Principal": "*"})}
    endpoint = read_system(Sketch().module("net").resource("aws_vpc_endpoint.e", values, {}).read(), ACCOUNT).endpoints[
        0
    ]
    assert (endpoint.service, endpoint.region) == ("ecr.api", "eu-west-1")
