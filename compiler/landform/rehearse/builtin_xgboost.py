"""The process of SageMaker's built-in XGBoost: what its image does with CSV, by the xgboost of this Python.

SageMaker developer guide, "Use XGBoost with SageMaker AI" and "XGBoost hyperparameters" (read 2026-11-29): the label
comes first and no header before it, rows that are asked about have no label, all hyperparameters but the algorithm's
own go to xgboost as they are, and the model is the one file `xgboost-model`. Checkpoints are not written: a job of
seconds is never interrupted.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

MODEL: Final = "xgboost-model"
OWN: Final = ("num_round", "early_stopping_rounds", "csv_weights")
"""Hyperparameters of the algorithm that xgboost does not know by these names."""


def main() -> None:
    """Train on the channels of a folder as `/opt/ml` has them, or answer rows by the model in a folder."""
    what, folder = sys.argv[1], Path(sys.argv[2])
    if what == "train":
        _train(folder)
    else:
        _answer(folder)


def metrics(said: str) -> Iterator[tuple[str, float]]:
    """What its log tells of each round, the last one last, by the names that SageMaker gives it."""
    for channel, metric, value in re.findall(r"\t(train|validation)-([\w@-]+):(\S+)", said):
        yield f"{channel}:{metric}", float(value)


def _train(root: Path) -> None:
    import xgboost

    asked: dict[str, str] = json.loads((root / "input/config/hyperparameters.json").read_text("utf-8"))
    if "num_round" not in asked:
        raise SystemExit("num_round is required")
    # Threads that wait for each other on a busy machine take longer than the one that has so few rows.
    settings: dict[str, Any] = {"nthread": 1} | {name: value for name, value in asked.items() if name not in OWN}
    if "eval_metric" in settings:
        settings["eval_metric"] = settings["eval_metric"].split(",")
    channels = json.loads((root / "input/config/inputdataconfig.json").read_text("utf-8"))
    weighted = asked.get("csv_weights") == "1"
    matrices = [(_matrix(root / "input/data" / "train", channels["train"], weighted=weighted), "train")]
    if "validation" in channels:
        kept = _matrix(root / "input/data" / "validation", channels["validation"], weighted=False)
        matrices.append((kept, "validation"))
    patience = asked.get("early_stopping_rounds")
    model = xgboost.train(
        settings,
        matrices[0][0],
        num_boost_round=int(asked["num_round"]),
        evals=matrices,
        early_stopping_rounds=int(patience) if patience else None,
    )
    (root / "model" / MODEL).write_bytes(model.save_raw("ubj"))


def _answer(folder: Path) -> None:
    import xgboost

    model = xgboost.Booster({"nthread": 1})
    model.load_model(bytearray((folder / MODEL).read_bytes()))
    answers = model.predict(xgboost.DMatrix(_rows(sys.stdin.read().splitlines())))
    for answer in answers.tolist():
        print(",".join(map(str, answer)) if isinstance(answer, list) else answer)


def _matrix(folder: Path, channel: dict[str, str], *, weighted: bool) -> Any:
    import xgboost

    if channel.get("ContentType", "").partition(";")[0] not in ("text/csv", "csv"):
        raise SystemExit("only CSV is read here: its channel has another content type")
    files = (file for file in sorted(folder.rglob("*")) if file.is_file())
    table = _rows(line for file in files for line in file.read_text("utf-8").splitlines())
    if not len(table):
        raise SystemExit(f"No data in {folder.name} channel path")
    known = 2 if weighted else 1
    return xgboost.DMatrix(table[:, known:], table[:, 0], weight=table[:, 1] if weighted else None)


def _rows(lines: Iterable[str]) -> Any:
    import numpy as np

    cells = [[float(cell) if cell.strip() else float("nan") for cell in line.split(",")] for line in lines if line]
    return np.array(cells, np.float32)


if __name__ == "__main__":
    main()
