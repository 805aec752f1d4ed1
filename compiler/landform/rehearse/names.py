"""A look at the names of a system in DNS: where each leads, and where once what it leads to has failed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from landform.rehearse.applied import Applied

Client = Callable[[str, str], Any]

BALANCED: Final = (".elb.amazonaws.com", ".elasticbeanstalk.com")
"""What the names end with of targets whose health Route 53 takes; of an API it takes none (Route 53 API reference,
AliasTarget, EvaluateTargetHealth; read 2026-11-30)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One record of a name as Route 53 holds it, and the address that its health check asks."""

    address: str
    target: str
    evaluated: bool
    failover: str
    asked: str | None

    def stays(self, down: str) -> bool:
        """Whether Route 53 goes on to hand it out while a target is down."""
        evaluated = self.evaluated and self.target.endswith(BALANCED)
        return not (self.asked == down or (evaluated and self.target == down))


def name_faults(records: Iterable[Applied], client: Client) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with each record: it stands as planned, and of several none leads to what has failed."""
    names: dict[tuple[str, str, str], list[Answer]] = {}
    for own in records:
        values, route53 = own.values, client("route53", own.region)
        if not values["alias"]:  # Of the user's own files: no module writes one that leads to no resource.
            continue
        found = _found(route53, values)
        (alias,) = values["alias"]
        routing = {
            "Region": next((each["region"] for each in values["latency_routing_policy"]), None),
            "Failover": next((each["type"] for each in values["failover_routing_policy"]), None),
            "HealthCheckId": values["health_check_id"] or None,
        }
        target = found.get("AliasTarget", {})
        if _plain(target.get("DNSName", "")) != _plain(alias["name"]):
            yield own.address, f"does not lead to {alias['name']}"
            continue
        yield from (
            (own.address, f"has {key} {found.get(key)} and was planned with {planned}")
            for key, planned in routing.items()
            if found.get(key) != planned
        )
        asked = None
        if "HealthCheckId" in found:
            check = route53.get_health_check(HealthCheckId=found["HealthCheckId"])["HealthCheck"]
            asked = _plain(check["HealthCheckConfig"].get("FullyQualifiedDomainName", ""))
        if asked not in {None, _plain(target["DNSName"])}:
            yield own.address, f"is judged by {asked}, to which it does not lead"
        if found.get("SetIdentifier"):
            names.setdefault((values["zone_id"], _plain(values["name"]), values["type"]), []).append(
                Answer(
                    own.address,
                    _plain(target["DNSName"]),
                    target["EvaluateTargetHealth"],
                    found.get("Failover", ""),
                    asked,
                )
            )
    for answers in names.values():
        yield from _failing(answers)


def _failing(answers: list[Answer]) -> Iterator[tuple[str, str]]:
    for own in answers:
        if own.failover == "SECONDARY":  # Nothing comes after it.
            continue
        left = handed_out(answers, own.target)
        if own.target in left:
            yield own.address, f"leads to {own.target} even when that has failed"
        elif not left:
            yield own.address, f"leads nowhere once {own.target} has failed"


def handed_out(answers: list[Answer], down: str) -> set[str]:
    """Where a name leads while a target is down: to the first that is well, or to the nearest of those that are."""
    well = [own for own in answers if own.stays(down)]
    first = [own for own in well if own.failover == "PRIMARY"]
    return {own.target for own in first or well}


def _found(route53: Any, values: Mapping[str, Any]) -> Mapping[str, Any]:
    pages = route53.get_paginator("list_resource_record_sets").paginate(HostedZoneId=values["zone_id"])
    wanted = (_plain(values["name"]), values["type"], values["set_identifier"] or "")
    for one in pages.search("ResourceRecordSets[]"):
        if (_plain(one["Name"]), one["Type"], one.get("SetIdentifier", "")) == wanted:
            return dict(one)
    return {}


def _plain(name: str) -> str:
    return name.rstrip(".").lower()
