"""The process of a model: answers rows of CSV on standard input by the code that its archive brings.

That code keeps to the functions that SageMaker's framework images call (SageMaker inference toolkit, read 2026-11-29):
`model_fn(folder)` and `predict_fn(rows, model)`, and where they are there `input_fn` and `output_fn`.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

CSV = "text/csv"


def main() -> None:
    """Answer each line by one."""
    folder = Path(sys.argv[1])
    code: Any = _code(folder / "code" / "inference.py")
    model = code.model_fn(str(folder))
    rows = code.input_fn(sys.stdin.read(), CSV)
    answers = code.predict_fn(rows, model)
    sys.stdout.write(code.output_fn(answers, CSV))


def _code(file: Path) -> Any:
    sys.path.insert(0, str(file.parent))
    spec = importlib.util.spec_from_file_location("inference", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main()
