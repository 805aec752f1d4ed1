"""Services on hosts of their own: where they stand, who may call them, and what callers are told."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.specs import module, outcome, outcome_of, script

from landform.lower.root import lower
from landform.passes.check import hosted
from landform.plan import Plan
from landform.root import Contents, Output

CERTIFICATE = "arn:aws:acm:{}:123456789012:certificate/00000000-0000-0000-0000-000000000001"
CERTIFICATES = ", ".join(f'{r}: "{CERTIFICATE.format(r)}"' for r in ("us-east-1", "eu-west-1"))
BOTH = "{primary: us-east-1, replicas: [eu-west-1]}"
NAMED = f"domain: api.example.com, zone: Z0123456789ABCDEFGHIJ, certificate: {{{CERTIFICATES}}}"
API = "serve: {{api: {{platform: ec2, instance: c7i.large, command: run, {}}}}}\n"
FUNCTION = "code: code, handler: app.handler, trigger: {schedule: rate(1 hour)}"


def planned(text: str, regions: str = "{primary: us-east-1}", environment: str = "development") -> Plan:
    """The plan of a spec whose code is not on disk."""
    result = outcome(text, regions, environment)
    assert set(result.errors) <= {"LF0210"}, [d.text for d in result.found]
    assert result.plan is not None
    return result.plan


def test_inside_a_caller_is_told_the_balancer_and_let_in_by_it() -> None:
    callers = f"functions: {{nightly: {{{FUNCTION}, calls: [serve.api]}}}}\n"
    callers += "machines: {bench: {instance: t3.large, calls: [serve.api]}}\n"
    callers += "train: {fit: {platform: batch, cpu: 2, image: pytorch-2.10, command: run, calls: [serve.api]}}\n"
    root = lower(planned(API.format("port: 9000") + callers))
    door = {"serve_api": {"security_group_id": Output("serve_api", "security_group_id"), "port": 80}}
    for caller in ("functions_nightly", "machines_bench", "train_fit"):
        assert module(root, caller).variables["services"] == door
    url = Output("serve_api", "url")
    assert module(root, "functions_nightly").variables["environment"]["LANDFORM_SERVE_API"] == url
    script = module(root, "machines_bench").variables["user_data"]
    assert isinstance(script, Contents)
    assert script.told == {"LANDFORM_SERVE_API": url}
    assert module(root, "serve_api").variables["services"] is None


def test_with_a_domain_callers_know_the_url_beforehand() -> None:
    spec = API.format(f"regions: all, {NAMED}") + "machines: {bench: {instance: t3.large, calls: [serve.api]}}\n"
    plan = planned(spec, BOTH)
    caller = module(lower(plan), "machines_bench").variables
    assert caller["services"]["serve_api"]["port"] == 443
    assert caller["user_data"].told == {}
    assert "LANDFORM_SERVE_API=https://api.example.com" in script(plan, "machines.bench")


def test_what_is_public_is_reached_by_the_way_out() -> None:
    spec = API.format(f"public: true, regions: all, {NAMED}")
    root = lower(planned(spec + "machines: {bench: {instance: t3.large, calls: [serve.api]}}\n", BOTH))
    assert module(root, "machines_bench").variables["services"] is None


def test_a_service_calls_its_neighbour_in_its_own_region() -> None:
    spec = "serve:\n"
    spec += "  api: {platform: ec2, cpu: 2, command: run, regions: all, calls: [serve.back]}\n"
    spec += "  back: {platform: ec2, cpu: 2, command: run, regions: all}\n"
    root = lower(planned(spec, BOTH))
    far = module(root, "serve_api_eu_west_1")
    assert far.provider == "eu_west_1"
    assert far.variables["services"]["serve_back_eu_west_1"]["security_group_id"].module == "serve_back_eu_west_1"
    assert far.variables["vpc_id"] == Output("network_eu_west_1", "vpc_id")


def test_each_region_has_its_certificate_and_one_name_leads_to_the_nearest() -> None:
    root = lower(planned(API.format(f"public: true, regions: all, {NAMED}"), BOTH))
    for address, region in (("serve_api", "us-east-1"), ("serve_api_eu_west_1", "eu-west-1")):
        told = module(root, address).variables
        assert told["certificate_arn"] == CERTIFICATE.format(region)
        assert told["domain"] == {"name": "api.example.com", "zone_id": "Z0123456789ABCDEFGHIJ", "latency": True}
        assert told["access_logs"]["bucket"].module == f"logs_{region.replace('-', '_')}"
        logs = module(root, f"logs_{region.replace('-', '_')}").variables
        assert (logs["balancer_logs"], logs.get("key_arn")) == (["serve/api"], None)
    assert root.outputs["urls"][1] == {
        "api": Output("serve_api", "url"),
        "api_eu_west_1": Output("serve_api_eu_west_1", "url"),
    }


def test_a_name_falls_over_to_the_replica_while_the_primary_is_not_well() -> None:
    root = lower(planned(API.format(f"public: true, regions: all, routing: failover, {NAMED}"), BOTH))
    domains = [module(root, each).variables["domain"] for each in ("serve_api", "serve_api_eu_west_1")]
    assert [domain["failover"] for domain in domains] == ["PRIMARY", "SECONDARY"]
    assert not any(domain["latency"] for domain in domains)


def test_in_one_region_a_plain_record_does() -> None:
    spec = API.format(NAMED.replace(CERTIFICATES, CERTIFICATES.split(", ")[0]) + ", public: true")
    assert module(lower(planned(spec)), "serve_api").variables["domain"]["latency"] is False


def test_the_key_serves_what_the_firewall_writes() -> None:
    public = API.format(NAMED.replace(CERTIFICATES, CERTIFICATES.split(", ")[0]) + ", public: true")
    for spec, groups in ((public, 2), (API.format("port: 80"), 1)):
        (key,) = planned(spec).keys
        assert len(key.log_groups) == groups
    (key,) = planned(public).keys
    assert key.log_groups[1] == "arn:aws:logs:us-east-1:123456789012:log-group:aws-waf-logs-demo-dev-*"


@pytest.mark.parametrize(
    ("scale", "size", "target"),
    [
        ("{}", {"min": 2, "max": 2}, None),
        ("{min: 3, max: 3}", {"min": 3, "max": 3}, None),
        ("{min: 3, max: 12}", {"min": 3, "max": 12}, {"metric": "cpu", "value": 60}),
        ("{max: 4, target: 1000 requests/min}", {"min": 2, "max": 4}, {"metric": "requests", "value": 1000}),
    ],
)
def test_scale(scale: str, size: object, target: object) -> None:
    told = module(lower(planned(API.format(f"scale: {scale}"))), "serve_api").variables
    assert (told["size"], told["target"]) == (size, target)


def test_hosts_are_bought_as_said() -> None:
    told = module(lower(planned(API.format("capacity: {spot: 50%, on_demand_base: 1}"))), "serve_api").variables
    assert (told["spot_percent"], told["on_demand_base"], told["instance_types"]) == (50, 1, ["c7i.large"])


def test_the_balancer_lies_in_every_zone_and_the_hosts_where_their_types_are() -> None:
    plan = planned("network: {zones: {us-east-1: [use1-az1, use1-az2, use1-az3]}}\n" + API.format("port: 80"))
    told = module(lower(plan), "serve_api").variables
    assert set(told["subnets"]) == {"use1-az1", "use1-az2"}
    assert set(told["balancer_subnets"]) == {"use1-az1", "use1-az2", "use1-az3"}


def test_an_existing_network_lends_its_subnets() -> None:
    subnets = "{{use1-az1: subnet-0000000{}, use1-az2: subnet-0000000{}}}"
    network = f"vpc: vpc-0123456789abcdef0, cidr: 10.0.0.0/16, private: {subnets.format(1, 2)}"
    spec = f"network: {{existing: {{us-east-1: {{{network}, public: {subnets.format(3, 4)}}}}}}}\n"
    public = API.format(NAMED.replace(CERTIFICATES, CERTIFICATES.split(", ")[0]) + ", public: true")
    for text, second in ((public, "subnet-00000004"), (API.format("port: 80"), "subnet-00000002")):
        told = module(lower(planned(spec + text)), "serve_api").variables
        assert told["balancer_subnets"]["use1-az2"] == second
        assert told["subnets"]["use1-az2"] == "subnet-00000002"


def test_other_code_is_another_template(tmp_path: Path) -> None:
    def served(code: bytes) -> str:
        (tmp_path / "specs" / "code").mkdir(parents=True, exist_ok=True)
        (tmp_path / "specs" / "code" / "app.py").write_bytes(code)
        head = 'version: 1\nsystem: demo\naccount: "123456789012"\nregions: {primary: us-east-1}\n'
        found = outcome_of(head + API.format("code: code"), tmp_path / "specs" / "demo.yaml")
        return script(found.sound, "serve.api")

    first, second = served(b"one"), served(b"two")
    assert first != second
    assert first == served(b"one")
    assert "LANDFORM_PORT=8080" in first


def test_the_hosts_of_a_service_need_no_lifecycle_hook() -> None:
    actions = {a for s in planned(API.format("code: code")).statements["serve_api"] for a in s.actions}
    assert "s3:GetObject" in actions
    assert not {action for action in actions if action.startswith("autoscaling:")}


MISTAKES = {
    "a_name_falls_over_to_one_region": "failover-two",
    "the_world_finds_a_way": "hosted-sealed",
    "services_are_called": "hosted-called",
    "personal_data_stays_inside": "hosted-personal",
    "something_answers": "hosted-empty",
    "the_base_of_a_service_fits": "hosted-empty",
    "some_hosts_stay": "hosted-empty",
}


@pytest.mark.parametrize(("rule", "spec"), MISTAKES.items())
def test_a_mistake_is_found_by_its_rule(rule: str, spec: str) -> None:
    file = Path(__file__).parents[1] / "broken" / f"{spec}.yaml"
    plan = outcome_of(file.read_text(), file).plan
    assert plan is not None
    (asked,) = [each for each in hosted.RULES if each.__name__ == rule]
    assert list(asked(plan))


def test_every_rule_has_a_mistake() -> None:
    assert {rule.__name__ for rule in hosted.RULES} == MISTAKES.keys()


def test_what_goes_wrong_in_two_regions_is_said_once() -> None:
    found = outcome(API.format("regions: all, disk: {root: 4GiB gp3}"), BOTH)
    assert found.one("LF0609").message.endswith("needs a root disk of 8 GiB.")


def test_every_code_of_a_site_is_shown() -> None:
    shown = "".join(file.read_text() for file in (Path(__file__).parents[1] / "broken").glob("hosted-*.txt"))
    assert [code for code in ("LF0631", "LF0632", "LF0633", "LF0634", "LF0635") if code not in shown] == []
