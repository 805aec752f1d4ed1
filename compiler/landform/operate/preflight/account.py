"""Whether an account has what a system takes for granted: regions, zones, certificates, a hosted zone, no detectors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from botocore.exceptions import ClientError

from landform.cost.items import nodes_of
from landform.diagnostics import Diagnostic, Path, error, warning
from landform.operate.preflight.owner import Owner
from landform.passes.check.sites import named
from landform.plan import Plan
from landform.spec.names import ENVIRONMENTS


def places(session: Any, plan: Plan) -> Iterator[Diagnostic]:
    """Yield each region that is not enabled, and each zone of a network that the account does not have."""
    home = session.client("ec2", region_name=plan.system.regions.primary)
    told = {one["RegionName"]: one["OptInStatus"] for one in home.describe_regions(AllRegions=True)["Regions"]}
    for region in plan.system.regions.active:
        if told.get(region, "not-opted-in") == "not-opted-in":
            remedy = f"Enable it (aws account enable-region --region-name {region}), or leave it out."
            yield error("LF0922", ("regions",), f"{region} is not enabled in account {plan.system.account}.", remedy)
        elif region in plan.networks:
            yield from _zones(session, plan, region)


def _zones(session: Any, plan: Plan, region: str) -> Iterator[Diagnostic]:
    found = session.client("ec2", region_name=region).describe_availability_zones()["AvailabilityZones"]
    state = {one["ZoneId"]: one["State"] for one in found}
    for zone in plan.networks[region].zones:
        if state.get(zone.id) != "available":
            has = "is not available" if zone.id in state else "is not there for this account"
            remedy = f"Available are {', '.join(sorted(id_ for id_, how in state.items() if how == 'available'))}:"
            yield error("LF0922", ("network",), f"zone {zone.id} {has}.", f"{remedy} name some in `network.zones`.")


def certificates(session: Any, plan: Plan) -> Iterator[Diagnostic]:
    """Yield each certificate and hosted zone of a service that is not there, or not what the service needs."""
    home = plan.system.regions.primary
    sites = [(spec, own.region, path) for own, spec, path in named(plan)]
    for spec, region, path in sites:
        arn = spec.certificate_in(region)
        if arn:
            yield from _certificate(session, region, arn, path)
    zones = {(spec.zone, spec.domain): path for spec, _, path in sites if spec.zone and spec.domain}
    for (zone, domain), path in zones.items():
        yield from _hosted_zone(session.client("route53", region_name=home), str(zone), str(domain), path)


def _certificate(session: Any, region: str, arn: str, path: Path) -> Iterator[Diagnostic]:
    acm = session.client("acm", region_name=region)
    where = (*path, "certificate")
    try:
        status = acm.describe_certificate(CertificateArn=arn)["Certificate"]["Status"]
    except acm.exceptions.ResourceNotFoundException:
        yield error("LF0923", where, f"no certificate {arn} stands.", f"Request one in {region}, or correct the ARN.")
        return
    if status != "ISSUED":
        remedy = "Finish its validation in Certificate Manager; an apply would wait for it in vain."
        yield error("LF0923", where, f"the certificate {arn} is {status}, not ISSUED.", remedy)


def _hosted_zone(route53: Any, zone: str, domain: str, path: Path) -> Iterator[Diagnostic]:
    where = (*path, "zone")
    try:
        name = route53.get_hosted_zone(Id=zone)["HostedZone"]["Name"].rstrip(".")
    except (route53.exceptions.NoSuchHostedZone, route53.exceptions.InvalidInput):
        yield error("LF0923", where, f"no hosted zone {zone} stands.", "Create it in Route 53, or correct the id.")
        return
    if domain != name and not domain.endswith(f".{name}"):
        fact = f"the hosted zone {zone} is of {name}, and {domain} is not in it."
        yield error("LF0923", where, fact, "Give the zone of the domain's own name.")


def singletons(session: Any, plan: Plan, own: Owner) -> Iterator[Diagnostic]:
    """Yield each detector that a region of the account has already and that this system would make a second time."""
    audit = plan.system.audit
    asked = audit.detect if audit and audit.detect != "existing" else ()
    for detector in asked:
        for region in plan.system.regions.active:
            found = _STANDING[detector](session, region, own) if detector in _STANDING else ""
            if found:
                fact = f"{region} has {found} already, and an account has one in each region."
                remedy = f"Leave `{detector}` out, or write `detect: existing`; or import it into Terraform's state."
                kind = warning if detector == "securityhub" else error
                yield kind("LF0924", ("audit", "detect"), fact, remedy)


def linked_roles(session: Any, plan: Plan) -> Iterator[Diagnostic]:
    """Yield each role of AWS's own that nothing in an apply makes, and without which something in it is refused."""
    iam = session.client("iam", region_name=plan.system.regions.primary)
    for service, (role, path, why) in missing_linked(iam, plan).items():
        remedy = f"Make it once for the account: aws iam create-service-linked-role --aws-service-name {service}"
        yield error("LF0925", path, f"{role} does not exist, and {why}.", remedy)


