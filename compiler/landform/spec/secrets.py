"""The section `secrets`: what is kept elsewhere, and told to nobody but those who use it."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from landform.spec.model import Model, Text
from landform.spec.units import fault

ARN = r"arn:aws:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6}"


def _whole_arn(value: str) -> str:
    if not re.fullmatch(ARN, value):
        raise fault(
            f"{value!r} is not the ARN of a secret: write it whole, with the six characters at its end "
            "(aws secretsmanager describe-secret)"
        )
    return value


class Secret(Model):
    """A secret of AWS Secrets Manager; `key` is what encrypts it, where that is not the service's own key."""

    existing: Annotated[Text, AfterValidator(_whole_arn), Field(json_schema_extra={"pattern": f"^{ARN}$"})]
    key: Annotated[Text, Field(pattern=r"^arn:aws:kms:[a-z0-9-]+:\d{12}:key/[0-9a-f-]{36}$")] | None = None
