"""The bucket of the state: versioned, encrypted, by TLS alone, shut to the public."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, Final

from botocore.exceptions import ClientError

from landform.diagnostics import Diagnostic, error
from landform.operate.bootstrap.model import Step, Work
from landform.plan import Plan
from landform.spec.system import State

TAG: Final = "landform:bootstrap"
"""What tells the bucket from one that somebody else made: it is no single system's."""

_PUBLIC: Final = {
    "BlockPublicAcls": True,
    "BlockPublicPolicy": True,
    "IgnorePublicAcls": True,
    "RestrictPublicBuckets": True,
}
_ABSENT: Final = frozenset(
    {
        "NoSuchBucketPolicy",
        "NoSuchPublicAccessBlockConfiguration",
        "NoSuchTagSet",
        "ServerSideEncryptionConfigurationNotFoundError",
    }
)
_PATH: Final = ("state", "bucket")


def state(session: Any, plan: Plan) -> Work:
    """Return what is left to do for the bucket of the state; nothing where the state is a local file."""
    own = plan.system.state
    if own is None:
        return Work()
    s3 = session.client("s3", region_name=own.region)
    _of_the_account(s3, plan.system.account)
    try:
        s3.head_bucket(Bucket=own.bucket)
    except ClientError as told:
        status = told.response["ResponseMetadata"]["HTTPStatusCode"]
        if status == 404:
            return Work(tuple(_all(s3, plan, own, new=True)))
        if status not in (301, 400, 403):
            raise
        fact = f"the bucket {own.bucket} is another account's, or in another region than {own.region}."
        return Work(found=(error("LF0921", _PATH, fact, "Bucket names are the world's: choose another."),))
    left = tuple(_all(s3, plan, own, new=False))
    if not left or _ours(s3, own, plan):
        return Work(left)
    return Work(found=tuple(_foreign(own, step) for step in left))


def _of_the_account(s3: Any, account: str) -> None:
    """Have S3 refuse each call about a bucket that another account owns: names are free again once one is deleted."""

    def owned(params: dict[str, Any], model: Any, **_: Any) -> None:
        if "ExpectedBucketOwner" in model.input_shape.members:
            params["ExpectedBucketOwner"] = account

    s3.meta.events.register("provide-client-params.s3", owned)


def _foreign(own: State, step: Step) -> Diagnostic:
    fact = f"the bucket {own.bucket} stands already, `landform bootstrap` did not make it, and it is not as it must be."
    remedy = f"Do it yourself ({step.says.partition(': ')[2]}), or name another bucket."
    return error("LF0921", _PATH, fact, remedy)


def _ours(s3: Any, own: State, plan: Plan) -> bool:
    tags = _asked(lambda: s3.get_bucket_tagging(Bucket=own.bucket)["TagSet"]) or []
    return {"Key": TAG, "Value": plan.system.account} in tags


def _all(s3: Any, plan: Plan, own: State, *, new: bool) -> Iterator[Step]:
    """Yield what is left; of a bucket that is not there, all."""
    name = own.bucket
    if new:
        place = {} if own.region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": own.region}}
        tags = {"TagSet": [{"Key": TAG, "Value": plan.system.account}]}
        yield Step(f"state bucket {name}: make it in {own.region}", lambda: s3.create_bucket(Bucket=name, **place))
        yield Step(f"state bucket {name}: tag it", lambda: s3.put_bucket_tagging(Bucket=name, Tagging=tags))
    if new or _asked(lambda: s3.get_bucket_versioning(Bucket=name).get("Status")) != "Enabled":
        enabled = {"Status": "Enabled"}
        yield Step(
            f"state bucket {name}: keep versions",
            lambda: s3.put_bucket_versioning(Bucket=name, VersioningConfiguration=enabled),
        )
    if new or not _asked(lambda: s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]):
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
        yield Step(
            f"state bucket {name}: encrypt what is written",
            lambda: s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [rule]}),
        )
    block = lambda: s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]  # noqa: E731
    if new or _asked(block) != _PUBLIC:
        yield Step(
            f"state bucket {name}: block all public access",
            lambda: s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=_PUBLIC),
        )
    policy = None if new else _asked(lambda: json.loads(s3.get_bucket_policy(Bucket=name)["Policy"]))
    if not _tls_only(policy, name):
        merged = {"Version": "2012-10-17", **(policy or {})}
        merged["Statement"] = [*_statements(policy), _tls(name)]
        text = json.dumps(merged)
        yield Step(
            f"state bucket {name}: let nobody in without TLS",
            lambda: s3.put_bucket_policy(Bucket=name, Policy=text),
        )


def _tls(bucket: str) -> dict[str, Any]:
    return {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def _statements(policy: Any) -> list[Any]:
    """Return the statements of a policy; one alone may stand without a list."""
    said = (policy or {}).get("Statement", [])
    return [said] if isinstance(said, dict) else list(said)


def _tls_only(policy: Any, bucket: str) -> bool:
    """Tell whether a policy turns everybody away who comes without TLS: to all of the bucket, on no other condition."""
    whole = set(_tls(bucket)["Resource"])
    return any(
        said.get("Effect") == "Deny"
        and said.get("Action") in ("s3:*", ["s3:*"], "*")
        and said.get("Principal") in ("*", {"AWS": "*"})
        and (said.get("Resource") == "*" or (isinstance(at := said.get("Resource"), list) and whole <= set(at)))
        and said.get("Condition") in [{"Bool": {"aws:SecureTransport": no}} for no in ("false", False, ["false"])]
        for said in _statements(policy)
    )


def _asked(call: Callable[[], Any]) -> Any:
    """Return what S3 says, or None where it says that nothing is set."""
    try:
        return call()
    except ClientError as told:
        if told.response["Error"]["Code"] in _ABSENT:
            return None
        raise
