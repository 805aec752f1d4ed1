"""Refused: machines, fleets, jobs, functions, alarms, and what an account has one of."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any, Final

from landform.catalog.functions import MOST_ENVIRONMENT_BYTES, RESERVED_VARIABLES
from landform.proof.planned import Resource
from landform.scan.refusals.model import Found, Refusal, blocks, target
from landform.scan.subject import Subject

USER_DATA: Final = 16_384
MOST_TYPES: Final = 40
HOUR: Final = 3_600
DAY: Final = 86_400


def _user_data(subject: Subject) -> Iterator[Found]:
    for resource in subject.planned.of_type("aws_launch_template", "aws_instance"):
        size = max(_user_data_bytes(resource))
        if size > USER_DATA:
            yield resource, f"has user data of {size:,} bytes: {USER_DATA:,} at most"


def _user_data_bytes(resource: Resource) -> tuple[int, int]:
    """Return the bytes of what is plain, an instance's `user_data` alone, and of what is base64, or else its text."""
    plain, coded = str(resource.values.get("user_data") or ""), str(resource.values.get("user_data_base64") or "")
    if resource.type == "aws_launch_template":
        plain, coded = "", plain
    try:
        return len(plain.encode()), len(base64.b64decode(coded, validate=True))
    except ValueError:
        return len(plain.encode()), len(coded.encode())


def _disks(subject: Subject) -> Iterator[Found]:
    for resource in subject.planned.of_type("aws_launch_template", "aws_ebs_volume", "aws_instance"):
        found = [*blocks(resource, "block_device_mappings", "ebs"), *blocks(resource, "root_block_device")]
        for disk in [resource.values] if resource.type == "aws_ebs_volume" else found:
            if why := _disk(disk):
                yield resource, why


def _disk(disk: Any) -> str:
    kind = disk.get("volume_type") or disk.get("type")
    iops, gib = int(disk.get("iops") or 0), int(disk.get("volume_size") or disk.get("size") or 0)
    if kind in ("io1", "io2") and not iops:
        return f"has a disk of {kind} without iops"
    if kind == "gp2" and iops:
        return "has a disk of gp2 with iops, which follow from its size"
    if kind == "gp3" and iops and not 3_000 <= iops <= 80_000:
        return f"has a disk of gp3 with {iops:,} iops: 3,000 to 80,000"
    if kind == "io2" and gib and iops > 1_000 * gib:
        return f"has a disk of io2 with {iops:,} iops on {gib} GiB: 1,000 for each GiB"
    return ""


def _resolved_image(subject: Subject) -> Iterator[Found]:
    for machine in subject.planned.of_type("aws_instance"):
        if str(machine.values.get("ami") or "").startswith("resolve:ssm:"):
            yield machine, "names its image by resolve:ssm: every plan would replace it; a launch template may"


def _requirements(subject: Subject) -> Iterator[Found]:
    templates = {t.address: t for t in subject.planned.of_type("aws_launch_template")}
    for group in subject.planned.of_type("aws_autoscaling_group"):
        overrides = blocks(group, "mixed_instances_policy", "launch_template", "override")
        asked = any(o.get("instance_requirements") for o in overrides)
        named = [templates[t.address] for t in _templates(subject, group) if t.address in templates]
        if asked and any(str(t.values.get("image_id")).startswith("resolve:ssm:") for t in named):
            yield group, "asks for types by instance_requirements, with an image by resolve:ssm: list the types"


def _templates(subject: Subject, group: Resource) -> Any:
    policy = group.expressions.get("mixed_instances_policy")
    step = policy[0] if isinstance(policy, list) and policy else {}
    return [t for e in _expressions(step) for t in subject.planned.follow(group, e)]


