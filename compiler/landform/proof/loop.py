"""Loops, as the proof sees them: what the machines of the plan call, and what their modules are given."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from landform.proof.planned import Planned, Resource


def looping(planned: Planned, role: Resource) -> Mapping[str, Any]:
    """Return what a role of a loop's module is for: its part, and the names that the definitions say; else nothing."""
    if planned.given(role, "shift_parameter") is None:
        return {}
    named = {str(m.key): m.values for m in planned.of_type("aws_sfn_state_machine") if m.module == role.module}
    steps = planned.given(role, "steps") or {}
    part, kind = str(role.key or ""), role.name
    found: dict[str, Any] = {
        "table": planned.given(role, "table_name"),
        "shift": planned.given(role, "shift_parameter"),
        "own_steps": steps.get(part, {}).get("name"),
        "own_logs": steps.get(part, {}).get("log_group"),
        "retrain": named.get("retrain", {}).get("name"),
    }
    retrain, deploy = (json.loads(named.get(m, {}).get("definition") or "{}") for m in ("retrain", "deploy"))
    facts = {k: v for k, v in found.items() if v} | _retraining(retrain, part, kind)
    return {"loop": {"kind": kind, "part": part, "facts": facts, **_places(retrain, deploy)}}


def _retraining(definition: Mapping[str, Any], part: str, kind: str) -> dict[str, str]:
    """Return the names in the settings of the machine that retrains, and in what it starts."""
    states = definition.get("States", {})
    said = states.get("Settings", {}).get("Result", {})
    if not said:
        return {}
    found = {
        "judged": said["endpoint"]["judged"],
        "packages": said["endpoint"]["packages"],
        "parameter": said["endpoint"]["parameter"],
    }
    if kind == "machines" and part == "deploy":
        return {}
    deployer = str(states["Deploy"]["Parameters"]["StateMachineArn"])
    return (
        found
        | _training(said["training"], states["Train"])
        | {
            "deployer": deployer,
            "deployments": f"{deployer.replace(':stateMachine:', ':execution:')}:*",
        }
    )


def _training(said: Mapping[str, Any], train: Mapping[str, Any]) -> dict[str, str]:
    """Return the names of what trains, which tell by themselves what it is."""
    asked = train["Parameters"]
    if "QueueUrl" in asked:
        return {"queued": str(asked["QueueUrl"]).rpartition("/")[2]}
    if "JobQueue" in asked:
        borne = {name.replace("landform:", "job_"): str(value) for name, value in asked.get("Tags", {}).items()}
        return {**borne, "submitted": str(asked["JobQueue"]), "training_rule": "BatchJobsRule"}
    return {
        "training_parameter": said["parameter"],
        "training": said["name"],
        "training_role": asked["RoleArn"],
        "training_rule": "SageMakerTrainingJobsRule",
    }


def _places(retrain: Mapping[str, Any], deploy: Mapping[str, Any]) -> dict[str, Any]:
    said = retrain.get("States", {}).get("Settings", {}).get("Result", {})
    told = retrain.get("States", {}).values()
    topics = {s["Parameters"]["TopicArn"] for s in told if "TopicArn" in s.get("Parameters", {})}
    settings = deploy.get("States", {}).get("Settings", {}).get("Result", {})
    payloads = [s.get("Parameters", {}).get("Payload", {}) for s in deploy.get("States", {}).values()]
    places = {p["place"]["region"]: p["place"] for p in payloads if "place" in p}
    return {
        "topics": sorted(topics),
        "deployed": settings.get("deployed", ""),
        "endpoint": settings.get("name", ""),
        "places": places,
        "buckets": dict(_buckets(said)),
    }


def _buckets(said: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield what the steps of a retraining read and write: bucket and prefix."""
    if said:
        train, _, prefix = str(said["data"]["train"]).removeprefix("s3://").partition("/")
        yield "capture", (said["capture"]["bucket"], said["capture"]["key"])
        yield "labels", (said["labels"]["bucket"], said["labels"]["prefix"])
        yield "train", (train, prefix)
        yield "work", (train, said["data"]["work"])
        yield "given", (train, said["data"]["given"])
    if "records" in said.get("training", {}):
        bucket, _, under = str(said["training"]["records"]).removeprefix("s3://").partition("/")
        yield "records", (bucket, under)
