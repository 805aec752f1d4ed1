"""Train a graph network on the transactions: the entry point of `train.graph`."""

import argparse
import os
from pathlib import Path


def main() -> None:
    """Go through the epochs that no earlier run has finished; what is written is saved and restored by the host."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=1)
    epochs = parser.parse_args().epochs
    bucket = os.environ["LANDFORM_DATA_TRANSACTIONS"]
    progress = Path(os.environ["LANDFORM_CHECKPOINT"]) / "epoch"
    done = int(progress.read_text()) if progress.exists() else 0
    for epoch in range(done, epochs):
        print(f"epoch {epoch + 1}/{epochs}: reading from {bucket}")
        progress.write_text(str(epoch + 1))


if __name__ == "__main__":
    main()
