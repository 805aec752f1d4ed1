"""The steps of a retraining: each takes what the state machine hands it and returns what the next one needs.

`settings` in the event is what the compiler wrote into the definition; `run` the name of the execution.
"""

from __future__ import annotations

import itertools
import json
import math
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict
from typing import Any

import boto3

from . import answered, assemble, figures, rows, stored
from .follow import follow, stop
from .ledger import Ledger
from .made import MOVED, named, once, parameter
from .stored import Place

OLD_SAMPLE = 20_000
"""Rows of the old data that its bounds are taken from."""
FLUSHED = 2 * 3_600
"""Seconds after its hour within which a call lies in the capture: later folders hold nothing that is ripe."""
SKEW = 3_600
"""Seconds that clocks may differ: what was labelled earlier than the change, less these, is no label of its rows."""


def handler(event: dict[str, Any], context: object) -> Any:
    """Do the step that the event names."""
    del context
    return STEPS[event["step"]](event)


def admit(event: dict[str, Any]) -> dict[str, Any]:
    """Say what becomes of the alarm."""
    said = event["settings"]
    admitted = _ledger(said).admit(
        event["alarm"], event["run"], time.time(), on=said["on"], longest=said["longest"], poll=said["poll"]
    )
    return {**asdict(admitted), "began": int(time.time())}


def count(event: dict[str, Any]) -> dict[str, Any]:
    """Say how many ripe rows with a label there are since the change began, whether it is too late, and when to ask.

    Of what serves now there are to be as many as are kept back of those that are waited for, to judge it by.
    """
    said, now = event["settings"], time.time()
    lag, first = said["labels"]["lag"], rows.moment(event["alarm"]["since"]) + said["labels"]["lag"]
    if now < first:
        # Nothing can be ripe before: each look costs events of the run's history, of which there is a bound.
        return {"rows": 0, "ready": False, "late": False, "seconds": math.ceil(first - now)}
    found, late = _ripe(event), now > event["admission"]["answer"]["began"] + 2 * lag + said["patience"]
    champion = _in_force(said)
    own, wanted = sum(one.row.by == champion for one in found), said["min_labelled"]
    ready = len(found) >= wanted and own >= assemble.kept_back(wanted)
    return {"rows": len(found), "of_champion": own, "ready": ready, "late": late, "seconds": said["poll"]}


def gather(event: dict[str, Any]) -> dict[str, Any]:
    """Write what is trained on, what is kept back, and the record of both; return them with the request of the job."""
    said, s3 = event["settings"], boto3.client("s3")
    new, kept_back = assemble.split(_ripe(event), _in_force(said))
    old = stored.place(said["data"]["train"])
    names = list(stored.keys(s3, old))
    sample = assemble.sample(names, lambda key: stored.text(s3, Place(old.bucket, key)), OLD_SAMPLE)
    assemble.require_sound(sample, assemble.cells([*new, *kept_back]), said["columns"])
    here, given = (Place(old.bucket, f"{said['data'][each]}{event['run']}/") for each in ("work", "given"))
    record = {
        "alarm": event["alarm"]["id"],
        "attempt": event["alarm"]["attempt"],
        "since": event["alarm"]["since"],
        "old": names,
        "new": {"rows": len(new), "sha256": stored.put(s3, given.under("new.csv"), assemble.written(_cells(new)))},
        "held_out": {
            "rows": len(kept_back),
            "from": kept_back[0].row.at,
            "to": kept_back[-1].row.at,
            "sha256": stored.put(
                s3, here.under("held-out/rows.csv"), "".join(f"{','.join(c[1:])}\n" for c in _cells(kept_back))
            ),
        },
    }
    judged = [[one.row.id, one.truth, one.row.answer] for one in kept_back]
    stored.put(s3, here.under("judged.json"), json.dumps(judged))
    # A manifest of SageMaker: a prefix, and what is read under it.
    manifest = [{"prefix": f"s3://{old.bucket}/"}, *names, given.under("new.csv").key]
    stored.put(s3, given.under("train.manifest"), json.dumps(manifest))
    stored.put(s3, here.under("record.json"), json.dumps(record, indent=1))
    written = {"work": here.uri, "given": given.uri, "record": here.under("record.json").uri}
    return {**written, **record["held_out"], "new": len(new)}


def request(event: dict[str, Any]) -> dict[str, Any]:
    """Return the request CreateTrainingJob: the definition that stands, on old rows and new ones."""
    said, given = event["settings"], event["data"]["answer"]["given"]
    definition = parameter(said["training"]["parameter"])
    name = named(said["training"]["name"], event["run"])
    for channel in definition["InputDataConfig"]:
        if channel["ChannelName"] == said["training"]["channel"]:
            source = channel["DataSource"]["S3DataSource"]
            source |= {"S3DataType": "ManifestFile", "S3Uri": f"{given}train.manifest"}
    if "CheckpointConfig" in definition:
        # Each job has its own: SageMaker restores what it finds, and the last job has finished there.
        definition["CheckpointConfig"]["S3Uri"] += f"{name}/"
    return {"TrainingJobName": name, **definition, "Tags": said["tags"]}


