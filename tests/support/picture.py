"""A dashboard as a picture, from its JSON: where each panel lies, what it is called, which lines and limits it has.

    python -m tests.support.picture generated/<system>/<environment>/main.tf.json > board.svg

It draws no data, since there is none: what can be wrong about a dashboard before it has any is to be seen.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

COLUMN, ROW = 60, 40
SHORT = 46
INK, PALE = "#1b1f24", "#57606a"
LINES = ("#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e", "#8c564b")


def drawn(widgets: list[dict[str, Any]]) -> str:
    """Return the picture of a dashboard as SVG."""
    height = max((w["y"] + w["height"] for w in widgets), default=1) * ROW
    body = "".join(part for widget in widgets for part in _widget(widget))
    size = f'width="{24 * COLUMN}" height="{height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif">{body}</svg>\n'


def _widget(widget: dict[str, Any]) -> Iterator[str]:
    x, y = widget["x"] * COLUMN, widget["y"] * ROW
    width, height = widget["width"] * COLUMN, widget["height"] * ROW
    properties = widget["properties"]
    if widget["type"] == "text":
        yield _text(
            x + 8, y + 26, " · ".join(properties["markdown"].removeprefix("## ").split("\n")), 18, INK, bold=True
        )
        return
    yield f'<rect x="{x + 3}" y="{y + 3}" width="{width - 6}" height="{height - 6}" fill="#fff" stroke="#d0d7de"/>'
    yield _text(x + 12, y + 24, properties["title"], 14, INK, bold=True)
    for side, axis in properties.get("yAxis", {}).items():
        yield _text(x + 12 if side == "left" else x + width - 60, y + 42, axis["label"], 11, PALE)
    row = y + 64
    shown = [line[-1] for line in properties.get("metrics", ()) if line[-1].get("visible", True)]
    for index, line in enumerate(shown):
        named = line["label"] + (f" = {line['expression']}" if "expression" in line else "")
        color = LINES[index % len(LINES)]
        yield f'<line x1="{x + 12}" y1="{row - 4}" x2="{x + 36}" y2="{row - 4}" stroke="{color}" stroke-width="3"/>'
        right = " →" if line.get("yAxis") == "right" else ""
        yield _text(x + 42, row, named[:SHORT] + right, 12, INK)
        row += 20
    for limit in properties.get("annotations", {}).get("horizontal", ()):
        yield f'<line x1="{x + 12}" y1="{row - 4}" x2="{x + 36}" y2="{row - 4}" stroke="#d62728" stroke-dasharray="4"/>'
        yield _text(x + 42, row, f"{limit['label']} ({limit['value']:g})"[:SHORT], 12, PALE)
        row += 20


def _text(x: int, y: int, text: str, size: int, color: str, *, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x}" y="{y}" font-size="{size}" fill="{color}"{weight}>{escape(text)}</text>'


def boards(main: Path) -> Iterator[list[dict[str, Any]]]:
    """Yield the widgets of each dashboard of an output."""
    for module in json.loads(main.read_text())["module"].values():
        if module["source"].endswith("/monitor"):
            yield from (module[board]["widgets"] for board in ("dashboard", "overview") if board in module)


if __name__ == "__main__":
    sys.stdout.write(drawn(next(boards(Path(sys.argv[1])))))
