"""Whether an account may have as much as a system needs, beside what others of it use already."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any, Final

from landform.catalog import Catalog
from landform.catalog.quotas import ADDRESSES, CONCURRENCY, NETWORKS, Quota, machines, vcpus
from landform.diagnostics import Diagnostic, dotted, error, warning
from landform.operate.preflight.needs import Need, needs
from landform.operate.preflight.owner import Owner
from landform.plan import Plan


@dataclass(frozen=True, slots=True)
class Available:
    """What an account may have of a quota in a region, and what is used of it by all but this system."""

    limit: float
    used: float


def short(session: Any, plan: Plan, own: Owner) -> Iterator[Diagnostic]:
    """Yield where a quota does not hold what the system needs: an error from the first day on, a warning at its most.

    Trainings of SageMaker that run at the moment are not counted as used; they end.
    """
    readers: dict[str, _Region] = {}
    for need in needs(plan):
        region = readers.setdefault(need.region, _Region(session, need.region, plan.catalog, own))
        yield from judged(need, region.available(need.quota))


def judged(need: Need, available: Available | None) -> Iterator[Diagnostic]:
    """Compare one need with what there is; `None` where AWS does not tell."""
    quota, (path, *_) = need.quota, need.by
    what = f"the quota '{quota.name}' in {need.region}"
    if available is None:
        yield warning("LF0920", path, f"AWS tells nothing of {what}.", "Look it up in the console of Service Quotas.")
        return
    free = available.limit - available.used
    if need.high <= free:
        return
    asked = f"{need.low:g} at once" if need.low == need.high else f"{need.low:g} at once and {need.high:g} at most"
    beside = f", of which others use {available.used:g}" if available.used else ""
    fact = f"{what} is {available.limit:g}{beside}; {_who(need)} {asked}."
    finding = error if need.low > free else warning
    yield finding("LF0920", path, fact, _request(quota, need.region, ceil(need.high + available.used)))


def _who(need: Need) -> str:
    names = [dotted(path) for path in need.by]
    return f"{names[0]} needs" if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]} need"


def _request(quota: Quota, region: str, value: int) -> str:
    if not quota.code:
        return f"Ask for {value} in the console of Service Quotas, in {region}."
    call = f"--service-code {quota.service} --quota-code {quota.code} --desired-value {value} --region {region}"
    return f"Ask for it: aws service-quotas request-service-quota-increase {call}"


class _Region:
    """One region of an account, each thing of which is asked for once."""

    def __init__(self, session: Any, region: str, catalog: Catalog, own: Owner) -> None:
        self._session, self._name, self._catalog, self._own = session, region, catalog, own
        self._quotas = session.client("service-quotas", region_name=region)
        self._listed: dict[str, dict[str, Any]] = {}
        self._used: dict[Quota, float] | None = None

    def available(self, quota: Quota) -> Available | None:
        found = self._found(quota)
        return Available(found["Value"], self._usage().get(quota, 0)) if found else None

    def _found(self, quota: Quota) -> Mapping[str, Any] | None:
        """Return the quota as it is in force, or else AWS's default for it, which is in force where none is set."""
        missing = self._quotas.exceptions.NoSuchResourceException
        if not quota.code:
            return self._by_name(quota)
        try:
            applied: Mapping[str, Any] = self._quotas.get_service_quota(
                ServiceCode=quota.service, QuotaCode=quota.code
            )["Quota"]
        except missing:
            try:
                applied = self._quotas.get_aws_default_service_quota(ServiceCode=quota.service, QuotaCode=quota.code)[
                    "Quota"
                ]
            except missing:
                return None
        return applied

    def _by_name(self, quota: Quota) -> Mapping[str, Any] | None:
        if quota.service not in self._listed:
            pages = self._quotas.get_paginator("list_service_quotas").paginate(ServiceCode=quota.service)
            self._listed[quota.service] = {one["QuotaName"]: one for page in pages for one in page["Quotas"]}
        return self._listed[quota.service].get(quota.name)

    def _usage(self) -> dict[Quota, float]:
        if self._used is None:
            self._used = {}
            for count in _COUNTS:
                for quota, amount in count(self._session, self._name, self._catalog, self._own):
                    self._used[quota] = self._used.get(quota, 0) + amount
        return self._used


Count = Callable[[Any, str, Catalog, Owner], Iterator[tuple[Quota, float]]]


def _running(session: Any, region: str, catalog: Catalog, own: Owner) -> Iterator[tuple[Quota, float]]:
    pages = (
        session.client("ec2", region_name=region)
        .get_paginator("describe_instances")
        .paginate(Filters=[{"Name": "instance-state-name", "Values": ["pending", "running"]}])
    )
    for one in pages.search("Reservations[].Instances[]"):
        if one and not own.tagged(one.get("Tags", [])):
            quota = vcpus(one["InstanceType"], spot=one.get("InstanceLifecycle") == "spot")
            cpu = one.get("CpuOptions") or {}
            kind = catalog.types.get(one["InstanceType"])
            told = cpu.get("CoreCount", 0) * cpu.get("ThreadsPerCore", 0)
            yield quota, told or (kind.vcpus if kind else 0)


def _addresses(session: Any, region: str, _: Catalog, own: Owner) -> Iterator[tuple[Quota, float]]:
    for one in session.client("ec2", region_name=region).describe_addresses()["Addresses"]:
        if not own.tagged(one.get("Tags", [])):
            yield ADDRESSES, 1


def _networks(session: Any, region: str, _: Catalog, own: Owner) -> Iterator[tuple[Quota, float]]:
    pages = session.client("ec2", region_name=region).get_paginator("describe_vpcs").paginate()
    for one in pages.search("Vpcs[]"):
        if one and not own.tagged(one.get("Tags", [])):
            yield NETWORKS, 1


def _reserved(session: Any, region: str, _: Catalog, own: Owner) -> Iterator[tuple[Quota, float]]:
    client = session.client("lambda", region_name=region)
    for page in client.get_paginator("list_functions").paginate():
        for one in page["Functions"]:
            told = client.get_function_concurrency(FunctionName=one["FunctionName"])
            amount = told.get("ReservedConcurrentExecutions", 0)
            if amount and not own.named(client.list_tags(Resource=one["FunctionArn"]).get("Tags", {})):
                yield CONCURRENCY, amount


def _serving(session: Any, region: str, _: Catalog, own: Owner) -> Iterator[tuple[Quota, float]]:
    client = session.client("sagemaker", region_name=region)
    for page in client.get_paginator("list_endpoints").paginate():
        for one in page["Endpoints"]:
            if own.tagged(client.list_tags(ResourceArn=one["EndpointArn"])["Tags"]):
                continue
            found = client.describe_endpoint(EndpointName=one["EndpointName"])
            counts = {v["VariantName"]: v.get("DesiredInstanceCount", 0) for v in found.get("ProductionVariants", [])}
            config = client.describe_endpoint_config(EndpointConfigName=found["EndpointConfigName"])
            for variant in config["ProductionVariants"]:
                if "InstanceType" in variant:
                    yield machines(variant["InstanceType"], "endpoint"), counts.get(variant["VariantName"], 0)


_COUNTS: Final[tuple[Count, ...]] = (_running, _addresses, _networks, _reserved, _serving)
