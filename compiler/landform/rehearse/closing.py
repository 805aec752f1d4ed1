"""The loop, closed on an embedded AWS: traffic is played, it drifts, and one watches what follows by itself.

What stands is what the spec compiles to. The training is the workload's own code or the built-in algorithm, the model
answers by what it brings, the agent is the one that a machine would run, and both state machines are executed. Rows
come from two files, the truth first: how the world was before, and after. Played are the requests and their labels, by
a clock of their own (`traffic`); made short are the agent's waits for late objects, and the machines' waits.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from landform.emit.loop.steps import figures
from landform.rehearse.embedded import EmbeddedAws
from landform.rehearse.jobs import infer
from landform.rehearse.process import made_up
from landform.rehearse.traffic import Pace, Rows, Traffic

LONGEST: Final = 240.0
"""Seconds that the loop may take from the alarm to its end."""
RIPE: Final = 600.0
"""Seconds for which the last of the drifted rows has been ripe: enough for the story to come there."""

AGENT: Final = "import sys; from landform_agent.cli import main; sys.exit(main())"
"""The agent's command, wherever its package is installed."""

Judged = Mapping[str, float]
"""Figures of a model's answers, by their names."""


class LoopFailed(Exception):  # noqa: N818 (what a rehearsal finds)
    """What did not happen, or happened otherwise; the message says where to look."""


@dataclass(frozen=True)
class Played:
    """What is played with: names on AWS, the agent's configuration, and the rows."""

    region: str
    regions: tuple[str, ...]
    endpoint: str
    labels: str
    pace: Pace
    metric: str
    train: str
    validation: str
    in_force: str
    machine: str
    configuration: str
    before: Rows
    after: Rows


@dataclass(frozen=True)
class Moment:
    """A line of the time line: seconds since the rehearsal began to play, and what was seen."""

    seconds: float
    line: str


