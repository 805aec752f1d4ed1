"""`landform scan`: checkov on plan and source, waivers with reasons, the proof of least privilege; one verdict."""

import json
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

from landform.commands.output import stale
from landform.commands.report import analysed, counted, findings, located, say
from landform.commands.workspace import workspace
from landform.diagnostics import has_errors
from landform.emit.tree import tree
from landform.exits import FINDINGS
from landform.proof.planned import read_plan
from landform.raw import open_doors
from landform.rehearse.terraform import find_terraform
from landform.scan.checkov import find_checkov
from landform.scan.run import ScanResult, scan


def run(options: Namespace) -> int:
    """Scan what a spec compiles to, and its plan: the given one, or one made offline."""
    (analysis,) = analysed(options)
    if not analysis.sound:
        return findings(options, analysis.diagnostics, [analysis.source])
    try:
        plan = _given(options.plan)
    except (OSError, ValueError) as failure:
        print(f"landform: {options.plan} is not the JSON of a plan: {failure}", file=sys.stderr)
        print("Make it with: terraform show -json PLAN > plan.json", file=sys.stderr)
        return FINDINGS
    find_checkov()
    if plan is None:
        find_terraform()
    assert analysis.plan is not None
    files = tree(analysis.plan)
    with workspace(analysis, files) as folder:
        result = scan(folder, plan, lambda step: say(options, f"  {step} …"))
    every = (
        *analysis.diagnostics,
        *located([*stale(analysis, files), *open_doors(analysis.plan), *result.diagnostics], analysis),
    )
    status = findings(options, every, [analysis.source])
    for line in _told(result):
        say(options, line)
    verdict = "FAILED" if has_errors(every) else "passed"
    say(options, f"scan of {analysis.name} {verdict}: {counted(every)}")
    return status


def _given(file: Path | None) -> Any:
    """Read a plan; raises ValueError for what is none."""
    if file is None:
        return None
    plan = json.loads(file.read_bytes())
    try:
        read_plan(plan)
    except (AttributeError, KeyError, TypeError) as bad:
        raise ValueError(f"it has another form ({bad})") from bad
    return plan


def _told(result: ScanResult) -> list[str]:
    lines = [f"  checkov: {result.passed} passed, {result.failed} failed, {len(result.waived)} waived"]
    lines[0] += f" ({len(result.checks_waived)} check ids), {result.resources} resources of the plan"
    reasons = {(waived.check, waived.reason): waived for waived in result.waived}
    return lines + [f"    waived {check}: {reason}" for check, reason in sorted(reasons)]
