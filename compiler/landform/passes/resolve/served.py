"""Models that endpoints of SageMaker serve: where each comes from, and where what is captured goes."""

from collections.abc import Iterator
from dataclasses import replace

from landform.catalog.endpoint_permissions import log_group_of
from landform.diagnostics import Diagnostic, Related, error
from landform.passes.resolve.edges import find_store
from landform.passes.resolve.naming import log_group
from landform.passes.resolve.services import placed_services
from landform.passes.resolve.workloads import basics
from landform.passes.unknown import unknown
from landform.plan import Edge, Plan, ServedModel, Store
from landform.spec.serve import EndpointService


def served_models(plan: Plan, found: list[Diagnostic]) -> Iterator[ServedModel]:
    """Yield the models that endpoints serve, each in its regions, with the edges that the spec names."""
    for entry, spec, region in placed_services(plan.system):
        if isinstance(spec, EndpointService):
            common = basics(plan, "serve", entry, spec, found, region)
            name = common["physical"]
            yield ServedModel(
                **{**common, "log_group": log_group_of(name)},
                platform="sagemaker",
                spec=spec,
                definition=log_group(plan, "serve", common["known_as"]),
                trained=spec.model or "",
                packages=name if spec.model else "",
            )


def with_model(plan: Plan, found: list[Diagnostic]) -> Iterator[ServedModel]:
    """Yield the served models with the edges to what they are read from, and to where requests are kept."""
    for own in plan.served:
        edges = (*_trained(plan, own, found), *_first(plan, own, found), *_captured(plan, own))
        yield replace(own, edges=(*own.edges, *edges))


def brings(own: ServedModel) -> bool:
    """Tell whether the bucket of a region's artifacts holds anything of a served model."""
    return own.spec.file is not None or (own.spec.capture is not None and own.spec.capture.to is None)


def _trained(plan: Plan, own: ServedModel, found: list[Diagnostic]) -> Iterator[Edge]:
    """Yield the edge to where the training leaves its models, in the region in which they are served."""
    if own.spec.model is None:
        return
    path, entry = (*own.path, "model"), own.spec.model.removeprefix("train.")
    training = plan.system.train.get(entry)
    if training is None:
        if not {("train", entry), ("train", "")} & plan.broken:
            found.append(unknown("LF0203", path, "training", own.spec.model, [f"train.{t}" for t in plan.system.train]))
        return
    trainings = (w for w in (*plan.jobs, *plan.batches, *plan.hosts) if w.path == ("train", entry))
    left = next((edge for training in trainings for edge in training.edges if edge.verb == "output"), None)
    if left is None and not training.output:
        fact = f"{own.spec.model} leaves its model nowhere that anything could be served from."
        remedy = "Add `output: <bucket>` to it, or name an archive here: `initial` and `image`, without `model`."
        found.append(error("LF0206", path, fact, remedy, Related("the training stands here", ("train", entry))))
    store = _in_region(plan, own, left.store, found) if left else None
    if left and store:
        yield Edge("model", store, path, f"{own.label}.model.{own.spec.model}", left.prefix)


def _in_region(plan: Plan, own: ServedModel, store: Store, found: list[Diagnostic]) -> Store | None:
    """Return the copy of a store in the region of a model, where SageMaker wants what it serves."""
    path = (*own.path, "model")
    if store.existing or store.region == own.region:
        return store
    if store.path[0] == "data":
        return find_store(plan, path, store.entry, found, region=own.region)
    fact = f"this runs in {own.region} as well, and {own.spec.model} leaves its models in {store.region} alone."
    remedy = "Add an `output` to the training: a bucket with `replicate: true`."
    found.append(error("LF0309", path, fact, remedy))
    return None


def _first(plan: Plan, own: ServedModel, found: list[Diagnostic]) -> Iterator[Edge]:
    """Yield the edge to the archive that is served first; a package says itself where its archive is."""
    path = (*own.path, "initial")
    if own.spec.file:
        prefix = f"models/{own.section}-{own.known_as}/"
        yield Edge("archive", plan.artifacts_in(own.region), path, f"{own.label}.archive", prefix)
    elif own.spec.stored:
        store = _holding(plan, own, own.spec.stored["bucket"], found)
        if store:
            yield Edge("initial", store, path, f"{own.label}.initial.{store.entry}", own.spec.stored["key"])
    elif own.spec.package and own.spec.package["region"] != own.region:
        fact = f"this runs in {own.region}, and the model package is one of {own.spec.package['region']}."
        remedy = "Register the model there too, and give its package by the variable `models` instead of `initial`."
        found.append(error("LF0309", path, fact, remedy))


def _holding(plan: Plan, own: ServedModel, name: str, found: list[Diagnostic]) -> Store | None:
    """Return the store that is the bucket of this name, in the region of a model."""
    path = (*own.path, "initial")
    known = {bucket.name: bucket for bucket in plan.buckets}
    if name not in known:
        rest = f"Declare it: data: {{models: {{kind: bucket, existing: {name}}}}}."
        found.append(unknown("LF0203", path, "bucket", name, known, rest=rest))
        return None
    if known[name].existing and known[name].region != own.region:
        fact = (
            f"this runs in {own.region}, and '{name}' is in {known[name].region}: SageMaker fetches nothing from there."
        )
        found.append(error("LF0309", path, fact, "Copy the archive into a bucket of this region."))
        return None
    if known[name].existing:
        return known[name]
    return find_store(plan, path, known[name].entry, found, region=own.region)


def _captured(plan: Plan, own: ServedModel) -> Iterator[Edge]:
    """Yield the edge to where requests are kept, if no bucket is named for them."""
    if own.spec.capture and own.spec.capture.to is None:
        bucket, prefix = plan.artifacts_in(own.region), f"capture/{own.section}-{own.known_as}/"
        yield Edge("capture", bucket, (*own.path, "capture"), f"{own.label}.capture", prefix)
