"""What a watch is made of: the configuration of the agent, and the archive that the agent comes in."""

from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from importlib.resources import files as resources
from importlib.resources.abc import Traversable
from typing import Any, Final

import yaml

from landform.lower.archive import Archive, archive
from landform.lower.channel import input_uris
from landform.passes.grant import code_key
from landform.passes.grant_loop import loop_names
from landform.passes.resolve.naming import namespace
from landform.plan import Batch, DriftWatch, Host, Job, Plan
from landform.project import CodeFile
from landform.spec.drift import Watch

AGENT: Final = "landform_agent"
LISTEN: Final = "127.0.0.1:8080"
"""Where the agent answers for its health: on the machine alone."""

_NOT_TAKEN: Final = ("sample", "__pycache__")
"""Parts of the agent that no machine needs: the data of the demonstration, and what Python leaves behind."""


def configuration(plan: Plan, own: DriftWatch) -> dict[str, Any]:
    """Return the agent's configuration, in the order in which its documentation has it."""
    spec = own.watch
    document: dict[str, Any] = {
        "version": 1,
        "system": plan.system.system,
        "watch": own.known_as,
        "of": own.of,
        "region": own.region,
        "source": {
            "kind": "capture",
            "bucket": own.captured.name,
            "prefix": own.captured_under,
            "queue": own.queue_url,
            **({"shifts": loop_names(plan, own).shift} if own.loop else {}),
        },
        **_columns(spec),
    }
    if own.labels and spec.labels:
        late: dict[str, Any] = {"complete": True} if spec.labels.complete else {}
        late |= {"lag": f"{spec.labels.lag}s"} if spec.labels.lag is not None else {}
        where = {"bucket": own.labels.bucket.name, "prefix": own.labels.prefix}
        document["labels"] = {**where, **late, "keep": spec.labels.keep}
    if spec.segments:
        document["segments"] = {"by": spec.segments.by, "max": spec.segments.max, "min_rows": spec.segments.min_rows}
    if spec.season:
        document["season"] = spec.season
    document["false_alarms"] = spec.false_alarms
    document["baseline"] = {"rows": spec.baseline.rows} | ({"span": spec.baseline.span} if spec.baseline.span else {})
    copies = f"s3://{own.artifacts.name}/{own.state}".rstrip("/")
    document["state"] = {"path": f"{own.known_as}.sqlite", "snapshots": copies}
    document["listen"] = LISTEN
    document["sinks"] = [
        {"kind": "eventbridge", "bus": own.bus},
        {"kind": "cloudwatch", "namespace": namespace(plan)},
        {"kind": "log"},
    ]
    return document


def _columns(spec: Watch) -> dict[str, Any]:
    """Return the columns of the model; maps carry no order, so features stand in the order of their names."""
    features = {
        name: {"kind": feature.kind}
        | ({"sensitive": True} if feature.sensitive else {})
        | ({"class": feature.class_} if feature.class_ else {})
        for name, feature in sorted(spec.features.items())
    }
    document: dict[str, Any] = {"features": features}
    if spec.columns:
        document["columns"] = list(spec.columns)
    if spec.prediction:
        document["prediction"] = {"kind": spec.prediction.kind}
    return document


def written(plan: Plan, own: DriftWatch) -> bytes:
    """Return the text of the configuration."""
    text = yaml.safe_dump(configuration(plan, own), sort_keys=False, allow_unicode=True, width=120)
    head = f"# {own.label}. Written by `landform compile`; change the spec, not this file.\n"
    return f"{head}{_trained_on(plan, own)}{text}".encode()


def _trained_on(plan: Plan, own: DriftWatch) -> str:
    """Say how the rows of `baseline.from` come into the report.

    The watch's own role may not read them, and nobody has a shell where its state lies: who calls reads the copy of it.
    """
    trainings: tuple[Job | Batch | Host, ...] = (*plan.jobs, *plan.batches, *plan.hosts)
    found = next((each for each in trainings if each.label == own.watch.baseline.from_), None)
    places = input_uris(found) if found else {}
    if not places:
        return ""
    place = places.get("train") or places[min(places)]
    command = f"landform-agent report --config {own.entry}.yaml --out report.html --training {place}"
    what = f"What {own.watch.baseline.from_} is given beside live traffic, for who may read that and the state's copy"
    return f"# {what}:\n#   {command}\n"


def configurations(plan: Plan) -> dict[str, bytes]:
    """Return the file of the configuration of each watch."""
    return {f"agent/{own.entry}.yaml": written(plan, own) for own in plan.drift}


def archives(plan: Plan) -> Iterator[Archive]:
    """Yield what each watch is made of: the agent, its lock and its configuration."""
    for own in plan.drift:
        content = archive([*_agent(), CodeFile("watch.yaml", written(plan, own), executable=False)])
        yield Archive(own.region, code_key(own), f"files/{own.address}.zip", content)


def digest(plan: Plan, own: DriftWatch) -> str:
    """Return what stands for all that a watch is made of: another one is another machine."""
    parts = [*(f"{file.name}\n".encode() + file.content for file in _agent()), written(plan, own)]
    return sha256(b"\0".join(parts)).hexdigest()[:16]


def installer() -> bytes:
    """Return the script that puts a watch on its machine."""
    return (resources(AGENT) / "deploy" / "install.sh").read_bytes()


@cache
def _agent() -> tuple[CodeFile, ...]:
    """Return the files of the agent, as it is installed beside the compiler."""
    found = _under(resources(AGENT), AGENT)
    return tuple(sorted(found, key=lambda file: file.name))


def _under(folder: Traversable, name: str) -> Iterator[CodeFile]:
    for each in folder.iterdir():
        if each.name in _NOT_TAKEN:
            continue
        if each.is_dir():
            yield from _under(each, f"{name}/{each.name}")
        else:
            yield CodeFile(f"{name}/{each.name}", each.read_bytes(), executable=False)
