"""What every service has that callers reach by a URL: who may come, under which name, with which certificate."""

import re
from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, model_validator

from landform.spec.model import Model, Text
from landform.spec.units import fault

CERTIFICATE: Final = r"^arn:aws:acm:[a-z0-9-]+:\d{12}:certificate/[0-9a-f-]+$"
DOMAIN: Final = r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$"
ZONE: Final = r"^Z[A-Z0-9]{1,31}$"
PATH: Final = r"^/[A-Za-z0-9_./~%-]*$"

Certificate = Annotated[Text, Field(pattern=CERTIFICATE, json_schema_extra={"pattern": CERTIFICATE})]
"""The ARN of a certificate in ACM."""


def _path(value: str) -> str:
    if not re.fullmatch(PATH, value):
        raise fault(f"{value!r} is no path of a URL: write it like /ping")
    return value


class Named(Model):
    """What may have a name of its own, in a hosted zone, and a certificate of it: one, or one for each region."""

    domain: Annotated[Text, Field(pattern=DOMAIN, max_length=253)] | None = None
    zone: Annotated[Text, Field(pattern=ZONE)] | None = None
    certificate: Certificate | dict[Text, Certificate] | None = None

    def certificate_in(self, region: str) -> str | None:
        """Return the certificate that is for a region."""
        return self.certificate.get(region) if isinstance(self.certificate, dict) else self.certificate

    @model_validator(mode="after")
    def _is_found(self) -> Self:
        if (self.domain is None) != (self.zone is None):
            given, missing = ("domain", "zone") if self.domain else ("zone", "domain")
            raise fault(f"`{given}` without `{missing}` leads nowhere: add it")
        if self.certificate and self.domain is None:
            raise fault("a certificate is of a name, and the service has none of its own: add `domain` and `zone`")
        return self


class Site(Named):
    """A service with a URL: for callers inside the network, or `public`."""

    health: Annotated[Text, AfterValidator(_path), Field(max_length=1_024, json_schema_extra={"pattern": PATH})] = "/"
    public: bool = False

    @model_validator(mode="after")
    def _is_served_by_tls(self) -> Self:
        if self.public and not self.certificate:
            raise fault("what is public is served by TLS alone: add `certificate`, or leave `public` out")
        return self
