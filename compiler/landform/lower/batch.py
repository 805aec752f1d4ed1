"""Module call of a training that Batch runs: queue, nodes, roles, and the container with what it is told."""

from collections.abc import Mapping
from typing import Any, Final

from landform.catalog.limits import BATCH_MEMORY_SHARE
from landform.containers import FOLDER
from landform.disks import root_of
from landform.lower.archive import OWN, SETTINGS, STARTER
from landform.lower.channel import folders, output_uri, sources
from landform.lower.file_system import file_systems, literal_statements, mounted, volumes
from landform.lower.place import subnets, vpc, way_out
from landform.lower.shared import apis, callees, key_arn, log_days, statements, told, urls
from landform.passes.grant import code_key, helpers
from landform.passes.instances import stands_close
from landform.plan import Batch, Plan
from landform.root import Module, Output
from landform.spec.names import variable

CHECKPOINTS: Final = f"{FOLDER}/checkpoints"
CODE: Final = f"{FOLDER}/code"
INPUT: Final = f"{FOLDER}/input"
OUTPUT: Final = f"{FOLDER}/output"

FETCH: Final = """\
import boto3, io, os, zipfile
bucket, _, key = os.environ["LANDFORM_CODE"].removeprefix("s3://").partition("/")
body = boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
zipfile.ZipFile(io.BytesIO(body)).extractall()
"""

START: Final = f"mkdir -p {CODE} && cd {CODE} && python3 -c '{FETCH}' && cd {OWN} && exec python3 -m {STARTER}"


def batch(plan: Plan, own: Batch, tags: Mapping[str, str]) -> Module:
    """Return the call that makes a job queue with its nodes, and the definition of a job in it."""
    spec = own.spec
    low, high = (spec.pool.low, spec.most_nodes) if spec.pool else (0, spec.nodes)
    most = max(kind.vcpus for kind in own.types)
    start, host = helpers(plan, own)
    root = root_of(own)
    variables = {
        "name": own.physical,
        "account": plan.system.account,
        "region": own.region,
        "vpc_id": vpc(plan, own.region),
        "subnets": subnets(plan, own.region, own.zones),
        "egress": way_out(plan, own.region),
        "services": callees(own.edges),
        "apis": apis(plan, own),
        "key_arn": key_arn(plan.key(own.region, "shared")),
        "root": {"gib": root.gib, "type": root.type, "iops": root.iops, "throughput": root.throughput},
        "instance_types": [kind.name for kind in own.types],
        "gpu": any(kind.accelerator for kind in own.types),
        "nodes": spec.nodes,
        # EC2 places no burstable instances in a cluster.
        "placement_group": stands_close(spec) and not any(kind.burstable for kind in own.types),
        "vcpus": {"min": low * min(kind.vcpus for kind in own.types), "max": high * most},
        "markets": markets(own),
        "max_runtime": spec.max_runtime,
        "role_name": own.role,
        "statements": statements(literal_statements(plan, own)),
        "file_systems": file_systems(plan, own) or None,
        "volumes": volumes(own) or None,
        "start": {"role_name": start.name, "statements": statements(start.statements)},
        "host": {"role_name": host.name, "statements": statements(host.statements)},
        "log_group": {"name": own.log_group, "retention_days": log_days(plan)},
        "definition": definition(plan, own),
        "tags": {**tags, "landform:entry": own.label},
    }
    return Module(own.address, "batch", None, variables, own.path)


def markets(own: Batch) -> list[str]:
    """Return how nodes are bought: all on one market, or on demand where the spot market has none left."""
    spot = own.spec.capacity.spot
    return ["SPOT"] if spot == 100 else ["SPOT", "EC2"] if spot else ["EC2"]


def definition(plan: Plan, own: Batch) -> dict[str, Any]:
    """Return the container that has a node to itself, without what only the module knows: roles and logs."""
    memory = int(min(kind.memory_mib for kind in own.types) * BATCH_MEMORY_SHARE)
    needs = {"VCPU": min(kind.vcpus for kind in own.types), "MEMORY": memory}
    accelerator = own.types[0].accelerator
    if accelerator:
        needs["GPU"] = accelerator.count
    return {
        "image": own.image,
        "command": ["bash", "-c", START],
        "environment": [{"name": name, "value": value} for name, value in sorted(environment(plan, own).items())],
        "resourceRequirements": [{"type": kind, "value": str(count)} for kind, count in needs.items()],
        # Those who load data pass it on in shared memory, of which a container has 64 MiB unless told otherwise.
        "linuxParameters": {"initProcessEnabled": True, "sharedMemorySize": memory // 2},
    }


def environment(plan: Plan, own: Batch) -> dict[str, str | Output]:
    """Return what the container is told: the stores that it has an edge to, its code, and its own variables."""
    names: dict[str, str | Output] = {**told(own.edges), **urls(own.edges)}
    names |= {"LANDFORM_CODE": f"s3://{plan.artifacts_in(own.region).name}/{code_key(own)}"}
    edge = next((edge for edge in own.edges if edge.verb == "checkpoint"), None)
    if edge and own.spec.checkpoint:
        names |= {
            "LANDFORM_CHECKPOINT": CHECKPOINTS,
            "LANDFORM_CHECKPOINT_URI": f"s3://{edge.store.name}/{edge.prefix}",
            "LANDFORM_CHECKPOINT_EVERY": str(own.spec.checkpoint.every),
        }
    names |= {variable("data", store.entry): path for path, store, _ in mounted(own)}
    names |= folders(own, INPUT, OUTPUT)
    names |= sources(own) | output_uri(own)
    if own.spec.hyperparameters:
        names["LANDFORM_HYPERPARAMETERS"] = f"{CODE}/{SETTINGS}"
    return {**names, "AWS_REGION": own.region, "AWS_DEFAULT_REGION": own.region, **own.spec.env}
