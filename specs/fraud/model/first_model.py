"""Makes score-0.tar.gz, the model that serves until the first training has ended: `python first_model.py`.

Transactions are made up: fraud is likelier for large amounts, at night, abroad and for young accounts. It needs
`xgboost>=1.7,<1.8`, which is what the container of the endpoint holds, and no account.
"""

import gzip
import io
import tarfile
from pathlib import Path

import numpy as np
import xgboost

COLUMNS = ("amount", "hour", "foreign", "account_days")
"""The order of a CSV line: of what is trained on, behind the label, and of what the endpoint is asked."""


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


def main() -> None:
    """Train on one half of time, print how well the other is told, and write the archive."""
    past, labels = transactions(20_000, seed=1)
    settings = {"objective": "binary:logistic", "max_depth": 3, "eta": 0.3, "nthread": 1, "eval_metric": "auc"}
    data = xgboost.DMatrix(past, labels, feature_names=None)
    future = xgboost.DMatrix(*transactions(20_000, seed=2))
    model = xgboost.train(settings, data, num_boost_round=20, evals=[(future, "future")], verbose_eval=19)
    content = bytes(model.save_raw("ubj"))
    bundle = io.BytesIO()
    with tarfile.open(fileobj=bundle, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        entry = tarfile.TarInfo("xgboost-model")
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    # No time and no name in the header: the same model is the same bytes.
    Path(__file__).with_name("score-0.tar.gz").write_bytes(gzip.compress(bundle.getvalue(), mtime=0))


if __name__ == "__main__":
    main()
