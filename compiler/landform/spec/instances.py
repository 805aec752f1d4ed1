"""Names of instance types: EC2's own, and SageMaker's, which begin with ``ml.``."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from landform.spec.model import Text
from landform.spec.units import fault

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
