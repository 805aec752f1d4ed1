"""What ``landform catalog show`` and ``landform catalog refresh`` do, as functions that return their text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from landform.catalog.layout import TYPES
from landform.catalog.model import Accelerator, CatalogError, InstanceType, LocalDisks, Region
from landform.catalog.store import Catalog, load
from landform.suggest import nearest

if TYPE_CHECKING:
    from landform.catalog.refresh import Session


def show(name: str | None = None, catalog: Catalog | None = None) -> str:
    """Describe the catalog, a region, an instance type or an accelerator; CatalogError for any other name."""
    known = catalog or load()
    if name is None:
        return _overview(known)
    if name in known.types:
        return _type(known, known.types[name])
    if name in known.regions:
        return _region(known, known.regions[name])
    accelerators = {accelerator.casefold(): accelerator for accelerator in known.accelerator_names()}
    if name.casefold() in accelerators:
        return _holders(known, accelerators[name.casefold()])
    near = nearest(name, [*known.types, *known.regions, *accelerators.values()], 3)
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    raise CatalogError(f"the catalog of {known.date} has no instance type, region or accelerator '{name}'.{hint}")


def refresh(
    out: Path,
    regions: Sequence[str] = (),
    *,
    session: Session | None = None,
    now: datetime | None = None,
    progress: Callable[[str], None] = lambda step: None,
) -> str:
    """Renew the project's catalog in the folder `out` from AWS: these regions, or all that are known.

    What is not renewed comes from the catalog in `out`, or from the packaged one where there is none. Nothing
    is written unless all of it could be read. Raises ModuleNotFoundError without boto3 (extra `sandbox`).
    """
    from landform.catalog.encode import write
    from landform.catalog.refresh import refresh as read_from_aws

    if session is None:
        import boto3

        session = boto3.Session()
    base = Catalog(out) if (out / TYPES).exists() else load()
    renewed = regions or tuple(base.regions)
    files = read_from_aws(base, renewed, session, now or datetime.now(UTC), progress)
    write(files, out)
    return _changes(base, Catalog(out), renewed)


def _changes(before: Catalog, after: Catalog, renewed: Iterable[str]) -> str:
    came, went = sorted(after.types.keys() - before.types), sorted(before.types.keys() - after.types)
    prices = sum(after.price(name, region) != before.price(name, region) for region in renewed for name in after.types)
    return "\n".join(
        [
            _headline(after),
            f"Renewed: {', '.join(renewed)}.",
            f"New types: {', '.join(came) or 'none'}.",
            f"Types gone: {', '.join(went) or 'none'}.",
            f"Prices changed: {prices}.",
        ]
    )


def _overview(catalog: Catalog) -> str:
    parts = defaultdict(list)
    for part, source in catalog.sources.items():
        parts[source].append(part)
    holders: dict[str, list[str]] = defaultdict(list)
    for kind in catalog.accelerated:
        if kind.accelerator:
            holders[kind.accelerator.name].append(kind.name)
    return "\n".join(
        [
            _headline(catalog),
            "",
            "Sources",
            *(f"  {source.date:10}  {source.origin}: {_parts(names)}" for source, names in parts.items()),
            "",
            "Accelerators",
            *(f"  {name:14}  {' '.join(holders[name])}" for name in catalog.accelerator_names()),
            "",
            "Regions",
            *(f"  {r.name:16}  slot {r.slot:2}  {_zones(r)}" for r in catalog.regions.values()),
        ]
    )


def _headline(catalog: Catalog) -> str:
    types, regions = len(catalog.types), len(catalog.regions)
    return f"Catalog of {catalog.date}: {types} instance types in {regions} regions."


def _parts(names: Sequence[str]) -> str:
    """Say ``offerings of 30 regions`` instead of thirty names."""
    by_kind = defaultdict(list)
    for name in names:
        kind, _, region = name.rpartition(" ")
        by_kind[kind].append(region)
    return ", ".join(
        f"{kind} {regions[0]}" if len(regions) == 1 else f"{kind} of {len(regions)} regions"
        for kind, regions in by_kind.items()
    )


def _zones(region: Region) -> str:
    return " ".join(f"{zone.id} (few types)" if zone.thin else zone.id for zone in region.zones)


def _type(catalog: Catalog, kind: InstanceType) -> str:
    facts = {
        "processor": f"{kind.vcpus} vCPU, {kind.architecture}{', burstable' * kind.burstable}",
        "memory": _gib(kind.memory_mib),
        "accelerator": _accelerator(kind.accelerator),
        "local disks": _disks(kind.disks),
        "EBS": _bandwidth(kind.ebs_mbps, kind.ebs_peak_mbps),
        "network": _bandwidth(kind.network_mbps, kind.network_peak_mbps) + ", EFA" * kind.efa,
        "addresses": f"{kind.interfaces} interfaces x {kind.addresses_per_interface} IPv4",
        "runs on": kind.hypervisor or "bare metal",
        "purchase": "on-demand, spot" if kind.spot else "on-demand",
    }
    return "\n".join(
        [
            f"{kind.name} (catalog of {catalog.date})",
            *(f"  {label:12} {fact}" for label, fact in facts.items()),
            "",
            *(_offering(catalog, kind.name, region) for region in catalog.regions_of(kind.name)),
        ]
    )


def _offering(catalog: Catalog, name: str, region: str) -> str:
    zones = " ".join(catalog.zones_of(name, region))
    return f"  {region:16} {_price(catalog, name, region):44} {zones}"


def _price(catalog: Catalog, name: str, region: str) -> str:
    price, spot = catalog.price(name, region), catalog.spot_range(name, region)
    if price is None:
        return "no price known"
    on_demand = f"{price.usd_per_hour:g} USD/h{' (estimate)' * price.estimated}"
    return f"{on_demand}, spot {spot[0]:g} to {spot[1]:g}" if spot else on_demand


def _region(catalog: Catalog, region: Region) -> str:
    offered = [kind for kind in catalog.types.values() if catalog.zones_of(kind.name, region.name)]
    accelerated = [kind for kind in offered if kind.accelerator]
    price = partial(_price, catalog, region=region.name)
    return "\n".join(
        [
            f"{region.name} (catalog of {catalog.date})",
            f"  slot   {region.slot}",
            f"  zones  {_zones(region)}",
            f"  types  {len(offered)}, {len(accelerated)} of them with accelerators:",
            *(f"  {kind.name:18} {_accelerator(kind.accelerator):42} {price(kind.name)}" for kind in accelerated),
        ]
    )


def _holders(catalog: Catalog, name: str) -> str:
    """Describe the instance types that carry an accelerator, the fewest and cheapest first."""
    held = [kind for kind in catalog.accelerated if kind.accelerator and kind.accelerator.name == name]
    home = "us-east-1"

    def order(kind: InstanceType) -> tuple[int, float, str]:
        price = catalog.price(kind.name, home)
        return (
            kind.accelerator.count if kind.accelerator else 0,
            price.usd_per_hour if price else float("inf"),
            kind.name,
        )

    return "\n".join(
        [
            f"{name} (catalog of {catalog.date}); prices in {home}",
            *(
                f"  {kind.name:18} {_accelerator(kind.accelerator):42} {kind.vcpus:3} vCPU, {_gib(kind.memory_mib):9} "
                f"{_price(catalog, kind.name, home)}"
                for kind in sorted(held, key=order)
            ),
        ]
    )


def _accelerator(accelerator: Accelerator | None) -> str:
    if accelerator is None:
        return "none"
    memory = _gib(accelerator.memory_mib)
    return f"{accelerator.count} x {accelerator.name} ({accelerator.maker}, {memory} each)"


def _disks(disks: LocalDisks | None) -> str:
    if disks is None:
        return "none"
    return f"{disks.count} x {disks.gb_each} GB {disks.medium.upper()}{' (NVMe)' * disks.nvme}"


def _bandwidth(sustained: int, peak: int) -> str:
    if not sustained:
        return "nothing promised"
    return f"{sustained} Mbit/s" if peak == sustained else f"{sustained} Mbit/s, up to {peak}"


def _gib(mib: int) -> str:
    return f"{mib / 1024:.4g} GiB" if mib < 1024 * 1000 else f"{mib // 1024} GiB"
