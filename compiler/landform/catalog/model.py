"""What the catalog knows of the cloud, as plain frozen data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Architecture = Literal["x86_64", "arm64"]


class CatalogError(ValueError):
    """A catalog that cannot be read or written, or a name that it does not hold."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact comes from and when it was recorded: an ISO date, or its year if no more is known."""

    date: str
    origin: str


@dataclass(frozen=True, slots=True)
class Zone:
    """An availability zone.

    `id` means the same zone in every account; `name` is what one account calls it.
    `thin`: offers less than half as many instance types as the region's fullest zone.
    """

    id: str
    name: str
    thin: bool


@dataclass(frozen=True, slots=True)
class Region:
    """A region, its fixed place in the address space (`slots.py`), its zones by id."""

    name: str
    slot: int
    zones: tuple[Zone, ...]


@dataclass(frozen=True, slots=True)
class Accelerator:
    """The accelerators of an instance type; `memory_mib` is that of each one.

    A type that holds a share of a GPU has one accelerator named after the share: ``L4/8`` is an eighth of an
    L4, so that nothing which asks for an L4 gets less than one.
    """

    name: str
    maker: str
    count: int
    memory_mib: int


@dataclass(frozen=True, slots=True)
class LocalDisks:
    """Instance store. AWS counts its sizes in decimal gigabytes."""

    count: int
    gb_each: int
    medium: Literal["ssd", "hdd"]
    nvme: bool

    @property
    def gib_each(self) -> int:
        """Whole binary gibibytes that fit on one disk."""
        return self.gb_each * 10**9 // 2**30


@dataclass(frozen=True, slots=True)
class InstanceType:
    """An instance type as DescribeInstanceTypes gives it.

    Bandwidths are in Mbit/s: the sustained one, and the peak that a burst reaches. `ebs_mbps` is 0 where AWS
    promises none. `interfaces` times `addresses_per_interface` (IPv4) is the most that one instance can take
    of a subnet's addresses.
    `hypervisor` is None on bare metal.
    """

    name: str
    vcpus: int
    memory_mib: int
    architecture: Architecture
    accelerator: Accelerator | None
    disks: LocalDisks | None
    ebs_mbps: int
    ebs_peak_mbps: int
    network_mbps: int
    network_peak_mbps: int
    network_cards: int
    interfaces: int
    addresses_per_interface: int
    efa: bool
    bare_metal: bool
    burstable: bool
    spot: bool
    hypervisor: Literal["nitro", "xen"] | None

    @property
    def family(self) -> str:
        """``g5`` of ``g5.2xlarge``."""
        return self.name.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Price:
    """What an hour of Linux on demand costs; `estimated` where it is derived from another region's price."""

    usd_per_hour: float
    estimated: bool
