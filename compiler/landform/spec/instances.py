"""Instance types: EC2's own names, and SageMaker's, which begin with ``ml.``; and how a spec says which."""

from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from landform.spec.model import Model, Text
from landform.spec.units import Accelerator, Count, Memory, fault

_MANAGED = "ml."


def _of_ec2(value: object) -> object:
    if isinstance(value, str) and value.startswith(_MANAGED):
        raise fault(f"{value} is what SageMaker calls it: write {value.removeprefix(_MANAGED)}")
    return value


def _of_sagemaker(value: object) -> object:
    if isinstance(value, str) and value.count(".") == 1 and not value.startswith(_MANAGED):
        raise fault(f"{value} is what EC2 calls it: write {_MANAGED}{value}")
    return value


InstanceName = Annotated[Text, BeforeValidator(_of_ec2), Field(pattern=r"^[a-z0-9-]+\.[a-z0-9-]+$")]
"""A type of EC2: ``g5.xlarge``."""

ManagedInstanceName = Annotated[Text, BeforeValidator(_of_sagemaker), Field(pattern=r"^ml\.[a-z0-9-]+\.[a-z0-9-]+$")]
"""A type of SageMaker: ``ml.g5.xlarge``."""

_ASKING = ("accelerator", "cpu", "memory")


def require_one_way(own: Any, *also: str) -> None:
    """Raise a fault where `own` names an instance and asks for one too, by these keys or `also`, or does neither."""
    said = (*_ASKING, *also)
    if own.instance and any(getattr(own, key) for key in said):
        keys = ", ".join(f"`{key}`" for key in said[:-1])
        raise fault(f"`instance` names one type, so {keys} and `{said[-1]}` say nothing: leave out one or the other")
    if not own.instance and not any(getattr(own, key) for key in _ASKING):
        raise fault("nothing says what to run on: add `instance`, `accelerator`, or `cpu` and `memory`")


class ManagedMachine(Model):
    """What SageMaker's machines are: one type by its name, or what the cheapest that qualifies must have."""

    instance: ManagedInstanceName | None = None
    accelerator: Accelerator | None = None
    cpu: Count | None = None
    memory: Memory | None = None

    @model_validator(mode="after")
    def _one_way_to_say_the_type(self) -> Self:
        require_one_way(self)
        return self
