"""What a watch costs that nobody looks at: start, restart with many banks, idling, a trickle, memory, catching up.

    make bench-agent

Goals: start 1.0 s · restart with 2,000 banks 2 s · idle 1 % of a core · 50 ms of a processor for 1,000 events at 10/s ·
a day of 1,000 events/s in 15 minutes (reckoned from the rate that is measured here). A bank is a cell: a segment, or
the whole, of a model version; an engine holds up to 251 of each version, so that 2,000 are eight such states.
"""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
from load.events import copies, flat, rows
from load.process import call, site, start

from landform_agent.engines import PARTS

HEAD = 5_000
IDLE = 20.0
TRICKLE, PER_SECOND = 1_000, 10
DAY = 86_400 * 1_000
BATCHES = 30


def events(count: int, features: int, segments: int, first: int = 0) -> list[bytes]:
    """Events of so many features; with segments, the last of those is a category of as many values."""
    made = rows(count, False, features)
    names = [f"f{number:03}" for number in range(features)]
    if segments > 1:
        of = np.random.default_rng(2 + first).integers(0, segments, count).tolist()
        made = [[*row[:-1], f"s{segment:03}"] for row, segment in zip(made, of, strict=True)]
    return flat(made, names, first)


def config(features: int, segments: int) -> str:
    """What the configuration says of them."""
    kinds = ["numeric"] * features
    more = ""
    if segments > 1:
        kinds[-1] = "categorical"
        more = f"segments: {{by: f{features - 1:03}, max: {segments}, min_rows: 500}}\n"
    named = ", ".join(f"f{number:03}: {{kind: {kind}}}" for number, kind in enumerate(kinds))
    return f"features: {{{named}}}\n{more}"


def until_ready(place: Path) -> tuple[float, float]:
    """Seconds of a processor and of the clock from the start of the process until it watches."""
    began = time.perf_counter()
    with start(place, "run") as process:
        _await(process)
        ready = cpu(process.pid), time.perf_counter() - began
        process.send_signal(signal.SIGTERM)
        process.communicate()
    return ready


def _await(process: subprocess.Popen[str]) -> None:
    """Until it watches."""
    assert process.stderr
    next(line for line in process.stderr if '"watching"' in line)


def cpu(process: int) -> float:
    """Seconds of a processor that a process took so far, all its threads together, to the nanosecond.

    The clock of another process has the number `~process << 3 | 2` (clock_getcpuclockid(3)); `/proc` counts hundredths.
    """
    return time.clock_gettime(~process << 3 | 2)


def spent(place: Path, seconds: float, lines: Sequence[bytes] = ()) -> float:
    """Seconds of a processor while a run waits so long; lines come meanwhile, ten a second."""
    with start(place, "run") as process, (place / "in" / "trickle.jsonl").open("ab") as file:
        _await(process)
        time.sleep(5)
        before, began = cpu(process.pid), time.monotonic()
        for number, line in enumerate(lines):
            file.write(line + b"\n")
            file.flush()
            time.sleep(max(0.0, began + number / PER_SECOND - time.monotonic()))
        time.sleep(max(0.0, began + seconds - time.monotonic()))
        used = cpu(process.pid) - before
        process.send_signal(signal.SIGTERM)
        last = process.communicate()[1].splitlines()[-1]
    assert json.loads(last)["counts"]["accepted"] == HEAD + len(lines)
    return used


def size(place: Path) -> float:
    """MB of the bank's parts in the state."""
    query = "SELECT total(length(value)) FROM kept WHERE name LIKE ?"
    with closing(sqlite3.connect(place / "state.sqlite")) as state:
        return float(state.execute(query, (f"{PARTS}%",)).fetchone()[0]) / 1e6


def memory(place: Path, features: int, segments: int) -> float:
    """MB after 20,000 events."""
    (place / "in" / "0.jsonl").write_bytes(copies(events(20_000, features, segments, 30_000), 1))
    used = call(place, "run", "--until-idle", "0.2s")
    assert used.counts["accepted"] >= 20_000
    return used.memory


def told(name: str, figure: str) -> None:
    """A line of the table."""
    print(f"{name:64} {figure}", flush=True)


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        base = events(HEAD, 20, 1)
        place = site(Path(folder) / "plain", base, config(20, 1))
        ready, clock = sorted(until_ready(place) for _ in range(5))[2]
        told("start, 20 features", f"{ready:.2f} s of a processor, {clock:.2f} s of the clock")
        idle = spent(place, IDLE)
        told("idle", f"{100 * idle / IDLE:.2f} % of a core")
        seconds = TRICKLE / PER_SECOND
        used = spent(place, seconds + 6, events(TRICKLE, 20, 1, HEAD))
        told("1,000 events at 10/s", f"{1e6 * used / TRICKLE:.0f} ms of a processor, with what lies between them")
        with (place / "in" / "day.jsonl").open("wb") as file:
            for number in range(BATCHES):
                file.write(copies(events(10_000, 20, 1, 10_000), 1_000 + number))
        run = call(place, "run", "--until-idle", "0.2s")
        rate = BATCHES * 10_000 / (run.cpu - ready)
        told("24 h of 1,000 events/s, reckoned", f"{DAY / rate / 60:.1f} min, at {rate:,.0f} events/s of a processor")
        many = site(Path(folder) / "many", events(140_000, 20, 250), config(20, 250))
        slow, clock = sorted(until_ready(many) for _ in range(3))[1]
        told(
            "restart, 20 features, 251 banks",
            f"{slow:.2f} s of a processor, {clock:.2f} s of the clock, {size(many):.1f} MB of state",
        )
        told("2,000 banks, at what the 250 more took", f"{ready + 8 * (slow - ready):.2f} s of a processor")
        for features, segments in ((20, 1), (20, 50), (200, 1), (200, 50)):
            here = Path(folder) / f"{features}-{segments}"
            # A segment needs five hundred rows of the reference.
            site(here, events(HEAD if segments == 1 else 30_000, features, segments), config(features, segments))
            most = memory(here, features, segments)
            told(f"memory, {features} features, {segments} segments", f"{most:.0f} MB, {size(here):.1f} MB of state")


if __name__ == "__main__":
    main()
