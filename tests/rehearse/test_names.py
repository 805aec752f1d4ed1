"""A look at names in DNS finds the mistake that is planted for it, and is content with the sound thing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from support.account import empty

from landform.rehearse.applied import Applied
from landform.rehearse.embedded import EmbeddedAws
from landform.rehearse.names import name_faults

REGION = "us-east-1"


@pytest.fixture(scope="module")
def running() -> Iterator[EmbeddedAws]:
    with EmbeddedAws("111122223333") as aws:
        yield aws


@pytest.fixture
def aws(running: EmbeddedAws) -> EmbeddedAws:
    """The embedded AWS, empty."""
    empty(running)
    return running


def found(aws: EmbeddedAws, applied: list[dict[str, Any]]) -> list[str]:
    records = [Applied("module.m.aws_route53_record.this", "aws_route53_record", REGION, each) for each in applied]
    return [f"{address} {message}" for address, message in name_faults(records, aws.client)]


NEAR, FAR = "near.us-east-1.elb.amazonaws.com", "far.eu-west-1.elb.amazonaws.com"
FAILOVER: list[dict[str, Any]] = [{"Failover": "PRIMARY"}, {"Failover": "SECONDARY"}]
LATENCY: list[dict[str, Any]] = [{"Region": "us-east-1"}, {"Region": "eu-west-1"}]


def named(aws: EmbeddedAws, routing: list[dict[str, Any]], evaluated: bool = True) -> list[dict[str, Any]]:
    """The records of a name of two balancers, each with a health check of its own, as Terraform wrote them down."""
    route53 = aws.client("route53", REGION)
    zone = route53.create_hosted_zone(Name="example.com", CallerReference="one")["HostedZone"]["Id"].rpartition("/")[2]
    applied = []
    for target, asked in zip((NEAR, FAR), routing, strict=False):
        each = dict(asked)
        config = {"Type": "HTTPS", "FullyQualifiedDomainName": each.pop("asks", target), "Port": 443}
        check = route53.create_health_check(CallerReference=target, HealthCheckConfig=config)["HealthCheck"]["Id"]
        alias = {
            "HostedZoneId": "Z35SXDOTRQ7X7K",
            "DNSName": each.pop("leads", target),
            "EvaluateTargetHealth": evaluated,
        }
        own = {"HealthCheckId": check} if each.pop("checked", True) else {}
        record = {"Name": "api.example.com", "Type": "A", "SetIdentifier": target, "AliasTarget": alias, **own, **each}
        change = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
        route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=change)
        written = {
            "zone_id": zone,
            "name": "api.example.com",
            "type": "A",
            "set_identifier": target,
            "health_check_id": own.get("HealthCheckId", ""),
            "alias": [{"name": target, "zone_id": "Z35SXDOTRQ7X7K", "evaluate_target_health": evaluated}],
            "latency_routing_policy": [{"region": each["Region"]}] if "Region" in each else [],
            "failover_routing_policy": [{"type": each["Failover"]}] if "Failover" in each else [],
        }
        applied.append(written)
    return applied


@pytest.mark.parametrize("routing", [FAILOVER, LATENCY])
@pytest.mark.parametrize("evaluated", [True, False])
def test_names_lead_to_what_is_well(aws: EmbeddedAws, routing: list[dict[str, Any]], evaluated: bool) -> None:
    assert found(aws, named(aws, routing, evaluated)) == []


def test_names_that_lead_to_what_has_failed(aws: EmbeddedAws) -> None:
    """Neither is it asked whether it is well, nor does its own health count."""
    unchecked = [{"Region": "us-east-1", "checked": False}, LATENCY[1]]
    said = f"module.m.aws_route53_record.this leads to {NEAR} even when that has failed"
    assert found(aws, named(aws, unchecked, evaluated=False)) == [said]


def test_the_health_of_an_api_is_not_asked(aws: EmbeddedAws) -> None:
    """Route 53 takes that of balancers alone, whatever a record says."""
    api = "d-1.execute-api.us-east-1.amazonaws.com"
    applied = named(aws, [{"Region": "us-east-1", "leads": api, "checked": False}, LATENCY[1]])
    applied[0]["alias"][0]["name"] = api
    assert found(aws, applied) == [f"module.m.aws_route53_record.this leads to {api} even when that has failed"]


def test_records_without_an_alias_are_passed_over(aws: EmbeddedAws) -> None:
    """They stand in files of the user's own."""
    others = named(aws, LATENCY)
    own = {
        **others[0],
        "name": "www.example.com",
        "type": "CNAME",
        "set_identifier": "",
        "records": [NEAR],
        "alias": [],
    }
    assert found(aws, [own, *others]) == []


def test_names_that_lead_nowhere_once_one_has_failed(aws: EmbeddedAws) -> None:
    said = f"module.m.aws_route53_record.this leads nowhere once {NEAR} has failed"
    assert found(aws, named(aws, FAILOVER[:1])) == [said]


def test_names_that_another_balancer_s_health_judges(aws: EmbeddedAws) -> None:
    crossed = [{"Failover": "PRIMARY", "asks": FAR}, FAILOVER[1]]
    said = f"module.m.aws_route53_record.this is judged by {FAR}, to which it does not lead"
    assert said in found(aws, named(aws, crossed))


def test_names_that_stand_otherwise_than_planned(aws: EmbeddedAws) -> None:
    applied = named(aws, [FAILOVER[0], {**FAILOVER[1], "leads": NEAR}])
    assert found(aws, applied[1:]) == [f"module.m.aws_route53_record.this does not lead to {FAR}"]
    first = dict(applied[0], failover_routing_policy=[{"type": "SECONDARY"}])
    assert found(aws, [first])[0] == (
        "module.m.aws_route53_record.this has Failover PRIMARY and was planned with SECONDARY"
    )


def test_a_zone_is_read_once_for_all_that_is_in_it(aws: EmbeddedAws) -> None:
    applied, asked = named(aws, LATENCY), []

    def listening(service: str, region: str) -> Any:
        client = aws.client(service, region)
        client.meta.events.register("before-call.route53.ListResourceRecordSets", lambda **_: asked.append(region))
        return client

    records = [Applied("module.m.aws_route53_record.this", "aws_route53_record", REGION, each) for each in applied]
    assert (list(name_faults(records, listening)), asked) == ([], [REGION])
