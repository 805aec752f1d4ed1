"""What a system costs, as data: lines of a bill, and what no line can be written for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from landform.catalog import Source
from landform.catalog.rates import HOURS
from landform.diagnostics import Path

Ends = tuple[float, float]
"""The low end and the high end of something."""

Why = Literal["use", "price", "catalog", "range"]
"""Why there is no line: it depends on use; no catalog has a price, or AWS lists none; a refresh of the region may find
one; the same, and one end of the range is known without it."""


@dataclass(frozen=True, slots=True)
class Line:
    """So many of something at a price an hour; `estimated` where the price is derived from another one."""

    what: str
    region: str
    quantity: Ends
    price: Ends
    estimated: bool = False

    @property
    def hourly(self) -> Ends:
        """USD an hour."""
        return self.quantity[0] * self.price[0], self.quantity[1] * self.price[1]


@dataclass(frozen=True, slots=True)
class Unpriced:
    """What costs something that nobody can say: it depends on use, or its price is not recorded."""

    what: str
    region: str
    why: Why

    def __str__(self) -> str:
        return f"{self.what} in {self.region} ({_WHY[self.why]})"


_WHY: Final[Mapping[Why, str]] = {
    "use": "by use",
    "price": "no price is recorded",
    "catalog": "no price is recorded: refresh the catalog",
    "range": "no price is recorded: refresh the catalog",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """What one entry of the spec costs."""

    path: Path
    lines: tuple[Line, ...]
    unpriced: tuple[Unpriced, ...]

    @property
    def hourly(self) -> Ends:
        """USD an hour, of what has a price."""
        ends = [line.hourly for line in self.lines]
        return sum(low for low, _ in ends), sum(high for _, high in ends)

    @property
    def monthly(self) -> Ends:
        """USD a month."""
        return monthly(self.hourly)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a whole system costs; `sources` say of each price list when and where it was recorded."""

    entries: tuple[Entry, ...]
    sources: Mapping[str, Source]

    @property
    def hourly(self) -> Ends:
        """USD an hour, of what has a price."""
        ends = [entry.hourly for entry in self.entries]
        return sum(low for low, _ in ends), sum(high for _, high in ends)

    @property
    def monthly(self) -> Ends:
        """USD a month."""
        return monthly(self.hourly)

    @property
    def unpriced(self) -> tuple[tuple[Path, Unpriced], ...]:
        """Everything without a price, and whose it is."""
        return tuple((entry.path, each) for entry in self.entries for each in entry.unpriced)

    def of(self, path: Path, *parts: Path) -> Entry:
        """Return what an entry costs, with its parts; of one that costs nothing by itself, no lines."""
        found = [entry for entry in self.entries if entry.path in (path, *parts)]
        return Entry(path, tuple(line for e in found for line in e.lines), tuple(u for e in found for u in e.unpriced))


def monthly(hourly: Ends) -> Ends:
    """Return what an hour's price makes in a month."""
    return hourly[0] * HOURS, hourly[1] * HOURS


ASSUMPTIONS = (
    f"a month is {HOURS} hours, and what the spec keeps standing stands for all of it",
    "low: every fleet at its least size, the spot share at the lowest spot price that was recorded in the region",
    "high: every fleet at its most, all of it on demand, of the dearest type that qualifies",
    "low: no job of SageMaker, app of Studio or session of Canvas runs; high: as many as may at once, all month long",
    "prices marked as estimated are those of another region or type, times what a kindred type costs more or less; of"
    " what is no instance, low and high are us-east-1's, times the least and the most that instances cost more there",
    "keys before their first rotation; list prices, without taxes, discounts, credits and what is free for a while",
    "what depends on use (storage, requests, traffic, logs) or has no recorded price is unpriced: nothing is added",
)