def missing_linked(iam: Any, plan: Plan) -> Mapping[str, tuple[str, Path, str]]:
    """Return service → its role, who needs it and what for, of those that the account does not have yet."""
    return {
        service: told
        for service, told in _linked(plan).items()
        if not iam.list_roles(PathPrefix=f"/aws-service-role/{service}/")["Roles"]
    }


def _linked(plan: Plan) -> Mapping[str, tuple[str, Path, str]]:
    """Return service → its role, who needs it, and what for.

    EC2 user guide, "Service-linked role for Spot Instance requests"; AWS Config developer guide, "Using
    Service-Linked Roles for AWS Config" (read 2026-11-29).
    """
    found: dict[str, tuple[str, Path, str]] = {}
    spot = next((own.path for own in plan.hosts if (nodes := nodes_of(own.spec)) and nodes.spot), None)
    if spot:
        found["spot.amazonaws.com"] = ("AWSServiceRoleForEC2Spot", spot, "EC2 starts nothing on spot without it")
    audit = plan.system.audit
    if audit and audit.detect != "existing" and "config" in audit.detect:
        why = "AWS Config records nothing without it"
        found["config.amazonaws.com"] = ("AWSServiceRoleForConfig", ("audit", "detect"), why)
    return found


def _guardduty(session: Any, region: str, own: Owner) -> str:
    client = session.client("guardduty", region_name=region)
    for id_ in client.list_detectors()["DetectorIds"]:
        if not own.named(client.get_detector(DetectorId=id_).get("Tags", {})):
            return f"GuardDuty's detector {id_}"
    return ""


def _access_analyzer(session: Any, region: str, own: Owner) -> str:
    found = session.client("accessanalyzer", region_name=region).list_analyzers(type="ACCOUNT")["analyzers"]
    return next((f"the analyzer {one['name']}" for one in found if not own.named(one.get("tags", {}))), "")


def _config(session: Any, region: str, own: Owner) -> str:
    """A recorder is known by its name: it has no tags of ours."""
    found = session.client("config", region_name=region).describe_configuration_recorders()["ConfigurationRecorders"]
    names = [one["name"] for one in found]
    ours = f"{own.system}-{ENVIRONMENTS[own.environment]}"
    return next((f"AWS Config's recorder {name}" for name in names if name != ours), "")


def _security_hub(session: Any, region: str, _: Owner) -> str:
    """Security Hub has no tags of ours: whether this system switched it on, nobody can say."""
    try:
        session.client("securityhub", region_name=region).describe_hub()
    except ClientError as told:
        if told.response["Error"]["Code"] in ("InvalidAccessException", "ResourceNotFoundException"):
            return ""
        raise
    return "Security Hub (perhaps by this system: it carries no tags)"


_STANDING: Final[Mapping[str, Callable[[Any, str, Owner], str]]] = {
    "guardduty": _guardduty,
    "access-analyzer": _access_analyzer,
    "config": _config,
    "securityhub": _security_hub,
}
