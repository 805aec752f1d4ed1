"""The steps of a deployment, one region after the other: the only ones that change an endpoint that stands.

`settings` in the event is what the compiler wrote into the definition, `place` the part of it that is about the region,
`run` the name of the execution, `package` what the primary region's registry calls the model, `data` its archive.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from typing import Any

import boto3
from botocore.exceptions import ClientError

from . import answered, stored
from .made import MOVED, named, once, parameter


def handler(event: dict[str, Any], context: object) -> Any:
    """Do the step that the event names."""
    del context
    return STEPS[event["step"]](event)


def announce(event: dict[str, Any]) -> dict[str, Any]:
    """Say that traffic begins to shift to another version, or that it has settled: the watch reads it."""
    said = event["settings"]
    told = {"state": event["state"], "run": event["run"], "at": int(time.time()), "version": event.get("package", "")}
    boto3.client("ssm").put_parameter(Name=said["shift"], Value=json.dumps(told), Overwrite=True)
    return told


def copy(event: dict[str, Any]) -> dict[str, Any]:
    """Bring archive and package to the region; in the primary one both are there."""
    said, where, data = event["settings"], event["place"], event["data"]
    if where["region"] == said["region"]:
        return {"package": event["package"], "data": data}
    source, target = stored.place(data), stored.Place(where["bucket"], stored.place(data).key)
    # In parts, where it is larger than S3 copies at once (5 GiB).
    boto3.client("s3", region_name=where["region"]).copy(
        {"Bucket": source.bucket, "Key": source.key}, target.bucket, target.key, SourceClient=boto3.client("s3")
    )
    sagemaker = boto3.client("sagemaker", region_name=where["region"])
    original = boto3.client("sagemaker").describe_model_package(ModelPackageName=event["package"])
    container = parameter(where["parameter"], where["region"])["Model"]["PrimaryContainer"]
    specification = original["InferenceSpecification"] | {"Containers": [{**container, "ModelDataUrl": target.uri}]}
    made = sagemaker.create_model_package(
        ModelPackageGroupName=where["packages"],
        ModelPackageDescription=f"Copy of {event['package']}",
        InferenceSpecification=specification,
        CustomerMetadataProperties=original.get("CustomerMetadataProperties", {}),
        ModelApprovalStatus="Approved",
        ClientToken=event["run"][:36],
    )
    return {"package": made["ModelPackageArn"], "data": target.uri}


def prepare(event: dict[str, Any]) -> dict[str, Any]:
    """Make of the package what goes under the endpoint: a new model and configuration."""
    said, where = event["settings"], event["place"]
    sagemaker = boto3.client("sagemaker", region_name=where["region"])
    definition = parameter(where["parameter"], where["region"])
    name = named(said["deployed"], event["run"])
    # A package brings its image; the environment is the endpoint's.
    container = {"ModelPackageName": event["copied"]["answer"]["package"]}
    environment = definition["Model"]["PrimaryContainer"].get("Environment")
    container |= {"Environment": environment} if environment else {}
    model = {**definition["Model"], "PrimaryContainer": container}
    once(lambda: sagemaker.create_model(ModelName=name, **model, Tags=said["tags"]))
    configuration = definition["EndpointConfig"]
    configuration["ProductionVariants"][0]["ModelName"] = name
    if "DataCaptureConfig" in configuration:
        capture = configuration["DataCaptureConfig"]
        capture["DestinationS3Uri"] = answered.destination(capture["DestinationS3Uri"], said["name"], name)
    once(lambda: sagemaker.create_endpoint_config(EndpointConfigName=name, **configuration, Tags=said["tags"]))
    now = int(time.time())
    return {"configuration": name, "since": now, "deadline": now + said["longest"], "compared": 0}


def shift(event: dict[str, Any]) -> dict[str, Any]:
    """Begin to shift, with a canary and a way back; say whether it has begun, and whether it is too late for it.

    SageMaker takes no update while the endpoint is at another, as of who scales it. Where it refuses one, the endpoint
    is looked at again: somebody may have begun in between.
    """
    said, where, wanted = event["settings"], event["place"], event["shift"]["answer"]
    name, now = wanted["configuration"], int(time.time())
    sagemaker = boto3.client("sagemaker", region_name=where["region"])
    found = sagemaker.describe_endpoint(EndpointName=said["name"])
    coming = found.get("PendingDeploymentSummary", {}).get("EndpointConfigName")
    begun = name in (found["EndpointConfigName"], coming)
    if not begun and found["EndpointStatus"] == "InService":
        try:
            sagemaker.update_endpoint(
                EndpointName=said["name"],
                EndpointConfigName=name,
                RetainAllVariantProperties=True,
                DeploymentConfig=deployment(said, where),
            )
            begun = True
        except ClientError:
            found = sagemaker.describe_endpoint(EndpointName=said["name"])
            if found["EndpointStatus"] == "InService":
                raise
    return {
        **wanted,
        "begun": begun,
        "late": now > wanted["deadline"] or found["EndpointStatus"] in GONE,
        "deadline": now + said["longest"] if begun else wanted["deadline"],
    }


def deployment(said: dict[str, Any], where: dict[str, Any]) -> dict[str, Any]:
    """How traffic moves: a canary beside what serves, and back at once where an alarm rings."""
    canary, alarms = said["canary"], [{"AlarmName": name} for name in where["alarms"]]
    policy = {
        "TrafficRoutingConfiguration": {
            "Type": "CANARY",
            "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": canary["percent"]},
            "WaitIntervalInSeconds": canary["seconds"],
        },
        "TerminationWaitInSeconds": 300,
        "MaximumExecutionTimeoutInSeconds": max(said["longest"], 600),
    }
    back = {"AutoRollbackConfiguration": {"Alarms": alarms}} if alarms else {}
    return {"BlueGreenUpdatePolicy": policy, **back}


def look(event: dict[str, Any]) -> dict[str, Any]:
    """Say what serves, as `describe` does; while both versions serve, compare what they answer.

    SageMaker shifts on whatever becomes of a comparison, so where there can be none the look is no less one.
    """
    seen = describe(event)
    if seen["status"] != "Updating" or seen["serves"] == seen["configuration"]:
        return seen
    try:
        told = _compared(event, seen["serves"])
    except Exception:
        logging.getLogger().exception("What the two versions answer could not be compared.")
        told = None
    return seen | ({"strays": told.strays, "compared": told.answers} if told else {})


def describe(event: dict[str, Any]) -> dict[str, Any]:
    """Say whether the endpoint serves the new configuration, or went back to the old one, or nobody can tell."""
    said, where, wanted = event["settings"], event["place"], event["shift"]["answer"]
    found = boto3.client("sagemaker", region_name=where["region"]).describe_endpoint(EndpointName=said["name"])
    status, there = found["EndpointStatus"], found["EndpointConfigName"] == wanted["configuration"]
    return {
        **wanted,
        "status": status,
        "serves": found["EndpointConfigName"],
        "strays": None,
        "settled": status == "InService" and there,
        "failed": status == "InService" and not there,
        "late": time.time() > wanted["deadline"] or status in GONE,
        "reason": found.get("FailureReason", ""),
    }


def _compared(event: dict[str, Any], serves: str) -> answered.Compared | None:
    """How far the new answers lie from where they should, as the metric that an alarm of the deployment looks at.

    None where nobody can say: a package that no retraining has made says nothing of what is to be expected of it, and
    only the region of the watch keeps what is answered where the steps may read it.
    """
    metric, wanted = event["place"].get("answers"), event["shift"]["answer"]
    package = boto3.client("sagemaker").describe_model_package(ModelPackageName=event["package"]) if metric else {}
    expected = package.get("CustomerMetadataProperties", {}).get(MOVED)
    if not metric or expected is None:
        return None
    under = stored.Place(**metric["capture"])
    configurations = serves, wanted["configuration"]
    told = answered.compared(boto3.client("s3"), under, *configurations, wanted["since"], float(expected))
    if told:
        datum = {"MetricName": metric["name"], "Dimensions": metric["dimensions"], "Value": told.strays}
        boto3.client("cloudwatch").put_metric_data(Namespace=metric["namespace"], MetricData=[datum])
    return told


def record(event: dict[str, Any]) -> dict[str, Any]:
    """Write down which package is in force in the region; say how many of its answers were compared before."""
    where, package = event["place"], event["copied"]["answer"]["package"]
    boto3.client("ssm", region_name=where["region"]).put_parameter(
        Name=f"{where['parameter']}/model", Value=package, Overwrite=True
    )
    return {"package": package, "compared": event["shift"]["answer"]["compared"]}


GONE = ("Failed", "UpdateRollbackFailed")
"""States that an endpoint does not come back from by itself (SageMaker API, DescribeEndpoint, read 2026-11-29)."""

STEPS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "announce": announce,
    "copy": copy,
    "prepare": prepare,
    "shift": shift,
    "look": look,
    "describe": describe,
    "record": record,
}
