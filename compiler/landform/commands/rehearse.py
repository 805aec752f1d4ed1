"""`landform rehearse`: the whole life of a system on an embedded AWS, with the real Terraform and AWS provider."""

import tempfile
from argparse import Namespace
from dataclasses import replace
from pathlib import Path

from landform.commands.closing import closed
from landform.commands.report import analysed, findings, located, say
from landform.commands.workspace import laid_out
from landform.diagnostics import error
from landform.emit.tree import tree
from landform.exits import FINDINGS
from landform.pipeline import Analysis, planned
from landform.rehearse.edit import edit
from landform.rehearse.embedded import EmbeddedAws
from landform.rehearse.progress import shown
from landform.rehearse.story import Verdict, rehearse, require_tools


def run(options: Namespace) -> int:
    """Compile, apply, plan again, look, change one input, destroy; say at each step what was seen."""
    (analysis,) = analysed(options)
    if not analysis.sound:
        return findings(options, analysis.diagnostics, [analysis.source])
    assert analysis.plan is not None and analysis.source is not None
    if options.loop:
        return closed(options, analysis)
    change = edit(analysis.plan, analysis.source.data)
    if change is None:
        remedy = "Add a bucket, a table, a stream or a machine."
        nothing = error("LF0906", (), "the spec makes nothing that could be rehearsed.", remedy)
        return findings(options, [*analysis.diagnostics, nothing], [analysis.source])
    require_tools()
    say(options, f"Rehearsing {analysis.name}; the change that is tried: {change.what}")
    other, _ = planned(change.data, analysis.file, analysis.named_in)
    verdict = _played(analysis, replace(analysis, plan=other), change.touches)
    found = located(verdict.diagnostics, analysis)
    status = findings(options, (*analysis.diagnostics, *found), [analysis.source])
    outcome = "passed" if verdict.passed else "FAILED"
    say(options, f"rehearsal of {analysis.name} {outcome} in {verdict.seconds:.0f} s")
    return status if verdict.passed else FINDINGS


def _played(analysis: Analysis, changed: Analysis, touches: frozenset[str]) -> Verdict:
    assert analysis.plan is not None and changed.plan is not None
    system = analysis.plan.system
    # The AWS starts while the trees are compiled.
    with (
        EmbeddedAws(system.account) as aws,
        tempfile.TemporaryDirectory(prefix="landform-") as temporary,
        shown() as progress,
    ):
        first, second = (
            laid_out(each, tree(each.plan), Path(temporary) / name)
            for name, each in (("as-it-is", analysis), ("changed", changed))
            if each.plan is not None
        )
        return rehearse(aws, first, second, system.regions.active, touches, progress)
