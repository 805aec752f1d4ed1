"""Rules about models that endpoints of SageMaker serve."""

import json
from collections.abc import Iterator

from landform.catalog.limits import ENDPOINT_ENVIRONMENT, JOB_DEFINITION
from landform.diagnostics import Diagnostic, Related, dotted, error, warning
from landform.plan import Plan, Store


def burstable_machines_do_not_scale(plan: Plan) -> Iterator[Diagnostic]:
    """Machines that save up for bursts say nothing of the load: SageMaker refuses to scale them.

    Source: SageMaker developer guide, "Automatic scaling of Amazon SageMaker AI models" (read 2026-11-29).
    """
    for own in plan.served:
        if own.type and own.type.burstable and own.spec.scale.most > own.spec.scale.min:
            fact = f"SageMaker scales no burstable machines, and ml.{own.type.name} is one."
            yield error("LF0611", (*own.path, "scale"), fact, "Write one number for min and max, or another instance.")


def one_machine_is_in_one_zone(plan: Plan) -> Iterator[Diagnostic]:
    """SageMaker spreads machines over zones, where there are several."""
    for own in plan.served:
        if own.spec.scale.min == 1 and plan.system.environment == "production":
            fact = f"{own.label} may have one machine alone, in one zone: where that fails, nothing answers."
            yield warning("LF0640", (*own.path, "scale"), fact, "Write `min: 2` or more.")


def models_have_two_zones(plan: Plan) -> Iterator[Diagnostic]:
    """SageMaker wants subnets in two zones, however many machines there are.

    Source: SageMaker developer guide, "Give SageMaker AI hosted endpoints access to resources in your Amazon VPC" (read
    2026-11-29).
    """
    for own in plan.served:
        if len(own.zones) == 1:
            fact = f"SageMaker serves models in two zones at least, and the network of {own.region} has one."
            other = Related("the network", ("network", "zones"))
            yield error("LF0640", own.path, fact, "Write `network: {zones: 2}`, or more.", other)


def packages_can_be_fetched(plan: Plan) -> Iterator[Diagnostic]:
    """A package names an archive, and only the spec says in which bucket a role may read one."""
    for own in plan.served:
        buckets = [e for e in own.edges if e.store.kind == "bucket" and e.verb in ("model", "reads")]
        if own.spec.package and not own.spec.model and not buckets:
            fact = f"nothing says where the archive of the package lies, and {own.label} may read no bucket."
            remedy = "Add `reads` with the bucket, or `model` with the training that made it."
            yield warning("LF0207", (*own.path, "initial"), fact, remedy)


def captured_requests_are_audited(plan: Plan) -> Iterator[Diagnostic]:
    """Requests hold what the model was trained on: what is personal there is personal here."""
    for own in plan.served:
        kept = own.edge("capture")
        personal = next(_personal(plan, own.trained), None)
        if kept and personal and not kept.store.personal:
            what = dotted(personal.path)
            fact = f"{own.trained} reads {what}, which is personal, and what {own.label} is asked is kept elsewhere."
            remedy = "Keep it in a bucket with `class: pii`: capture: {share: …, to: …}."
            yield warning("LF0502", (*own.path, "capture"), fact, remedy, Related(f"{what} stands here", personal.path))


def _personal(plan: Plan, trained: str) -> Iterator[Store]:
    for workload in plan.workloads:
        if workload.label == trained:
            yield from (e.store for e in workload.edges if e.store.personal and e.verb in ("reads", "input"))


def definitions_fit(plan: Plan) -> Iterator[Diagnostic]:
    """SageMaker and SSM refuse what is over their bounds, in the middle of an apply."""
    if not plan.served:
        return
    # Lowering takes more along than a check needs.
    from landform.lower.endpoint import environment

    for own in plan.served:
        told = environment(own)
        if len(told) > ENDPOINT_ENVIRONMENT:
            fact = f"{own.label} is told {len(told)} variables; SageMaker takes {ENDPOINT_ENVIRONMENT}."
            yield error("LF0606", (*own.path, "env"), fact, "Put some of them into a file of the model's archive.")
        size = len(json.dumps({name: str(value) for name, value in told.items()}))
        if size > JOB_DEFINITION - 2_000:
            fact = f"the variables of {own.label} have {size} characters; SSM, which keeps them, takes 5600."
            yield error("LF0606", (*own.path, "env"), fact, "Put some of them into a file of the model's archive.")


RULES = (
    burstable_machines_do_not_scale,
    one_machine_is_in_one_zone,
    models_have_two_zones,
    packages_can_be_fetched,
    captured_requests_are_audited,
    definitions_fit,
)
