"""Sort the lines of a folder of CSV files on several nodes: each takes the lines that fall to it, by their hash.

Which node this is, Batch says, or the rendezvous of EC2; one node alone takes all.
"""

import csv
import os
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from pathlib import Path


def place(told: Mapping[str, str]) -> tuple[int, int]:
    """Return the number of this node, and how many there are."""
    rank = told.get("AWS_BATCH_JOB_NODE_INDEX", told.get("NODE_RANK", "0"))
    return int(rank), int(told.get("AWS_BATCH_JOB_NUM_NODES", told.get("NNODES", "1")))


def own(rows: Iterator[list[str]], rank: int, nodes: int) -> list[list[str]]:
    """Return the rows that fall to a node, sorted: of equal first columns all to the same one."""
    return sorted(row for row in rows if row and int.from_bytes(blake2b(row[0].encode()).digest()) % nodes == rank)


def main() -> None:
    """Read every file, and leave this node's part."""
    rank, nodes = place(os.environ)
    files = sorted(Path(os.environ["LANDFORM_INPUT_LINES"]).rglob("*.csv"))
    rows = (row for file in files for row in csv.reader(file.read_text().splitlines()))
    with (Path(os.environ["LANDFORM_OUTPUT"]) / f"part-{rank}.csv").open("w", newline="") as out:
        csv.writer(out).writerows(own(rows, rank, nodes))


if __name__ == "__main__":
    main()
