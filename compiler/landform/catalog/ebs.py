"""EBS volume types: sizes in GiB, IOPS, throughput in MiB/s.

Source: EBS user guide, "Amazon EBS volume types", read 2026-11-23. gp3 stands with the figures that provider 5.100
still validates (16,000 IOPS, 1,000 MiB/s); AWS has since raised them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class VolumeType:
    """What a volume type can be: bounds of size, IOPS (None: no choice), IOPS per GiB, throughput, that per IOPS."""

    gib: tuple[int, int]
    iops: tuple[int, int] | None = None
    iops_per_gib: int = 0
    throughput: tuple[int, int] | None = None
    mib_per_iops: float = 0
    root: bool = True


VOLUMES: Final[Mapping[str, VolumeType]] = {
    "gp3": VolumeType((1, 16_384), (3_000, 16_000), 500, (125, 1_000), 0.25),
    "io1": VolumeType((4, 16_384), (100, 64_000), 50),
    "io2": VolumeType((4, 65_536), (100, 256_000), 1_000),
    "st1": VolumeType((125, 16_384), root=False),
    "sc1": VolumeType((125, 16_384), root=False),
}

LARGEST_ROOT: Final = 16_384
"""GiB that an instance boots from (EBS user guide, "Constraints on the size of an EBS volume", read 2026-11-23)."""
