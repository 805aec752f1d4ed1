"""Worlds whose model is trained by Batch, and by a fleet: of that, nodes are run as a machine runs them."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

from tests.emit.loop.standing import ACCOUNT, REGION, ROLE, SAMPLE
from tests.emit.loop.world import World
from tests.emit.test_jobs import BUCKET, QUEUE, RECORDS

from landform.emit.loop.training import Queued, Submitted, Trainer
from landform.lower.archive import starter
from landform.lower.batch import FOLDER, START

LEFT = "s3://models/training/"
BORNE = {"landform:entry": "drift.score", "landform:system": "credit"}
MANIFEST = "LANDFORM_MANIFEST_TRAIN"


def told(folder: str) -> dict[str, str]:
    """What a training is told of its rows and its model, where landform brings and takes them."""
    return {
        "LANDFORM_FROM_TRAIN": "s3://data/train/",
        "LANDFORM_FROM_VALIDATION": "s3://data/validation/",
        "LANDFORM_INPUT_TRAIN": f"{folder}/input/train",
        "LANDFORM_INPUT_VALIDATION": f"{folder}/input/validation",
        "LANDFORM_OUTPUT": f"{folder}/output/model",
        "LANDFORM_OUTPUT_URI": LEFT,
    }


@dataclass
class BatchWorld(World):
    """Batch trains; a job has `longest` seconds."""

    longest: int = 60

    @property
    def trainer(self) -> Trainer:
        """What trains."""
        return Submitted(name="credit-risk", tags=BORNE, variable=MANIFEST, output=LEFT)

    @property
    def known_of_training(self) -> dict[str, Any]:
        """Step Functions follows the job by itself."""
        return {}

    def train(self) -> None:
        """Make a queue, and the definition of a job in it, as it is planned."""
        self.bundle(*starter())
        batch, name = self.client("batch"), "credit-risk"
        batch.create_compute_environment(computeEnvironmentName=name, type="UNMANAGED", serviceRole=ROLE)
        places = [{"order": 1, "computeEnvironment": name}]
        batch.create_job_queue(jobQueueName=name, state="ENABLED", priority=1, computeEnvironmentOrder=places)
        names = told(FOLDER) | {"LANDFORM_CODE": "s3://models/code/risk.zip"}
        container = {
            "image": "image",
            "command": ["bash", "-c", START],
            "environment": [{"name": name, "value": value} for name, value in names.items()],
            "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "512"}],
        }
        batch.register_job_definition(
            jobDefinitionName=name,
            type="container",
            containerProperties=container,
            timeout={"attemptDurationSeconds": self.longest},
        )


@dataclass
class FleetWorld(World):
    """A fleet trains; a job has `longest` seconds from when it was asked for."""

    longest: int = 60

    @property
    def trainer(self) -> Trainer:
        """What trains."""
        url = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{QUEUE}"
        return Queued(queue=url, manifest="TRAIN", output=LEFT, poll=1)

    @property
    def known_of_training(self) -> dict[str, Any]:
        """Where nodes write down what becomes of a job."""
        return {"records": f"s3://{BUCKET}/{RECORDS}", "longest": self.longest}

    def train(self) -> None:
        """Make the bucket of records; queue and group come with the nodes."""
        self.client("s3").create_bucket(Bucket=BUCKET)


TRAINS = f"cd {SAMPLE} && {sys.executable} main.py"
"""The command of a fleet's training."""
