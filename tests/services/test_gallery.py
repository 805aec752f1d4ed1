"""The sample's gallery: notebooks are listed by their paths, and nothing else."""

from __future__ import annotations

import importlib.util
from pathlib import Path

CODE = Path(__file__).parents[2] / "specs" / "services" / "gallery" / "app.py"


def test_notebooks_are_listed(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("gallery_app", CODE)
    assert spec is not None and spec.loader is not None
    app = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(app)
    (tmp_path / "ana").mkdir()
    for name in ("ana/first.ipynb", "second.ipynb", "notes.txt"):
        (tmp_path / name).write_text("")
    assert app.notebooks(tmp_path) == ["ana/first.ipynb", "second.ipynb"]
