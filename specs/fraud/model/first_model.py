"""Makes score-0.tar.gz, the model that serves until the first training has ended: `python first_model.py`.

It needs `xgboost>=1.7,<1.8`, which is what the container of the endpoint holds, and no account.
"""

import gzip
import io
import tarfile
from pathlib import Path

import xgboost
from transactions import transactions


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
