"""What stands in a small AWS in which a loop really runs: a training, an endpoint, and both machines."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from random import Random
from typing import Any

from landform.emit.loop.deployment import Deployment, deployment
from landform.emit.loop.retraining import Retraining, retraining
from landform.emit.loop.training import Managed, Trainer
from landform.lower.archive import archive
from landform.project import CodeFile
from landform.rehearse.embedded import EmbeddedAws

ACCOUNT, REGION, REPLICA = "123456789012", "us-east-1", "eu-west-1"
SAMPLE = Path(__file__).parents[3] / "specs/credit/risk"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/steps"
COLUMNS = ["income", "debt"]
ENDPOINT, WATCH = "credit-score", "score"
CAPTURE = f"capture/serve-score/{ENDPOINT}/"
TAGS = [{"Key": "landform:system", "Value": "credit"}]
STRAYED = {
    "namespace": "landform/credit",
    "name": "StrayedAnswers",
    "dimensions": [{"Name": "Endpoint", "Value": ENDPOINT}],
    "capture": {"bucket": "captured", "key": CAPTURE},
}
DEFINITION = "/landform/credit/serve/score"


def truth(income: float, debt: float, drifted: bool) -> int:
    """Who is a bad risk; after the change it is the other way round for debt."""
    return int((debt - income if not drifted else -debt - income) > 0)


@dataclass
class Standing:
    """What stands; `rest` and `lag` are in seconds, and go into the definitions; the first of the regions is REGION."""

    aws: EmbeddedAws
    rest: int = 1
    lag: int = 0
    patience: int = 2
    on: tuple[str, ...] = ("shift", "performance")
    command: str = "python main.py"
    regions: tuple[str, ...] = (REGION,)
    accept: dict[str, Any] = field(
        default_factory=lambda: {"metric": "accuracy", "comparison": ">=", "champion": True, "margin": -0.01}
    )

    def client(self, service: str, region: str = REGION) -> Any:
        """A client of this AWS."""
        return self.aws.client(service, region)

    def stand(self) -> None:
        """Make all that the loop finds."""
        for bucket in ("data", "models", "captured"):
            self.client("s3").create_bucket(Bucket=bucket)
        for region in self.regions[1:]:
            where = {"LocationConstraint": region}
            self.client("s3", region).create_bucket(Bucket=models_in(region), CreateBucketConfiguration=where)
        self.client("dynamodb").create_table(
            TableName="loop",
            KeySchema=[{"AttributeName": "model", "KeyType": "HASH"}, {"AttributeName": "what", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in ("model", "what")],
            BillingMode="PAY_PER_REQUEST",
        )
        self.client("sns").create_topic(Name="pager")
        self.client("sqs").create_queue(QueueName="heard")
        self.client("sns").subscribe(
            TopicArn=f"arn:aws:sns:{REGION}:{ACCOUNT}:pager",
            Protocol="sqs",
            Endpoint=f"arn:aws:sqs:{REGION}:{ACCOUNT}:heard",
        )
        self.client("iam").create_role(RoleName="steps", AssumeRolePolicyDocument="{}")
        self._workload()
        for region in self.regions:
            self._endpoint(region)
        self._machines()

    def _workload(self) -> None:
        draw = Random(1)
        rows = [(draw.gauss(0, 1), draw.gauss(0, 1)) for _ in range(400)]
        text = "".join(f"{truth(i, d, False)},{i:.4f},{d:.4f}\n" for i, d in rows)
        self.client("s3").put_object(Bucket="data", Key="train/old.csv", Body=text.encode())
        self.client("s3").put_object(Bucket="data", Key="validation/old.csv", Body=text.encode())
        self.train()

    def bundle(self, *more: CodeFile) -> None:
        """Put the code of the training where it finds it."""
        run = f"#!/usr/bin/env bash\nset -euo pipefail\n{self.command}\n".encode()
        code = [CodeFile(f.name, f.read_bytes(), executable=False) for f in sorted(SAMPLE.glob("*.py"))]
        bundle = archive([CodeFile(".landform-run.sh", run, executable=True), *code, *more])
        self.client("s3").put_object(Bucket="models", Key="code/risk.zip", Body=bundle)

    def train(self) -> None:
        """Make what a training needs, but for its rows."""
        self.bundle()
        definition = {
            "AlgorithmSpecification": {
                "TrainingImage": "image",
                "TrainingInputMode": "File",
                "MetricDefinitions": [{"Name": "accuracy", "Regex": "accuracy=([0-9.]+)"}],
            },
            "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30},
            "StoppingCondition": {"MaxRuntimeInSeconds": 60},
            "OutputDataConfig": {"S3OutputPath": "s3://models/training/"},
            "Environment": {
                "LANDFORM_INPUT_TRAIN": "/opt/ml/input/data/train",
                "LANDFORM_INPUT_VALIDATION": "/opt/ml/input/data/validation",
                "LANDFORM_OUTPUT": "/opt/ml/model",
            },
            "InputDataConfig": [
                _channel("train", "s3://data/train/"),
                _channel("validation", "s3://data/validation/"),
                _channel("landform-code", "s3://models/code/risk.zip"),
            ],
            "RoleArn": ROLE,
        }
        self._parameter("/landform/credit/train/risk", definition)

    def _endpoint(self, region: str) -> None:
        sagemaker = self.client("sagemaker", region)
        variant = {"VariantName": "AllTraffic", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
        definition = {
            "Model": {"ExecutionRoleArn": ROLE, "PrimaryContainer": {"Image": "image", "Environment": {}}},
            "EndpointConfig": {
                "ProductionVariants": [variant],
                "DataCaptureConfig": {
                    "EnableCapture": True,
                    "InitialSamplingPercentage": 100,
                    "DestinationS3Uri": "s3://captured/capture/serve-score",
                    "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
                },
            },
        }
        self._parameter(DEFINITION, definition, region)
        self._parameter(f"{DEFINITION}/model", f"s3://{models_in(region)}/first.tar.gz", region)
        self._parameter(f"{DEFINITION}/shift", {"state": "settled"}, region)
        sagemaker.create_model_package_group(ModelPackageGroupName="credit-score")
        sagemaker.create_model(
            ModelName=ENDPOINT, ExecutionRoleArn=ROLE, PrimaryContainer={"Image": "image", "ModelDataUrl": "s3://m/a"}
        )
        sagemaker.create_endpoint_config(
            EndpointConfigName=ENDPOINT, ProductionVariants=[{**variant, "ModelName": ENDPOINT}]
        )
        sagemaker.create_endpoint(EndpointName=ENDPOINT, EndpointConfigName=ENDPOINT)
        self.client("cloudwatch", region).put_metric_alarm(
            AlarmName="strayed",
            Namespace=STRAYED["namespace"],
            MetricName=STRAYED["name"],
            Dimensions=STRAYED["dimensions"],
            Statistic="Maximum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=0.1,
            ComparisonOperator="GreaterThanThreshold",
        )

    def _machines(self) -> None:
        steps = files("landform.emit.loop.steps")
        code = archive(
            CodeFile(f"steps/{f.name}", f.read_bytes(), executable=False)
            for f in sorted(steps.iterdir(), key=lambda f: f.name)
            if f.name.endswith(".py")
        )
        for name in ("retrain", "deploy"):
            self.client("lambda").create_function(
                FunctionName=f"credit-{name}",
                Runtime="python3.13",
                Role=ROLE,
                Handler=f"steps.{name}.handler",
                Code={"ZipFile": code},
                Timeout=60,
            )
        for name, definition in (
            ("retrain", retraining(self.retraining())),
            ("deploy", deployment(self.deploying())),
        ):
            self.client("stepfunctions").create_state_machine(
                name=name, definition=json.dumps(definition), roleArn=ROLE
            )
        self.client("events").put_rule(Name="drift", EventPattern=json.dumps({"source": ["landform.drift"]}))
        self.client("events").put_targets(
            Rule="drift",
            Targets=[{"Id": "loop", "Arn": machine("retrain"), "RoleArn": ROLE}],
        )

    def deploying(self) -> Deployment:
        """What the machine that deploys is made of."""
        return Deployment(
            of="serve.score",
            function=f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:credit-deploy",
            places=tuple(
                {
                    "region": region,
                    "bucket": models_in(region),
                    "parameter": DEFINITION,
                    "packages": ENDPOINT,
                    "alarms": ["strayed", "rings"],
                    **({"answers": STRAYED} if region == REGION else {}),
                }
                for region in self.regions
            ),
            settings={
                "region": REGION,
                "tags": TAGS,
                "name": ENDPOINT,
                "deployed": ENDPOINT,
                "shift": f"{DEFINITION}/shift",
                "canary": {"percent": 10, "seconds": 60},
                "longest": 600,
            },
            poll=1,
            whole=600,
        )

    @property
    def trainer(self) -> Trainer:
        """What trains."""
        keys = ("AlgorithmSpecification", "Environment", "InputDataConfig", "OutputDataConfig", "ResourceConfig")
        return Managed(request=(*keys, "StoppingCondition", "Tags", "TrainingJobName"), role=ROLE)

    @property
    def known_of_training(self) -> dict[str, Any]:
        """What the steps know of it."""
        return {"name": "credit-risk", "parameter": "/landform/credit/train/risk", "channel": "train"}

    def retraining(self, *, manual: bool = False) -> Retraining:
        """What the machine that retrains is made of."""
        return Retraining(
            watch="drift.score",
            function=f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:credit-retrain",
            deployer=machine("deploy"),
            topics=(f"arn:aws:sns:{REGION}:{ACCOUNT}:pager",),
            trainer=self.trainer,
            manual=manual,
            training=120,
            deploying=600,
            whole=3600,
            settings={
                "table": "loop",
                "tags": TAGS,
                "model": "serve.score",
                "watch": WATCH,
                "on": list(self.on),
                "columns": COLUMNS,
                "capture": {"bucket": "captured", "key": CAPTURE},
                "labels": {"bucket": "captured", "prefix": "labels/", "lag": self.lag},
                "min_labelled": 100,
                "patience": self.patience,
                "longest": 3600,
                "poll": 1,
                "rest": self.rest,
                "accept": self.accept,
                "data": {"train": "s3://data/train/", "work": f"drift/{WATCH}/", "given": f"drift/{WATCH}/given/"},
                "training": self.known_of_training,
                "endpoint": {
                    "name": ENDPOINT,
                    "judged": f"{ENDPOINT}-judged",
                    "parameter": DEFINITION,
                    "packages": ENDPOINT,
                },
            },
        )

    def _parameter(self, name: str, value: Any, region: str = REGION) -> None:
        text = value if isinstance(value, str) else json.dumps(value)
        self.client("ssm", region).put_parameter(Name=name, Value=text, Type="String")


def machine(name: str) -> str:
    return f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{name}"


def models_in(region: str) -> str:
    """The bucket of models of a region."""
    return "models" if region == REGION else f"models-{region}"


def _channel(name: str, uri: str) -> dict[str, Any]:
    source = {"S3DataType": "S3Prefix", "S3Uri": uri, "S3DataDistributionType": "FullyReplicated"}
    return {"ChannelName": name, "DataSource": {"S3DataSource": source}}
