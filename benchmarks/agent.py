"""How fast the agent takes events in: lines to columns on one core, and all of it with its commits.

    make bench-agent

Goals, as ratios to the plain loop (json, one river ADWIN a feature) in the same run: 1.8 for twenty numbers, 0.9 with
ten categories among them, in less than 200 MB. A second is one of a processor, start of the process included.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from load.events import MIXED, NAMES, NUMERIC, captured, copies, flat, rows
from load.frozen import per_row_loop
from load.process import call, site

from landform_agent import identity
from landform_agent.formats.capture import Capture
from landform_agent.formats.flat import Flat
from landform_agent.formats.rows import Decoder, Schema
from landform_agent.intake import Intake

COUNT = 10_000
RUNS = 7
# Of those events, with ids of their own, for the whole agent.
COPIES = 60
WHOLES = 3
KINDS = "features: {%s}\ncolumns: [%s]\n"


def rate(task: Callable[[], object], runs: int = RUNS) -> float:
    """Events a second; the median of some runs."""
    times = []
    for _ in range(runs):
        start = time.process_time()
        task()
        times.append(time.process_time() - start)
    return COUNT / statistics.median(times)


def to_block(decoder: Decoder, schema: Schema, lines: Sequence[bytes]) -> float:
    """Lines to what the engine takes."""
    secret = identity.key("bench")
    return rate(lambda: Intake(schema.prediction, secret).accept(decoder.decode(lines).rows))


def whole(schema: Schema, lines: Sequence[bytes], base: Callable[[], float]) -> tuple[float, float, float]:
    """`run` over files as it is shipped: events in a second of a processor, the ratio to `base`, and MB.

    The median of ratios to what stood right before and after: what else a machine does changes within a minute.
    """
    kinds = [f"{name}: {{kind: {'numeric' if name in schema.numeric else 'categorical'}}}" for name in NAMES]
    found = []
    with tempfile.TemporaryDirectory() as folder:
        place = site(Path(folder) / "site", lines[:5_000], KINDS % (", ".join(kinds), ", ".join(NAMES)))
        fitted = (place / "state.sqlite").read_bytes()
        with (place / "in" / "0.jsonl").open("wb") as file:
            for number in range(COPIES):
                file.write(copies(lines, number))
        before = base()
        for _ in range(WHOLES):
            (place / "state.sqlite").write_bytes(fitted)
            spent = call(place, "run", "--until-idle", "0.2s")
            assert spent.counts["accepted"] == 5_000 + COPIES * COUNT
            after, reached = base(), COPIES * COUNT / spent.cpu
            found.append((2 * reached / (before + after), reached, spent.memory))
            before = after
    ratio, reached, memory = sorted(found)[WHOLES // 2]
    return reached, ratio, memory


def evidently(made: Sequence[Sequence[float | str]]) -> float:
    """What users run today: a report over a window against a reference."""
    import pandas
    from evidently import Report
    from evidently.presets import DataDriftPreset

    frame = pandas.DataFrame(np.array(made), columns=list(NAMES))
    return rate(lambda: Report([DataDriftPreset()]).run(frame, frame.sample(frac=1.0, random_state=1)), 3)


def main() -> None:
    """Print the figures."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    numbers, mixed = rows(COUNT, False), rows(COUNT, True)
    lines = flat(numbers)

    def base() -> float:
        return rate(lambda: per_row_loop(lines, NAMES), 5)

    print(f"{'':48} {'events/s':>9}  to the plain loop")
    print(f"{'plain loop: json and ADWIN, 20 numbers':48} {base():9,.0f}")
    for name, decoder, schema, given in (
        ("flat lines, 20 numbers", Flat(NUMERIC), NUMERIC, lines),
        ("capture lines, 20 numbers", Capture(NUMERIC), NUMERIC, captured(numbers)),
        ("flat lines, 10 numbers and 10 categories", Flat(MIXED), MIXED, flat(mixed)),
        ("capture lines, 10 numbers and 10 categories", Capture(MIXED), MIXED, captured(mixed)),
    ):
        block, beside = to_block(decoder, schema, given), base()
        reached, ratio, memory = whole(schema, given, base)
        print(f"{name:48} {block:9,.0f}  {block / beside:6.2f} x  to a block")
        print(f"{'':48} {reached:9,.0f}  {ratio:6.2f} x  run: files, engine, commits; {memory:.0f} MB", flush=True)
    if find_spec("evidently"):
        slow = evidently(numbers)
        print(f"{'Evidently, DataDriftPreset on 10,000 rows':48} {slow:9,.0f}  {slow / base():6.2f} x")


if __name__ == "__main__":
    main()
