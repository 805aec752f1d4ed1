"""The proof on an API before a service: its callers reach the routes that there are, and nothing near them."""

import json
from dataclasses import replace
from typing import Any

import pytest

from landform.commands.workspace import laid_out
from landform.emit.tree import tree
from landform.pipeline import analyse
from landform.proof.ask import ask, circumstances
from landform.proof.callers import API
from landform.proof.evaluate import Request
from landform.proof.foreseen import foreseen
from landform.proof.grants import Grant, read_grants
from landform.proof.planned import Planned, Resource, read_plan
from landform.proof.prove import prove
from landform.proof.system import Role, System, read_system
from landform.rehearse.terraform import offline_plan

ACCOUNT = "123456789012"
SPEC = """\
version: 1
system: demo
account: "123456789012"
environment: development
regions: {primary: us-east-1}
network: {zones: 2, egress: nat-single}
data: {notes: {kind: bucket}}
serve:
  notes: {platform: lambda, code: code, handler: app.handler, reads: [notes], http: {auth: iam, via: api,
          routes: ['GET /notes/{id}', POST /notes]}}
  other: {platform: lambda, code: code, handler: app.handler, http: {auth: iam, via: api}}
  plain: {platform: lambda, code: code, handler: app.handler, http: {auth: iam}}
machines:
  client: {instance: t3.micro, calls: [serve.notes]}
  friend: {instance: t3.micro, calls: [serve.other, serve.plain]}
"""
NOTES = f"arn:aws:execute-api:us-east-1:{ACCOUNT}:serve_notes"
OTHER = f"arn:aws:execute-api:us-east-1:{ACCOUNT}:serve_other"
LAMBDA = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:demo-dev-notes"

Whole = tuple[Planned, dict[str, Any], tuple[Grant, ...], dict[str, str]]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    folder = tmp_path_factory.mktemp("apis")
    (folder / "code").mkdir()
    (folder / "code" / "app.py").write_text("def handler(event, context): ...\n")
    (folder / "demo.yaml").write_text(SPEC)
    analysis = analyse(folder / "demo.yaml")
    assert analysis.plan is not None and analysis.sound, [d.text for d in analysis.diagnostics]
    files = tree(analysis.plan)
    planned = read_plan(offline_plan(laid_out(analysis, files, folder / "out")))
    root = json.loads(files["main.tf.json"])
    return planned, root, read_grants(json.loads(files["grants.json"])), json.loads(files["sourcemap.json"])


def system_of(whole: Whole) -> System:
    return read_system(foreseen(whole[0], whole[1], ACCOUNT), ACCOUNT)


def codes(whole: Whole) -> set[str]:
    return {d.code for d in prove(system_of(whole), whole[2], whole[3])}


def role(system: System, name: str) -> Role:
    return next(r for r in system.roles if r.arn.endswith(f"role/demo-dev-{name}-us-east-1"))


def may(whole: Whole, who: str, action: str, resource: str) -> bool:
    system = system_of(whole)
    own = role(system, who)
    return ask(system, own, Request(own.arn, action, resource, circumstances(system, own.arn))).allowed


def test_two_apis_a_url_and_their_callers_are_proven(whole: Whole) -> None:
    assert [d.text for d in prove(system_of(whole), whole[2], whole[3])] == []


@pytest.mark.parametrize(
    ("who", "resource"),
    [
        ("client", f"{NOTES}/$default/GET/notes/7"),
        ("client", f"{NOTES}/$default/POST/notes"),
        ("friend", f"{OTHER}/$default/DELETE/what/ever"),
        ("friend", f"{OTHER}/$default/GET/"),
    ],
)
def test_an_edge_suffices(whole: Whole, who: str, resource: str) -> None:
    assert may(whole, who, "execute-api:Invoke", resource)


@pytest.mark.parametrize(
    ("who", "action", "resource"),
    [
        ("client", "execute-api:Invoke", f"{NOTES}/$default/DELETE/notes/7"),
        ("client", "execute-api:Invoke", f"{NOTES}/$default/GET/notes"),
        ("client", "execute-api:Invoke", f"{NOTES}/$default/GET/"),
        ("client", "execute-api:Invoke", f"{NOTES}/$default/PUT/notes"),
        ("client", "execute-api:Invoke", f"{NOTES}/$default/POST/notes/7"),
        ("client", "execute-api:Invoke", f"{NOTES}/prod/POST/notes"),
        ("client", "execute-api:Invoke", f"{OTHER}/$default/GET/"),
        ("client", "execute-api:Invoke", f"{NOTES}x/$default/POST/notes"),
        ("client", "execute-api:Invoke", f"{NOTES}/$default/POST/notes".replace("us-east-1", "eu-west-1")),
        ("client", "execute-api:Invoke", f"{NOTES}/$default/POST/notes".replace(ACCOUNT, "999999999999")),
        ("client", "execute-api:InvalidateCache", f"{NOTES}/$default/POST/notes"),
        ("client", "execute-api:ManageConnections", f"{NOTES}/$default/POST/@connections/x"),
        ("client", "lambda:InvokeFunction", LAMBDA),
        ("client", "lambda:InvokeFunction", f"{LAMBDA}:live"),
        ("client", "lambda:InvokeFunctionUrl", f"{LAMBDA}:live"),
        ("client", "lambda:InvokeFunction", LAMBDA.replace("notes", "plain") + ":live"),
        ("client", "apigateway:PATCH", "arn:aws:apigateway:us-east-1::/apis/x/routes/y"),
        ("client", "apigateway:POST", "arn:aws:apigateway:us-east-1::/apis"),
        ("client", "lambda:AddPermission", LAMBDA),
        ("friend", "execute-api:Invoke", f"{NOTES}/$default/POST/notes"),
        ("friend", "lambda:InvokeFunction", f"{LAMBDA}:live"),
        ("notes", "execute-api:Invoke", f"{NOTES}/$default/POST/notes"),
        ("notes", "execute-api:Invoke", f"{OTHER}/$default/GET/"),
    ],
)
def test_what_is_near_is_denied(whole: Whole, who: str, action: str, resource: str) -> None:
    assert not may(whole, who, action, resource)


