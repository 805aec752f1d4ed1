"""Embed the lines of a folder of CSV files: hashed counts of three letters, the same on every machine.

It knows of no platform: what it reads, where it leaves what it makes and what it is set to, the environment says.
"""

import csv
import json
import os
from hashlib import blake2b
from pathlib import Path


def embed(text: str, width: int) -> list[float]:
    """Return the counts of the trigrams of a text, folded to a width and brought to length one."""
    counts = [0.0] * width
    padded = f"  {text.lower()} "
    for start in range(len(padded) - 2):
        digest = blake2b(padded[start : start + 3].encode(), digest_size=8).digest()
        counts[int.from_bytes(digest) % width] += 1
    length = sum(count * count for count in counts) ** 0.5
    return [count / length for count in counts]


def main() -> None:
    """Embed every file that is not done yet, and mark it as done in the checkpoint."""
    settings = json.loads(Path(os.environ["LANDFORM_HYPERPARAMETERS"]).read_text())
    source, output = Path(os.environ["LANDFORM_INPUT_LINES"]), Path(os.environ["LANDFORM_OUTPUT"])
    done = Path(os.environ["LANDFORM_CHECKPOINT"])
    for file in sorted(source.rglob("*.csv")):
        kept = done / f"{file.stem}.jsonl"
        if not kept.exists():
            with file.open(newline="") as rows:
                vectors = [
                    {"id": name, "vector": embed(text, int(settings["width"]))} for name, text in csv.reader(rows)
                ]
            part = kept.with_suffix(".part")
            part.write_text("".join(f"{json.dumps(vector)}\n" for vector in vectors))
            part.rename(kept)
        (output / kept.name).write_bytes(kept.read_bytes())


if __name__ == "__main__":
    main()
