"""The section `audit`: who did what."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from landform.spec.model import Model, Text
from landform.spec.units import Days, fault

Detector = Literal["guardduty", "config", "access-analyzer", "securityhub"]
"""What an account has one of in each region."""


class Audit(Model):
    """One CloudTrail over all regions, or word that the account has its own; and detectors, or word of those."""

    trail: Literal["all-regions", "existing"]
    data_events: Annotated[tuple[Text, ...], Field(strict=False)] = ()
    retain: Days = Field(default=365, json_schema_extra={"default": "1y"})
    locked: bool | Literal["governance", "compliance"] = False
    detect: Literal["existing"] | Annotated[tuple[Detector, ...], Field(strict=False)] = ()

    @model_validator(mode="after")
    def _ours_to_shape(self) -> Self:
        if self.trail == "existing" and self.model_fields_set - {"trail", "detect"}:
            raise fault(
                "an existing trail is not landform's to change: leave out everything but `trail: existing` and `detect`"
            )
        return self
