"""The disk that a host boots from: what the spec says, or as much as its image needs."""

from typing import Final

from landform.plan import Batch, Host
from landform.spec.units import Disk

HOST_GIB: Final = 30
BATCH_GIB: Final = 100
"""Images of frameworks take up to 30 GiB, twice while they are unpacked; the ECS-optimized image itself 30 GiB."""


def root_of(own: Host | Batch) -> Disk:
    """Return the root disk of a host, or of a node of Batch."""
    if own.spec.disk.root:
        return own.spec.disk.root
    if isinstance(own, Batch):
        return Disk(BATCH_GIB, "gp3")
    return Disk(max(HOST_GIB, own.image.root_gib if own.image else 0), "gp3")
