"""Lambda: functions that remember where they log, and that nothing runs unseen."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from moto.awslambda.models import LambdaFunction
from moto.awslambda.responses import LambdaResponse
from moto.awslambda.urls import url_paths
from moto.core.common_types import TYPE_RESPONSE
from moto.core.utils import unix_time_millis
from moto.logs.models import logs_backends

from landform.rehearse.extensions import method_of
from landform.rehearse.handlers import EVENTS

_LOGGING = "LoggingConfig"

_init = LambdaFunction.__init__
_get_configuration = LambdaFunction.get_configuration
_update_configuration = LambdaFunction.update_configuration


def _remember_logs(self: LambdaFunction, account_id: str, spec: dict[str, Any], *more: Any, **named: Any) -> None:
    """moto forgets to which log group a function writes, and in what form."""
    _init(self, account_id, spec, *more, **named)
    vars(self)["logging_config"] = spec.get(_LOGGING)


@method_of(LambdaFunction)
def get_configuration(self: LambdaFunction, on_create: bool = False) -> dict[str, Any]:
    """moto answers nothing of where a function logs."""
    answer = _get_configuration(self, on_create)
    said = vars(self).get("logging_config")
    return answer | ({_LOGGING: said} if said else {})


@method_of(LambdaFunction)
def update_configuration(self: LambdaFunction, config_updates: dict[str, Any]) -> dict[str, Any]:
    """moto changes some settings of a function, and leaves its key, its traces and its logs as they were."""
    if _LOGGING in config_updates:
        vars(self)["logging_config"] = config_updates[_LOGGING]
    self.kms_key_arn = config_updates.get("KMSKeyArn", self.kms_key_arn)
    self.tracing_config = config_updates.get("TracingConfig", self.tracing_config)
    return _update_configuration(self, config_updates)


@method_of(LambdaFunction)
def invoke(self: LambdaFunction, body: str, request_headers: Any, response_headers: Any) -> str:
    """moto runs the function in a container of Docker, while whoever uploads an object waits; here the event waits."""
    del request_headers, response_headers
    group = (vars(self).get("logging_config") or {}).get("LogGroup")
    if group:
        logs = logs_backends[self.account_id][self.region]
        logs.ensure_log_stream(group, EVENTS)
        logs.groups[group].put_log_events(EVENTS, [{"timestamp": int(unix_time_millis()), "message": body}])
    return ""


_READY = r"{0}/(?P<api_version>[^/]+)/functions/(?P<function_name>[\w_:%-]+)/provisioned-concurrency$"
url_paths[_READY] = LambdaResponse.dispatch


def _ready(response: LambdaResponse) -> tuple[dict[str, int], str]:
    """Return how many instances are ready by the alias, and the alias that is asked about."""
    function = response.backend.get_function(unquote(response.path.rsplit("/", 2)[-2]))
    return vars(function).setdefault("ready", {}), str(response._get_param("Qualifier"))


def _told(count: int) -> str:
    numbers = dict.fromkeys(("Requested", "Available", "Allocated"), count)
    executions = {f"{kind}ProvisionedConcurrentExecutions": number for kind, number in numbers.items()}
    return json.dumps({**executions, "Status": "READY", "LastModified": "2026-01-01T00:00:00+0000"})


@method_of(LambdaResponse)
def put_provisioned_concurrency_config(self: LambdaResponse) -> TYPE_RESPONSE:
    """moto knows no instances that are always ready."""
    ready, alias = _ready(self)
    ready[alias] = int(self._get_param("ProvisionedConcurrentExecutions"))
    return 202, {"status": 202}, _told(ready[alias])


@method_of(LambdaResponse)
def get_provisioned_concurrency_config(self: LambdaResponse) -> TYPE_RESPONSE:
    """moto knows no instances that are always ready."""
    ready, alias = _ready(self)
    if alias in ready:
        return 200, {}, _told(ready[alias])
    kind = "ProvisionedConcurrencyConfigNotFoundException"
    body = json.dumps({"Type": "User", "Message": "No Provisioned Concurrency Config found for this function"})
    return 404, {"status": 404, "x-amzn-errortype": kind}, body


@method_of(LambdaResponse)
def delete_provisioned_concurrency_config(self: LambdaResponse) -> TYPE_RESPONSE:
    """moto knows no instances that are always ready."""
    ready, alias = _ready(self)
    ready.pop(alias, None)
    return 204, {"status": 204}, ""


LambdaFunction.__init__ = _remember_logs  # type: ignore[method-assign]
