"""`landform-agent demo`: a real data set, from the package to alarms and a report in one command."""

from __future__ import annotations

import argparse
import gzip
import shutil
from importlib.resources import as_file, files
from pathlib import Path

from landform_agent.commands import replay
from landform_agent.config import read

_STORY = """\
Daily weather at Offutt Air Force Base, Nebraska, 1949 to 1980 (NOAA), and a model of rain that was fitted on its first
2,500 days. The weather did not change in these years; how it was measured and reported did.
"""


def run(options: argparse.Namespace) -> int:
    """Lay the sample out in a folder, and replay it."""
    folder: Path = options.out
    folder.mkdir(parents=True, exist_ok=True)
    with as_file(files("landform_agent.sample")) as sample:
        shutil.copyfile(sample / "weather.yaml", folder / "weather.yaml")
        (folder / "weather.csv").write_bytes(gzip.decompress((sample / "weather.csv.gz").read_bytes()))
    print(_STORY)
    given = {
        "files": [folder / "weather.csv"],
        "alarms": folder / "alarms.jsonl",
        "report": folder / "report.html",
        "batch": 1_000,
    }
    status = replay.run(read(folder / "weather.yaml"), argparse.Namespace(**vars(options) | given))
    again = f"landform-agent replay --config {folder}/weather.yaml {folder}/weather.csv"
    print(f"\nThe same by hand:\n  {again} --alarms alarms.jsonl --report report.html")
    return status
