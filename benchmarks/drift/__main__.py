"""The benchmark of drift detection.

    make bench-drift                          a part of the protocol, some twelve minutes on two free cores
    CHANGES=200 TRAPS=20 FITS=200 make bench-drift     all of it, some hours
    QUICK=1 make bench-drift                  under two minutes, our engine alone

CHANGES of each synthetic kind (REAL of each real one, a quarter as many), TRAPS times 100,000 events of each trap, FITS
of single watches. RIVALS=0 leaves the rivals out. TUNING=1 runs on seeds that the engine may be improved on; without
it, seeds are those of the report. FIRST leaves out so many streams of each kind, which were looked at before. JOBS is
the number of processes. A word on the command line keeps the kinds and traps that contain it.

Kinds take turns, and no piece is begun after MINUTES. What was done is kept (see `kept`): the same command goes on
where it was interrupted or the time was up.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator

from benchmarks.drift.budget import FitWork
from benchmarks.drift.run import Result, Sizes, Work, done, in_turns, work
from benchmarks.drift.table import Figures, sizes, tables


def _number(name: str, default: int) -> int:
    return int(os.environ.get(name, default))


def _told(results: Iterator[Result], count: int) -> Iterator[Result]:
    """The results, with a line of progress on a terminal."""
    for number, result in enumerate(results, start=1):
        if sys.stderr.isatty():
            print(
                f"\r{number}/{count} {result.of:32s}", end="" if number < count else "\n", file=sys.stderr, flush=True
            )
        yield result


def main(words: list[str]) -> None:
    """Run and print."""
    began, quick = time.perf_counter(), bool(_number("QUICK", 0))
    changes = _number("CHANGES", 5 if quick else 8)
    size = Sizes(
        changes=changes,
        real=_number("REAL", 1 if quick else max(changes // 4, 1)),
        traps=_number("TRAPS", 1 if quick else 3),
        fits=_number("FITS", 6 if quick else 20),
        tuning=bool(_number("TUNING", 0)),
        first=_number("FIRST", 0),
    )
    rivals = bool(_number("RIVALS", not quick))
    every: list[Work] = [*work(size, rivals), *(FitWork(number, size.seed) for number in size.numbers(size.fits))]
    pieces = in_turns([piece for piece in every if not words or any(word in piece.name for word in words)])
    until = time.monotonic() + 60 * float(os.environ.get("MINUTES", "inf"))
    figures = Figures(_told(done(pieces, until), len(pieces)))
    print(f"{'Tuning' if size.tuning else 'Reporting'} seeds. {sizes(figures)}\n")
    for table in tables(figures, rivals):
        print("\n".join(table), end="\n\n" if table else "")
    print(f"{time.perf_counter() - began:,.0f} s in all")


if __name__ == "__main__":
    main(sys.argv[1:])