def challenge(event: dict[str, Any]) -> dict[str, Any]:
    """Make a model of what was trained; return the request CreateTransformJob that asks it what was kept back."""
    said, job = event["settings"], event["job"]
    definition = parameter(said["endpoint"]["parameter"])
    name = named(said["endpoint"]["judged"], event["run"])
    container = {**definition["Model"]["PrimaryContainer"], "ModelDataUrl": job["ModelArtifacts"]["S3ModelArtifacts"]}
    model = {**definition["Model"], "PrimaryContainer": container}
    once(lambda: boto3.client("sagemaker").create_model(ModelName=name, **model, Tags=said["tags"]))
    work = event["data"]["answer"]["work"]
    # Without a key SageMaker takes the account's: answers go under the one that the bucket itself took for the rows.
    rows_of = stored.place(f"{work}held-out/rows.csv")
    kept = boto3.client("s3").head_object(Bucket=rows_of.bucket, Key=rows_of.key)
    output = {"KmsKeyId": kept["SSEKMSKeyId"]} if "SSEKMSKeyId" in kept else {}
    variant = definition["EndpointConfig"]["ProductionVariants"][0]
    resources = {"InstanceType": variant["InstanceType"], "InstanceCount": 1}
    key = definition["EndpointConfig"].get("KmsKeyId")
    return {
        "TransformJobName": name,
        "ModelName": name,
        "TransformInput": {
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"{work}held-out/"}},
            "ContentType": "text/csv",
            "SplitType": "Line",
        },
        "TransformOutput": {
            "S3OutputPath": f"{work}answers/",
            "Accept": "text/csv",
            "AssembleWith": "Line",
            **output,
        },
        "TransformResources": resources | ({"VolumeKmsKeyId": key} if key else {}),
        "Tags": said["tags"],
    }


def evaluate(event: dict[str, Any]) -> dict[str, Any]:
    """Judge challenger and champion by the same rows; write the figures down, and say whether it is let in."""
    said, s3, work = event["settings"], boto3.client("s3"), stored.place(event["data"]["answer"]["work"])
    judged = json.loads(stored.text(s3, work.under("judged.json")))
    answers = [float(line.split(",")[0]) for line in stored.text(s3, work.under("answers/rows.csv.out")).splitlines()]
    truths, champion = [float(truth) for _, truth, _ in judged], [float(answer) for *_, answer in judged]
    if len(answers) != len(truths):
        raise ValueError(f"{len(answers)} answers to {len(truths)} rows")
    asked = said["accept"]
    metric, than, margin = asked["metric"], asked["comparison"], asked["margin"]
    least = figures.bound(metric, than, answers, champion if asked["champion"] else None, truths)
    ones = [1.0] * len(truths)
    told = {
        **asked,
        "rows": len(truths),
        "bound": round(least, 6),
        "accepted": figures.accepted(than, least, margin),
        "moved": round(figures.distance(answers, champion), 6),
        "figures": {
            name: {
                "challenger": round(figure(answers, truths, ones), 6),
                "champion": round(figure(champion, truths, ones), 6),
            }
            for name, figure in figures.METRICS.items()
        },
    }
    stored.put(s3, work.under("evaluation.json"), json.dumps(told, indent=1))
    return {**told, "uri": work.under("evaluation.json").uri}


