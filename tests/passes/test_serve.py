"""Services on Lambda, and secrets: who may call them and use them, and what they are told."""

from __future__ import annotations

import pytest
from support.specs import module, outcome, script

from landform.lower.root import lower
from landform.plan import Plan
from landform.root import Output

CODE = "code: code, handler: app.handler"
SERVE = f"serve: {{explain: {{platform: lambda, {CODE}HTTP, scale: {{min: 2, max: 20}}}}}}\n"
CALLER = f"functions: {{nightly: {{{CODE}, trigger: {{schedule: rate(1 hour)}}, calls: [serve.explain]}}}}\n"
LIVE = "arn:aws:lambda:us-east-1:123456789012:function:demo-dev-explain:live"
SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:wandb-AbCdEf"
KEY = "arn:aws:kms:us-east-1:123456789012:key/11111111-1111-1111-1111-111111111111"


def planned(text: str, regions: str = "{primary: us-east-1}") -> Plan:
    """The plan of a spec whose code is not on disk."""
    result = outcome(text, regions)
    assert {d.code for d in result.found if d.severity.value == "error"} <= {"LF0210"}
    assert result.plan is not None
    return result.plan


def conditions(plan: Plan, edge: str) -> dict[tuple[str, str], object]:
    found = [g.statement for g in plan.grants if g.edge == edge]
    return {(action, resource): s.conditions for s in found for action in s.actions for resource in s.resources}


def test_a_url_takes_two_permissions_and_opens_no_other_way() -> None:
    plan = planned(SERVE.replace("HTTP", ", http: {auth: iam}") + CALLER)
    assert conditions(plan, "functions.nightly.calls.serve.explain") == {
        ("lambda:InvokeFunctionUrl", LIVE): {"StringEquals": {"lambda:FunctionUrlAuthType": ("AWS_IAM",)}},
        ("lambda:InvokeFunction", LIVE): {"Bool": {"lambda:InvokedViaFunctionUrl": ("true",)}},
    }


def test_without_a_url_it_is_invoked_by_its_alias() -> None:
    plan = planned(SERVE.replace("HTTP", "") + CALLER)
    assert conditions(plan, "functions.nightly.calls.serve.explain") == {("lambda:InvokeFunction", LIVE): {}}


@pytest.mark.parametrize(
    ("http", "told"), [("", "demo-dev-explain:live"), (", http: {auth: iam}", Output("serve_explain", "url"))]
)
def test_a_caller_is_told_how_to_call(http: str, told: object) -> None:
    root = lower(planned(SERVE.replace("HTTP", http) + CALLER))
    assert module(root, "functions_nightly").variables["environment"]["LANDFORM_SERVE_EXPLAIN"] == told


def test_scale_is_what_is_ready_and_what_may_run() -> None:
    call = module(lower(planned(SERVE.replace("HTTP", ""))), "serve_explain")
    assert call.variables["service"] == {"alias": "live", "url": False, "ready": 2}
    assert call.variables["concurrency"] == 20
    assert call.variables["trigger"] is None


@pytest.mark.parametrize(("key", "more"), [("", set()), (f', key: "{KEY}"', {("kms:Decrypt", KEY)})])
def test_a_secret_is_read_and_its_own_key_used(key: str, more: set[tuple[str, str]]) -> None:
    secrets = f'secrets: {{tracker: {{existing: "{SECRET}"{key}}}}}\n'
    plan = planned(secrets + "machines: {bench: {instance: t3.micro, uses: [tracker]}}\n")
    granted = conditions(plan, "machines.bench.uses.tracker")
    assert set(granted) == {("secretsmanager:GetSecretValue", SECRET)} | more


def test_a_secret_s_arn_is_told_and_nothing_of_its_value() -> None:
    secrets = f'secrets: {{tracker: {{existing: "{SECRET}"}}}}\n'
    root = lower(planned(secrets + SERVE.replace("HTTP", ", uses: [tracker]")))
    assert module(root, "serve_explain").variables["environment"]["LANDFORM_SECRETS_TRACKER"] == SECRET


def test_a_secret_that_nobody_uses_is_said() -> None:
    found = outcome(f'secrets: {{tracker: {{existing: "{SECRET}"}}}}\nmachines: {{bench: {{instance: t3.micro}}}}\n')
    assert "secrets.tracker" in found.one("LF0209").message


IN_TWO = SERVE.replace("HTTP", "HTTP, regions: all")
TWO = "{primary: us-east-1, replicas: [eu-west-1]}"


def test_a_host_learns_a_url_at_boot_and_passes_it_on() -> None:
    plan = planned(
        SERVE.replace("HTTP", ", http: {auth: iam}") + "machines: {ww: {instance: t3.micro, calls: [serve.explain]}}\n"
    )
    root = lower(plan)
    assert module(root, "machines_ww").variables["user_data"].told == {
        "LANDFORM_SERVE_EXPLAIN": Output("serve_explain", "url")
    }
    assert "\n  told LANDFORM_SERVE_EXPLAIN\n" in script(plan, "machines.ww")
    assert ("lambda:InvokeFunctionUrl", LIVE) in conditions(plan, "machines.ww.calls.serve.explain")


@pytest.mark.parametrize("http", ["", ", http: {auth: iam}"])
def test_jobs_are_told_whom_they_call(http: str) -> None:
    training = "train: {{fit: {{platform: {}, command: run, image: pytorch-2.10, {}, calls: [serve.explain]}}}}\n"
    told = Output("serve_explain", "url") if http else "demo-dev-explain:live"
    service = SERVE.replace("HTTP", http)
    job = module(lower(planned(service + training.format("sagemaker", "instance: ml.m7i.xlarge"))), "train_fit")
    assert job.variables["definition"]["Environment"]["LANDFORM_SERVE_EXPLAIN"] == told
    batch = module(lower(planned(service + training.format("batch", "instance: m7i.xlarge"))), "train_fit")
    assert {"name": "LANDFORM_SERVE_EXPLAIN", "value": told} in batch.variables["definition"]["environment"]


def test_a_service_of_all_regions_stands_in_each_with_a_role_and_a_network_of_its_own() -> None:
    text = IN_TWO.replace("HTTP", ", reads: [rows]") + "data: {rows: {kind: table, key: id, replicate: true}}\n"
    plan = planned(text, TWO)
    root = lower(plan)
    assert {m.address: m.provider for m in root.modules if m.source in ("function", "network")} == {
        "serve_explain": None,
        "serve_explain_eu_west_1": "eu_west_1",
        "network_us_east_1": None,
        "network_eu_west_1": "eu_west_1",
    }
    far = module(root, "serve_explain_eu_west_1").variables
    assert far["role_name"] == "demo-dev-explain-eu-west-1"
    table = "arn:aws:dynamodb:eu-west-1:123456789012:table/demo-dev-rows"
    assert ("dynamodb:GetItem", table) in {
        (a, r) for s in far["statements"] for a in s["actions"] for r in s["resources"]
    }


@pytest.mark.parametrize(
    ("edge", "remedy"),
    [
        ("reads: [rows]", "Add `replicate: true` to data.rows"),
        ("calls: [serve.other]", "Add `regions: all` to serve.other"),
    ],
)
def test_what_a_service_names_must_be_where_it_runs(edge: str, remedy: str) -> None:
    own = f"platform: lambda, {CODE}"
    services = f"serve: {{explain: {{{own}, regions: all, {edge}}}, other: {{{own}}}}}\n"
    found = outcome(services + "data: {rows: {kind: table, key: id}}\n", TWO).one("LF0309")
    assert "eu-west-1" in found.message
    assert remedy in found.remedy
