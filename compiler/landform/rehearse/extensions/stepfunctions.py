"""Step Functions: definitions that are judged at plan time, and machines that really run what they call.

moto executes a machine in threads of the server, which calls the server itself for everything else. A function's code
and a job of SageMaker's run in processes of their own, started by the thread of the execution: the server answers them
meanwhile.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from moto.awslambda.models import LambdaFunction, lambda_backends
from moto.core.config import default_user_config
from moto.core.responses import ActionResult
from moto.events.models import Rule
from moto.sagemaker.models import sagemaker_backends
from moto.sns.models import sns_backends
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import FailureEvent, FailureEventException
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import StatesErrorNameType
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_unsupported
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.resource import ResourceCondition
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_sfn import (
    StateTaskServiceSfn,
)
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser, ASLParserException
from moto.stepfunctions.parser.asl.utils.boto_client import boto_client_for
from moto.stepfunctions.parser.models import stepfunctions_parser_backends
from moto.stepfunctions.responses import StepFunctionResponse

from landform.rehearse import jobs
from landform.rehearse.extensions import method_of
from landform.rehearse.process import Function, environment
from landform.rehearse.stage import Target

default_user_config["stepfunctions"] = {"execute_state_machine": True}

_others: Any = state_task_service_unsupported
# moto follows no job of SageMaker's to its end.
_others._SUPPORTED_INTEGRATION_PATTERNS.add(ResourceCondition.Sync)


def _target() -> Target:
    return Target(f"http://127.0.0.1:{os.environ['MOTO_PORT']}", answers=True)


def _validate_state_machine_definition(self: StepFunctionResponse) -> ActionResult:
    """Say whether a definition is one, as the provider asks while it plans; moto knows no such question."""
    try:
        AmazonStateLanguageParser.parse(self._get_param("definition"))
    except ASLParserException as wrong:
        told = {"severity": "ERROR", "code": "SCHEMA_VALIDATION_FAILED", "message": repr(wrong)}
        return ActionResult({"result": "FAIL", "diagnostics": [told], "truncated": False})
    return ActionResult({"result": "OK", "diagnostics": [], "truncated": False})


def _list_state_machine_versions(self: StepFunctionResponse) -> ActionResult:
    """No version is ever published; moto cannot be asked."""
    del self
    return ActionResult({"stateMachineVersions": []})


def _send_task_failure(self: StepFunctionResponse) -> ActionResult:
    """Tell a machine that somebody refuses; moto forgets why."""
    error, cause = self._get_param("error"), self._get_param("cause")
    backend: Any = self.stepfunction_backend
    backend.send_task_failure(self._get_param("taskToken"), error=error, cause=cause)
    return ActionResult({})


_responses: Any = StepFunctionResponse
_responses.validate_state_machine_definition = _validate_state_machine_definition
_responses.list_state_machine_versions = _list_state_machine_versions
_responses.send_task_failure = _send_task_failure

_send_to_targets = Rule.send_to_targets


@method_of(Rule)
def send_to_targets(self: Rule, original_event: Any, transform_input: bool = True) -> None:
    """moto's rules start no state machine and tell no topic; they fail at the first."""
    ours = [target for target in self.targets if target["Arn"].split(":")[2] in ("states", "sns")]
    kept, self.targets = self.targets, [target for target in self.targets if target not in ours]
    try:
        _send_to_targets(self, original_event, transform_input)
    finally:
        self.targets = kept
    if self.event_pattern.matches_event(original_event):
        for target in ours:
            _deliver(target["Arn"], json.dumps(original_event))


def _deliver(arn: str, event: str) -> None:
    _, _, service, region, account, *_ = arn.split(":")
    if service == "sns":
        sns_backends[account][region].publish(event, arn=arn)
    else:
        stepfunctions_parser_backends[account][region].start_execution(arn, str(uuid4()), event)


def shorten_waits(longest: int) -> None:
    """Let machines wait for no longer than `longest` seconds at a time; those of ours look again whether it is over."""
    wait_interval = WaitFunction._wait_interval

    def shortened(self: WaitFunction, env: Environment, wait_seconds: int) -> None:
        wait_interval(self, env, min(wait_seconds, longest))

    WaitFunction._wait_interval = shortened  # type: ignore[method-assign]


_warm: dict[str, Function] = {}
"""Functions that were called once, by ARN and code."""


