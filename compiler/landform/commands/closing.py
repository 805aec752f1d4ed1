"""`landform rehearse --loop`: a model drifts on an embedded AWS, and one watches what follows by itself."""

import tempfile
import time
from argparse import Namespace
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from landform.commands.report import findings, located, say
from landform.commands.workspace import laid_out
from landform.diagnostics import Diagnostic, error
from landform.emit.tree import tree
from landform.exits import FINDINGS
from landform.lower.agent import configuration
from landform.lower.channel import input_uris
from landform.passes.grant_loop import loops, served_in
from landform.passes.resolve.loop import Retrained
from landform.pipeline import Analysis
from landform.plan import DriftWatch, Host, Plan
from landform.rehearse.applied import read_state
from landform.rehearse.closing import Judged, LoopFailed, Moment, Played, Stage
from landform.rehearse.embedded import EmbeddedAws, require_sandbox
from landform.rehearse.stage import stage
from landform.rehearse.story import require_tools
from landform.rehearse.terraform import Terraform, TerraformFailed
from landform.rehearse.traffic import Pace, Rows

SAMPLES: Final = "rehearsal"
"""The folder beside a service's `initial` with the rows that are played: of the world before, and after."""
LOOK: Final = 2
"""Seconds for which machines wait at a time: an AWS in which all is there at once gives nothing to wait for."""
SHORTENED: Final = (
    "made short: the days of the traffic, by the times that requests bear; waits, of the agent for late objects to 1 s "
    f"and of the machines to {LOOK} s at a time, so that no canary is observed"
)
"""What a person is to know who compares this with AWS."""
SEASONS: Final = 2
"""Seasons that the agent learns from where nothing else is said."""


@dataclass(frozen=True)
class Playable:
    """A loop with what is played to it: rows of the world before and after, the truth first."""

    own: DriftWatch
    job: Retrained
    before: Rows
    after: Rows


def closed(options: Namespace, analysis: Analysis) -> int:
    """Apply, play, and plan again; print the time line, and what was not as it should be."""
    plan = analysis.plan
    assert plan is not None
    found = playable(analysis, plan)
    if isinstance(found, Diagnostic):
        return findings(options, [*analysis.diagnostics, found], [analysis.source])
    require_tools()
    require_sandbox("river", "xgboost")
    say(options, f"Closing the loop of {found.own.label} on an AWS inside this machine")
    began = time.monotonic()
    judged, faults = _performed(options, analysis, plan, found)
    if judged and not faults:
        for name in judged[0]:
            what, form = ("right answers", ".1%") if name == "accuracy" else (name, ".3f")
            before, under, after = (format(each[name], form) for each in judged)
            say(options, f"{what}, on rows that no training saw: {before} before, {under} under drift, {after} after")
        say(options, f"planned again: nothing to do; {time.monotonic() - began:.0f} s in all")
        say(options, SHORTENED)
    status = findings(options, (*analysis.diagnostics, *located(faults, analysis)), [analysis.source])
    return FINDINGS if faults else status


def _performed(
    options: Namespace, analysis: Analysis, plan: Plan, found: Playable
) -> tuple[tuple[Judged, ...] | None, tuple[Diagnostic, ...]]:
    """Apply, play, and plan again; return figures of the answers before, under and after drift, and what went wrong."""

    def tell(moment: Moment) -> None:
        say(options, f"{moment.seconds:6.1f} s  {moment.line}")

    with tempfile.TemporaryDirectory(prefix="landform-", ignore_cleanup_errors=True) as temporary:
        folder, files = Path(temporary), tree(plan)
        laid = laid_out(analysis, files, folder / "as-it-is")
        with EmbeddedAws(plan.system.account, longest_wait=LOOK) as aws:
            try:
                terraform = Terraform(stage(laid, folder / "staged", aws.target), aws.target)
                terraform.init()
                began = time.monotonic()
                terraform.apply()
                count = len(read_state(terraform.workdir, plan.system.regions.active))
                say(options, f"applied in {time.monotonic() - began:.0f} s: all {count} resources of the spec")
                judged = Stage(aws, _played(plan, found, files), folder, tell).perform()
                again = terraform.plan("again.tfplan")
            except LoopFailed as failed:
                return None, (_fault(str(failed)),)
            except TerraformFailed as failed:
                return None, tuple(failed.diagnostics)
    return judged, () if again.empty else (_fault(f"{len(again.changes)} resources would change after it"),)


def _fault(what: str) -> Diagnostic:
    return error("LF0906", (), f"the loop did not close: {what}.", "Look at what stands before in the time line.")


def playable(analysis: Analysis, plan: Plan) -> Playable | Diagnostic:
    """The first loop of a spec, or what is missing to play it."""
    own, job = next(loops(plan), (None, None))
    if own is None or job is None:
        return error("LF0906", (), "the spec has no loop: nothing follows from drift.", "Add `then`.")
    if isinstance(job, Host):
        fact = f"{job.label} runs on machines of its own, of which none stands here."
        remedy = "Play it with `platform: batch` or `sagemaker`: all but the training is the same."
        return error("LF0906", job.path, fact, remedy)
    served = served_in(plan, own)[0]
    path = (*served.path, "initial")
    if served.spec.file is None:
        fact = f"{served.label} has no model that could serve before the first training."
        return error("LF0906", served.path, fact, "Let `initial` name a model in the project, packed as tar.gz.")
    folder = (analysis.named_in.get(path, analysis.file).parent / served.spec.file).parent / SAMPLES
    try:
        before, after = ((folder / f"{name}.csv").read_text("utf-8").splitlines() for name in ("before", "after"))
    except OSError:
        fact = f"beside the model of {served.label} lie no rows that could be played."
        remedy = f"Put before.csv and after.csv, the truth first, into {SAMPLES}/ beside it."
        return error("LF0906", path, fact, remedy)
    return Playable(own, job, before, after)


def pace(plan: Plan, own: DriftWatch) -> Pace:
    """What a watch waits for, as the agent itself reads its configuration."""
    from landform_agent.config import Config

    assert own.labels is not None
    rows, span = Config.model_validate(configuration(plan, own)).reference(SEASONS)
    return Pace(rows=rows, span=span, lag=own.labels.lag)


def _played(plan: Plan, found: Playable, files: dict[str, bytes]) -> Played:
    own = found.own
    assert own.labels is not None
    assert own.loop is not None
    served, uris = served_in(plan, own), input_uris(found.job)
    return Played(
        region=own.region,
        regions=tuple(each.region for each in served),
        endpoint=own.service,
        labels=f"s3://{own.labels.bucket.name}/{own.labels.prefix}",
        pace=pace(plan, own),
        metric=own.loop.accept.metric,
        train=uris["train"],
        validation=uris.get("validation", uris["train"]),
        in_force=f"{served[0].definition}/model",
        machine=f"arn:aws:states:{own.region}:{plan.system.account}:stateMachine:{own.loop.machine}",
        configuration=files[f"agent/{own.entry}.yaml"].decode(),
        before=found.before,
        after=found.after,
    )
