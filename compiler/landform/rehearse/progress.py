"""Steps of a rehearsal as a person sees them: a live line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from landform.rehearse.story import Step

MARKS = {"running": "…", "done": "✓", "failed": "✗"}


@contextmanager
def shown(stream: TextIO | None = None) -> Iterator[Callable[[Step], None]]:
    """Yield what `rehearse` takes as `progress`, by default for stderr; rich is loaded for a terminal only."""
    stream = stream or sys.stderr
    if not stream.isatty():
        yield lambda step: _plain(step, stream)
        return
    from rich.console import Console
    from rich.markup import escape

    console = Console(file=stream, highlight=False)
    colours = {"running": "dim", "done": "green", "failed": "red"}
    with console.status("") as status:

        def live(step: Step) -> None:
            line = escape(step.line)
            if step.state == "running":
                status.update(line)
            else:
                mark = f"[{colours[step.state]}]{MARKS[step.state]}[/]"
                console.print(f"{mark} {line} [dim]{step.seconds:.0f} s[/]")

        yield live


def _plain(step: Step, stream: TextIO) -> None:
    """A line when a step ends; those that only say how far it is would fill a log."""
    if step.state != "running":
        print(f"{MARKS[step.state]} {step.line} ({step.seconds:.0f} s)", file=stream, flush=True)