def _invoke(parameters: dict[str, Any], region: str, state_credentials: Any) -> dict[str, Any]:
    """Run the function that a machine calls; moto would call itself, and wait for a container."""
    del state_credentials
    name = str(parameters["FunctionName"])
    account = name.split(":")[4] if name.startswith("arn:") else os.environ["MOTO_ACCOUNT_ID"]
    function: LambdaFunction = lambda_backends[account][region].get_function(name)
    told = environment(_target(), region, function.function_name, function.environment_vars)
    known = f"{function.function_arn} {function.code_sha_256} {sorted(told.items())}"
    process = _warm.setdefault(known, Function(function.code_bytes, str(function.handler), told))
    answer = process.call(json.loads(parameters.get("Payload") or b"{}"), int(function.timeout))
    if answer.error:
        error = {"errorType": answer.error, "errorMessage": answer.message}
        return {"FunctionError": "Unhandled", "Payload": error, "StatusCode": 200}
    return {"Payload": answer.payload, "StatusCode": 200, "ExecutedVersion": "$LATEST"}


_utils: Any = lambda_eval_utils
_utils._invoke_lambda_function = _invoke


@method_of(StateTaskServiceSfn)
def _normalise_parameters(self: Any, parameters: dict[str, Any], *_: Any, **__: Any) -> None:
    """A definition begins names with a capital, Step Functions' own API does not; moto keeps to neither."""
    del self
    for name in list(parameters):
        value = parameters.pop(name)
        parameters[name[0].lower() + name[1:]] = json.dumps(value) if isinstance(value, dict) else value


@method_of(StateTaskServiceSfn)
def _normalise_response(self: Any, response: Any, *_: Any, **__: Any) -> None:
    """The same, on the way back."""
    del self
    for name in list(response):
        response[name[0].upper() + name[1:]] = response.pop(name)


@method_of(_others.StateTaskServiceUnsupported)
def _build_sync_resolver(
    self: Any, env: Any, resource_runtime_part: Any, normalised_parameters: dict[str, Any], state_credentials: Any
) -> Callable[[], Any]:
    """Run the job that has just been made, and say how it ended, as DescribeTrainingJob and its like say it."""
    del state_credentials
    env.stack.pop()
    region, account = resource_runtime_part.region, resource_runtime_part.account
    run = {"createTrainingJob": _training, "createTransformJob": _transform}[self.resource.api_action]

    def resolve() -> Any:
        try:
            return run(normalised_parameters, region, account)
        except jobs.JobFailed as failed:
            raise FailureEventException(_failure(self, env, str(failed))) from None

    return resolve


def _training(request: dict[str, Any], region: str, account: str) -> Any:
    name = request["TrainingJobName"]
    made: Any = sagemaker_backends[account][region].training_jobs[name]
    try:
        metrics = jobs.train(request, boto_client_for(region, "s3"), _target(), region)
    except jobs.JobFailed as failed:
        made.training_job_status = made.secondary_status = "Failed"
        made.failure_reason = str(failed)
        raise
    now = made.training_end_time
    made.final_metric_data_list = [{"MetricName": k, "Value": v, "Timestamp": now} for k, v in metrics.items()]
    return {
        "TrainingJobName": name,
        "TrainingJobArn": made.arn,
        "TrainingJobStatus": "Completed",
        "ModelArtifacts": {"S3ModelArtifacts": made.model_artifacts["S3ModelArtifacts"]},
        "FinalMetricDataList": [{"MetricName": k, "Value": v} for k, v in metrics.items()],
    }


def _transform(request: dict[str, Any], region: str, account: str) -> Any:
    backend: Any = sagemaker_backends[account][region]
    made = backend.transform_jobs[request["TransformJobName"]]
    archive = backend.describe_model(request["ModelName"]).primary_container["ModelDataUrl"]
    try:
        jobs.transform(request, archive, boto_client_for(region, "s3"), _target(), region)
    except jobs.JobFailed as failed:
        made.transform_job_status, made.failure_reason = "Failed", str(failed)
        raise
    return {"TransformJobName": request["TransformJobName"], "TransformJobStatus": "Completed"}


def _failure(self: Any, env: Any, cause: str) -> FailureEvent:
    details: Any = {
        "resource": self._get_sfn_resource(),
        "resourceType": self._get_sfn_resource_type(),
        "error": "States.TaskFailed",
        "cause": cause,
    }
    return FailureEvent(
        env=env,
        error_name=StatesErrorName(typ=StatesErrorNameType.StatesTaskFailed),
        event_type="TaskFailed",  # type: ignore[arg-type]
        event_details=EventDetails(taskFailedEventDetails=details),  # type: ignore[typeddict-item]
    )