def _expressions(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        if "references" in value:
            yield value
        for inner in value.values():
            yield from _expressions(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _expressions(inner)


def _sizes(subject: Subject) -> Iterator[Found]:
    for group in subject.planned.of_type("aws_autoscaling_group"):
        least, most = group.values.get("min_size"), group.values.get("max_size")
        wanted = group.values.get("desired_capacity")
        wanted = least if wanted is None else wanted
        if least is not None and most is not None and not least <= wanted <= most:
            yield group, f"wants {wanted} of {least} to {most}"


def _types(subject: Subject) -> Iterator[Found]:
    for group in subject.planned.of_type("aws_autoscaling_group"):
        count = len(blocks(group, "mixed_instances_policy", "launch_template", "override"))
        if count > MOST_TYPES:
            yield group, f"lists {count} instance types: {MOST_TYPES} at most"


def _multi_node(subject: Subject) -> Iterator[Found]:
    spot = [
        e
        for e in subject.planned.of_type("aws_batch_compute_environment")
        if any(b.get("type") == "SPOT" for b in blocks(e, "compute_resources"))
    ]
    for job in subject.planned.of_type("aws_batch_job_definition"):
        if job.values.get("type") == "multinode" and any(e.module == job.module for e in spot):
            yield job, "has several nodes and would run on spot capacity, which Batch does not do"


def _vcpus(subject: Subject) -> Iterator[Found]:
    for environment in subject.planned.of_type("aws_batch_compute_environment"):
        for own in blocks(environment, "compute_resources"):
            least, most = int(str(own.get("min_vcpus") or 0)), int(str(own.get("max_vcpus") or 0))
            if most < least:
                yield environment, f"keeps {least} vCPUs of {most}"


def _waits(subject: Subject) -> Iterator[Found]:
    for parameter in subject.planned.of_type("aws_ssm_parameter"):
        stopping = _definition(parameter).get("StoppingCondition")
        if isinstance(stopping, dict):
            runs, waits = stopping.get("MaxRuntimeInSeconds", 0), stopping.get("MaxWaitTimeInSeconds")
            if waits is not None and waits < runs:
                yield (
                    parameter,
                    f"starts a job that waits for {waits} s and runs for {runs} s: waiting includes running",
                )


def _definition(parameter: Resource) -> dict[str, Any]:
    text = str(parameter.values.get("value") or parameter.values.get("insecure_value") or "")
    try:
        body = json.loads(text) if text.startswith("{") else {}
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _environment(subject: Subject) -> Iterator[Found]:
    for function in subject.planned.of_type("aws_lambda_function"):
        told: list[dict[str, str]] = [b.get("variables") or {} for b in function.values.get("environment") or ()]
        size = sum(len(json.dumps(variables)) for variables in told)
        if size > MOST_ENVIRONMENT_BYTES:
            yield function, f"has an environment of {size:,} bytes: {MOST_ENVIRONMENT_BYTES:,} at most"
        own = sorted(n for variables in told for n in variables if n in RESERVED_VARIABLES)
        if own:
            yield function, f"sets {', '.join(own)}, which Lambda sets itself"


def _looks_back(subject: Subject) -> Iterator[Found]:
    for alarm in subject.planned.of_type("aws_cloudwatch_metric_alarm"):
        period, count = alarm.values.get("period") or 0, alarm.values.get("evaluation_periods") or 0
        most, kind = (7 * DAY, "an hour or more") if period >= HOUR else (DAY, "less than an hour")
        if period * count > most:
            yield alarm, f"looks back over {period * count:,} s: {most:,} at most, with periods of {kind}"
        if period and period not in (1, 5, 10, 20, 30) and period % 60:
            yield alarm, f"has a period of {period} s: 10, 20, 30, or a multiple of 60"


def _schedules(subject: Subject) -> Iterator[Found]:
    for resource in subject.planned.of_type("aws_scheduler_schedule", "aws_cloudwatch_event_rule"):
        text = str(resource.values.get("schedule_expression") or "")
        fields = text[5:-1].split() if text.startswith("cron(") and text.endswith(")") else []
        if text.startswith("cron(") and (len(fields) != 6 or "?" not in (fields[2], fields[4])):
            yield resource, f"runs at {text}: six fields, and ? for the day of the month or of the week"
        if text.startswith("rate(1 ") and text.endswith("s)"):
            yield resource, f"runs at {text}: one of them is minute, hour or day"


def _second(kind: str, *argument: str) -> Callable[[Subject], Iterator[Found]]:
    def find(subject: Subject) -> Iterator[Found]:
        seen: dict[tuple[str, ...], Resource] = {}
        for resource in subject.planned.of_type(kind):
            place = (resource.region, *(str(resource.values.get(a)) for a in argument))
            if place in seen:
                yield resource, f"is a second one beside {seen[place].address} in {resource.region or 'the account'}"
            seen[place] = resource

    return find


def _account_wide(subject: Subject) -> Iterator[Found]:
    seen: dict[str, Resource] = {}
    for provider in subject.planned.of_type("aws_iam_openid_connect_provider"):
        url = str(provider.values.get("url")).removeprefix("https://").rstrip("/")
        if url in seen:
            yield provider, f"is a second provider for {url} beside {seen[url].address}"
        seen[url] = provider


def _invocable(subject: Subject) -> Iterator[Found]:
    may = {
        (target(subject, p, "function_name"), str(p.values.get("principal")))
        for p in subject.planned.of_type("aws_lambda_permission")
    }
    functions = {f.address: f for f in subject.planned.of_type("aws_lambda_function")}
    for notification in subject.planned.of_type("aws_s3_bucket_notification"):
        told = subject.planned.modules(notification, None) if blocks(notification, "lambda_function") else frozenset()
        for address, function in functions.items():
            if function.module in told and (address, "s3.amazonaws.com") not in may:
                yield notification, f"tells {address}, which does not admit S3: the target cannot be validated"


def _trail_bucket(subject: Subject) -> Iterator[Found]:
    policies = {target(subject, p, "bucket"): p for p in subject.planned.of_type("aws_s3_bucket_policy")}
    for trail in subject.planned.of_type("aws_cloudtrail"):
        bucket = target(subject, trail, "s3_bucket_name")
        if bucket in policies and "cloudtrail.amazonaws.com" not in str(policies[bucket].values.get("policy")):
            yield trail, f"writes to {bucket}, whose policy does not admit CloudTrail"


REFUSALS: Final = (
    Refusal("user-data-size", f"user data has {USER_DATA:,} bytes at most", "EC2, RunInstances", _user_data),
    Refusal(
        "disk-iops", "io1 and io2 are given iops, gp2 none, gp3 and io2 within bounds", "EC2, CreateVolume", _disks
    ),
    Refusal(
        "resolved-image",
        "an instance does not name its image by resolve:ssm",
        "the provider's aws_instance: ami",
        _resolved_image,
    ),
    Refusal(
        "requirements-and-resolved-image",
        "a group with instance_requirements takes no image by resolve:ssm",
        "EC2 Auto Scaling, CreateAutoScalingGroup",
        _requirements,
    ),
    Refusal(
        "group-sizes",
        "a group wants no fewer than its least and no more than its most",
        "EC2 Auto Scaling, CreateAutoScalingGroup",
        _sizes,
    ),
    Refusal(
        "group-types",
        f"a group lists {MOST_TYPES} instance types at most",
        "EC2 Auto Scaling, LaunchTemplate: Overrides",
        _types,
    ),
    Refusal(
        "multi-node-on-spot",
        "Batch runs no job of several nodes on spot capacity",
        "Batch user guide, Multi-node parallel jobs",
        _multi_node,
    ),
    Refusal(
        "environment-vcpus",
        "a compute environment keeps no more vCPUs than it may have",
        "Batch, CreateComputeEnvironment",
        _vcpus,
    ),
    Refusal("spot-wait", "a training waits for at least as long as it runs", "SageMaker, StoppingCondition", _waits),
    Refusal(
        "function-environment",
        "a function's environment has 4 KB and no variable of Lambda's own",
        "Lambda, Environment",
        _environment,
    ),
    Refusal(
        "alarm-looks-back",
        "an alarm looks back over a day at most, or with periods of an hour or more over seven, in whole minutes",
        "CloudWatch, PutMetricAlarm",
        _looks_back,
    ),
    Refusal(
        "cron-fields",
        "a schedule has six fields, one of the days is ?",
        "EventBridge user guide, cron expressions",
        _schedules,
    ),
    Refusal(
        "second-detector",
        "a region has one detector of GuardDuty",
        "GuardDuty, CreateDetector",
        _second("aws_guardduty_detector"),
    ),
    Refusal(
        "second-recorder",
        "a region has one recorder of Config",
        "Config, PutConfigurationRecorder",
        _second("aws_config_configuration_recorder"),
    ),
    Refusal(
        "second-hub",
        "a region has one Security Hub",
        "Security Hub, EnableSecurityHub",
        _second("aws_securityhub_account"),
    ),
    Refusal(
        "second-analyzer",
        "a region has one analyzer of a kind",
        "Access Analyzer, CreateAnalyzer",
        _second("aws_accessanalyzer_analyzer", "type"),
    ),
    Refusal(
        "second-provider",
        "an account has one OpenID Connect provider for a URL",
        "IAM, CreateOpenIDConnectProvider",
        _account_wide,
    ),
    Refusal(
        "unsatisfied-target",
        "a bucket tells only a function that admits it",
        "S3, PutBucketNotificationConfiguration",
        _invocable,
    ),
    Refusal(
        "trail-bucket",
        "a trail writes to a bucket that admits it",
        "CloudTrail, InsufficientS3BucketPolicyException",
        _trail_bucket,
    ),
)
