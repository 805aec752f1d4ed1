"""What a challenger is trained on and judged by: old rows and new ones, and the newest window kept back."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from .rows import Labelled

HELD_OUT = 0.3
"""The share of the new rows that is kept back, the newest in event time."""
SLACK = 0.05
"""A column may lack so many more values than twice the old share."""
SAMPLED = 20
"""Objects that a sample is taken from, where they hold enough rows."""
NUMERIC = 0.95
"""A column of which so many values are numbers is one of numbers."""

Table = Sequence[Sequence[str]]
"""Rows of cells: what is to be told first, then the columns in the order of the watch."""


class DataBroken(Exception):  # noqa: N818 (the name that the state machine catches)
    """The new rows are no rows of the old kind: a person has to look, and nothing is trained on them."""


@dataclass(frozen=True)
class Profile:
    """What the columns of a table are like: the missing share of each, and whether it holds numbers."""

    missing: tuple[float, ...]
    numeric: tuple[bool, ...]


def kept_back(rows: int) -> int:
    """How many of so many rows are kept back, at least one."""
    return max(1, math.ceil(HELD_OUT * rows))


def split(new: Sequence[Labelled], champion: str) -> tuple[list[Labelled], list[Labelled]]:
    """Rows to train on and rows to judge by; of one moment all are on one side, so that neither has seen the other.

    `new` stands in the order of time. What is kept back is what the configuration `champion` has answered, for by that
    it is judged; of what another one answered in the same time there is neither. At least one row is kept back.
    """
    own = [one for one in new if one.row.by == champion]
    if not own:
        raise ValueError(f"none of {len(new)} labelled rows was answered by what serves, {champion}")
    begin = own[-min(len(own), kept_back(len(new)))].row.at
    return [one for one in new if one.row.at < begin], [one for one in own if one.row.at >= begin]


def sample(keys: Sequence[str], read: Callable[[str], str], most: int) -> list[list[str]]:
    """At most so many rows of the objects `keys`: of some all over their order, and no more of them than it takes."""
    found: list[list[str]] = []
    share = max(1, most // max(1, min(len(keys), SAMPLED)))
    for key in _spread(keys):
        if len(found) >= most:
            break
        rows = table(read(key))
        found += rows[:: math.ceil(len(rows) / share) or 1][: most - len(found)]
    return found


def _spread(keys: Sequence[str]) -> Iterator[str]:
    """All keys: first a few over the whole order, then those between them."""
    step, done = max(1, len(keys) // SAMPLED), set[int]()
    while len(done) < len(keys):
        for place in range(0, len(keys), step):
            if place not in done:
                done.add(place)
                yield keys[place]
        step = max(1, step // 2)


def cells(new: Iterable[Labelled]) -> list[list[str]]:
    """Rows as a training reads them: the truth first."""
    return [[f"{one.truth:g}", *one.row.cells] for one in new]


def table(text: str) -> list[list[str]]:
    """Rows of a CSV text without header."""
    return [[cell.strip() for cell in line.split(",")] for line in text.splitlines() if line.strip()]


def written(rows: Table) -> str:
    """The CSV text of rows; the same rows give the same text."""
    return "".join(f"{','.join(row)}\n" for row in rows)


def profile(rows: Table) -> Profile:
    """What columns are like; rows must all have as many cells as the first."""
    columns = list(zip(*rows, strict=True))
    lacking = [[not cell or cell.lower() in ("nan", "null", "none") for cell in column] for column in columns]
    numeric = []
    for column, missing in zip(columns, lacking, strict=True):
        there = [cell for cell, lacks in zip(column, missing, strict=True) if not lacks]
        numeric.append(not there or sum(map(_number, there)) >= NUMERIC * len(there))
    return Profile(tuple(sum(one) / len(one) for one in lacking), tuple(numeric))


def _number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def require_sound(old: Table, new: Table, names: Sequence[str]) -> None:
    """Raise `DataBroken` where new rows have other columns than the old ones, other types, or lack too much.

    `names` are those of all columns but the first. A column may lack twice its old share of values, and `SLACK` more.
    """
    width = len(names) + 1
    for which, rows in (("old", old), ("new", new)):
        odd = next((len(row) for row in rows if len(row) != width), None)
        if odd is not None:
            raise DataBroken(f"a row of the {which} data has {odd} cells where {width} are known")
    if not old or not new:
        raise DataBroken(f"there are {len(old)} old rows and {len(new)} new ones")
    before, now = profile(old), profile(new)
    for place, name in enumerate(("label", *names)):
        most = min(1.0, 2 * before.missing[place] + SLACK)
        if now.missing[place] > most:
            said = f"{now.missing[place]:.1%} of {name} is missing"
            raise DataBroken(f"{said}; the old data lacks {before.missing[place]:.1%}, and {most:.1%} is let through")
        if before.numeric[place] and not now.numeric[place]:
            raise DataBroken(f"{name} holds other things than numbers, of which it held {NUMERIC:.0%} before")