def register(event: dict[str, Any]) -> dict[str, Any]:
    """Put the challenger into the model registry, with its figures, its data's record and the alarm."""
    said, told, alarm = event["settings"], event["evaluation"]["answer"], event["alarm"]
    sagemaker = boto3.client("sagemaker")
    container = parameter(said["endpoint"]["parameter"])["Model"]["PrimaryContainer"]
    data = event["job"]["ModelArtifacts"]["S3ModelArtifacts"]
    known = {
        "alarm": alarm["id"],
        "attempt": str(alarm["attempt"]),
        "bound": str(told["bound"]),
        **{whose: str(figure) for whose, figure in told["figures"][told["metric"]].items()},
        "metric": told["metric"],
        MOVED: str(told["moved"]),
        "record": event["data"]["answer"]["record"],
        "run": event["run"],
    }
    made = sagemaker.create_model_package(
        ModelPackageGroupName=said["endpoint"]["packages"],
        ModelPackageDescription=f"Retrained after alarm {alarm['id']}",
        InferenceSpecification={
            "Containers": [{**container, "ModelDataUrl": data}],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
        ModelMetrics={"ModelQuality": {"Statistics": {"ContentType": "application/json", "S3Uri": told["uri"]}}},
        CustomerMetadataProperties=known,
        ModelApprovalStatus="Approved",  # tags are its group's
        ClientToken=event["run"][:36],
    )
    return {"package": made["ModelPackageArn"], "data": data}


def settle(event: dict[str, Any]) -> dict[str, Any]:
    """End the run: rest begins, attempts are counted; say what a person is told."""
    state = event["state"]
    said, outcome = state["settings"], state["outcome"]
    settled = _ledger(said).settle(
        event["run"],
        time.time(),
        well=outcome == "deployed",
        counts=outcome in ("rejected", "failed", "broken"),
        rest=said["rest"],
    )
    stop = " Retraining has stopped until the alarms are over: somebody has to look." if settled["stopped"] else ""
    lost = "" if settled["owned"] else " It took too long and another run took its place: this one counts for nothing."
    # A package that is registered is one that was let in: what failed then is its deployment, which says what serves.
    words = UNDEPLOYED if outcome == "failed" and "registered" in state else OUTCOMES[outcome]
    if outcome == "rejected" and state["evaluation"]["answer"]["accepted"]:
        words = REFUSED
    message = f"{words}{_beside(state)}{_judgement(state)}{_reason(state)}{lost}{stop}"
    return {
        **settled,
        "subject": f"{said['watch']}: {'stopped' if settled['stopped'] else outcome}",
        "message": message,
    }


OUTCOMES = {
    "deployed": "A new model is in force.",
    "rejected": "The challenger was not good enough; the champion stays.",
    "failed": "The retraining failed; the champion stays.",
    "broken": "The new data are broken; nothing was trained.",
    "unlabelled": "Too few labels came in time; nothing was trained.",
}

UNDEPLOYED = "The challenger was good enough, and its deployment failed."

REFUSED = "The challenger was good enough, and nobody let it in; the champion stays."


def _beside(state: dict[str, Any]) -> str:
    """Whether what the new model answers was held against the old one's answers before it came into force."""
    if "deployment" not in state:
        return ""
    answers = state["deployment"]["compared"]
    if not answers:
        why = "none was captured in time, or the log of the deployment's steps says why"
        return f" Its answers were not compared with the old model's while both served: {why}."
    return f" {answers} of its answers were compared with the old model's while both served."


def _judgement(state: dict[str, Any]) -> str:
    told = state.get("evaluation", {}).get("answer")
    if not told:
        return ""
    found = told["figures"][told["metric"]]
    wanted = f"{told['comparison']} {told['margin']:g}"
    return (
        f" On {told['rows']} rows that neither had seen {told['metric']} is {found['challenger']:g}, of the champion "
        f"{found['champion']:g}; the bound {told['bound']:g} was to be {wanted}."
    )


def _reason(state: dict[str, Any]) -> str:
    """What went wrong, in the words of whoever says it, and not the whole of a trace or of a run."""
    cause = str(state.get("error", {}).get("Cause", ""))
    with suppress(ValueError):
        told = json.loads(cause)
        cause = _told(told) or cause if isinstance(told, dict) else cause
    return f" {cause[:500]}" if cause else ""


def _told(told: dict[str, Any]) -> str:
    """What is said of a run, of a function that raised, or of a job of Batch."""
    code = told.get("Container", {}).get("ExitCode")
    status = told.get("StatusReason", "") + (f" (exit code {code})" if code else "")
    return str(told.get("Cause") or told.get("errorMessage") or status)


STEPS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "admit": admit,
    "count": count,
    "gather": gather,
    "request": request,
    "follow": follow,
    "stop": stop,
    "challenge": challenge,
    "evaluate": evaluate,
    "register": register,
    "settle": settle,
}


def _ledger(said: dict[str, Any]) -> Ledger:
    return Ledger(boto3.resource("dynamodb").Table(said["table"]), said["model"])


def _cells(found: list[rows.Labelled]) -> list[list[str]]:
    return assemble.cells(found)


def _ripe(event: dict[str, Any]) -> list[rows.Labelled]:
    """Rows of the traffic since the change began, with a label, and old enough for all kinds of labels."""
    said, s3 = event["settings"], boto3.client("s3")
    since = rows.moment(event["alarm"]["since"])
    capture, labels = Place(**said["capture"]), Place(said["labels"]["bucket"], said["labels"]["prefix"])
    until = time.time() - said["labels"]["lag"]
    told = stored.keys(s3, labels, since=since - SKEW)
    traffic = (
        row
        for configuration, each in answered.every_configuration(s3, capture)
        for row in rows.captured(
            stored.lines(s3, capture.bucket, _hours(s3, each, since, until + FLUSHED)), said["columns"], configuration
        )
    )
    truths = dict(rows.labels(stored.lines(s3, labels.bucket, told)))
    return rows.ripe(traffic, truths, since, until)


def _in_force(said: dict[str, Any]) -> str:
    """The configuration that serves: the champion is what has answered under it."""
    found = boto3.client("sagemaker").describe_endpoint(EndpointName=said["endpoint"]["name"])
    return str(found["EndpointConfigName"])


def _hours(s3: Any, where: Place, since: float, until: float) -> Iterator[str]:
    """Keys in a folder of hours, from one hour up to another."""
    begin, end = (f"{where.key}{stored.hour(at)}" for at in (since, until))
    return itertools.takewhile(lambda key: key < end, stored.keys(s3, where, begin))
