"""Rows that a model was trained on, read once and in blocks: what stays of them are sums beside the reference."""

from __future__ import annotations

import csv
import errno
import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np

from landform_agent.block import Block
from landform_agent.config import Config
from landform_agent.formats import cells
from landform_agent.formats.detect import HEAD, decoder
from landform_agent.formats.flat import UNREADABLE, Flat
from landform_agent.formats.rows import MAX_LINE, Decoded, Decoder, Rows, Schema
from landform_agent.formats.table import Table
from landform_agent.lines import Readable, runs
from landform_agent.reading import InputError, rejected
from landform_agent.sources import GoneError, SourceError

_S3: Final = "s3://"
_LINES: Final = 10_000


@dataclass(frozen=True)
class Training:
    """What was read: `apart` has a feature each, as the engine tells it; `unwatched` are columns that the watch lacks.
    `headless`: a table had no header, and was read in the order of the configuration's `columns`.

    Rows are those that could be read; `reason` is why the first of the `rejected` lines could not.
    """

    place: str
    files: int
    rows: int
    rejected: int
    reason: str
    reference: int
    apart: Sequence[Any]
    unwatched: tuple[str, ...]
    headless: bool


@dataclass(frozen=True)
class _Part:
    name: str
    size: int
    open: Callable[[], AbstractContextManager[Readable]]


def read(place: str, config: Config, schema: Schema, beside: Any) -> Training:
    """Count all rows of a file, of a folder's files or of the objects under a prefix.

    `FileNotFoundError` where there is nothing, `InputError` where no row can be read or none has a watched feature.
    """
    # What a state was fitted for are features; how files name them may be said later.
    schema = replace(schema, columns=tuple(config.columns or ()), names=config.names.model_dump())
    counts, reason, unwatched = Counter[str](), "", dict[str, None]()
    try:
        for part in _parts(place, config):
            with part.open() as stream:
                head = stream.read(HEAD)
            own, names, first = _format(part.name, head, schema)
            counts["files"] += 1
            counts["headless"] += first > 1
            unwatched |= dict.fromkeys(names)
            for decoded in _decoded(part, own, first):
                counts["rows"] += len(decoded.rows)
                counts["rejected"] += len(decoded.rejects)
                reason = reason or next((reject.reason for reject in decoded.rejects), "")
                beside.take(_block(decoded.rows))
    except (GoneError, SourceError) as failure:
        raise FileNotFoundError(errno.EIO, f"S3 does not give an object: {failure}", place) from failure
    if not counts["rows"]:
        raise InputError(f"{place}: no row could be read{rejected(counts['rejected'], reason)}")
    apart = beside.told()
    if not any(one.rows for one in apart):
        raise InputError(
            f"{place}: no row has a value of any feature that the watch names. "
            "A CSV file begins with a header, or the configuration says its `columns`; names must be spelt as there"
        )
    known = {*schema.numeric, *schema.categorical, *schema.names.values()}
    others = tuple(name for name in unwatched if name not in known)
    return Training(
        place=place,
        files=counts["files"],
        rows=counts["rows"],
        rejected=counts["rejected"],
        reason=reason,
        reference=beside.rows,
        apart=apart,
        unwatched=others,
        headless=counts["headless"] > 0,
    )


def _parts(place: str, config: Config) -> list[_Part]:
    found = list(_objects(place, config) if place.startswith(_S3) else _files(Path(place)))
    if not found:
        raise FileNotFoundError(errno.ENOENT, "nothing with any content is there", place)
    return found


def _files(place: Path) -> Iterator[_Part]:
    """In the order of their names; what begins with a dot or an underscore is no data."""
    if not place.exists():
        raise FileNotFoundError(errno.ENOENT, "no such file or folder", str(place))
    files = [place]
    if place.is_dir():
        within = [path for path in place.rglob("*") if not _aside(path.relative_to(place).parts)]
        files = sorted(path for path in within if path.is_file())
    for path in files:
        if size := path.stat().st_size:
            yield _Part(str(path), size, lambda path=path: path.open("rb"))  # type: ignore[misc]


