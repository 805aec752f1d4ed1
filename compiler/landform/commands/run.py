"""`landform run`: start a training that stands, and follow it."""

from __future__ import annotations

import time
from argparse import Namespace
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from landform.commands.report import analysed, findings, located, say
from landform.commands.session import asking_aws
from landform.diagnostics import Diagnostic, error
from landform.emit.jobs.carry import target
from landform.lower.channel import output_uri
from landform.passes.unknown import unknown
from landform.plan import Batch, Host, Job, Plan
from landform.spec.compute import Training
from landform.spec.work import manifest_variable

if TYPE_CHECKING:
    from landform.operate.training import Outcome


def run(options: Namespace) -> int:
    """Start one job from the definition that stands in AWS; with --no-wait, leave it to itself.

    A table that is an input is exported first, and that is waited for in any case.
    """
    (analysis,) = analysed(options)
    if not analysis.sound or analysis.plan is None:
        return findings(options, analysis.diagnostics, [analysis.source])
    job = _named(analysis.plan, options.name)
    if isinstance(job, Diagnostic):
        return findings(options, [*analysis.diagnostics, *located([job], analysis)], [analysis.source])
    if options.tune and not (isinstance(job, Job) and job.spec.tuning):
        asked = error(
            "LF0205", (*job.path, "tuning"), f"{job.label} has no tuning.", "Add `tuning`, or leave --tune out."
        )
        return findings(options, located([asked], analysis), [analysis.source])
    refused = _started(options, analysis.plan, job)
    return findings(options, located(refused, analysis), [analysis.source])


def _named(plan: Plan, name: str) -> Job | Batch | Host | Diagnostic:
    """Return the training that `train.x`, or `x`, means."""
    entry = name.removeprefix("train.")
    known: list[Job | Batch | Host] = [*plan.jobs, *plan.batches, *(host for host in plan.hosts if host.jobs)]
    for job in known:
        if job.entry == entry:
            return job
    if entry in plan.system.train:
        fact = f"train.{entry} has no command that a job could run."
        return error("LF0205", ("train", entry), fact, "Add `command`.")
    return unknown("LF0203", ("train",), "training", entry, [job.entry for job in known])


def _started(options: Namespace, plan: Plan, job: Job | Batch | Host) -> list[Diagnostic]:
    """Start a job, follow it where that is wanted, and return what went wrong."""
    with asking_aws(job.path) as aws:
        session = aws.session(job.region, plan.system.account)
        if isinstance(job, Host):
            aws.refused += _on_fleet(options, session, plan, job)
        elif isinstance(job, Batch):
            aws.refused += _on_batch(options, session, job)
        else:
            aws.refused += (_tuned if options.tune else _on_sagemaker)(options, session, job)
    return aws.refused


def _on_sagemaker(options: Namespace, session: Any, job: Job) -> list[Diagnostic]:
    from landform.operate.training import follow, start

    given = partial(_given, options, session, job)
    name = start(session, job.region, job.definition, job.physical, datetime.now(UTC), given)
    say(options, f"{job.label} is started in {job.region} as {name}")
    if options.no_wait:
        return []
    stop = f"aws sagemaker stop-training-job --region {job.region} --training-job-name {name}"
    with _left(options, name, stop):
        outcome = follow(session, job.region, name, lambda line: say(options, line), time.sleep)
    if outcome.status != "Completed":
        return [_ended(job, name, outcome, f"Its log: /aws/sagemaker/TrainingJobs, {name}/.")]
    measured = "".join(f", {metric} {value:g}" for metric, value in sorted(outcome.metrics.items()))
    say(options, f"{name} is complete{measured}. Its model: {outcome.model}")
    return []


def _tuned(options: Namespace, session: Any, job: Job) -> list[Diagnostic]:
    from landform.operate.tuning import follow, start

    given = partial(_given, options, session, job)
    name = start(session, job.region, job.tuning, job.physical, datetime.now(UTC), given)
    say(options, f"a tuning of {job.label} is started in {job.region} as {name}")
    if options.no_wait:
        return []
    stop = (
        f"aws sagemaker stop-hyper-parameter-tuning-job --region {job.region} --hyper-parameter-tuning-job-name {name}"
    )
    with _left(options, name, stop):
        outcome = follow(session, job.region, name, lambda line: say(options, line), time.sleep)
    if outcome.status != "Completed":
        return [_ended(job, name, outcome, f"Its jobs: aws sagemaker list-training-jobs --name-contains {name}.")]
    say(options, f"{name} is complete. The model of the best: {outcome.model or 'none'}")
    return []


