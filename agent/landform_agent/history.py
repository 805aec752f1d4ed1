"""What the state keeps for the report: the alarms of late, and slices for time lines. Both are bounded.

Where slices become many, the older half of a lane is merged two by two, again and again: what is fresh is kept finely,
what is old about as finely as a hundredth of its age, and nothing is ever cut off.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
import numpy as np

from landform_agent.block import Floats
from landform_agent.store import Store

SLICES: Final = 720
"""Of each lane; fewer where many series make them large."""

_BYTES: Final = 4 << 20
_FEWEST: Final = 120

ALARMS: Final = 500


class Kept(msgspec.Struct, frozen=True, array_like=True):
    """A slice in the state; see `engine.slices.Slice`."""

    count: int
    since: float
    until: float
    levels: bytes

    def values(self) -> Floats:
        """The level of each series."""
        return np.frombuffer(self.levels, np.float32).astype(np.float64)


def record(store: Store, slices: Sequence[Any], alarms: Sequence[Mapping[str, Any]]) -> None:
    """Keep slices of the engine, and alarms as they leave the agent; within a transaction."""
    for one in slices:
        kept = Kept(one.count, one.since, one.until, one.levels.astype(np.float32).tobytes())
        store.add_slice(one.lane, msgspec.msgpack.encode(kept))
    for lane, size in {one.lane: 4 * len(one.levels) for one in slices}.items():
        _thin(store, lane, max(_FEWEST, min(SLICES, _BYTES // max(size, 1))))
    for alarm in alarms:
        store.note_alarm(str(alarm["id"]), int(alarm["seq"]), msgspec.json.encode(alarm), ALARMS)


def read(store: Store, lane: str) -> list[Kept]:
    """The slices of a lane in their order."""
    return [_decode(body) for _, body in store.slices(lane)]


def copy(source: Store, target: Store) -> None:
    """What one store keeps for the report, into another; within a transaction of the latter."""
    target.keep({name: value for name in ("reference rows",) if (value := source.kept(name))})
    for lane, body in source.all_slices():
        target.add_slice(lane, body)
    for raised, latest in source.noted_alarms():
        for body in (raised, latest):
            alarm = msgspec.json.decode(body)
            target.note_alarm(str(alarm["id"]), int(alarm["seq"]), body, ALARMS)


def merged(one: Kept, other: Kept) -> Kept:
    """Two neighbours as one slice."""
    if len(one.levels) != len(other.levels):
        return other
    count = one.count + other.count
    levels = (one.count * one.values() + other.count * other.values()) / count
    return Kept(count, one.since, other.until, levels.astype(np.float32).tobytes())


def _thin(store: Store, lane: str, most: int) -> None:
    if store.count_slices(lane) <= most:
        return
    old = store.slices(lane)[: most // 4 * 2]
    pairs = zip(old[::2], old[1::2], strict=True)
    fewer = [(number, merged(_decode(one), _decode(other))) for (number, one), (_, other) in pairs]
    store.swap_slices([number for number, _ in old], lane, [(n, msgspec.msgpack.encode(kept)) for n, kept in fewer])


def _decode(body: bytes) -> Kept:
    return msgspec.msgpack.decode(body, type=Kept)
