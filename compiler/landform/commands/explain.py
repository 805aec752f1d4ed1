"""`landform explain`: what a spec, or one entry of it, becomes and why; or what a plan of Terraform would change."""

import json
import os
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from landform.commands.output import project_folder
from landform.commands.report import analysed, analysed_with, findings, located
from landform.diagnostics import Diagnostic, error, has_errors
from landform.emit.modules import installed
from landform.exits import FINDINGS
from landform.explain.facts import explained, overview, placed, resources_of
from landform.explain.names import target
from landform.explain.told import entry_text, painted, plain, system_text
from landform.lower.root import lower
from landform.pipeline import Analysis
from landform.render import safe, wants_colour

Told = Callable[[Any, Callable[[str, str], str]], Iterator[str]]


def run(options: Namespace) -> int:
    """Print an entry, the whole system in short, or a plan; as JSON where that is asked for."""
    (analysis,) = analysed(options)
    if not analysis.sound or analysis.plan is None or analysis.source is None:
        return findings(options, analysis.diagnostics, [analysis.source])
    for asked, told in ((options.plan, _plan), (options.fail, _fault), (options.against, _against)):
        if asked:
            return told(options, analysis)
    root = lower(analysis.plan)
    resources = resources_of(root, _modules(analysis))
    if options.name is None:
        return _print(options, overview(analysis.plan, analysis.source, root, resources), system_text)
    paths = {f"module.{module.address}": module.path for module in root.modules}
    wanted = target(analysis.plan, options.name, paths, resources)
    if isinstance(wanted, Diagnostic):
        return findings(options, located([wanted], analysis), [analysis.source])
    return _print(options, explained(analysis.plan, analysis.source, root, resources, wanted), entry_text)


def _plan(options: Namespace, analysis: Analysis) -> int:
    """Sum up a plan; what it would lose of production makes the exit status 1."""
    from landform.explain.changes import NoPlanError, changes
    from landform.explain.risks import risks
    from landform.explain.summary import summary, summary_text

    assert analysis.plan is not None and analysis.source is not None
    try:
        found = changes(json.loads(options.plan.read_bytes()))
    except (OSError, ValueError, NoPlanError) as failure:
        fact = f"{options.plan} is not the JSON of a plan: {failure}."
        remedy = "Make it with: terraform show -json PLAN > plan.json."
        return findings(options, located([error("LF0723", (), fact, remedy)], analysis), [analysis.source])
    paths = {f"module.{module.address}": module.path for module in lower(analysis.plan).modules}
    production = analysis.plan.system.environment == "production"
    risky = located(list(risks(found, paths, guarded=production)), analysis)
    if options.form in ("sarif", "github"):
        return findings(options, risky, [analysis.source])
    _print(options, summary(analysis.plan, analysis.source, found, paths, risky), summary_text)
    return FINDINGS if has_errors(risky) else 0


def _fault(options: Namespace, analysis: Analysis) -> int:
    """Say what is left when a region or a zone is gone."""
    from landform.explain.faults import fault, table, table_text

    assert analysis.plan is not None and analysis.source is not None
    gone = fault(analysis.plan, options.fail)
    if isinstance(gone, Diagnostic):
        return findings(options, located([gone], analysis), [analysis.source])
    return _print(options, placed(table(analysis.plan, gone), analysis.source), table_text)


def _against(options: Namespace, analysis: Analysis) -> int:
    """Hold the system against the same spec with other overlays."""
    from landform.explain.compared import Side, compared, compared_text

    other = analysed_with(options.spec, tuple(options.against))
    assert analysis.plan is not None and analysis.source is not None
    if not other.sound or other.plan is None or other.source is None:
        return findings(options, other.diagnostics, [other.source])
    sides = Side(analysis.plan, analysis.source), Side(other.plan, other.source)
    return _print(options, compared(*sides), compared_text)


def _print(options: Namespace, facts: Any, told: Told) -> int:
    if options.form == "json":
        print(json.dumps(facts, indent=2, ensure_ascii=False))
        return 0
    colour = wants_colour(options.color, terminal=sys.stdout.isatty(), environment=os.environ)
    for line in told(facts, painted if colour else plain):
        print(safe(line, colour=colour))
    return 0


def _modules(analysis: Analysis) -> Path:
    """Return the folder of the modules that the output calls: the project's own, else the installed ones."""
    own = project_folder(analysis, None) / "modules"
    return own if own.is_dir() else installed()
