"""Services on Beanstalk: what they are told and may do, where they stand, and what is wrong with them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.specs import module, outcome

from landform.catalog import load
from landform.catalog.beanstalk import ALIASES, RECORDED, STACKS
from landform.lower.root import lower
from landform.passes.check import RULES
from landform.passes.check.sites import RULES as SITES
from landform.plan import Plan, Site
from landform.root import Given, Output

CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-1111-1111-1111-111111111111"
CONSOLE = "serve: {{console: {{platform: beanstalk, stack: python-3.12, code: code, {}}}}}\n"
NAMED = f"domain: console.example.com, zone: Z0123456789, certificate: '{CERTIFICATE}'"
TWO = "{primary: us-east-1, replicas: [eu-west-1]}"


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """A place beside a folder of code that Beanstalk can start."""
    (tmp_path / "specs" / "code").mkdir(parents=True)
    (tmp_path / "specs" / "code" / "application.py").write_text("def application(environ, start_response): ...\n")
    return tmp_path / "specs" / "demo.yaml"


def planned(text: str, spec: Path, regions: str = "{primary: us-east-1}", environment: str = "development") -> Plan:
    return outcome(text, regions, environment, spec).sound


def actions(plan: Plan, edge: str) -> set[tuple[str, str]]:
    found = [g.statement for g in plan.grants if g.edge == edge]
    return {(action, resource) for s in found for action in s.actions for resource in s.resources}


def test_instances_report_stream_and_fetch_and_no_more(spec: Path) -> None:
    plan = planned(CONSOLE.format("scale: {min: 2}"), spec)
    bucket = "arn:aws:s3:::elasticbeanstalk-us-east-1-123456789012"
    assert actions(plan, "serve.console.storage") == {
        ("s3:GetObject", f"{bucket}/resources/environments/*"),
        ("s3:GetObjectVersion", f"{bucket}/resources/environments/*"),
        ("s3:ListBucket", bucket),
        ("s3:PutObject", f"{bucket}/resources/environments/logs/*"),
    }
    own = "arn:aws:elasticbeanstalk:us-east-1:123456789012"
    assert actions(plan, "serve.console.report") == {
        ("elasticbeanstalk:PutInstanceStatistics", f"{own}:application/demo-dev-console"),
        ("elasticbeanstalk:PutInstanceStatistics", f"{own}:environment/demo-dev-console/demo-dev-console"),
    }
    assert {resource for _, resource in actions(plan, "serve.console.streams")} == {
        "arn:aws:logs:us-east-1:123456789012:log-group:/aws/elasticbeanstalk/demo-dev-console/*"
    }


def test_the_service_role_looks_and_changes_nothing(spec: Path) -> None:
    plan = planned(CONSOLE.format("scale: {min: 2}"), spec)
    (own,) = plan.beanstalks
    looking = [g for g in plan.grants if g.principal.endswith(f"/{own.service_role}")]
    assert {g.edge for g in looking} == {"serve.console.health"}
    verbs = {action.partition(":")[2] for g in looking for action in g.statement.actions}
    assert all(verb.startswith(("Describe", "Get")) for verb in verbs)


def test_a_call_of_lambda_is_a_permission_and_a_url(spec: Path) -> None:
    explain = "explain: {platform: lambda, code: code, handler: application.application, http: {auth: iam}}"
    text = CONSOLE.format("calls: [serve.explain]").replace("serve: {", f"serve: {{{explain}, ")
    plan = planned(text, spec)
    live = "arn:aws:lambda:us-east-1:123456789012:function:demo-dev-explain:live"
    assert actions(plan, "serve.console.calls.serve.explain") == {
        ("lambda:InvokeFunctionUrl", live),
        ("lambda:InvokeFunction", live),
    }
    told = module(lower(plan), "serve_console").variables["environment"]
    assert told["LANDFORM_SERVE_EXPLAIN"] == Output("serve_explain", "url")


def test_a_call_of_it_is_a_rule_at_both_ends_and_a_url(spec: Path) -> None:
    text = CONSOLE.format("calls: [serve.inner]").replace(
        "serve: {", "serve: {inner: {platform: beanstalk, stack: nodejs-24, code: node}, "
    )
    (spec.parent / "node").mkdir()
    (spec.parent / "node" / "app.js").write_text("")
    plan = planned(text, spec)
    assert actions(plan, "serve.console.calls.serve.inner") == set()
    call = module(lower(plan), "serve_console").variables
    assert call["services"] == {
        "serve_inner": {"security_group_id": Output("serve_inner", "security_group_id"), "port": 80}
    }
    assert call["environment"]["LANDFORM_SERVE_INNER"] == Output("serve_inner", "url")


def test_internal_and_scaled_by_default(spec: Path) -> None:
    call = module(lower(planned(CONSOLE.format("scale: {min: 2, max: 4}"), spec)), "serve_console").variables
    assert call["scale"] == {"min": 2, "max": 4, "cpu_percent": 60}
    assert (call["public"], call["certificate_arn"], call["domain"]) == (False, None, None)
    private = [Output("network_us_east_1", "subnets", ("private", zone)) for zone in call["subnets"]]
    assert list(call["balancer_subnets"].values()) == private == list(call["subnets"].values())


def test_its_name_in_the_dns_is_its_own_and_says_no_account(spec: Path) -> None:
    name = module(lower(planned(CONSOLE.format("scale: {min: 2}"), spec)), "serve_console").variables["cname_prefix"]
    assert re.fullmatch(r"demo-dev-console-[0-9a-f]{8}", name)
    assert "123456789012" not in name
    text = "serve: {{other: {{platform: beanstalk, stack: python-3.12, code: code, {}}}}}\n".format("scale: {min: 2}")
    other = module(lower(planned(text, spec)), "serve_other").variables["cname_prefix"]
    assert other.rpartition("-")[2] != name.rpartition("-")[2]


def test_public_is_a_balancer_outside_and_instances_inside(spec: Path) -> None:
    plan = planned(CONSOLE.format(f"public: true, {NAMED}"), spec)
    call = module(lower(plan), "serve_console").variables
    assert {output.keys[0] for output in call["balancer_subnets"].values()} == {"public"}
    assert {output.keys[0] for output in call["subnets"].values()} == {"private"}
    (site,) = plan.services
    assert isinstance(site, Site)
    assert (site.port, site.public) == (443, True)


def test_two_regions_have_a_service_each_and_lead_to_the_nearest(spec: Path) -> None:
    other = CERTIFICATE.replace("us-east-1", "eu-west-1")
    certificates = f"certificate: {{us-east-1: '{CERTIFICATE}', eu-west-1: '{other}'}}"
    text = CONSOLE.format(f"regions: all, domain: console.example.com, zone: Z0123456789, {certificates}")
    root = lower(planned(text, spec, TWO))
    first, second = (module(root, f"serve_console{region}").variables for region in ("", "_eu_west_1"))
    zones = [each["domain"].pop("alias_zone") for each in (first, second)]
    assert zones == ["Z117KPS5GTRQ2G", "Z2NYPWQ7DFZAZH"]
    assert (
        first["domain"] == second["domain"] == {"name": "console.example.com", "zone": "Z0123456789", "nearest": True}
    )
    assert (first["certificate_arn"], second["certificate_arn"]) == (CERTIFICATE, other)
    assert first["role_name"] != second["role_name"]
    assert second["code"]["bucket"] == Output("artifacts_eu_west_1", "name")


def test_its_balancer_leaves_access_logs_in_the_bucket_of_its_region(spec: Path) -> None:
    root = lower(planned(CONSOLE.format("scale: {min: 2}"), spec))
    given = module(root, "serve_console").variables["access_logs"]
    assert given == {"bucket": Output("logs_us_east_1", "name"), "prefix": "serve/console"}
    assert module(root, "logs_us_east_1").variables["balancer_logs"] == ["serve/console"]


def test_every_region_has_a_zone_for_aliases() -> None:
    assert set(load().regions) <= set(ALIASES)


def test_new_code_is_a_new_object(spec: Path) -> None:
    def key() -> str:
        call = module(lower(planned(CONSOLE.format("scale: {min: 1}"), spec)), "serve_console").variables
        assert call["code"]["key"] == f"code/serve_console-{call['code']['hash'][:16]}.zip"
        return str(call["code"]["key"])

    before = key()
    (spec.parent / "code" / "other.py").write_text("")
    assert key() != before


def test_the_stack_is_a_variable_with_what_the_catalog_recorded(spec: Path) -> None:
    root = lower(planned(CONSOLE.format("scale: {min: 1}"), spec))
    assert root.variables["beanstalk_stacks"].default == {"python-3.12": STACKS["python-3.12"]}
    assert module(root, "serve_console").variables["stack"] == {
        "name": Given("beanstalk_stacks", ("python-3.12",)),
        "default": {"name": STACKS["python-3.12"], "recorded": RECORDED},
    }


def test_logs_stay_in_production(spec: Path) -> None:
    def kept(environment: str) -> bool:
        root = lower(planned(CONSOLE.format("scale: {min: 1}"), spec, environment=environment))
        return bool(module(root, "serve_console").variables["logs"]["keep"])

    assert kept("production")
    assert not kept("staging")


def test_the_gateway_lets_instances_fetch_their_platform(spec: Path) -> None:
    plan = planned(CONSOLE.format("scale: {min: 1}"), spec)
    statements = {s.sid: s for s in plan.endpoint_statements["us-east-1", "s3"]}
    assert "arn:aws:s3:::elasticbeanstalk-platform-assets-us-east-1/*" in statements["Boot"].resources
    assert statements["Ready"].resources == ("arn:aws:s3:::cloudformation-waitcondition-us-east-1/*",)
    (own,) = plan.beanstalks
    assert statements["Files"].conditions["StringEquals"] == {"aws:PrincipalArn": (own.role_arn,)}


ONE_NAME = (
    "{auth: iam, via: api, domain: notes.example.com, zone: Z0123456789ABCDEFGHIJ, certificate: "
    '"arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"}'
)
MISTAKES = [
    (
        "certificates_are_of_the_region",
        CONSOLE.format(f"domain: a.example.com, zone: Z1, certificate: '{CERTIFICATE.replace('us-east', 'us-west')}'"),
        "LF0631",
        "the certificate is one of us-west-1, and serve.console runs in us-east-1",
    ),
    (
        "certificates_are_of_a_region",
        CONSOLE.format(
            f"domain: a.example.com, zone: Z1, certificate: {{us-east-1: '{CERTIFICATE}', eu-west-1: '{CERTIFICATE}'}}"
        ),
        "LF0631",
        "serve.console does not run in eu-west-1",
    ),
    ("requests_are_encrypted", CONSOLE.format("scale: {min: 1}"), "LF0632", "plain HTTP"),
    (
        "balancers_stand_in_two_zones",
        CONSOLE.format("scale: {min: 1}") + "network: {zones: 1}\n",
        "LF0633",
        "us-east-1 has 1 private subnets",
    ),
    (
        "what_beanstalk_needs_is_reached",
        CONSOLE.format("scale: {min: 1}") + "network: {egress: none}\n",
        "LF0605",
        "do not come up",
    ),
    (
        "code_says_what_starts",
        CONSOLE.format("scale: {min: 1}").replace("python-3.12", "nodejs-24"),
        "LF0210",
        "Add one of Procfile, app.js, package.json, server.js",
    ),
    (
        "names_are_of_one_service",
        "serve: {one: {platform: lambda, code: code, handler: app.handler, http: NAMED}, "
        "two: {platform: lambda, code: code, handler: app.handler, http: NAMED}}\n".replace("NAMED", ONE_NAME),
        "LF0208",
        "serve.one and serve.two would answer under one name, notes.example.com.",
    ),
    (
        "properties_fit",
        CONSOLE.format(f"env: {{LONG: {'x' * 4_096}}}"),
        "LF0606",
        "Beanstalk takes 4096",
    ),
]


@pytest.mark.parametrize(("rule", "sections", "code", "text"), MISTAKES)
def test_a_mistake_is_found_by_its_rule(rule: str, sections: str, code: str, text: str, spec: Path) -> None:
    result = outcome(sections, file=spec)
    assert text in " ".join(d.text for d in result.found if d.code == code)
    assert result.plan is not None
    (asked,) = [each for each in RULES if each.__name__ == rule]
    assert code in [d.code for d in asked(result.plan)]


def test_every_rule_has_a_mistake() -> None:
    elsewhere = {"names_of_apis_are_of_one_region"}  # needs a second region: tests/passes/test_apis.py
    assert {rule.__name__ for rule in SITES} - elsewhere == {rule for rule, *_ in MISTAKES}


@pytest.mark.parametrize("size", [1, 4_000])
def test_an_environment_of_this_size_is_taken(size: int, spec: Path) -> None:
    assert outcome(CONSOLE.format(f"env: {{LONG: {'x' * size}}}"), file=spec).errors == []


def test_what_it_streams_lies_under_the_key_of_its_region(spec: Path) -> None:
    plan = planned(CONSOLE.format("scale: {min: 2}"), spec)
    call = module(lower(plan), "serve_console").variables
    assert call["key_arn"] == Output("keys_us_east_1", "arns", ("shared",))
    assert "/aws/elasticbeanstalk/demo-dev-console/var/log/web.stdout.log" in call["logs"]["groups"]
    admitted = plan.key("us-east-1", "shared").log_groups
    (own,) = [group.removesuffix("*") for group in admitted if "elasticbeanstalk" in group]
    assert all(f"arn:aws:logs:us-east-1:123456789012:log-group:{g}".startswith(own) for g in call["logs"]["groups"])


@pytest.mark.parametrize("public", [False, True])
def test_a_firewall_stands_where_the_world_may_come(spec: Path, public: bool) -> None:
    plan = planned(CONSOLE.format(f"{NAMED}, public: {str(public).lower()}"), spec)
    assert module(lower(plan), "serve_console").variables["public"] is public
    firewall = "arn:aws:logs:us-east-1:123456789012:log-group:aws-waf-logs-demo-dev-*"
    assert (firewall in plan.key("us-east-1", "shared").log_groups) is public
