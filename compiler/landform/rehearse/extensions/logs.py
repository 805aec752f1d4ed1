"""CloudWatch Logs: saved queries, and detectors of unusual lines."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

from moto.core.exceptions import JsonRESTError
from moto.logs.responses import LogsResponse

from landform.rehearse.extensions import method_of


def _kept(response: LogsResponse, what: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = vars(response.logs_backend).setdefault(f"landform_{what}", {})
    return found


@method_of(LogsResponse)
def put_query_definition(self: LogsResponse) -> str:
    """moto saves no queries."""
    said = json.loads(self.body)
    own = said.get("queryDefinitionId") or str(uuid4())
    _kept(self, "queries")[own] = {k: v for k, v in said.items() if k != "clientToken"} | {"queryDefinitionId": own}
    return json.dumps({"queryDefinitionId": own})


@method_of(LogsResponse)
def describe_query_definitions(self: LogsResponse) -> str:
    """moto saves no queries."""
    prefix = json.loads(self.body).get("queryDefinitionNamePrefix") or ""
    return json.dumps(
        {"queryDefinitions": [q for q in _kept(self, "queries").values() if q["name"].startswith(prefix)]}
    )


@method_of(LogsResponse)
def delete_query_definition(self: LogsResponse) -> str:
    """moto saves no queries."""
    return json.dumps({"success": bool(_kept(self, "queries").pop(json.loads(self.body)["queryDefinitionId"], None))})


@method_of(LogsResponse)
def create_log_anomaly_detector(self: LogsResponse) -> str:
    """moto has no detectors; AWS looks for the log group that one is to learn from."""
    said = json.loads(self.body)
    groups = {group.arn.removesuffix(":*") for group in self.logs_backend.groups.values()}
    for arn in said["logGroupArnList"]:
        if arn.removesuffix(":*") not in groups:
            raise JsonRESTError("ResourceNotFoundException", f"{arn} does not exist.")
    arn = f"arn:aws:logs:{self.region}:{self.current_account}:anomaly-detector:{uuid4()}"
    kept = {k: v for k, v in said.items() if k != "tags"}
    _kept(self, "detectors")[arn] = kept | {"anomalyDetectorArn": arn, "anomalyDetectorStatus": "TRAINING"}
    self.logs_backend.tag_resource(arn, said.get("tags") or {})
    return json.dumps({"anomalyDetectorArn": arn})


@method_of(LogsResponse)
def get_log_anomaly_detector(self: LogsResponse) -> str:
    """moto has no detectors."""
    return json.dumps(_detector(self))


@method_of(LogsResponse)
def list_log_anomaly_detectors(self: LogsResponse) -> str:
    """moto has no detectors."""
    return json.dumps({"anomalyDetectors": list(_kept(self, "detectors").values())})


@method_of(LogsResponse)
def update_log_anomaly_detector(self: LogsResponse) -> str:
    """moto has no detectors."""
    _detector(self).update({k: v for k, v in json.loads(self.body).items() if k != "enabled"})
    return "{}"


@method_of(LogsResponse)
def delete_log_anomaly_detector(self: LogsResponse) -> str:
    """moto has no detectors."""
    _kept(self, "detectors").pop(json.loads(self.body)["anomalyDetectorArn"], None)
    return "{}"


def _detector(response: LogsResponse) -> dict[str, Any]:
    asked = json.loads(response.body)["anomalyDetectorArn"]
    if asked not in _kept(response, "detectors"):
        raise JsonRESTError("ResourceNotFoundException", f"{asked} does not exist.")
    return _kept(response, "detectors")[asked]
