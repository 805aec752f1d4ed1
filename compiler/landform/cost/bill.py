"""Writing lines: at a recorded price, or the note that there is none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from landform.catalog import Catalog, InstanceType
from landform.catalog.estimate import MEDIAN, stand_in
from landform.catalog.price_list import REFRESHED
from landform.catalog.rates import IO2_TIERS, name_of
from landform.cost.model import Ends, Line, Unpriced, Why
from landform.spec.units import Disk

Item = Line | Unpriced

GP3_IOPS, GP3_MIB = 3_000, 125
"""What comes with every gp3 volume (EBS user guide, "General Purpose SSD volumes", read 2026-11-23)."""


@dataclass(frozen=True, slots=True)
class Market:
    """What an hour of an instance type costs; `spot` is None where no price stands for it."""

    on_demand: float | None
    spot: float | None
    estimated: bool
    estimated_spot: bool


@dataclass(slots=True)
class Nodes:
    """How many nodes there are, of which the low end buys `firm` on demand whatever the spot market does."""

    low: int
    high: int
    spot: bool
    firm: int = field(default=0)


def charged(catalog: Catalog, item: str, region: str, low: float, high: float | None = None) -> Iterator[Item]:
    """Yield the line of so many of something that has a rate; nothing where there are none."""
    most = low if high is None else high
    if most == 0:
        return
    known = catalog.rate(item, region)
    if known is None:
        why = _why(catalog, region, low, readable=item in REFRESHED)
        yield Unpriced(f"{counted(low, most)} x {name_of(item)}", region, why)
    else:
        yield Line(name_of(item), region, (low, most), known.hourly, known.estimated)


def _why(catalog: Catalog, region: str, low: float, readable: bool = True) -> Why:
    """Say what a missing price leaves open, and whether a refresh can find it: one that has been made has not."""
    if not readable or catalog.is_refreshed(region):
        return "price"
    return "catalog" if low else "range"


def managed(catalog: Catalog, kind: InstanceType | None, region: str, nodes: Ends, when: str = "") -> Iterator[Item]:
    """Yield the line of SageMaker's machines; with `when`, of those that are there now and then."""
    if kind is None:
        yield Unpriced(f"{counted(*nodes)} x machine{when}", region, "price")
        return
    known = catalog.managed_price(kind.name, region)
    if known is None:
        yield Unpriced(f"{counted(*nodes)} x ml.{kind.name}{when}", region, _why(catalog, region, nodes[0]))
    else:
        each = known.usd_per_hour
        yield Line(f"ml.{kind.name}{when}", region, nodes, (each, each), known.estimated)


def by_use(what: str, region: str) -> Unpriced:
    """Return the note of what is paid by use."""
    return Unpriced(what, region, "use")


def instances(catalog: Catalog, types: tuple[InstanceType, ...], region: str, nodes: Nodes) -> Iterator[Item]:
    """Yield the lines of nodes that are of one of several types."""
    markets = {kind.name: market(catalog, kind, region) for kind in types}
    if nodes.high == 0:
        return
    priced = {name: m.on_demand for name, m in markets.items() if m.on_demand is not None}
    # Of several types the dearest may be missing; of one alone, nothing is known of what stands there.
    why = _why(catalog, region, 0 if priced else nodes.low)
    for name in sorted(markets.keys() - priced.keys()):
        yield Unpriced(f"up to {nodes.high} x {name} on demand", region, why)
    firm = nodes.firm if nodes.spot else nodes.low
    if priced:
        cheapest, dearest = min(priced, key=lambda n: (priced[n], n)), max(priced, key=lambda n: (priced[n], n))
        estimated = any(markets[name].estimated for name in {cheapest, dearest})
        what = _named(cheapest, dearest)
        yield Line(what + " on demand", region, (firm, nodes.high), (priced[cheapest], priced[dearest]), estimated)
    if nodes.spot and nodes.low > firm:
        yield from _spot(catalog, markets, region, nodes.low - firm)


def _spot(catalog: Catalog, markets: dict[str, Market], region: str, count: int) -> Iterator[Item]:
    prices = {name: m.spot for name, m in markets.items() if m.spot is not None}
    if not prices or len(prices) < len(markets):
        # Any of the others may be the cheapest: without its price there is no low end but nothing.
        missing = sorted(markets.keys() - prices.keys())
        yield Unpriced(f"{count} x {_listed(missing)} at the spot price", region, _why(catalog, region, 0))
        return
    cheapest = min(prices, key=lambda name: (prices[name], name))
    price = prices[cheapest]
    yield Line(f"{cheapest} at the spot price", region, (count, 0), (price, 0), markets[cheapest].estimated_spot)


def market(catalog: Catalog, kind: InstanceType, region: str) -> Market:
    """Return what an instance type costs; where its spot price was not recorded, by the type that stands for it."""
    price = catalog.price(kind.name, region)
    on_demand, estimated = (price.usd_per_hour, price.estimated) if price else (None, False)
    recorded = catalog.spot_range(kind.name, region)
    if recorded:
        return Market(on_demand, recorded[0], estimated, False)
    kindred = stand_in(kind.family)
    theirs = catalog.price(kindred, region) if kindred != MEDIAN else None
    sold = catalog.spot_range(kindred, region) if kindred != MEDIAN else None
    if on_demand is None or theirs is None or sold is None:
        return Market(on_demand, None, estimated, False)
    return Market(on_demand, round(on_demand * sold[0] / theirs.usd_per_hour, 6), estimated, True)


def disks(catalog: Catalog, disk: Disk, region: str, nodes: Ends) -> Iterator[Item]:
    """Yield the lines of a volume on each of so many nodes."""
    low, high = nodes

    def each(item: str, amount: float) -> Iterator[Item]:
        yield from charged(catalog, f"{disk.type}-{item}", region, amount * low, amount * high)

    yield from each("gib", disk.gib)
    if disk.type == "gp3":
        yield from each("iops", max(0, (disk.iops or 0) - GP3_IOPS))
        yield from each("mib", max(0, (disk.throughput or 0) - GP3_MIB))
    elif disk.type in ("io1", "io2"):
        yield from _provisioned(catalog, disk, region, nodes)


def _provisioned(catalog: Catalog, disk: Disk, region: str, nodes: Ends) -> Iterator[Item]:
    iops, below = disk.iops or 0, 0
    for item, most in IO2_TIERS if disk.type == "io2" else (("io1-iops", iops),):
        held = max(0, min(iops, most) - below)
        yield from charged(catalog, item, region, held * nodes[0], held * nodes[1])
        below = most


def counted(low: float, high: float) -> str:
    """Write how many there are."""
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"


def _named(cheapest: str, dearest: str) -> str:
    return cheapest if cheapest == dearest else f"{cheapest} to {dearest}"


def _listed(names: list[str]) -> str:
    return ", ".join(names[:3]) + (", …" if len(names) > 3 else "")
