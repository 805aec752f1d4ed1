"""One spec laid over another, key by key; every value keeps the file and the line that it came from.

A mapping is merged into the mapping beneath it, `null` takes a key away, and any other value, a list too, takes the
place of what stood there. Each file is read by itself and within the same limits, so that no rule of the text is
loosened.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from pathlib import Path as FilePath
from typing import Any

from landform.diagnostics import Diagnostic, Path, Span, dotted, error, with_span
from landform.source import Source, read
from landform.suggest import nearest

Faults = tuple[Diagnostic, ...]


def read_all(base: FilePath, overlays: tuple[FilePath, ...], shown_as: str | None) -> tuple[Source | None, Faults]:
    """Read a spec and what is laid over it, in order; there is a source exactly where there is no finding."""
    source, faults = read(base, shown_as)
    found = [(source, faults), *(_over(file) for file in overlays)]
    sources = [each for each, _ in found if each is not None]
    if len(sources) < len(found):
        return None, tuple(fault for _, own in found for fault in own)
    laid = reduce(lambda under, over: overlaid(under[0], over, under[1]), sources[1:], (sources[0], Faults()))
    return (None, laid[1]) if laid[1] else laid


def _over(file: FilePath) -> tuple[Source | None, Faults]:
    """Read an overlay, of which nothing is required but to be a mapping."""
    source, faults = read(file)
    remedy = "Write what differs as the spec would say it, or leave the overlay out."
    return source, tuple(replace(each, remedy=remedy) if each.code == "LF0202" else each for each in faults)


def overlaid(under: Source, over: Source, faults: Faults = ()) -> tuple[Source, Faults]:
    """Lay one source over another, and say what it takes away that is not there."""
    merge = _Merge(over, dict(under.removed), dict(under.touched), list(faults))
    data = merge.mapping(under.data, over.data, ())
    kept = [path for path in under.spans if not merge.gone(path)]
    new = [path for path in over.spans if path not in merge.removed and path not in merge.touched]
    source = replace(
        under,
        data=data,
        spans={path: under.spans[path] for path in kept} | {path: over.spans[path] for path in new if path},
        key_spans={path: under.key_spans[path] for path in kept if path in under.key_spans}
        | {path: over.key_spans[path] for path in new if path in over.key_spans},
        overlays=(*under.overlays, over),
        removed=merge.removed,
        touched=merge.touched,
    )
    return source, tuple(merge.faults)


@dataclass(slots=True)
class _Merge:
    over: Source
    removed: dict[Path, Span]
    touched: dict[Path, Span]
    faults: list[Diagnostic]
    replaced: set[Path] = field(default_factory=set)

    def mapping(self, under: Mapping[str, Any], over: Mapping[str, Any], path: Path) -> dict[str, Any]:
        out = dict(under)
        for key, value in over.items():
            here = (*path, key)
            if value is None:
                self.take_away(out, key, here)
                continue
            beneath = under.get(key)
            if isinstance(value, dict) and isinstance(beneath, dict):
                self.touched[here] = self.over.key_spans[here]
                out[key] = self.mapping(beneath, value, here)
            else:
                self.forget(here)
                self.replaced.add(here)
                out[key] = self.mapping({}, value, here) if isinstance(value, dict) else value
        return out

    def take_away(self, data: dict[str, Any], key: str, path: Path) -> None:
        if key in data:
            del data[key]
            self.forget(path)
            self.removed[path] = self.over.key_spans[path]
            return
        close = nearest(key, data)
        remedy = f"Did you mean `{close[0]}`?" if close else "Take the line out: null takes away what stands beneath."
        fault = error("LF0108", path, f"`{dotted(path)}` is null here, and nothing stands beneath it.", remedy)
        self.faults.append(with_span(fault, self.over.key_spans[path]))

    def forget(self, path: Path) -> None:
        """Drop what earlier overlays did at a path and below: this one has the last word."""
        for known in (self.removed, self.touched):
            for each in [each for each in known if each[: len(path)] == path]:
                del known[each]

    def gone(self, path: Path) -> bool:
        """Tell whether what stood at a path has been taken away or replaced, it or what it was in."""
        parts = (path[:length] for length in range(1, len(path) + 1))
        return any(part in self.replaced or part in self.removed for part in parts)