def _objects(place: str, config: Config) -> Iterator[_Part]:
    from landform_agent import aws
    from landform_agent.sources.objects import Bucket, Ranges

    name, _, prefix = place.removeprefix(_S3).partition("/")
    client = aws.client("s3", config.region)
    bucket = Bucket(client, name)
    try:
        pages = client.get_paginator("list_objects_v2").paginate(Bucket=name, Prefix=prefix)
        listed = [(one["Key"], one["ETag"], one["Size"]) for page in pages for one in page.get("Contents", [])]
    except aws.FAILURES as failure:
        raise FileNotFoundError(errno.ENOENT, f"S3 does not list it: {aws.code(failure)}", place) from failure
    for key, tag, size in listed:
        if size and not _aside(tuple(key.removeprefix(prefix).split("/"))):
            yield _Part(
                key,
                size,
                lambda key=key, tag=tag, size=size: nullcontext(Ranges(bucket, key, tag, 0, size)),  # type: ignore[misc]
            )


def _aside(steps: tuple[str, ...]) -> bool:
    return any(step.startswith((".", "_")) for step in steps)


def _format(name: str, head: bytes, schema: Schema) -> tuple[Decoder, list[str], int]:
    """How a file is read, the columns that its beginning shows, and the number that its first line counts as."""
    first = head.lstrip().split(b"\n", 1)[0]
    if name.endswith(".csv") or not (first.startswith(b"{") or ".json" in name):
        return _table(name, head.split(b"\n", 1)[0], schema)
    try:
        row = msgspec.json.decode(first)
    except UNREADABLE:
        row = None
    if not isinstance(row, dict) or "captureData" in row or "groundTruthData" in row:
        return decoder(name, head, schema), [], 1
    features = row.get("features")
    if isinstance(features, dict):
        return Flat(schema), list(features), 1
    return _Plain(schema), list(row), 1


def _table(name: str, first: bytes, schema: Schema) -> tuple[Decoder, list[str], int]:
    """A CSV file with its header; without one it has the payload's columns, where those are given.

    What SageMaker's own algorithms are trained on has no header, and the target before the features
    (docs.aws.amazon.com/sagemaker/latest/dg/cdf-training.html, read November 2026).
    """
    shown = [cell.strip() for cell in cells.cells(first.decode("utf-8-sig", "replace").rstrip("\r"))]
    headed = not {*shown}.isdisjoint((*schema.columns, *schema.numeric, *schema.categorical))
    if schema.columns and not headed:
        target = [schema.names["label"]] if len(shown) == len(schema.columns) + 1 else []
        header = io.StringIO()
        csv.writer(header).writerow([*target, *schema.columns])
        return Table(schema, header.getvalue().encode(), name), [], 2
    # What may be values is shown to nobody.
    return Table(schema, first, name), shown if headed else [], 1


class _Plain:
    """A row is an object whose names are the features: a training has no use for ids and times."""

    max_line = MAX_LINE

    def __init__(self, schema: Schema) -> None:
        self._flat = Flat(schema)

    def decode(self, lines: Sequence[bytes], first: int = 1) -> Decoded:
        """The rows of these lines."""
        return self._flat.decode([b'{"features":%b}' % line if line.strip() else line for line in lines], first)


def _decoded(part: _Part, own: Decoder, line: int) -> Iterator[Decoded]:
    with part.open() as stream:
        for run in runs(stream, 0, part.size, _LINES, own.max_line):
            decoded = own.decode(run.lines, line)
            yield Decoded(decoded.rows, (), (*run.rejects, *decoded.rejects))
            line += len(run.lines)


def _block(rows: Rows) -> Block:
    count = len(rows)
    return Block(np.arange(count), rows.at, np.zeros(count, np.uint64), rows.numeric, rows.categorical)
