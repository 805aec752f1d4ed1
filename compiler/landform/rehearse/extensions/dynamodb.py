"""DynamoDB: global tables, whose replicas stand in other regions and hold the same rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.core.responses import ActionResult
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler

from landform.rehearse.extensions import method_of

_describe = Table.describe
_update_table = DynamoHandler.update_table


def _members(table: Table) -> dict[str, Table]:
    """Return the tables of a global table by their region, the same for all of them."""
    members: dict[str, Table] = vars(table).setdefault("members", {table.region_name: table})
    return members


@method_of(Table)
def describe(self: Table, base_key: str = "TableDescription") -> dict[str, Any]:
    """moto knows of no replicas."""
    answer = _describe(self, base_key)
    others = [member for region, member in sorted(_members(self).items()) if region != self.region_name]
    if others:
        answer[base_key] |= {"GlobalTableVersion": "2019.11.21", "Replicas": [_replica(other) for other in others]}
    return answer


def _replica(table: Table) -> dict[str, Any]:
    encryption = table.sse_specification or {}
    key = {"KMSMasterKeyId": encryption["KMSMasterKeyId"]} if "KMSMasterKeyId" in encryption else {}
    return {"RegionName": table.region_name, "ReplicaStatus": "ACTIVE"} | key


@method_of(DynamoHandler)
def update_table(self: DynamoHandler) -> ActionResult:
    """moto passes over what is said of replicas."""
    table = self.dynamodb_backend.get_table(self.body["TableName"])
    for update in self.body.get("ReplicaUpdates") or ():
        if "Create" in update:
            _create(table, update["Create"])
        if "Delete" in update:
            region = update["Delete"]["RegionName"]
            dynamodb_backends[table.account_id][region].delete_table(table.name)
            del _members(table)[region]
    return _update_table(self)


def _create(original: Table, asked: Mapping[str, Any]) -> None:
    region = asked["RegionName"]
    key = {"KMSMasterKeyId": asked["KMSMasterKeyId"]} if "KMSMasterKeyId" in asked else {}
    copy = dynamodb_backends[original.account_id][region].create_table(
        original.name,
        schema=original.schema,
        throughput=None,
        attr=original.attr,
        global_indexes=None,
        indexes=None,
        streams={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        billing_mode=original.billing_mode or "PAY_PER_REQUEST",
        sse_specification={"Enabled": True, "SSEType": "KMS"} | key if key else None,
        tags=[],
        deletion_protection_enabled=False,
        warm_throughput=None,
    )
    copy.global_indexes, copy.items, copy.ttl = original.global_indexes, original.items, original.ttl
    vars(copy)["members"] = _members(original)
    _members(original)[region] = copy
