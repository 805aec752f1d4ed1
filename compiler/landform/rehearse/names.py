"""A look at the names of a system in DNS: where each leads, and where once what it leads to has failed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from landform.rehearse.applied import Applied

Client = Callable[[str, str], Any]
Key = tuple[str, str, str]
"""What tells the records of a zone apart: name, type, and which one of a name's several it is."""

BALANCED: Final = (".elb.amazonaws.com", ".elasticbeanstalk.com")
"""What the names end with of targets whose health Route 53 takes; of an API it takes none (Route 53 API reference,
AliasTarget, EvaluateTargetHealth; read 2026-11-30)."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it was planned, as Route 53 holds it (empty for not at all), and what its health check asks."""

    address: str
    planned: Mapping[str, Any]
    held: Mapping[str, Any]
    asked: str | None

    @property
    def target(self) -> str:
        """Where it leads."""
        return _plain(self.held.get("AliasTarget", {}).get("DNSName", ""))

    def stays(self, down: str) -> bool:
        """Whether Route 53 goes on to hand it out while a target is down."""
        evaluated = self.held["AliasTarget"]["EvaluateTargetHealth"] and self.target.endswith(BALANCED)
        return not (self.asked == down or (evaluated and self.target == down))


def name_faults(records: Iterable[Applied], client: Client) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with each record: it stands as planned, and of several none leads to what has failed."""
    names: dict[Key, list[Record]] = {}
    for own in _read(records, client):
        yield from ((own.address, fault) for fault in _otherwise(own))
        if _leads(own) and own.held.get("SetIdentifier"):
            zone, name, kind = (own.planned[argument] for argument in ("zone_id", "name", "type"))
            names.setdefault((zone, _plain(name), kind), []).append(own)
    for several in names.values():
        yield from _failing(several)


def _read(records: Iterable[Applied], client: Client) -> Iterator[Record]:
    """Look each record up, reading its zone once for all that are in it."""
    zones: dict[str, Mapping[Key, Mapping[str, Any]]] = {}
    for own in records:
        if not own.values["alias"]:  # Of the user's own files: no module writes one that leads to no resource.
            continue
        route53, zone = client("route53", own.region), own.values["zone_id"]
        if zone not in zones:
            zones[zone] = _zone(route53, zone)
        key = (_plain(own.values["name"]), own.values["type"], own.values["set_identifier"] or "")
        held = zones[zone].get(key, {})
        yield Record(own.address, own.values, held, _asked(route53, held))


def _zone(route53: Any, zone: str) -> Mapping[Key, Mapping[str, Any]]:
    pages = route53.get_paginator("list_resource_record_sets").paginate(HostedZoneId=zone)
    sets = pages.search("ResourceRecordSets[]")
    return {(_plain(each["Name"]), each["Type"], each.get("SetIdentifier", "")): each for each in sets}


def _asked(route53: Any, held: Mapping[str, Any]) -> str | None:
    if "HealthCheckId" not in held:
        return None
    check = route53.get_health_check(HealthCheckId=held["HealthCheckId"])["HealthCheck"]
    return _plain(check["HealthCheckConfig"].get("FullyQualifiedDomainName", ""))


def _leads(own: Record) -> bool:
    """Whether a record leads to where it was planned to."""
    return own.target == _plain(own.planned["alias"][0]["name"])


def _otherwise(own: Record) -> Iterator[str]:
    """Say how a record stands otherwise than planned."""
    if not _leads(own):
        yield f"does not lead to {own.planned['alias'][0]['name']}"
        return
    routing = {
        "Region": next((each["region"] for each in own.planned["latency_routing_policy"]), None),
        "Failover": next((each["type"] for each in own.planned["failover_routing_policy"]), None),
        "HealthCheckId": own.planned["health_check_id"] or None,
    }
    for key, planned in routing.items():
        if own.held.get(key) != planned:
            yield f"has {key} {own.held.get(key)} and was planned with {planned}"
    if own.asked not in {None, own.target}:
        yield f"is judged by {own.asked}, to which it does not lead"


def _failing(several: list[Record]) -> Iterator[tuple[str, str]]:
    for own in several:
        if own.held.get("Failover") == "SECONDARY":  # Nothing comes after it.
            continue
        left = _handed_out(several, own.target)
        if own.target in left:
            yield own.address, f"leads to {own.target} even when that has failed"
        elif not left:
            yield own.address, f"leads nowhere once {own.target} has failed"


def _handed_out(several: list[Record], down: str) -> set[str]:
    """Where a name leads while a target is down: to the first that is well, or to the nearest of those that are."""
    well = [own for own in several if own.stays(down)]
    first = [own for own in well if own.held.get("Failover") == "PRIMARY"]
    return {own.target for own in first or well}


def _plain(name: str) -> str:
    return name.rstrip(".").lower()
