"""Module call of a training that SageMaker runs: its role, its network, and the definition that starts it."""

from collections.abc import Iterator
from typing import Any, Final

from landform.catalog.managed import own_metrics
from landform.file_systems import FileSystem
from landform.lower.archive import CHANNELS, RUN_STEP
from landform.lower.channel import exported_inputs, folders, input_uris, uri
from landform.lower.file_system import file_systems, mount_channels, mounted
from landform.lower.place import subnets, vpc, way_out
from landform.lower.shared import apis, callees, key_arn, literal_statements, statements, store_key, told, urls
from landform.lower.tuning import tuning
from landform.passes.grant import code_key
from landform.plan import Edge, Job, Plan
from landform.root import Module, Output
from landform.spec.names import variable
from landform.spec.work import FORMATS

VOLUME_GIB: Final = 30
CODE: Final = "landform-code"
CHECKPOINTS: Final = "/opt/ml/checkpoints"
OUTPUT: Final = "/opt/ml/model"
SETTINGS: Final = "/opt/ml/input/config/hyperparameters.json"
"""Where SageMaker puts what a job is given, and takes what it leaves."""

NUMBER: Final = r"([-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?)"
"""What follows ``name=`` in a line that reports a metric."""

UNPACK: Final = (
    f"mkdir -p /opt/ml/code && cd /opt/ml/code && python3 -m zipfile -e {CHANNELS}/{CODE}/*.zip . "
    f"&& exec bash ./{RUN_STEP}"
)


def job(plan: Plan, own: Job) -> Module:
    """Return the call that makes what a training job needs; whoever reads its definition starts it."""
    assert own.type is not None
    variables = {
        "name": own.physical,
        "account": plan.system.account,
        "region": own.region,
        "vpc_id": vpc(plan, own.region),
        "subnets": subnets(plan, own.region, own.zones),
        "egress": way_out(plan, own.region),
        "services": callees(own.edges),
        "apis": apis(plan, own),
        "self_ingress": own.spec.nodes > 1,
        "key_arn": key_arn(plan.key(own.region, "shared")),
        "encrypt_volume": own.type.disks is None,
        "role_name": own.role,
        "statements": statements(literal_statements(plan, own)),
        "file_systems": file_systems(plan, own) or None,
        "mounts": mount_channels(own) or None,
        "parameter_name": own.definition,
        "definition": definition(plan, own),
        "tuning": tuning(own),
    }
    return Module(own.address, "job", None, variables, own.path)


def definition(plan: Plan, own: Job) -> dict[str, Any]:
    """Return the request CreateTrainingJob, without what only the module knows: role, subnets, group and key."""
    spec = own.spec
    request: dict[str, Any] = {
        "AlgorithmSpecification": _algorithm(own),
        "ResourceConfig": {
            "InstanceType": f"ml.{own.type.name if own.type else ''}",
            "InstanceCount": spec.nodes,
            "VolumeSizeInGB": volume_gib(own),
        },
        "StoppingCondition": {"MaxRuntimeInSeconds": spec.max_runtime},
        "OutputDataConfig": _output(own),
        "Environment": environment(own),
        "EnableInterContainerTrafficEncryption": spec.nodes > 1,
        "EnableManagedSpotTraining": spec.capacity.spot > 0,
    }
    if spec.capacity.spot:
        request["StoppingCondition"]["MaxWaitTimeInSeconds"] = spec.capacity.max_wait or spec.max_runtime
    if spec.hyperparameters:
        request["HyperParameters"] = dict(spec.hyperparameters)
    channels = [*_inputs(own), *_bundle(plan, own)]
    if channels:
        request["InputDataConfig"] = channels
    checkpoint = _edge(own, "checkpoint")
    if checkpoint:
        request["CheckpointConfig"] = {"S3Uri": uri(checkpoint), "LocalPath": CHECKPOINTS}
    return request


def environment(own: Job) -> dict[str, str | Output]:
    """Return what the container is told: the stores that it has an edge to, and its own variables."""
    names: dict[str, str | Output] = {**told(own.edges), **urls(own.edges)}
    if own.spec.checkpoint:
        names["LANDFORM_CHECKPOINT"] = CHECKPOINTS
    names |= {variable("data", store.entry): path for path, store in places(own)}
    names |= folders(own, CHANNELS, OUTPUT)
    if own.spec.hyperparameters:
        names["LANDFORM_HYPERPARAMETERS"] = SETTINGS
    return dict(sorted({**names, "AWS_REGION": own.region, "AWS_DEFAULT_REGION": own.region, **own.spec.env}.items()))


def places(own: Job) -> Iterator[tuple[str, FileSystem]]:
    """Yield where a job finds what it mounts: under its path by what `command` runs, else where SageMaker mounts it."""
    for path, store, _ in mounted(own):
        yield path if own.spec.command else f"{CHANNELS}/{store.entry}", store


def _algorithm(own: Job) -> dict[str, Any]:
    spec = own.spec
    algorithm: dict[str, Any] = {"TrainingImage": own.image, "TrainingInputMode": "File"}
    if spec.command:
        algorithm |= {"ContainerEntrypoint": ["bash", "-c"], "ContainerArguments": [UNPACK]}
    if own_metrics(own.image) is not None:
        return algorithm
    named = spec.reports if isinstance(spec.reports, dict) else {name: f"{name}={NUMBER}" for name in spec.reports}
    if named:
        metrics = [{"Name": name, "Regex": regex} for name, regex in sorted(named.items())]
        algorithm |= {"MetricDefinitions": metrics}
    return algorithm


def volume_gib(own: Job) -> int:
    """Return the size of the disk of each machine, in GiB."""
    disk = own.spec.disk.data or own.spec.disk.root
    return disk.gib if disk else VOLUME_GIB


def _edge(own: Job, verb: str) -> Edge | None:
    return next((edge for edge in own.edges if edge.verb == verb), None)


def _output(own: Job) -> dict[str, Any]:
    """Say where the model goes, and under which key: without one SageMaker takes the account's, not the bucket's."""
    edge = _edge(own, "output")
    assert edge is not None
    key = store_key(edge.store)
    return {"S3OutputPath": uri(edge), "CompressionType": "GZIP"} | ({"KmsKeyId": key} if key else {})


def _inputs(own: Job) -> list[dict[str, Any]]:
    exports = exported_inputs(own)
    places = {name: _channel(name, place) for name, place in input_uris(own).items()}
    places |= {name: _channel(name, manifest, "ManifestFile") for name, manifest in exports.items()}
    return [
        places[name] | ({"ContentType": FORMATS[one.format]} if one.format else {})
        for name, one in sorted(own.spec.inputs.items())
        if name in places
    ]


def _bundle(plan: Plan, own: Job) -> list[dict[str, Any]]:
    if not own.spec.command:
        return []
    return [_channel(CODE, f"s3://{plan.artifacts_in(own.region).name}/{code_key(own)}")]


def _channel(name: str, uri: str, type_: str = "S3Prefix") -> dict[str, Any]:
    source = {"S3DataType": type_, "S3Uri": uri, "S3DataDistributionType": "FullyReplicated"}
    return {"ChannelName": name, "DataSource": {"S3DataSource": source}}
