"""Jobs of SageMaker that run: a training by its own command, a transform by the model's own code.

Both in a process of their own, on what lies in the embedded S3. The folder `/opt/ml` of a container is a temporary one:
wherever the planned environment says `/opt/ml`, it says that folder. A training without a command of its own is an
algorithm in an image: XGBoost's is run by the xgboost of this Python, and answers for the models that it leaves.
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from landform.catalog.managed import own_metrics
from landform.rehearse import builtin_xgboost
from landform.rehearse.process import made_up
from landform.rehearse.stage import Target

ROOT: Final = "/opt/ml"
CODE: Final = "landform-code"
RUN: Final = ".landform-run.sh"
"""As `landform.lower.archive` names them."""

INFERENCE: Final = "code/inference.py"


class JobFailed(Exception):  # noqa: N818 (what a job does)
    """Why a job failed, as SageMaker would say it."""


def train(request: Mapping[str, Any], s3: Any, target: Target, region: str) -> dict[str, float]:
    """Run the training that a request CreateTrainingJob asks for; leave its model in S3, return its last metrics.

    Raises `JobFailed`.
    """
    with tempfile.TemporaryDirectory(prefix="landform-") as name:
        root = Path(name)
        for channel in request.get("InputDataConfig", ()):
            _fill(root / "input/data" / channel["ChannelName"], channel["DataSource"]["S3DataSource"], s3)
        code = root / "code"
        command = _command(request, root, code)
        _configure(request, root / "input/config")
        for folder in ("model", "checkpoints", "output"):
            (root / folder).mkdir(exist_ok=True)
        told = {k: v.replace(ROOT, str(root)) for k, v in request.get("Environment", {}).items()}
        limit = request["StoppingCondition"]["MaxRuntimeInSeconds"]
        said = _run(command, code, {**made_up(target, region), **told}, limit)
        out = f"{request['OutputDataConfig']['S3OutputPath'].rstrip('/')}/{request['TrainingJobName']}/output/"
        _put(s3, f"{out}model.tar.gz", _packed(root / "model"))
    defined = request["AlgorithmSpecification"].get("MetricDefinitions", ())
    return dict(_metrics(defined, said)) or dict(builtin_xgboost.metrics(said))


def transform(request: Mapping[str, Any], archive: str, s3: Any, target: Target, region: str) -> None:
    """Answer each object of a request CreateTransformJob by the model in an archive of S3. Raises `JobFailed`."""
    source = request["TransformInput"]["DataSource"]["S3DataSource"]["S3Uri"]
    bucket, prefix = _place(source)
    for key, content in _objects(s3, bucket, prefix):
        answers = infer(_get(s3, archive), content.decode(), target, region)
        name = key.removeprefix(prefix.rpartition("/")[0] + "/")
        _put(s3, f"{request['TransformOutput']['S3OutputPath'].rstrip('/')}/{name}.out", answers.encode())


def infer(archive: bytes, rows: str, target: Target, region: str) -> str:
    """Answers to rows of CSV, a line each, by the code that a model brings. Raises `JobFailed`."""
    with tempfile.TemporaryDirectory(prefix="landform-") as name:
        folder = Path(name)
        with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
            packed.extractall(folder, filter="data")
        if (folder / INFERENCE).is_file():
            command = [sys.executable, "-m", "landform.rehearse.inference", str(folder)]
        elif (folder / builtin_xgboost.MODEL).is_file():
            command = [*_XGBOOST, "answer", str(folder)]
        else:
            raise JobFailed(f"the model brings no {INFERENCE}: its image alone knows how it answers")
        return _run(command, folder, made_up(target, region), 600, rows)


_XGBOOST: Final = (sys.executable, "-m", "landform.rehearse.builtin_xgboost")


def _command(request: Mapping[str, Any], root: Path, code: Path) -> list[str]:
    """What a job runs, in the folder `code`: the workload's command, or the algorithm of a built-in image."""
    code.mkdir()
    archives = sorted((root / "input/data" / CODE).glob("*.zip"))
    if archives:
        with zipfile.ZipFile(archives[0]) as packed:
            packed.extractall(code)
        return ["bash", f"./{RUN}"]
    if own_metrics(request["AlgorithmSpecification"]["TrainingImage"]) is None:
        raise JobFailed("it has no command of its own: its algorithm is in its image, which nothing here can run")
    return [*_XGBOOST, "train", str(root)]


def _configure(request: Mapping[str, Any], folder: Path) -> None:
    """Write what SageMaker tells a container: hyperparameters, and what kind of rows each channel has."""
    folder.mkdir(parents=True, exist_ok=True)
    kinds = {each["ChannelName"]: {"ContentType": each.get("ContentType", "")} for each in request["InputDataConfig"]}
    for name, content in (("hyperparameters", request.get("HyperParameters", {})), ("inputdataconfig", kinds)):
        (folder / f"{name}.json").write_text(json.dumps(content), "utf-8")


def _run(command: list[str], folder: Path, environment: Mapping[str, str], limit: int, given: str = "") -> str:
    # What is called `python` is this very interpreter, with the packages that it has.
    path = f"{Path(sys.executable).parent}{os.pathsep}{environment.get('PATH', '')}"
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env={**environment, "PATH": path},
            input=given,
            capture_output=True,
            text=True,
            timeout=limit,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise JobFailed(f"it takes more than its {limit}s") from None
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"]
        raise JobFailed(f"AlgorithmError: {lines[-1]}")
    return done.stdout


def _fill(folder: Path, source: Mapping[str, str], s3: Any) -> None:
    """Fetch what a channel reads: all under a prefix, or what a manifest lists."""
    folder.mkdir(parents=True)
    bucket, prefix = _place(source["S3Uri"])
    if source["S3DataType"] == "ManifestFile":
        first, *keys = json.loads(_get(s3, source["S3Uri"]))
        bucket, base = _place(first["prefix"])
        found = [(f"{base}{key}", _get(s3, f"s3://{bucket}/{base}{key}")) for key in keys]
    else:
        base, found = prefix, list(_objects(s3, bucket, prefix))
    for key, content in found:
        file = folder / (key.removeprefix(base).lstrip("/") or key.rpartition("/")[2])
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


def _packed(folder: Path) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for file in sorted(folder.iterdir()):
            archive.add(file, file.name)
    return out.getvalue()


def _metrics(definitions: Any, said: str) -> Iterator[tuple[str, float]]:
    for each in definitions:
        found = re.findall(each["Regex"], said)
        if found:
            yield each["Name"], float(found[-1])


def _place(uri: str) -> tuple[str, str]:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key


def _objects(s3: Any, bucket: str, prefix: str) -> Iterator[tuple[str, bytes]]:
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for found in page.get("Contents", ()):
            if not found["Key"].endswith("/"):
                yield found["Key"], _get(s3, f"s3://{bucket}/{found['Key']}")


def _get(s3: Any, uri: str) -> bytes:
    bucket, key = _place(uri)
    content: bytes = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    return content


def _put(s3: Any, uri: str, content: bytes) -> None:
    bucket, key = _place(uri)
    s3.put_object(Bucket=bucket, Key=key, Body=content)