class Stage:
    """Plays traffic, runs the agent, and follows the machine; tells each step."""

    def __init__(self, aws: EmbeddedAws, play: Played, folder: Path, tell: Callable[[Moment], None]) -> None:
        self._aws, self._play, self._folder, self._tell = aws, play, folder, tell
        self._began = time.monotonic()
        self._traffic = Traffic(self._client("s3"), play.labels, play.pace.spacing)

    def perform(self) -> tuple[Judged, Judged, Judged]:
        """Play the story; return how good answers are before the drift, under it, and from the new model in force.

        Raises `LoopFailed`.
        """
        play, half, new = self._play, len(self._play.before) // 2, len(self._play.after) * 5 // 8
        learning = max(half, play.pace.learning)
        # All of this traffic lies behind us, and its labels are ripe.
        self._traffic.at = time.time() - RIPE - play.pace.lag - play.pace.spacing * (learning + half + new)
        self._seed(play.before[:half])
        self._say(f"{half} old rows lie where the training finds them")
        settled = self._answered(play.before[half:], learning)
        self._agent()
        told = f"{settled['accuracy']:.1%}"
        self._say(f"{learning} requests answered by the first model, which is right in {told}: the agent has learnt")
        quiet = self._answered(play.before[:half])
        self._agent()
        if self._runs():
            raise LoopFailed("an alarm came although nothing had changed")
        self._say(f"{half} more: {quiet['accuracy']:.1%} right, no alarm")
        worse = self._answered(play.after[:new])
        self._say(f"the world changes: of {new} requests {worse['accuracy']:.1%} are answered rightly")
        self._agent()
        self._followed()
        # A deployment says by the clock since when a version serves.
        self._traffic.at = time.time()
        fresh = play.after[new:]
        cured = self._answered(fresh, play.pace.learning)
        self._say(f"{len(fresh)} requests that no training has seen: {cured['accuracy']:.1%} right")
        self._agent()
        self._cleared()
        return settled, worse, cured

    def _say(self, line: str) -> None:
        self._tell(Moment(time.monotonic() - self._began, line))

    def _client(self, service: str) -> Any:
        return self._aws.client(service, self._play.region)

    def _seed(self, old: Rows) -> None:
        cut = len(old) * 4 // 5
        for uri, rows in ((self._play.train, old[:cut]), (self._play.validation, old[cut:])):
            bucket, _, prefix = uri.removeprefix("s3://").partition("/")
            body = "".join(f"{row}\n" for row in rows).encode()
            self._client("s3").put_object(Bucket=bucket, Key=f"{prefix}old.csv", Body=body)

    def _answered(self, rows: Rows, least: int = 0) -> Judged:
        """Let the model in force answer, as its endpoint would; say how well it does.

        Rows are asked about in turns until there are as many requests as are wanted.
        """
        given = "".join(f"{row.partition(',')[2]}\n" for row in rows)
        answers = infer(self._archive(), given, self._aws.target, self._play.region).split()
        self._traffic.send(rows, answers, max(least, len(rows)), self._captured())
        scores, truths = [float(a.split(",")[0]) for a in answers], [float(row.partition(",")[0]) for row in rows]
        ones = [1.0] * len(rows)
        return {name: figures.METRICS[name](scores, truths, ones) for name in ("accuracy", self._play.metric)}

    def _captured(self) -> str:
        """The URI under which the endpoint captures by now: each configuration has a folder of its own."""
        sagemaker, name = self._client("sagemaker"), self._play.endpoint
        now = sagemaker.describe_endpoint(EndpointName=name)["EndpointConfigName"]
        capture = sagemaker.describe_endpoint_config(EndpointConfigName=now)["DataCaptureConfig"]
        return f"{capture['DestinationS3Uri'].rstrip('/')}/{name}/"

    def _in_force(self) -> str:
        found: str = self._client("ssm").get_parameter(Name=self._play.in_force)["Parameter"]["Value"]
        return found

    def _archive(self) -> bytes:
        """The archive of the model in force: named itself, or by a package."""
        named = self._in_force()
        if named.startswith("arn:"):
            package = self._client("sagemaker").describe_model_package(ModelPackageName=named)
            named = package["InferenceSpecification"]["Containers"][0]["ModelDataUrl"]
        bucket, _, key = named.removeprefix("s3://").partition("/")
        content: bytes = self._client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
        return content

    def _agent(self) -> None:
        """Run the agent until nothing new comes, as a machine would run it for ever."""
        said = yaml.safe_load(self._play.configuration)
        said |= {"listen": None, "state": {"path": str(self._folder / "state.sqlite")}}
        said["source"] |= {"slice": "60s", "wait": "1s"}
        said["sinks"] = [*said["sinks"], {"kind": "file", "path": str(self._folder / "alarms.jsonl")}]
        file = self._folder / "watch.yaml"
        file.write_text(yaml.safe_dump({k: v for k, v in said.items() if v is not None}), "utf-8")
        done = subprocess.run(
            [sys.executable, "-c", AGENT, "run", "--config", str(file), "--until-idle", "4s"],
            env=made_up(self._aws.target, self._play.region),
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
        )
        if done.returncode:
            lines = (done.stderr or done.stdout).strip().splitlines() or ["it said nothing"]
            raise LoopFailed(f"the agent ended with {done.returncode}: {lines[-1]}")

    def _alarms(self) -> list[dict[str, Any]]:
        file = self._folder / "alarms.jsonl"
        return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []

    def _runs(self) -> list[dict[str, Any]]:
        found = self._client("stepfunctions").list_executions(stateMachineArn=self._play.machine)["executions"]
        return sorted(found, key=lambda each: each["startDate"])

    def _followed(self) -> None:
        """Follow the machine from the alarm to the new model."""
        raised = [alarm for alarm in self._alarms() if alarm["state"] == "raised"]
        if not raised:
            raise LoopFailed("the world changed, and no alarm came")
        for alarm in raised[:3]:
            what = alarm["feature"] or alarm["channel"]
            self._say(f"alarm: {alarm['kind']} of {what}, {alarm['severity']}, since {alarm['since']}")
        told: set[str] = set()
        where = ", then in ".join(self._play.regions)
        until = time.monotonic() + LONGEST
        while time.monotonic() < until:
            # Their state first: of a run that has ended by then, all is in the history that is read now.
            runs = self._runs()
            trains = {run["executionArn"]: left for run in runs if (left := self._left(run))}
            for name, output in (each for left in trains.values() for each in left):
                if name not in told and name in _TOLD:
                    told.add(name)
                    self._say(_TOLD[name].format(where=where, **_Answers(output)))
            # A run that waits for the rest to be over has no part in this one.
            waited = [run for run in runs if not trains or run["executionArn"] in trains]
            if waited and all(run["status"] != "RUNNING" for run in waited):
                break
            time.sleep(0.5)
        if "Deployed" not in told:
            raise LoopFailed(f"no new model is in force; {'; '.join(self._ways()) or 'no run was started'}")
        if any(run["status"] not in ("RUNNING", "SUCCEEDED") for run in self._runs()):
            raise LoopFailed(f"a run failed; {'; '.join(self._ways())}")

    def _left(self, run: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
        """States that a run has left, with what it knew then; none where it does not train."""
        pages = self._client("stepfunctions").get_paginator("get_execution_history")
        events = [e for page in pages.paginate(executionArn=run["executionArn"]) for e in page["events"]]
        left = [e["stateExitedEventDetails"] for e in events if "stateExitedEventDetails" in e]
        trains = any(each["name"] == "Count" for each in left)
        return [(each["name"], json.loads(each.get("output") or "{}")) for each in left] if trains else []

    def _ways(self) -> Iterator[str]:
        """Where each run went, and why, where it says so."""
        for run in self._runs():
            history = self._client("stepfunctions").get_execution_history(
                executionArn=run["executionArn"], maxResults=1000
            )["events"]
            went = [e["stateEnteredEventDetails"]["name"] for e in history if "stateEnteredEventDetails" in e]
            why = [e[k]["cause"] for e in history for k in e if k.endswith("Details") and "cause" in e[k]]
            yield f"a run went {' → '.join(went)}{f' ({why[0]})' if why else ''}"

    def _cleared(self) -> None:
        standing = {alarm["id"]: alarm["state"] for alarm in self._alarms()}
        left = [name for name, state in standing.items() if state != "cleared"]
        if left:
            raise LoopFailed(f"{len(left)} of {len(standing)} alarms stand although the new model is in force")
        self._say(f"the agent has learnt the new model's traffic: {len(standing)} alarms cleared")


class _Answers(dict[str, Any]):
    """What a machine knows, flat, by the names that the time line uses."""

    def __init__(self, state: Mapping[str, Any]) -> None:
        def answer(name: str) -> Any:
            return state.get(name, {}).get("answer", {})

        told = answer("evaluation")
        judged = told.get("figures", {}).get(told.get("metric"), {}) if told else {}
        super().__init__(
            labelled=answer("labelled").get("rows", 0),
            new=answer("data").get("new", 0),
            kept=answer("data").get("rows", 0),
            metric=told.get("metric", "") if told else "",
            challenger=judged.get("challenger", 0.0),
            champion=judged.get("champion", 0.0),
            bound=told.get("bound", 0.0) if told else 0.0,
            package=answer("registered").get("package", "").rpartition(":")[2],
        )


_TOLD: Final = {
    "Count": "{labelled} rows since then have a label",
    "Gather": "old rows and {new} new ones make the training's manifest; the newest {kept} are kept back",
    "Train": "a training job has run on both",
    "Evaluate": "on what was kept back {metric} is {challenger:.3f}, the champion's {champion:.3f}; bound {bound:+.3f}",
    "Register": "registered as {package}",
    "Deployed": "deployed in {where}: canary, then all; the package in force is written down",
}
