"""`landform check`: all passes over a spec; writes nothing."""

from argparse import Namespace

from landform.commands.report import analysed, counted, findings, say


def run(options: Namespace) -> int:
    """Print what is wrong or unwise in the specs."""
    analyses = analysed(options)
    every = [d for analysis in analyses for d in analysis.diagnostics]
    status = findings(options, every, [analysis.source for analysis in analyses])
    names = ", ".join(analysis.name for analysis in analyses)
    say(options, f"{names}: {counted(every)}")
    return status
