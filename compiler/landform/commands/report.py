"""Printing findings and progress, the same for every command."""

import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

from landform.catalog.beanstalk import RECORDED, ROTTEN
from landform.diagnostics import Diagnostic, has_errors, warning
from landform.diagnostics import Path as Path_
from landform.pipeline import Analysis, analyse
from landform.raw import expired
from landform.render import summary, to_github, to_json, to_sarif, to_text, wants_colour
from landform.source import Source, locate

YEAR: Final = 365
"""Days after which a catalog is old."""


def analysed(options: Namespace) -> list[Analysis]:
    """Take every spec of the call through all passes."""
    files: list[Path] = options.spec if isinstance(options.spec, list) else [options.spec]
    return [analysed_with(file, tuple(options.overlays)) for file in files]


def analysed_with(file: Path, overlays: tuple[Path, ...]) -> Analysis:
    """Take a spec, with overlays laid over it, through all passes; it is judged by what day it is."""
    today = date.today()
    return _with_ended(_with_stacks(_with_age(analyse(file, str(file), overlays), today), today), today)


def _with_ended(analysis: Analysis, today: date) -> Analysis:
    """Refuse permissions in AWS's own words whose last day is over."""
    ended = expired(analysis.plan, today) if analysis.plan else ()
    return replace(analysis, diagnostics=(*analysis.diagnostics, *located(ended, analysis))) if ended else analysis


def _with_age(analysis: Analysis, today: date) -> Analysis:
    """Warn of a catalog that is more than a year old; only the commands know what day it is."""
    recorded = analysis.plan.catalog.date if analysis.plan else today.isoformat()
    if (today - date.fromisoformat(recorded)).days <= YEAR:
        return analysis
    fact = f"the catalog is of {recorded}: types, zones and prices may have changed."
    old = warning("LF0406", (), fact, "Run `landform catalog refresh`, or update landform.")
    return replace(analysis, diagnostics=(*located([old], analysis), *analysis.diagnostics))


def _with_stacks(analysis: Analysis, today: date) -> Analysis:
    """Warn of stacks of Beanstalk whose names are of more than 60 days ago, at each service that has one."""
    services = analysis.plan.beanstalks if analysis.plan else ()
    if not services or (today - date.fromisoformat(RECORDED)).days <= ROTTEN:
        return analysis
    old = [_old(path, stack) for path, stack in sorted({own.path: own.spec.stack for own in services}.items())]
    return replace(analysis, diagnostics=(*analysis.diagnostics, *located(old, analysis)))


def _old(path: Path_, stack: str) -> Diagnostic:
    fact = f"the name of the solution stack of {stack} is of {RECORDED}, and AWS may not take it for new environments."
    remedy = "List those of today (`aws elasticbeanstalk list-available-solution-stacks`) and give yours"
    return warning("LF0409", (*path, "stack"), fact, f"{remedy} by the variable `beanstalk_stacks`.")


def findings(options: Namespace, diagnostics: Sequence[Diagnostic], sources: Sequence[Source | None] = ()) -> int:
    """Print findings in the form that was asked for; return 1 where any is an error, else 0."""
    match options.form:
        case "json":
            print(to_json(diagnostics))
        case "sarif":
            print(to_sarif(diagnostics))
        case "github":
            print(to_github(diagnostics), end="")
        case _:
            texts = (
                {k: v for source in sources if source for k, v in source.texts.items()} if _terminal(sys.stderr) else {}
            )
            colour = wants_colour(options.color, terminal=_terminal(sys.stderr), environment=os.environ)
            print(to_text(diagnostics, texts, colour=colour), end="", file=sys.stderr)
    return int(has_errors(diagnostics))


def say(options: Namespace, line: str) -> None:
    """Print a line for a person; other programs read the findings only."""
    if not options.quiet and options.form == "text":
        print(line, flush=True)


def located(diagnostics: Sequence[Diagnostic], analysis: Analysis) -> tuple[Diagnostic, ...]:
    """Give findings of later stages their place in the spec."""
    return locate(diagnostics, analysis.source) if analysis.source else tuple(diagnostics)


def counted(diagnostics: Sequence[Diagnostic]) -> str:
    """Return how many findings there are, in words."""
    return summary(diagnostics)


def _terminal(stream: object) -> bool:
    return bool(getattr(stream, "isatty", lambda: False)())
