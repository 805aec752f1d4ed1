"""A small AWS in which a loop really runs: traffic is played there, and one looks at what comes of it."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from random import Random
from typing import Any

from tests.emit.loop.standing import CAPTURE, DEFINITION, ENDPOINT, REGION, WATCH, Standing, machine, truth

from landform.emit.loop.deployment import deployment
from landform.emit.loop.retraining import retraining
from landform.emit.loop.steps.answered import folder
from landform.emit.loop.steps.stored import Place


class World(Standing):
    """What is played, and what is seen."""

    def traffic(self, rows: int, since: float, *, drifted: bool, lacking: bool = False, labelled: bool = True) -> None:
        """Let what serves be asked so many rows, a thousand a second from `since` on; the first model's answers."""
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
        s3.put_object(
            Bucket="captured",
            Key=f"{folder(Place('captured', CAPTURE), self.endpoint()['EndpointConfigName']).key}{hour}/{since}.jsonl",
            Body="\n".join(lines).encode(),
        )
        if labelled:
            s3.put_object(Bucket="captured", Key=f"labels/{since}.jsonl", Body="\n".join(told).encode())

    def ask(self, within: int = 60, topic: str = "pager") -> None:
        """Let a run come to where a person is asked, who has so many seconds, by a topic."""
        self.client("s3").put_object(Bucket="models", Key="new.tar.gz", Body=b"a model")
        own = retraining(self.retraining(manual=True))
        approve = own["States"]["Approve"]
        approve["TimeoutSeconds"] = within
        approve["Parameters"]["TopicArn"] = approve["Parameters"]["TopicArn"].replace("pager", topic)
        hurried(approve)
        own["StartAt"] = "Approve"
        figures = {"accuracy": {"challenger": 0.9, "champion": 0.6}}
        judged = {**self.accept, "rows": 200, "bound": 0.1, "accepted": True, "moved": 0.3, "figures": figures}
        told = {
            "settings": self.retraining().settings,
            "alarm": {"id": "a1", "attempt": 1, "kind": "shift", "since": "2026-11-29T00:00:00Z"},
            "data": {"answer": {"record": "s3://data/record.json"}},
            "job": {"ModelArtifacts": {"S3ModelArtifacts": "s3://models/new.tar.gz"}},
            "evaluation": {"answer": {**judged, "uri": "s3://data/evaluation.json"}},
        }
        flight = {"model": {"S": "serve.score"}, "what": {"S": "flight"}, "running": {"S": "asked"}}
        self.client("dynamodb").put_item(TableName="loop", Item=flight)
        sfn = self.client("stepfunctions")
        sfn.update_state_machine(stateMachineArn=machine("retrain"), definition=json.dumps(own))
        sfn.start_execution(stateMachineArn=machine("retrain"), name="asked", input=json.dumps(told))

    def asked(self, patience: float = 30) -> str:
        """Wait until a person is asked; return the message."""
        until = time.monotonic() + patience
        while time.monotonic() < until:
            for subject, message in self.messages():
                if subject == "A new model waits for you":
                    return message
            time.sleep(0.1)
        raise AssertionError("nobody was asked")

    def deploy(self, **known: str) -> None:
        """Let a package be deployed, of which the registry knows so much."""
        self.client("s3").put_object(Bucket="models", Key="new.tar.gz", Body=b"a model")
        specification = {
            "Containers": [{"Image": "image", "ModelDataUrl": "s3://models/new.tar.gz"}],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        }
        made = self.client("sagemaker").create_model_package(
            ModelPackageGroupName=ENDPOINT, InferenceSpecification=specification, CustomerMetadataProperties=known
        )
        told = {"package": made["ModelPackageArn"], "data": "s3://models/new.tar.gz"}
        self.client("stepfunctions").start_execution(
            stateMachineArn=machine("deploy"), name="by-hand", input=json.dumps(told)
        )

    def breaks(self, *states: str) -> None:
        """Let steps of a deployment fail whenever they are taken."""
        own = deployment(self.deploying())
        for name in states:
            own["States"][name]["Parameters"]["Payload"]["step"] = "none"
            hurried(own["States"][name])
        self.client("stepfunctions").update_state_machine(stateMachineArn=machine("deploy"), definition=json.dumps(own))

    def deployed(self) -> str:
        """Wait until the deployment has ended; return its states' names."""
        return self.ended(1, of="deploy")[0]

    def deployment(self) -> dict[str, Any]:
        """What is said of the one deployment, which has ended."""
        sfn = self.client("stepfunctions")
        (found,) = sfn.list_executions(stateMachineArn=machine("deploy"))["executions"]
        told: dict[str, Any] = sfn.describe_execution(executionArn=found["executionArn"])
        return told

    def prepared(self, patience: float = 60) -> str:
        """Wait until a deployment has made a configuration; return its name."""
        until = time.monotonic() + patience
        while time.monotonic() < until:
            found = self.client("sagemaker").list_endpoint_configs()["EndpointConfigs"]
            if made := [each["EndpointConfigName"] for each in found if each["EndpointConfigName"] != ENDPOINT]:
                return str(made[0])
            time.sleep(0.02)
        raise AssertionError("nothing is deployed")

    def answer(self, configuration: str, answers: Sequence[float | str], at: float) -> None:
        """Let a configuration answer, at a time and where SageMaker would capture it."""
        now = datetime.fromtimestamp(at, UTC)
        stamp = now.isoformat(timespec="milliseconds")
        said = self.client("sagemaker").describe_endpoint_config(EndpointConfigName=configuration)
        uri = said.get("DataCaptureConfig", {}).get("DestinationS3Uri", "s3://captured/capture/serve-score")
        key = f"{uri.removeprefix('s3://captured/')}/{ENDPOINT}/AllTraffic/{now:%Y/%m/%d/%H}/{now:%M-%S-%f}.jsonl"
        lines = [_captured(f"{configuration}-{n}", stamp, "0.1,0.2", answer) for n, answer in enumerate(answers)]
        self.client("s3").put_object(Bucket="captured", Key=key, Body="\n".join(lines).encode())

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

    def ended(self, count: int, patience: float = 60, of: str = "retrain") -> list[str]:
        """Wait until so many executions have ended; return their states' names, oldest first."""
        named = machine(of)
        sfn, until = self.client("stepfunctions"), time.monotonic() + patience
        while time.monotonic() < until:
            found = sfn.list_executions(stateMachineArn=named)["executions"]
            if len(found) >= count and all(each["status"] != "RUNNING" for each in found):
                found.sort(key=lambda each: each["startDate"])
                return [" ".join(self.states(each["executionArn"])) for each in found]
            time.sleep(0.1)
        raise AssertionError([(e["status"], self.states(e["executionArn"])[-5:]) for e in found])

    def why(self) -> str:
        """What the last execution knew in the end, where it went another way than it should."""
        named = machine("retrain")
        last = self.client("stepfunctions").list_executions(stateMachineArn=named)["executions"][0]
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
        named = machine("retrain")
        until = time.monotonic() + patience
        while time.monotonic() < until:
            found = self.client("stepfunctions").list_executions(stateMachineArn=named)["executions"]
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
        named = machine("deploy")
        newest = self.client("stepfunctions").list_executions(stateMachineArn=named)["executions"][0]
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


def hurried(state: dict[str, Any]) -> None:
    """Let a state try only once more, and at once."""
    for each in state["Retry"]:
        each |= {"MaxAttempts": min(1, each["MaxAttempts"]), "IntervalSeconds": 1}


def _captured(identity: str, at: str, cells: str, answer: float | str) -> str:
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
