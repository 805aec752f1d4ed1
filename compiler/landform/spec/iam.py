"""The section `iam`: where the roles of a system stand, and what none of them may ever do."""

from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from landform.spec.model import Model, Text
from landform.spec.units import fault

ROOT: Final = "/"
"""The path of what is given none."""


class Iam(Model):
    """The path of every role that landform makes, and the policy that bounds each: an ARN of this account or of AWS."""

    # IAM takes more; a wildcard in a path would be one in every policy that names a role.
    path: Annotated[Text, Field(max_length=512, pattern=r"^/([A-Za-z0-9._+=@-]+/)*$")] = ROOT
    permissions_boundary: (
        Annotated[
            Text,
            Field(pattern=r"^arn:aws:iam::([0-9]{12}|aws):policy/([A-Za-z0-9._+=@-]+/)*[A-Za-z0-9._+=,@-]{1,128}$"),
        ]
        | None
    ) = None

    @model_validator(mode="after")
    def _not_of_aws(self) -> Self:
        if self.path.startswith("/aws-"):
            raise fault(f"{self.path} belongs to AWS, which keeps paths that begin with `/aws-`: choose another")
        return self

    @property
    def bound_by(self) -> str | None:
        """The account that the boundary belongs to: twelve digits, or ``aws``."""
        return self.permissions_boundary.split(":")[4] if self.permissions_boundary else None
