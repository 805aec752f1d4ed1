"""The command line. 0 fine · 1 the answer is no · 2 the call or the configuration is wrong · 3 something is missing
· 4 the state is of another agent or configuration."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from textwrap import fill
from typing import Final, NoReturn

from landform_agent.config import ConfigError, read
from landform_agent.quantity import duration
from landform_agent.reading import InputError
from landform_agent.store import RefusedError, StateError

FINE: Final = 0
NO: Final = 1
WRONG_CALL: Final = 2
MISSING: Final = 3
REFUSED: Final = 4


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status."""
    options = parser().parse_args(arguments)
    try:
        return _call(options)
    except ConfigError as failure:
        print(f"landform-agent: {failure}", file=sys.stderr)
        return WRONG_CALL
    except InputError as failure:
        print(f"landform-agent: {failure}", file=sys.stderr)
        return NO
    except StateError as failure:
        print(f"landform-agent: {failure}", file=sys.stderr)
        return REFUSED if isinstance(failure, RefusedError) else MISSING
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError) as failure:
        print(f"landform-agent: {failure.filename}: {failure.strerror}", file=sys.stderr)
        return MISSING
    except KeyboardInterrupt:
        return 130


def _call(options: argparse.Namespace) -> int:
    """One command; what it lacks in the configuration is said with the file that lacks it."""
    command = import_module(f"landform_agent.commands.{options.command}")
    if "config" not in options:
        return int(command.run(options))
    config = read(options.config)
    try:
        return int(command.run(config, options))
    except ConfigError as failure:
        raise ConfigError(f"{options.config}: {failure}") from failure
    except RefusedError as failure:
        from landform_agent.commands import anew

        raise RefusedError(f"{failure}. {anew(config, options.config)}") from failure


def entry() -> NoReturn:
    """Run as the program `landform-agent`."""
    sys.exit(main())


_EXITS: Final = """\
exit status: 0 fine · 1 the answer is no, such as a baseline that cannot carry the budget · 2 a wrong call or
configuration · 3 something is missing or in use; the message names the place and the way out · 4 the state
is of another agent or configuration, and was left as it is; the message has the commands
"""

_START: Final = """\
begin with:
  landform-agent demo --open                                      a real data set, its alarms and a report
  landform-agent replay --config watch.yaml events.jsonl --alarms alarms.jsonl --report report.html
then, to watch for good:
  landform-agent fit --config watch.yaml --baseline last-week.jsonl
  landform-agent run --config watch.yaml

"""


class _Parser(argparse.ArgumentParser):
    """Help as it is written here, and errors that say how to get it."""

    def error(self, message: str) -> NoReturn:
        self.exit(WRONG_CALL, f"{self.prog}: {message}. See `{self.prog} --help`\n")


def parser() -> argparse.ArgumentParser:
    """The command line's grammar."""
    form = argparse.RawDescriptionHelpFormatter
    whole = _Parser(
        prog="landform-agent",
        description="Watches the traffic of a model for drift: few alarms, each with its beginning and its evidence.",
        epilog=_START + _EXITS,
        formatter_class=form,
    )
    commands = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, text: str, more: str, config: bool = True) -> argparse.ArgumentParser:
        said = fill(f"{text[0].upper()}{text[1:]}. {more}", 100)
        own = commands.add_parser(name, help=text, description=said, epilog=_EXITS, formatter_class=form)
        if config:
            own.add_argument("--config", type=Path, required=True, metavar="FILE", help="the watch, a YAML file")
        # Which engine judges: the module that has `fit` and `Bank`.
        own.add_argument("--engine", default="landform_agent.engine", help=argparse.SUPPRESS)
        return own

    def batch(own: argparse.ArgumentParser, text: str) -> None:
        own.add_argument("--batch", type=_positive, default=10_000, metavar="LINES", help=f"{text} (default: 10000)")

    fit = command(
        "fit",
        "learn the reference from a baseline",
        "It is written to the state; where one stands, as a candidate that a running agent takes over. "
        "Prints what the watch will be able to see.",
    )
    fit.add_argument("--baseline", type=Path, nargs="+", required=True, metavar="FILE", help="events that are usual")
    batch(fit, "lines read at a time")
    run = command(
        "run",
        "watch the source of the configuration",
        "Alarms go to the sinks. Ends cleanly at SIGTERM; killed at any moment, it goes on where it was.",
    )
    run.add_argument("--until-idle", type=_seconds, metavar="TIME", help="end when nothing new came for so long: 10s")
    batch(run, "lines in one transaction")
    replay = command(
        "replay",
        "judge recorded files",
        "A what-if that touches no sink and no state. Where no state was fitted, the first `baseline.rows` events "
        "are the reference.",
    )
    replay.add_argument("files", type=Path, nargs="+", metavar="FILE", help="events in their order")
    replay.add_argument("--alarms", type=Path, required=True, metavar="OUT", help="where alarms go, a JSON line each")
    replay.add_argument("--report", type=Path, metavar="HTML", help="write the report there")
    replay.add_argument("--open", action="store_true", help="open the report in a browser")
    batch(replay, "lines read at a time")
    report = command("report", "write one page about the watch", "What drifted, since when, how far, and the evidence.")
    report.add_argument("--out", type=Path, required=True, metavar="HTML", help="where the page goes")
    report.add_argument("--open", action="store_true", help="open it in a browser")
    report.add_argument(
        "--training",
        metavar="PLACE",
        help="rows that the model was trained on, to be told beside the reference: a file of events or a CSV with its "
        "header, a folder of them, or s3://bucket/prefix",
    )
    demo = command(
        "demo",
        "replay a real data set that comes with the agent",
        "Thirty-two years of daily weather, in which the instruments changed and the weather did not. Writes data, "
        "configuration, alarms and report.",
        config=False,
    )
    demo.add_argument("--out", type=Path, default=Path("landform-agent-demo"), metavar="FOLDER", help="where all goes")
    demo.add_argument("--open", action="store_true", help="open the report in a browser")
    return whole


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of lines")
    return int(text)


def _seconds(text: str) -> float:
    try:
        return duration(text)
    except ValueError as failure:
        raise argparse.ArgumentTypeError(str(failure)) from failure
