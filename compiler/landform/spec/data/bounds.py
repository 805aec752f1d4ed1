"""Bounds that a service sets to a value."""

from typing import Annotated

from pydantic import AfterValidator

from landform.spec.units import fault


def seconds(service: str, least: int, most: int, bounds: str) -> AfterValidator:
    """Return what holds a time in seconds within the bounds of a service, which are named as people write them."""

    def check(value: int) -> int:
        if not least <= value <= most:
            raise fault(f"{service} takes {bounds} here: write a time between them")
        return value

    return AfterValidator(check)


def _no_replica(wanted: bool) -> bool:
    if wanted:
        raise fault(
            "FSx copies no file system of Lustre to another region: "
            "leave out `replicate`, and let it export to a bucket that is replicated"
        )
    return wanted


NoReplica = Annotated[bool, AfterValidator(_no_replica)]
"""Whether a file system of Lustre is to have a copy in other regions, which is refused."""
