"""The permissions of service roles, as the modules write them.

The policies stand in the modules, beside what they serve. `grants.json` lists them too, and `scan` compares the two:
a role that gained an action in a module and not here is found.
"""

from collections.abc import Iterator

from landform.passes.resolve.naming import flow_log_role, log_group, role_arn
from landform.plan import Bucket, Conditions, Grant, Network, Plan, Statement


def service_grants(plan: Plan) -> Iterator[Grant]:
    """Yield the permissions of flow logs, replication and the trail, with their section as the edge."""
    for network in plan.networks.values():
        if not network.existing:
            yield from _flow_logs(plan, network)
    for bucket in plan.buckets:
        if bucket.replicas:
            yield from _replication(plan, bucket)
    if plan.trail:
        yield from _trail(plan)


def flow_log_group(plan: Plan) -> str:
    """Return the name of the log group of flow logs; it is the same in every region."""
    return log_group(plan, "network", "flow-logs")


def _flow_logs(plan: Plan, network: Network) -> Iterator[Grant]:
    account, region = plan.system.account, network.region
    role, groups = role_arn(plan, flow_log_role(plan, region)), f"arn:aws:logs:{region}:{account}:log-group:"
    own = f"{groups}{flow_log_group(plan)}"
    actions = ("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents")
    yield Grant(role, Statement("WriteStreamsOfThisNetwork", actions, (own, f"{own}:*")), "network")
    yield Grant(role, Statement("FindTheLogGroup", ("logs:DescribeLogGroups",), (f"{groups}*",)), "network")


def _replication(plan: Plan, bucket: Bucket) -> Iterator[Grant]:
    role, edge = role_arn(plan, bucket.replication_role), f"data.{bucket.entry}.replicate"
    configuration = ("s3:GetReplicationConfiguration", "s3:ListBucket")
    versions = ("s3:GetObjectVersionAcl", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging")
    yield Grant(role, Statement("ReadTheConfiguration", configuration, (bucket.arn,)), edge)
    yield Grant(role, Statement("ReadVersions", versions, (f"{bucket.arn}/*",)), edge)
    yield Grant(role, _key_use(plan, "DecryptSource", ("kms:Decrypt",), bucket), edge)
    for replica in plan.buckets:
        if replica.entry == bucket.entry and replica.region in bucket.replicas:
            where = "".join(part.capitalize() for part in replica.region.split("-"))
            actions = ("s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags")
            yield Grant(role, Statement(f"Write{where}", actions, (f"{replica.arn}/*",)), edge)
            yield Grant(role, _key_use(plan, f"Encrypt{where}", ("kms:Encrypt", "kms:GenerateDataKey"), replica), edge)


def _key_use(plan: Plan, sid: str, actions: tuple[str, ...], bucket: Bucket) -> Statement:
    conditions: Conditions = {
        "StringEquals": {"kms:ViaService": (f"s3.{bucket.region}.amazonaws.com",)},
        "StringLike": {"kms:EncryptionContext:aws:s3:arn": (bucket.arn, f"{bucket.arn}/*")},
    }
    return Statement(sid, actions, (f"arn:aws:kms:{bucket.region}:{plan.system.account}:key/*",), conditions)


def _trail(plan: Plan) -> Iterator[Grant]:
    assert plan.trail is not None
    account, region = plan.system.account, plan.system.regions.primary
    streams = f"arn:aws:logs:{region}:{account}:log-group:{plan.trail.log_group}:log-stream:{account}_CloudTrail_*"
    actions = ("logs:CreateLogStream", "logs:PutLogEvents")
    statement = Statement("WriteStreamsOfThisTrail", actions, (streams,))
    yield Grant(role_arn(plan, plan.trail.log_role), statement, "audit")
