"""The permissions of service roles, as the modules write them.

The policies stand in the modules, beside what they serve. `grants.json` lists them too, and `scan` compares the two:
a role that gained an action in a module and not here is found.
"""

from collections.abc import Iterator

from landform.catalog import backup_permissions as use
from landform.diagnostics import dotted
from landform.file_systems import Efs
from landform.passes.resolve.naming import SHARED, flow_log_role, log_group, role_arn
from landform.plan import Backup, Bucket, Conditions, Grant, Key, Network, Plan, Statement, Table


def service_grants(plan: Plan) -> Iterator[Grant]:
    """Yield the permissions of flow logs, replication, the trail and backups, with their section as the edge."""
    for network in plan.networks.values():
        if not network.existing:
            yield from _flow_logs(plan, network)
    for bucket in plan.buckets:
        if bucket.replicas:
            yield from _replication(plan, bucket)
    if plan.trail:
        yield from _trail(plan)
    if plan.backup:
        role = role_arn(plan, plan.backup.role)
        yield from (
            Grant(role, statement, dotted(plan.backup.path)) for statement in backup_statements(plan, plan.backup)
        )


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


def backup_statements(plan: Plan, own: Backup) -> Iterator[Statement]:
    """Yield what AWS Backup may do: keep what the system made, copy it to its other vaults, and let it expire.

    Snapshots that it may delete are all of the account that AWS Backup has made (see `MADE_BY_BACKUP`).
    """
    account, region = plan.system.account, own.region
    mine: Conditions = {
        "StringEquals": {
            "aws:ResourceTag/landform:environment": (plan.system.environment,),
            "aws:ResourceTag/landform:system": (plan.system.system,),
        }
    }
    if tables := tuple(store.arn for store in own.stores if isinstance(store, Table)):
        yield Statement("KeepTables", use.TABLES, tables)
    if any(isinstance(store, Efs) for store in own.stores):
        files = f"arn:aws:elasticfilesystem:{region}:{account}:file-system/*"
        yield Statement("KeepFiles", use.FILES, (files,), mine)
    if own.hosts:
        snapshots = tuple(f"arn:aws:ec2:{each}::snapshot/*" for each in _regions(own))
        yield Statement("KeepVolumes", use.VOLUMES, (f"arn:aws:ec2:{region}:{account}:volume/*",), mine)
        yield Statement("MakeSnapshots", use.SNAPSHOTS, snapshots)
        yield Statement("LetSnapshotsExpire", use.EXPIRED, snapshots, use.MADE_BY_BACKUP)
        yield Statement("FindSnapshots", use.LISTED, ("*",))
    yield Statement("FillVaults", use.INTO, tuple(own.vault(each, account) for each in _regions(own)))
    points = (f"arn:aws:backup:{region}:{account}:recovery-point:*",)
    yield Statement("CopyFromTheVault", use.FROM, (*points, *_snapshots(own)))
    yield from _backup_keys(plan, own)


def _regions(own: Backup) -> tuple[str, ...]:
    return own.region, *(key.region for key in own.copies)


def _snapshots(own: Backup) -> tuple[str, ...]:
    """A recovery point of a volume goes by the ARN of its snapshot."""
    return (f"arn:aws:ec2:{own.region}::snapshot/*",) if own.hosts else ()


def _backup_keys(plan: Plan, own: Backup) -> Iterator[Statement]:
    """Yield the use of the keys of what is kept, and of those of the vaults, in each region."""
    shared = plan.key(own.region, SHARED)
    sources = {key.alias: key for key in (*(s.key for s in own.stores), *([shared] if own.hosts else [])) if key}
    for region, vault in zip(_regions(own), (own.key, *own.copies), strict=True):
        keys = [vault, *(sources.values() if region == own.region else ())]
        where = "".join(part.capitalize() for part in region.split("-"))
        yield _of_keys(plan, f"FindKeys{where}", use.KEYS, region, keys)
        for_aws = {"Bool": {"kms:GrantIsForAWSResource": ("true",)}}
        yield _of_keys(plan, f"LendKeys{where}", use.GRANTED, region, keys, for_aws)
        if own.hosts:
            yield _of_keys(plan, f"SealSnapshots{where}", use.DISK_KEYS, region, keys, _via("ec2", region))
    tables = [store.key for store in own.stores if isinstance(store, Table) and store.key]
    if tables:
        via = _via("dynamodb", own.region)
        yield _of_keys(plan, "ReadTables", use.TABLE_KEYS, own.region, list(dict.fromkeys(tables)), via)


def _via(service: str, region: str) -> Conditions:
    return {"StringEquals": {"kms:ViaService": (f"{service}.{region}.amazonaws.com",)}}


def _of_keys(
    plan: Plan, sid: str, actions: tuple[str, ...], region: str, keys: list[Key], more: Conditions | None = None
) -> Statement:
    aliases = tuple(sorted({key.alias for key in keys}))
    conditions: Conditions = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": aliases}, **(more or {})}
    return Statement(sid, actions, (f"arn:aws:kms:{region}:{plan.system.account}:key/*",), conditions)