def calling(whole: Whole, *resources: str, actions: tuple[str, ...] = ("execute-api:Invoke",)) -> Whole:
    """The client, allowed something else than its edge means."""
    own = {"sid": "Planted", "actions": list(actions), "resources": list(resources)}
    planted = {"serve_notes": {"statements": [own]}}
    modules = whole[1]["module"]
    root = {"module": {**modules, "machines_client": {**modules["machines_client"], "apis": planted}}}
    return whole[0], root, whole[2], whole[3]


ADMITTED = 'module.serve_notes.aws_lambda_permission.api["live"]'
MEANT = (
    '${module.serve_notes.invoked["$default/GET/notes/*"]}',
    '${module.serve_notes.invoked["$default/POST/notes"]}',
)


@pytest.mark.parametrize(
    ("planted", "code"),
    [
        ({"resources": (*MEANT, f"{NOTES}/*")}, "LF0810"),
        ({"resources": (*MEANT, f"{NOTES}/$default/*/*")}, "LF0810"),
        ({"resources": (*MEANT, f"{OTHER}/$default/*/*")}, "LF0805"),
        ({"resources": ("*",)}, "LF0805"),
        ({"resources": MEANT[:1]}, "LF0809"),
        ({"resources": MEANT, "actions": ("execute-api:Invoke", "execute-api:InvalidateCache")}, "LF0810"),
        ({"resources": MEANT, "actions": ("execute-api:ManageConnections",)}, "LF0809"),
    ],
)
def test_what_no_edge_means_is_found(whole: Whole, planted: dict[str, Any], code: str) -> None:
    actions = planted.get("actions", ("execute-api:Invoke",))
    assert code in codes(calling(whole, *planted["resources"], actions=actions))


def edited(whole: Whole, address: str, **values: Any) -> Whole:
    """The same plan, with other values of one resource; without any, without the resource."""

    def change(each: Resource) -> Resource:
        return replace(each, values={**each.values, **values}) if each.address == address else each

    kept = tuple(change(r) for r in whole[0].resources if values or r.address != address)
    return replace(whole[0], resources=kept), *whole[1:]


def test_a_route_more_is_one_that_no_caller_was_given(whole: Whole) -> None:
    wider = edited(whole, 'module.serve_notes.aws_apigatewayv2_route.this["POST /notes"]', route_key="ANY /{rest+}")
    assert "LF0809" in codes(wider)


def test_a_function_that_does_not_admit_its_api_never_answers(whole: Whole) -> None:
    assert "LF0809" in codes(edited(whole, ADMITTED))


@pytest.mark.parametrize(
    "planted",
    [{"principal": "*"}, {"action": "lambda:*"}, {"principal": "s3.amazonaws.com"}, {"source_account": "999999999999"}],
    ids=str,
)
def test_a_function_admits_its_api_and_nobody_else(whole: Whole, planted: dict[str, str]) -> None:
    assert "LF0805" in codes(edited(whole, ADMITTED, **planted))


def test_an_api_of_nobody_s_is_no_trigger(whole: Whole) -> None:
    (integration,) = [r for r in whole[0].of_type("aws_apigatewayv2_integration") if "notes" in r.address]
    assert "LF0805" in codes(edited(whole, integration.address))


def test_once_it_has_an_id_the_policy_itself_is_read(whole: Whole) -> None:
    real = f"arn:aws:execute-api:us-east-1:{ACCOUNT}:a1b2c3"
    (api,) = [r for r in whole[0].of_type(API) if "notes" in r.address]
    known = edited(whole, api.address, execution_arn=real)
    address = 'module.machines_client.aws_iam_role_policy.machine_apis["serve_notes"]'

    def allowing(*ends: str) -> Whole:
        statement = {
            "Sid": "ServeNotesApi",
            "Effect": "Allow",
            "Action": ["execute-api:Invoke"],
            "Resource": [f"{real}/{end}" for end in ends],
        }
        return edited(known, address, policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))

    assert codes(allowing("$default/GET/notes/*", "$default/POST/notes")) == set()
    assert "LF0810" in codes(allowing("$default/GET/notes/*", "$default/POST/notes", "$default/DELETE/notes"))
    assert "LF0809" in codes(allowing("$default/GET/notes/*"))