def _on_batch(options: Namespace, session: Any, job: Batch) -> list[Diagnostic]:
    from landform.operate.batch import SUCCEEDED, follow, submit

    def told() -> dict[str, str]:
        return {manifest_variable(channel): uri for channel, uri in _exported(options, session, job).items()}

    name = submit(session, job.region, job.physical, datetime.now(UTC), told, job.spec.nodes)
    say(options, f"{job.label} waits in the queue {job.physical} in {job.region} as {name}")
    if options.no_wait:
        return []
    with _left(options, name, f"aws batch terminate-job --region {job.region} --job-id {name} --reason stopped"):
        outcome = follow(session, job.region, name, job.log_group, lambda line: say(options, line), time.sleep)
    if outcome.status != SUCCEEDED:
        return [_ended(job, name, outcome, f"Its log: {job.log_group}.")]
    say(options, f"{name} is complete{_left_at(job, name)}")
    return []


def _on_fleet(options: Namespace, session: Any, plan: Plan, host: Host) -> list[Diagnostic]:
    from landform.operate.export import by_variable
    from landform.operate.fleet import SUCCEEDED, follow, job_name, submit, wake

    spec, bucket = host.spec, plan.artifacts_in(host.region).name
    assert isinstance(spec, Training)
    name = job_name(host.known_as, datetime.now(UTC))
    submit(session, host.region, host.jobs, name, lambda: by_variable(_exported(options, session, host)))
    say(options, f"{host.label} waits in the queue {host.jobs} in {host.region} as {name}")
    if spec.pool and (woken := wake(session, host.region, host.physical, spec.nodes)):
        say(options, woken)
    if options.no_wait:
        return []
    stop = f"echo '{{\"stop\": true}}' | aws s3 cp - s3://{bucket}/{host.records}{name}/stop --region {host.region}"
    told, records = lambda line: say(options, line), (bucket, host.records)
    with _left(options, name, stop):
        outcome = follow(session, host.region, records, name, host.log_group, told, time.sleep)
    if outcome.status != SUCCEEDED:
        return [_ended(host, name, outcome, f"Its log: {host.log_group}.")]
    say(options, f"{name} is complete{_left_at(host, name)}")
    return []


def _given(options: Namespace, session: Any, job: Job, definition: dict[str, Any]) -> dict[str, Any]:
    """Return the request of a job with what is exported for it."""
    from landform.operate.export import as_channels

    return as_channels(definition, _exported(options, session, job))


def _exported(options: Namespace, session: Any, own: Job | Batch | Host) -> Mapping[str, str]:
    """Export the tables that are inputs; of a training without any nothing is asked."""
    from landform.operate.export import exported

    if not any(edge.verb == "export" for edge in own.edges):
        return {}
    with _told_of(
        options, f"{own.label} is not started. An export that has begun goes on to its end, and is paid for."
    ):
        return exported(session, own, lambda line: say(options, line), time.sleep)


def _left_at(job: Batch | Host, name: str) -> str:
    """Say where the model of a job is, which only the job itself knows that there is one."""
    uri = output_uri(job).get("LANDFORM_OUTPUT_URI")
    return f". Its model, if it left one: {target(uri, name)}" if uri else ""


def _left(options: Namespace, name: str, stop: str) -> AbstractContextManager[None]:
    """Say how to stop a job when nobody wants to follow it any more."""
    return _told_of(options, f"{name} goes on by itself. To stop it: {stop}")


@contextmanager
def _told_of(options: Namespace, left: str) -> Iterator[None]:
    """Say what is left behind when nobody wants to wait any more."""
    try:
        yield
    except KeyboardInterrupt:
        say(options, left)
        raise


def _ended(job: Job | Batch | Host, name: str, outcome: Outcome, remedy: str) -> Diagnostic:
    why = f": {outcome.reason}" if outcome.reason else ""
    return error("LF0911", job.path, f"{name} ended as {outcome.status}{why}.", remedy)
