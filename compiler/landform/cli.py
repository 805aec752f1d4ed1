"""The command line: what is asked, who does it, and with which exit status.

0 fine · 1 findings of severity error · 2 the call is wrong · 3 something it needs is missing · 70 a bug.
Only this module and `commands` print; what is heavy is imported by the command that uses it.
"""

import argparse
import gc
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import NoReturn

from landform import __version__
from landform.exits import BUG, FINDINGS, FINE, INTERRUPTED, MISSING


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if getattr(options, "overlays", ()) and isinstance(options.spec, list) and len(options.spec) > 1:
        parser.error("--with lays files over one SPEC")
    command: Callable[[argparse.Namespace], int] = import_module(f"landform.commands.{options.command}").run
    try:
        return command(options)
    except KeyboardInterrupt:
        print("landform: interrupted; nothing is half done.", file=sys.stderr)
        # Node heard it too: what Python cannot tell it any more at exit is no news.
        sys.unraisablehook = lambda _: None
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has seen enough; Python would complain of it again at exit.
        sys.stderr.close()
        return FINE
    except OSError as failure:
        what = failure.filename or options.command
        print(f"landform: {what}: {failure.strerror or failure}.", file=sys.stderr)
        return FINDINGS
    except Exception as failure:
        return _report_bug(failure)


def entry() -> NoReturn:
    """Run as the program `landform`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A terminal that cannot show an arrow is no reason to fail.
            stream.reconfigure(errors="backslashreplace")
    # A command ends before much garbage gathers; looking for it costs a tenth of a `check`.
    gc.disable()
    status = main()
    # Nor is there anything to look for at the end, where Python would go through all that was imported.
    gc.freeze()
    sys.exit(status)


def _report_bug(failure: Exception) -> int:
    """Say what is missing, or that this is a bug of landform and where it is."""
    import traceback

    from landform.render import to_text

    told = getattr(failure, "diagnostic", None)
    if told is not None:
        print(to_text([told]), end="", file=sys.stderr)
        return MISSING
    frame = traceback.extract_tb(failure.__traceback__)[-1]
    where = f"{Path(frame.filename).name}:{frame.lineno}"
    print(f"landform: this is a bug: {type(failure).__name__} at {where}: {failure}", file=sys.stderr)
    print("Please report it with the spec; nothing was written.", file=sys.stderr)
    return BUG


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="landform",
        description="One YAML spec of a machine-learning system, compiled to Terraform for AWS.",
    )
    parser.add_argument("--version", action="version", version=f"landform {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    findings = _findings_options()
    specs = argparse.ArgumentParser(add_help=False)
    specs.add_argument("spec", nargs="+", type=Path, metavar="SPEC")
    _overlay_option(specs)
    one = argparse.ArgumentParser(add_help=False)
    one.add_argument("spec", type=Path, metavar="SPEC")
    _overlay_option(one)

    init = commands.add_parser("init", help="write a starter project", parents=[findings])
    init.add_argument("folder", nargs="?", type=Path, default=Path(), metavar="DIR")
    commands.add_parser("check", help="find what is wrong or unwise in a spec", parents=[specs, findings])
    compile_ = commands.add_parser("compile", help="write Terraform", parents=[specs, findings])
    compile_.add_argument("--out", type=Path, metavar="DIR", help="folder that holds generated/ and modules/")
    compile_.add_argument("--check", action="store_true", help="write nothing; fail where the output is not current")
    compile_.add_argument("--force", action="store_true", help="overwrite edits, drop production data from the output")
    explain = commands.add_parser(
        "explain", help="what an entry becomes, why, and what it costs", parents=[one, findings]
    )
    either = explain.add_mutually_exclusive_group()
    either.add_argument("name", nargs="?", metavar="NAME", help="train.graph, or module.train_graph.aws_iam_role.this")
    either.add_argument("--plan", type=Path, metavar="PLAN.json", help="sum up a plan, from `terraform show -json`")
    either.add_argument("--fail", metavar="REGION|ZONE", help="what works without it, what stops, what is lost")
    against = "what differs from the same spec with this laid over it instead"
    either.add_argument("--against", action="append", type=Path, default=[], metavar="OVERLAY", help=against)
    scan = commands.add_parser("scan", help="checkov, waivers, proof of least privilege", parents=[one, findings])
    scan.add_argument("--plan", type=Path, metavar="PLAN.json", help="a plan of your own, from `terraform show -json`")
    rehearse = commands.add_parser("rehearse", help="apply it all to an embedded AWS", parents=[one, findings])
    rehearse.add_argument("--loop", action="store_true", help="let the model drift, and watch the loop close")
    run = commands.add_parser("run", help="start a training and follow it (needs credentials)", parents=[one, findings])
    run.add_argument("name", metavar="train.NAME", help="the training to start")
    run.add_argument("--tune", action="store_true", help="start the search for hyper-parameters that its `tuning` says")
    run.add_argument(
        "--no-wait",
        action="store_true",
        help="start it and leave it to itself; exports of tables, which come first, are waited for",
    )
    ready = "whether the account can take it: quotas, names, zones (needs credentials)"
    commands.add_parser("preflight", help=ready, parents=[one, findings])
    before = commands.add_parser(
        "bootstrap",
        help="what must stand before Terraform can: state, roles, boundary (needs credentials)",
        parents=[one, findings],
    )
    before.add_argument("--yes", action="store_true", help="do it; without, somebody at a terminal is asked")
    before.add_argument("--dry-run", action="store_true", help="only list it")
    before.add_argument("--singletons", action="store_true", help="encrypt new disks by default in the whole account")
    stands = "what stands of it in the account, and how it is (needs credentials)"
    commands.add_parser("status", help=stands, parents=[one, findings])
    sweep = commands.add_parser(
        "sweep",
        help="end what AWS made for Studio and would keep a destroy (needs credentials)",
        parents=[one, findings],
    )
    sweep.add_argument("--yes", action="store_true", help="do it; without, it is only listed")
    commands.add_parser("schema", help="print the JSON Schema of the language")
    _catalog_parser(commands.add_parser("catalog", help="the facts that landform compiles with"))
    return parser


def _overlay_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--with",
        action="append",
        type=Path,
        default=[],
        metavar="OVERLAY",
        dest="overlays",
        help="a file to lay over the spec, key by key; several in order",
    )


def _findings_options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(add_help=False)
    options.add_argument("--format", choices=("text", "json", "sarif", "github"), default="text", dest="form")
    options.add_argument("-q", "--quiet", action="store_true", help="findings only")
    options.add_argument("--color", choices=("auto", "always", "never"), default="auto")
    return options


def _catalog_parser(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    show = actions.add_parser("show", help="what is known of a type, a region, an accelerator, or in all")
    show.add_argument("name", nargs="?", metavar="TYPE|REGION|ACCELERATOR")
    refresh = actions.add_parser("refresh", help="read AWS and write a catalog for the project (needs credentials)")
    refresh.add_argument("regions", nargs="*", metavar="REGION")
    refresh.add_argument("--out", type=Path, default=Path("landform-catalog"), metavar="DIR")
