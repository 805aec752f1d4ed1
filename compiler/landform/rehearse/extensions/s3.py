"""S3: access logs into buckets whose policy speaks of everyone, and replication as it was set."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import xmltodict
from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3.exceptions import ReplicationConfigurationNotFoundError
from moto.s3.models import FakeBucket, S3Backend
from moto.s3.responses import S3Response

from landform.rehearse.extensions import method_of

_admits_logs = FakeBucket._log_permissions_enabled_policy


def _log_permissions_enabled_policy(target_bucket: Any, target_prefix: str | None) -> bool:
    """moto fails on statements for everyone, "*", which never admit the log service."""
    if not target_bucket.policy:
        return False
    policy = json.loads(target_bucket.policy)
    policy["Statement"] = [s for s in policy["Statement"] if isinstance(s.get("Principal"), dict)]
    same_bucket = SimpleNamespace(
        name=target_bucket.name, partition=target_bucket.partition, policy=json.dumps(policy).encode()
    )
    return _admits_logs(same_bucket, target_prefix)  # type: ignore[arg-type]


FakeBucket._log_permissions_enabled_policy = staticmethod(_log_permissions_enabled_policy)  # type: ignore[method-assign]


@method_of(S3Response)
def get_bucket_replication(self: S3Response) -> str:
    """moto answers with a fixed filter, without deletions and without the choice of encrypted objects."""
    self.data["Action"] = "GetBucketReplication"
    replication = self.backend.get_bucket_replication(self.bucket_name)
    if not replication:
        raise ReplicationConfigurationNotFoundError(bucket_name=self.bucket_name)
    return str(xmltodict.unparse({"ReplicationConfiguration": replication}))


@method_of(FakeBucket)
def get_permission(self: FakeBucket, action: str, resource: str) -> PermissionResult:
    """moto reads no conditions, so that a denial of calls without TLS denies all; the provider's calls count as TLS."""
    if self.policy is None:
        return PermissionResult.NEUTRAL
    policy = json.loads(self.policy)
    policy["Statement"] = [s for s in policy["Statement"] if "Condition" not in s]
    return IAMPolicy(json.dumps(policy)).is_action_permitted(action, resource)


@method_of(S3Backend)
def log_incoming_request(self: S3Backend, request: object, bucket_name: str) -> None:
    """moto delivers a log of every call at once, into buckets that are being destroyed too; S3 takes hours."""
    del self, request, bucket_name
