"""`landform status`: what stands in the account of what the spec describes, and how it is."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING

from landform.commands.report import analysed, findings, located
from landform.commands.session import asking_aws
from landform.diagnostics import dotted

if TYPE_CHECKING:
    from landform.operate.status import Standing


def run(options: Namespace) -> int:
    """Print a line for each entry and region, as JSON where that is asked for; change nothing."""
    (analysis,) = analysed(options)
    plan = analysis.plan
    if not analysis.sound or plan is None:
        return findings(options, analysis.diagnostics, [analysis.source])
    lines: tuple[Standing, ...] = ()
    with asking_aws(()) as aws:
        from landform.operate.status import status

        lines = status(aws.session(plan.system.regions.primary, plan.system.account), plan)
    if aws.refused:
        return findings(options, located(aws.refused, analysis), [analysis.source])
    (_as_json if options.form == "json" else _as_table)(lines, options.color)
    return 0


def _as_json(lines: Sequence[Standing], _: str) -> None:
    rows = [
        {"entry": dotted(line.path), "region": line.region, "state": line.state, "detail": line.detail}
        | {"good": line.good}
        for line in lines
    ]
    print(json.dumps(rows, indent=2, ensure_ascii=False))


def _as_table(lines: Sequence[Standing], colour: str) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("entry", "region", "state", "detail"):
        table.add_column(name, overflow="fold")
    for line in lines:
        style = {True: "green", False: "red", None: "yellow"}[line.good]
        # Text, since what AWS tells is no markup.
        table.add_row(dotted(line.path), line.region, Text(line.state, style), Text(line.detail))
    forced = {"always": True, "never": False}.get(colour)
    Console(file=sys.stdout, force_terminal=forced, no_color=colour == "never", width=_width()).print(table)


def _width() -> int | None:
    """Return how wide a table is where no terminal says so: as wide as it needs."""
    return None if sys.stdout.isatty() else 200
