"""File systems on FSx for Lustre."""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from landform.spec.data.bounds import NoReplica
from landform.spec.model import Model, Text, Was
from landform.spec.units import LustreSize, PerTib, fault

STEP_GIB = 2400
SMALLEST_GIB = 1200
SPEEDS = (125, 250, 500, 1000)
"""FSx API, CreateFileSystem: StorageCapacity and PerUnitStorageThroughput of PERSISTENT_2 (read 2026-11-23)."""


def _step(gib: int) -> int:
    if gib != SMALLEST_GIB and (gib == 0 or gib % STEP_GIB):
        below = gib // STEP_GIB * STEP_GIB or SMALLEST_GIB
        above = max(SMALLEST_GIB if gib < SMALLEST_GIB else 0, -(-gib // STEP_GIB) * STEP_GIB if gib > 1200 else 0)
        near = " or ".join(f"{size / 1000:g}TiB" for size in sorted({below, above}))
        raise fault(f"FSx has Lustre in 1.2TiB, 2.4TiB and steps of 2.4TiB, not {gib / 1000:g}TiB: write {near}")
    return gib


def _speed(rate: int) -> int:
    if rate not in SPEEDS:
        raise fault(f"FSx has {', '.join(f'{speed}MB/s/TiB' for speed in SPEEDS)}, not {rate}: write one of these")
    return rate


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Buckets = Annotated[
    tuple[Text, ...], BeforeValidator(_as_list, json_schema_input_type=str | list[str]), Field(strict=False)
]


class Lustre(Model):
    """A Lustre file system in one zone; `loads` and `exports` are buckets that it shows as folders of their names."""

    kind: Literal["lustre"]
    data_class: Literal["pii"] | None = Field(default=None, alias="class")
    size: Annotated[LustreSize, AfterValidator(_step)]
    deployment: Literal["persistent", "scratch"] = "persistent"
    throughput: Annotated[PerTib, AfterValidator(_speed)] | None = None
    loads: Buckets = ()
    exports: Buckets = ()
    replicate: NoReplica = False
    was: Was = ()

    @property
    def speed(self) -> int | None:
        """MB/s for each TiB of a persistent file system; None for scratch, whose speed is given."""
        return None if self.deployment == "scratch" else self.throughput or SPEEDS[0]

    @model_validator(mode="after")
    def _scratch_is_as_it_is(self) -> Self:
        if self.deployment == "scratch" and self.throughput:
            raise fault(
                "scratch has 200MB/s/TiB, whatever is asked: leave out `throughput`, or write `deployment: persistent`"
            )
        if self.deployment == "scratch" and self.data_class:
            raise fault(
                "FSx encrypts scratch under no key of the system, so personal data does not belong there: "
                "write `deployment: persistent`"
            )
        return self
