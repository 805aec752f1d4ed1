"""Whole files, read in their order: a baseline, a recording."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from landform_agent.config import Config
from landform_agent.formats.detect import HEAD, decoder, infer_flat, infer_table, is_capture
from landform_agent.formats.rows import Decoded, Schema
from landform_agent.lines import runs


class InputError(Exception):
    """Files do not hold what is needed; the message says what."""


class TooFewError(InputError):
    """The events do not make a reference yet; the message says how many would."""


def rejected(count: int, reason: str) -> str:
    """How many lines could not be read, and why the first could not: to follow a message."""
    return f" ({count:,} lines rejected, the first: {reason})" if count else ""


def schema_of(config: Config) -> Schema:
    """The columns that a configuration names."""
    features = config.features or {}
    return Schema(
        tuple(name for name, feature in features.items() if feature.kind == "numeric"),
        tuple(name for name, feature in features.items() if feature.kind == "categorical"),
        tuple(config.columns or ()),
        config.prediction.kind if config.prediction else None,
        config.names.model_dump(),
    )


def infer(config: Config, files: Sequence[Path]) -> Schema:
    """The columns of a watch: those configured, else those that the files show."""
    schema = schema_of(config)
    if config.features is not None:
        return schema
    heads = [_head(path) for path in files]
    if any(is_capture(head) for head in heads):
        raise InputError(
            "capture lines do not name their columns: write `features:` (and `columns:`) in the configuration"
        )
    if files[0].suffix == ".csv":
        header = heads[0].split(b"\n", 1)[0]
        found = infer_table(header, chain.from_iterable(_lines(path) for path in files), schema)
    else:
        found = infer_flat(chain.from_iterable(_lines(path) for path in files), schema)
    if not found.numeric and not found.categorical:
        raise InputError(f"{files[0]}: no event that could be read, so no feature to watch")
    return found


def decode(
    files: Sequence[Path], schema: Schema, batch: int, progress: Callable[[int], None] = lambda _: None
) -> Iterator[Decoded]:
    """What the files hold; `progress` is told the bytes read so far."""
    before = 0
    for path in files:
        size = path.stat().st_size
        own = decoder(str(path), _head(path), schema)
        line = 1
        with path.open("rb") as file:
            for run in runs(file, 0, size, batch, own.max_line):
                decoded = own.decode(run.lines, line)
                rejects = tuple(sorted((*decoded.rejects, *run.rejects)))
                yield Decoded(decoded.rows, decoded.labels, rejects, decoded.extra, ended=run.stop >= size)
                line += len(run.lines)
                progress(before + run.stop)
        before += size


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD)


def _lines(path: Path) -> Iterator[bytes]:
    size = path.stat().st_size
    with path.open("rb") as file:
        for run in runs(file, 0, size, 10_000, 1 << 20):
            yield from run.lines
