"""Made-up transactions, as they were and as they are after a change: `python transactions.py` writes `rehearsal/`.

As they were, fraud is likelier for large amounts, at night, abroad and for young accounts. After the change somebody
tries stolen cards out: many small amounts abroad, at any hour, on accounts of any age. `landform rehearse --loop`
plays both files, the truth first in each line.
"""

from pathlib import Path

import numpy as np

COLUMNS = ("amount", "hour", "foreign", "account_days")
"""The order of a CSV line: of what is trained on, behind the label, and of what the endpoint is asked."""

PLAYED = 6_000


def transactions(rows: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return made-up transactions, a row each, and whether each is a fraud."""
    random = np.random.default_rng(seed)
    amount = random.lognormal(3.5, 1.0, rows)
    hour = random.integers(0, 24, rows)
    foreign = random.random(rows) < 0.15
    days = random.exponential(600, rows)
    odds = -6.5 + 0.9 * np.log(amount) + 1.2 * (hour < 6) + 1.6 * foreign - 0.002 * days
    fraud = random.random(rows) < 1 / (1 + np.exp(-odds))
    return np.column_stack([amount, hour, foreign, days]).astype(np.float32), fraud.astype(np.float32)


def with_tried_cards(rows: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the same after the change: every fifth transaction tries a stolen card out."""
    table, fraud = transactions(rows, seed)
    random = np.random.default_rng(seed + 1)
    tried = random.random(rows) < 0.2
    table[tried, 0] = random.lognormal(1.2, 0.5, rows)[tried]
    table[tried, 2] = random.random(rows)[tried] < 0.9
    return table, np.where(tried, 1, fraud).astype(np.float32)


def written(table: np.ndarray, fraud: np.ndarray) -> str:
    """Return rows as CSV."""
    lines = (
        f"{truth:.0f},{amount:.2f},{hour:.0f},{foreign:.0f},{days:.0f}\n"
        for truth, (amount, hour, foreign, days) in zip(fraud, table, strict=True)
    )
    return "".join(lines)


def main() -> None:
    """Write what is played."""
    folder = Path(__file__).with_name("rehearsal")
    folder.mkdir(exist_ok=True)
    (folder / "before.csv").write_text(written(*transactions(PLAYED, seed=3)))
    (folder / "after.csv").write_text(written(*with_tried_cards(PLAYED, seed=5)))


if __name__ == "__main__":
    main()
