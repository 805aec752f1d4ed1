"""How the workloads of a system are: what runs, what serves, and when a training last ran."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from botocore.exceptions import ClientError

from landform.operate.status.model import Standing, absent
from landform.plan import Batch, Beanstalk, Function, Host, Job, ServedModel, Workload
from landform.spec.compute import Machine


def workload_status(session: Any, own: Workload) -> Standing | None:
    """Return how a workload is; None of a kind that is not known here."""
    known = _WORKLOADS.get(type(own))
    return known(session, own) if known else None


def _host(session: Any, own: Host) -> Standing:
    return _machine(session, own) if isinstance(own.spec, Machine) else _fleet(session, own)


def _machine(session: Any, own: Host) -> Standing:
    pages = (
        session.client("ec2", region_name=own.region)
        .get_paginator("describe_instances")
        .paginate(Filters=[{"Name": "tag:Name", "Values": [own.physical]}])
    )
    found = [one for one in pages.search("Reservations[].Instances[]") if one]
    living = [one for one in found if one["State"]["Name"] not in ("terminated", "shutting-down")]
    if not living:
        return absent(own.path, own.region)
    one = living[0]
    bought = one.get("InstanceLifecycle", "on demand")
    state = one["State"]["Name"]
    detail = f"{one['InstanceId']}, {one['InstanceType']} {bought}"
    return Standing(own.path, own.region, state, detail, good=True if state == "running" else None)


def _fleet(session: Any, own: Host) -> Standing:
    """A group, with the one that stands in for it: how many nodes there are of those wanted, and on what market."""
    names = list(own.groups) or [own.physical]
    client = session.client("autoscaling", region_name=own.region)
    groups = client.describe_auto_scaling_groups(AutoScalingGroupNames=names)["AutoScalingGroups"]
    if not groups:
        return absent(own.path, own.region)
    nodes = [node for group in groups for node in group["Instances"] if node["LifecycleState"] == "InService"]
    wanted = sum(group["DesiredCapacity"] for group in groups)
    spot = _on_spot(session, own.region, [node["InstanceId"] for node in nodes])
    detail = f"{len(nodes)} of {wanted} nodes" + (f", {100 * spot // len(nodes)}% on spot" if nodes else "")
    return Standing(own.path, own.region, "in service" if nodes else "empty", detail, good=len(nodes) >= wanted)


def _on_spot(session: Any, region: str, ids: list[str]) -> int:
    if not ids:
        return 0
    pages = session.client("ec2", region_name=region).get_paginator("describe_instances").paginate(InstanceIds=ids)
    return sum(one.get("InstanceLifecycle") == "spot" for one in pages.search("Reservations[].Instances[]") if one)


def _job(session: Any, own: Job) -> Standing:
    """The last training; each is named after the entry and the moment at which it started."""
    told = session.client("sagemaker", region_name=own.region).list_training_jobs(
        NameContains=own.physical, SortBy="CreationTime", SortOrder="Descending", MaxResults=100
    )["TrainingJobSummaries"]
    jobs = [one for one in told if one["TrainingJobName"].startswith(f"{own.physical}-")]
    if not jobs:
        return Standing(own.path, own.region, "never ran", good=None)
    last = max(jobs, key=lambda one: one["CreationTime"])
    state = last["TrainingJobStatus"].lower()
    detail = f"{last['TrainingJobName']}, {last['CreationTime']:%Y-%m-%d %H:%M}"
    return Standing(own.path, own.region, state, detail, good=state != "failed")


def _batch(session: Any, own: Batch) -> Standing:
    batch = session.client("batch", region_name=own.region)
    found = batch.describe_job_queues(jobQueues=[own.physical])["jobQueues"]
    if not found:
        return absent(own.path, own.region)
    counts = {
        state: len(batch.list_jobs(jobQueue=own.physical, jobStatus=state)["jobSummaryList"])
        for state in ("RUNNABLE", "RUNNING", "SUCCEEDED", "FAILED")
    }
    detail = ", ".join(f"{count} {state.lower()}" for state, count in counts.items() if count)
    ready = found[0]["state"] == "ENABLED"
    return Standing(own.path, own.region, found[0]["state"].lower(), detail or "no jobs", good=ready)


def _served(session: Any, own: ServedModel) -> Standing:
    sagemaker = session.client("sagemaker", region_name=own.region)
    try:
        found = sagemaker.describe_endpoint(EndpointName=own.physical)
    except ClientError as told:
        if told.response["Error"]["Code"] != "ValidationException":
            raise
        return absent(own.path, own.region)
    state = found["EndpointStatus"]
    machines = sum(variant.get("CurrentInstanceCount", 0) for variant in found.get("ProductionVariants", []))
    detail = f"{machines} machines, configuration {found['EndpointConfigName']}"
    return Standing(own.path, own.region, state, detail, good=state == "InService")


def _function(session: Any, own: Function) -> Standing:
    client = session.client("lambda", region_name=own.region)
    try:
        found = client.get_function(FunctionName=own.physical)["Configuration"]
    except client.exceptions.ResourceNotFoundException:
        return absent(own.path, own.region)
    state = found.get("State", "Active").lower()
    return Standing(own.path, own.region, state, f"changed {found['LastModified'][:16]}", good=state == "active")


def _beanstalk(session: Any, own: Beanstalk) -> Standing:
    client = session.client("elasticbeanstalk", region_name=own.region)
    found = client.describe_environments(EnvironmentNames=[own.physical], IncludeDeleted=False)["Environments"]
    if not found:
        return absent(own.path, own.region)
    one = found[0]
    health = one.get("Health", "Grey")
    detail = f"health {health.lower()}, version {one.get('VersionLabel', 'none')}"
    return Standing(own.path, own.region, one["Status"].lower(), detail, good=health in ("Green", "Yellow"))


_WORKLOADS: Final[Mapping[type[Workload], Callable[[Any, Any], Standing]]] = {
    Host: _host,
    Job: _job,
    Batch: _batch,
    ServedModel: _served,
    Function: _function,
    Beanstalk: _beanstalk,
}
