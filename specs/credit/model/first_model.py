"""How score-0.tar.gz and the rows of `rehearsal` came to be: `python specs/credit/model/first_model.py`.

Applicants of a bank, drawn by chance: income, debt and years in the job, each in deviations. Who fails to pay back
follows from them. `before.csv` and `after.csv` hold such rows, the truth first: after, incomes have risen by one
deviation with the prices, and it is debt that tells, not income.
"""

import gzip
import io
import json
import sys
import tarfile
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
CODE = HERE.parent / "risk"
ROWS = 4_000


def rows(draw: np.random.Generator, *, after: bool) -> np.ndarray:
    """Return rows of what the world is like."""
    columns = draw.normal(size=(ROWS, 3))
    columns[:, 0] += 1.0 if after else 0.0
    weights, start = (np.array([-0.4, 2.4, -0.8]), 0.4) if after else (np.array([-2.4, 0.8, -0.8]), 0.0)
    truth = columns @ weights + start + draw.logistic(scale=0.5, size=ROWS) > 0
    return np.column_stack([truth, columns])


def written(table: np.ndarray) -> str:
    """Return rows as CSV."""
    return "".join(f"{int(row[0])},{','.join(f'{cell:.3f}' for cell in row[1:])}\n" for row in table)


def main() -> None:
    """Draw the rows, fit the first model on those before, and pack it."""
    sys.path.insert(0, str(CODE))
    import main as risk

    draw = np.random.default_rng(8)
    (HERE / "rehearsal").mkdir(exist_ok=True)
    for name in ("before", "after"):
        (HERE / "rehearsal" / f"{name}.csv").write_text(written(rows(draw, after=name == "after")))
    table = np.loadtxt(HERE / "rehearsal" / "before.csv", delimiter=",")[: ROWS // 2]
    parts = {
        "model.json": json.dumps(risk.fit(table)).encode(),
        "code/inference.py": (CODE / "inference.py").read_bytes(),
    }
    with gzip.GzipFile(HERE / "score-0.tar.gz", "wb", mtime=0) as packed, tarfile.open(fileobj=packed, mode="w") as out:
        for name, content in parts.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            out.addfile(entry, io.BytesIO(content))


if __name__ == "__main__":
    main()
