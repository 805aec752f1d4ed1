"""Distances between the last 1,000 events and the reference, each 100 events."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from benchmarks.drift.streams import BASELINE, COUNTRY, LABEL, Floats, Ints, Stream

WIDTH, EVERY = 1_000, 100
_LEAST = 1e-3

Distance = Callable[[Floats, Floats], Floats]
"""Shares now, (windows, bins), and in the reference, (bins,), give a distance for each window."""


def psi(now: Floats, before: Floats) -> Floats:
    """The population stability index; an empty bin counts as one in a thousand."""
    now, before = np.maximum(now, _LEAST), np.maximum(before, _LEAST)
    index: Floats = ((now - before) * np.log(now / before)).sum(axis=1)
    return index


def ks(now: Floats, before: Floats) -> Floats:
    """The largest difference of the distribution functions, at the bins' edges."""
    largest: Floats = np.abs(np.cumsum(now, axis=1) - np.cumsum(before)).max(axis=1)
    return largest


def windowed(stream: Stream, distance: Distance, bins: int) -> Iterator[tuple[str, Ints, Floats]]:
    """For each place the last events of the windows and their distances."""
    seq = np.arange(len(stream))
    for number, name in enumerate(stream.names):
        yield name, *_distances(seq, *_quantiles(stream.numeric[:, number], seq, bins), distance)
    if stream.codes is not None:
        yield COUNTRY, *_distances(seq, *_categories(stream.codes), distance)
    if stream.raw is not None:
        seq = stream.raw.after_seq
        yield LABEL, *_distances(seq, *_quantiles(stream.raw.loss, seq, bins), distance)


def _quantiles(values: Floats, seq: Ints, bins: int) -> tuple[Ints, int]:
    """Bins of equal share in the reference, the missing in one of their own."""
    reference = values[: np.searchsorted(seq, BASELINE)]
    edges = np.unique(np.nanquantile(reference, np.arange(1, bins) / bins))
    return np.where(np.isnan(values), len(edges) + 1, np.searchsorted(edges, values, side="right")), len(edges) + 2


def _categories(codes: Ints) -> tuple[Ints, int]:
    """A bin for each category of the reference up to 20, one for the others."""
    frequent = np.argsort(-np.bincount(codes[:BASELINE], minlength=int(codes.max()) + 1), kind="stable")[:20]
    bins = np.full(int(codes.max()) + 1, len(frequent), np.int64)
    bins[frequent] = np.arange(len(frequent))
    return bins[codes], len(frequent) + 1


def _distances(seq: Ints, bins: Ints, count: int, distance: Distance) -> tuple[Ints, Floats]:
    begin = int(np.searchsorted(seq, BASELINE))
    before = np.bincount(bins[:begin], minlength=count) / begin
    blocks = (len(bins) - begin) // EVERY
    used = bins[begin : begin + blocks * EVERY] + count * (np.arange(blocks * EVERY) // EVERY)
    counts = np.bincount(used, minlength=blocks * count).reshape(blocks, count)
    total = np.cumsum(np.vstack([np.zeros((1, count)), counts]), axis=0)
    wide = WIDTH // EVERY
    now = (total[wide:] - total[:-wide]) / WIDTH
    ends = seq[begin + EVERY * np.arange(wide, blocks + 1) - 1]
    return ends, distance(now, before)
