"""Buckets."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from landform.spec.model import Model, Text, Was
from landform.spec.units import Days, fault


def _bucket_name(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", value):
        bare = value.removeprefix("arn:aws:s3:::").removeprefix("s3://").split("/")[0].lower() or "acme-history"
        raise fault(f"{value!r} is not the name of a bucket: write the name alone, such as {bare}")
    return value


class Bucket(Model):
    """An S3 bucket: private, versioned, TLS only, encrypted with a key of the system."""

    kind: Literal["bucket"]
    data_class: Literal["pii"] | None = Field(default=None, alias="class")
    retain: Days | None = None
    versioned: bool = True
    replicate: bool | Literal["both"] = False
    existing: Annotated[Text, AfterValidator(_bucket_name)] | None = None
    key: Annotated[Text, Field(pattern=r"^arn:aws:kms:[a-z0-9-]+:\d{12}:key/[0-9a-f-]{36}$")] | None = None
    was: Was = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.existing:
            foreign = {"class", "retain", "versioned", "replicate", "was"} & {
                type(self).model_fields[name].alias or name for name in self.model_fields_set
            }
            if foreign:
                raise fault(f"an existing bucket is not landform's to change: leave out {', '.join(sorted(foreign))}")
        elif self.key:
            raise fault("a bucket that landform makes gets a key of the system: `key` goes with `existing` only")
        if self.replicate and not self.versioned:
            raise fault("S3 replicates versioned buckets only: leave out `versioned: false`")
        return self
