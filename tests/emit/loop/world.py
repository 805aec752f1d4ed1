"""A small AWS in which a loop really runs: traffic, labels, a training, an endpoint, and both machines."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from random import Random
from typing import Any

from landform.emit.loop.deployment import Deployment, deployment
from landform.emit.loop.retraining import Retraining, retraining
from landform.lower.archive import archive
from landform.project import CodeFile
from landform.rehearse.embedded import EmbeddedAws

ACCOUNT, REGION, REPLICA = "123456789012", "us-east-1", "eu-west-1"
SAMPLE = Path(__file__).parents[3] / "specs/credit/risk"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/steps"
COLUMNS = ["income", "debt"]
ENDPOINT, WATCH = "credit-score", "score"
CAPTURE = f"capture/serve-score/{ENDPOINT}/AllTraffic/"
DEFINITION = "/landform/credit/serve/score"


def truth(income: float, debt: float, drifted: bool) -> int:
    """Who is a bad risk; after the change it is the other way round for debt."""
    return int((debt - income if not drifted else -debt - income) > 0)


@dataclass
class World:
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
        run = f"#!/usr/bin/env bash\nset -euo pipefail\n{self.command}\n".encode()
        code = [CodeFile(f.name, f.read_bytes(), executable=False) for f in sorted(SAMPLE.glob("*.py"))]
        bundle = archive([CodeFile(".landform-run.sh", run, executable=True), *code])
        self.client("s3").put_object(Bucket="models", Key="code/risk.zip", Body=bundle)
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
            "EndpointConfig": {"ProductionVariants": [variant]},
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
            Targets=[{"Id": "loop", "Arn": f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:retrain", "RoleArn": ROLE}],
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
                    "alarms": ["rings"],
                }
                for region in self.regions
            ),
            settings={
                "region": REGION,
                "name": ENDPOINT,
                "deployed": ENDPOINT,
                "shift": f"{DEFINITION}/shift",
                "canary": {"percent": 10, "seconds": 60},
                "longest": 600,
            },
            poll=1,
            whole=600,
        )

    def retraining(self, *, manual: bool = False) -> Retraining:
        """What the machine that retrains is made of."""
        return Retraining(
            watch="drift.score",
            function=f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:credit-retrain",
            deployer=f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:deploy",
            topics=(f"arn:aws:sns:{REGION}:{ACCOUNT}:pager",),
            request=(
                "AlgorithmSpecification",
                "Environment",
                "InputDataConfig",
                "OutputDataConfig",
                "ResourceConfig",
                "StoppingCondition",
                "TrainingJobName",
            ),
            role=ROLE,
            manual=manual,
            training=120,
            deploying=600,
            whole=3600,
            settings={
                "table": "loop",
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
                "data": {"train": "s3://data/train/", "work": f"drift/{WATCH}/"},
                "training": {"name": "credit-risk", "parameter": "/landform/credit/train/risk", "channel": "train"},
                "endpoint": {"judged": f"{ENDPOINT}-judged", "parameter": DEFINITION, "packages": ENDPOINT},
            },
        )

    def _parameter(self, name: str, value: Any, region: str = REGION) -> None:
        text = value if isinstance(value, str) else json.dumps(value)
        self.client("ssm", region).put_parameter(Name=name, Value=text, Type="String")

    def traffic(self, rows: int, since: float, *, drifted: bool, lacking: bool = False, labelled: bool = True) -> None:
        """Let the endpoint be asked so many rows, one a second from `since` on, with the champion's answers."""
        draw = Random(7)
        lines, told = [], []
        for number in range(rows):
            income, debt = draw.gauss(0, 1), draw.gauss(1 if drifted else 0, 1)
            answer = 0.9 if truth(income, debt, False) else 0.1
            at = datetime.fromtimestamp(since + number / 1000, UTC).isoformat(timespec="milliseconds")
            cells = f"{income:.4f},{'' if lacking else f'{debt:.4f}'}"
            lines.append(_captured(f"{since}-{number}", at, cells, answer))
            told.append(json.dumps({"id": f"{since}-{number}", "label": truth(income, debt, drifted)}))
        hour = f"{datetime.fromtimestamp(since, UTC):%Y/%m/%d/%H}"
        s3 = self.client("s3")
        s3.put_object(Bucket="captured", Key=f"{CAPTURE}{hour}/{since}.jsonl", Body="\n".join(lines).encode())
        if labelled:
            s3.put_object(Bucket="captured", Key=f"labels/{since}.jsonl", Body="\n".join(told).encode())

    def alarm(self, since: float, **more: Any) -> None:
        """Put an alarm as the agent does."""
        told = {
            "id": "a1",
            "incident": "i1",
            "attempt": 1,
            "watch": WATCH,
            "model": "serve.score",
            "kind": "shift",
            "severity": "critical",
            "state": "raised",
            "since": datetime.fromtimestamp(since, UTC).isoformat(),
            **more,
        }
        kinds = {"raised": "Detected", "ongoing": "Ongoing", "cleared": "Cleared"}
        self.client("events").put_events(
            Entries=[
                {
                    "Source": "landform.drift",
                    "DetailType": f"Drift {kinds[told['state']]}",
                    "Detail": json.dumps(told),
                }
            ]
        )

    def ended(self, count: int, patience: float = 60) -> list[str]:
        """Wait until so many executions have ended; return their states' names, oldest first."""
        machine = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:retrain"
        sfn, until = self.client("stepfunctions"), time.monotonic() + patience
        while time.monotonic() < until:
            found = sfn.list_executions(stateMachineArn=machine)["executions"]
            if len(found) >= count and all(each["status"] != "RUNNING" for each in found):
                found.sort(key=lambda each: each["startDate"])
                return [" ".join(self.states(each["executionArn"])) for each in found]
            time.sleep(0.1)
        raise AssertionError([(e["status"], self.states(e["executionArn"])[-5:]) for e in found])

    def why(self) -> str:
        """What the last execution knew in the end, where it went another way than it should."""
        machine = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:retrain"
        last = self.client("stepfunctions").list_executions(stateMachineArn=machine)["executions"][0]
        history = self.client("stepfunctions").get_execution_history(executionArn=last["executionArn"], maxResults=1000)
        failed = [
            each[key]["cause"]
            for each in history["events"]
            for key in each
            if key.endswith("Details") and "cause" in each[key]
        ]
        return "\n".join(failed)

    def states(self, execution: str) -> list[str]:
        """The names of the states that an execution went through."""
        history = self.client("stepfunctions").get_execution_history(executionArn=execution, maxResults=1000)
        return [e["stateEnteredEventDetails"]["name"] for e in history["events"] if "stateEnteredEventDetails" in e]

    def wait_for(self, state: str, count: int, patience: float = 30) -> None:
        """Wait until the newest of so many executions has come to a state."""
        machine = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:retrain"
        until = time.monotonic() + patience
        while time.monotonic() < until:
            found = self.client("stepfunctions").list_executions(stateMachineArn=machine)["executions"]
            newest = max(found, key=lambda each: each["startDate"])
            if len(found) == count and state in self.states(newest["executionArn"]):
                return
            time.sleep(0.1)
        raise AssertionError(state)

    def ring(self, region: str) -> None:
        """Let the alarm ring that is on the endpoint of a region."""
        self.client("cloudwatch", region).put_metric_alarm(
            AlarmName="rings",
            Namespace="AWS/SageMaker",
            MetricName="Invocation5XXErrors",
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=0,
            ComparisonOperator="GreaterThanThreshold",
        )
        self.client("cloudwatch", region).set_alarm_state(AlarmName="rings", StateValue="ALARM", StateReason="errors")

    def deploying_states(self) -> str:
        """The names of the states of the newest deployment."""
        machine = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:deploy"
        newest = self.client("stepfunctions").list_executions(stateMachineArn=machine)["executions"][0]
        return " ".join(self.states(newest["executionArn"]))

    def endpoint(self, region: str = REGION) -> dict[str, Any]:
        """What is said of the endpoint."""
        found: dict[str, Any] = self.client("sagemaker", region).describe_endpoint(EndpointName=ENDPOINT)
        return found

    def package(self, region: str = REGION) -> dict[str, Any]:
        """What the registry says of the package in force."""
        sagemaker = self.client("sagemaker", region)
        found: dict[str, Any] = sagemaker.describe_model_package(ModelPackageName=self.in_force(region))
        return found

    def shift(self) -> dict[str, Any]:
        """What the watch is told of a shift of traffic."""
        text = self.client("ssm").get_parameter(Name=f"{DEFINITION}/shift")["Parameter"]["Value"]
        found: dict[str, Any] = json.loads(text)
        return found

    def told(self) -> list[str]:
        """Subjects of what people were told."""
        return [subject for subject, _ in self.messages()]

    def messages(self) -> list[tuple[str, str]]:
        """What people were told, each with its subject, and not again."""
        queue = self.client("sqs").get_queue_url(QueueName="heard")["QueueUrl"]
        found = []
        while got := self.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", ()):
            for message in got:
                body = json.loads(message["Body"])
                found.append((body["Timestamp"], body["Subject"], body["Message"]))
                self.client("sqs").delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return [(subject, message) for _, subject, message in sorted(found)]

    def trainings(self) -> int:
        """How many training jobs there were."""
        return len(self.client("sagemaker").list_training_jobs()["TrainingJobSummaries"])

    def in_force(self, region: str = REGION) -> str:
        """What the parameter of the endpoint says to be in force."""
        found: str = self.client("ssm", region).get_parameter(Name=f"{DEFINITION}/model")["Parameter"]["Value"]
        return found


def models_in(region: str) -> str:
    """The bucket of models of a region."""
    return "models" if region == REGION else f"models-{region}"


def _channel(name: str, uri: str) -> dict[str, Any]:
    source = {"S3DataType": "S3Prefix", "S3Uri": uri, "S3DataDistributionType": "FullyReplicated"}
    return {"ChannelName": name, "DataSource": {"S3DataSource": source}}


def _captured(identity: str, at: str, cells: str, answer: float) -> str:
    return json.dumps(
        {
            "captureData": {
                "endpointInput": {"observedContentType": "text/csv", "mode": "INPUT", "data": cells, "encoding": "CSV"},
                "endpointOutput": {"mode": "OUTPUT", "data": f"{answer}", "encoding": "CSV"},
            },
            "eventMetadata": {"eventId": identity, "inferenceTime": at},
            "eventVersion": "0",
        }
    )
