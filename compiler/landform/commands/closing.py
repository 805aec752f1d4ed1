"""`landform rehearse --loop`: a model drifts on an embedded AWS, and one watches what follows by itself."""

import tempfile
from argparse import Namespace
from pathlib import Path
from typing import Final

from landform.commands.report import findings, located, say
from landform.commands.workspace import laid_out
from landform.diagnostics import Diagnostic, error
from landform.emit.tree import tree
from landform.exits import FINDINGS
from landform.lower.channel import input_uris
from landform.passes.grant_loop import loops, served_in
from landform.pipeline import Analysis
from landform.plan import DriftWatch, Job, Plan
from landform.rehearse.closing import LoopFailed, Moment, Played, Stage
from landform.rehearse.embedded import EmbeddedAws
from landform.rehearse.stage import stage
from landform.rehearse.story import require_tools
from landform.rehearse.terraform import Terraform, TerraformFailed

SAMPLES: Final = "rehearsal/"
"""The folder of a training's code with the rows that are played."""


def closed(options: Namespace, analysis: Analysis) -> int:
    """Apply, play, and plan again; print the time line, and what was not as it should be."""
    plan = analysis.plan
    assert plan is not None
    own, job, missing = _playable(plan)
    if own is None or job is None:
        return findings(options, [*analysis.diagnostics, *missing], [analysis.source])
    require_tools()
    say(options, f"Closing the loop of {own.label} on an AWS inside this machine")

    def tell(moment: Moment) -> None:
        say(options, f"{moment.seconds:6.1f} s  {moment.line}")

    faults: tuple[Diagnostic, ...] = ()
    with tempfile.TemporaryDirectory(prefix="landform-", ignore_cleanup_errors=True) as temporary:
        folder, files = Path(temporary), tree(plan)
        laid = laid_out(analysis, files, folder / "as-it-is")
        with EmbeddedAws(plan.system.account) as aws:
            try:
                terraform = Terraform(stage(laid, folder / "staged", aws.target), aws.target)
                terraform.init()
                terraform.apply()
                say(options, "applied: watch, endpoint, training, ledger, both machines and all else of the spec")
                accuracy = Stage(aws, _played(plan, own, job, files), folder, tell).perform()
                again = terraform.plan("again.tfplan")
                faults = () if again.empty else (_fault(f"{len(again.changes)} resources would change after it"),)
            except LoopFailed as failed:
                faults, accuracy = (_fault(str(failed)),), None
            except TerraformFailed as failed:
                faults, accuracy = tuple(failed.diagnostics), None
    if accuracy and not faults:
        before, under, after = (f"{share:.1%}" for share in accuracy)
        say(
            options, f"right answers, on rows that no training saw: {before} before, {under} under drift, {after} after"
        )
        say(options, "planned again: nothing to do")
    status = findings(options, (*analysis.diagnostics, *located(faults, analysis)), [analysis.source])
    return FINDINGS if faults else status


def _fault(what: str) -> Diagnostic:
    return error("LF0906", (), f"the loop did not close: {what}.", "Look at what stands before in the time line.")


def _playable(plan: Plan) -> tuple[DriftWatch | None, Job | None, tuple[Diagnostic, ...]]:
    """The first loop that can be played, or what is missing."""
    for own, job in loops(plan):
        names = {file.name for file in plan.files.folders.get((*job.path, "code"), ())}
        if {f"{SAMPLES}before.csv", f"{SAMPLES}after.csv"} <= names and job.spec.command:
            return own, job, ()
        fact = f"{job.label} brings no rows that could be played."
        remedy = f"Let its `code` have {SAMPLES}before.csv and {SAMPLES}after.csv, the truth first, and a `command`."
        return None, None, (error("LF0906", job.path, fact, remedy),)
    return None, None, (error("LF0906", (), "the spec has no loop: nothing follows from drift.", "Add `then`."),)


def _played(plan: Plan, own: DriftWatch, job: Job, files: dict[str, bytes]) -> Played:
    assert own.labels is not None
    assert own.loop is not None
    rows = {
        file.name: file.content.decode().splitlines()
        for file in plan.files.folders[(*job.path, "code")]
        if file.name.startswith(SAMPLES)
    }
    served, uris = served_in(plan, own)[0], input_uris(job)
    return Played(
        region=own.region,
        captured=own.captured.name,
        under=f"{own.captured_under}{own.service}/",
        labels=own.labels.bucket.name,
        labels_under=own.labels.prefix,
        train=uris["train"],
        validation=uris.get("validation", uris["train"]),
        in_force=f"{served.definition}/model",
        packages=served.packages,
        machine=f"arn:aws:states:{own.region}:{plan.system.account}:stateMachine:{own.loop.machine}",
        configuration=files[f"agent/{own.entry}.yaml"].decode(),
        before=rows[f"{SAMPLES}before.csv"],
        after=rows[f"{SAMPLES}after.csv"],
    )
