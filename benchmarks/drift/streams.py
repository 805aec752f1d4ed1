"""A stream with what is known about it: what changes, when, and what an oracle would see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from landform_agent.block import Block, Losses
from landform_agent.engine import Season

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Random = np.random.Generator

BASELINE = 5_000
"""Events of the reference; what comes after them is armed."""

LENGTH = 25_000
HORIZON = 10_000
"""Events after a change within which an alarm is a hit."""

EARLIEST, LATEST = 8_000, 15_000
"""A change begins between these; the horizon ends with the stream at the latest."""

COUNTRY = "country"
JOINT, LABEL = "joint", "label"


@dataclass(frozen=True)
class Episode:
    """Events of the changed law: from `begin` to before `end`."""

    begin: int
    end: int


@dataclass(frozen=True, eq=False)
class Stream:
    """Events as columns, and the truth about them.

    `numeric` has the shape (events, features), NaN is missing; `codes` number the categories, if there is such a
    feature. `losses` come in the order in which labels are mature, `raw` in the order in which they came. `touched`
    names what changes: features, `joint` or `label`. `named` is what the evidence should name: the two features, or the
    categories. `evidence` is the log likelihood ratio of the changed law over the first one, for each event.
    """

    numeric: Floats
    codes: Ints | None
    episodes: tuple[Episode, ...] = ()
    touched: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()
    evidence: Floats | None = None
    season: Season | None = None
    at: Floats | None = None
    losses: Losses | None = None
    raw: Losses | None = None

    def __len__(self) -> int:
        return len(self.numeric)

    @property
    def names(self) -> tuple[str, ...]:
        """The numeric features."""
        return feature_names(self.numeric.shape[1])

    @cached_property
    def first_change(self) -> int:
        """Where the first change begins; the length where there is none."""
        return self.episodes[0].begin if self.episodes else len(self)

    def block(self) -> Block:
        """As the engine takes it."""
        seq = np.arange(len(self))
        return Block(
            seq=seq,
            at=seq.astype(np.float64) if self.at is None else self.at,
            ident=np.zeros(len(seq), np.uint64),
            numeric={name: self.numeric[:, place].copy() for place, name in enumerate(self.names)},
            categorical=self._categorical(),
            losses=Losses() if self.losses is None else self.losses,
        )

    def _categorical(self) -> dict[str, npt.NDArray[np.object_]]:
        if self.codes is None:
            return {}
        names = np.array([category(code) for code in range(int(self.codes.max()) + 1)], np.object_)
        return {COUNTRY: names[self.codes]}


Make = Callable[[Random, int, "int | None"], Stream]
"""A law: random numbers, a length and where it changes (nowhere: None) give a stream."""


@dataclass(frozen=True)
class Kind:
    """A kind of change. `law` names its stationary law: kinds that share it share what rivals are tuned on."""

    name: str
    law: str
    make: Make
    oracle: bool = True


@dataclass(frozen=True)
class Trap:
    """A law without change in which detectors see one. `width` is the number of numeric features."""

    name: str
    make: Make
    width: int = 3


def feature_names(width: int) -> tuple[str, ...]:
    """Names of the numeric features."""
    return tuple(f"f{number}" for number in range(width))


def category(code: int) -> str:
    """The name of a category."""
    return f"k{code}"


def pair(kind: Kind, seed: int) -> tuple[Stream, Stream]:
    """A stream with a change and its stationary twin of the same law."""
    random = np.random.default_rng(seed)
    change = int(random.integers(EARLIEST, LATEST))
    return kind.make(random, LENGTH, change), stationary(kind.make, random, LENGTH)


def stationary(make: Make, random: Random, length: int) -> Stream:
    """The law without a change; nothing is touched."""
    return replace(make(random, length, None), episodes=(), touched=frozenset(), named=frozenset())
