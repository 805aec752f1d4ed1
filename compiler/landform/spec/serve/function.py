"""Services on `platform: lambda`: AWS Lambda runs them for as long as a request takes."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from landform.spec.functions import Code
from landform.spec.model import Model
from landform.spec.serve.service import Service
from landform.spec.units import fault

MOST_AT_ONCE = 1_000
"""Concurrent executions of an account, of all its functions together, before AWS raises it (Lambda quotas)."""


class Http(Model):
    """A URL of its own, for callers that sign their requests."""

    auth: Literal["iam"]


class Concurrency(Model):
    """How many requests are answered at once: so many are always ready, and no more than so many run."""

    min: Annotated[int, Field(ge=0, le=MOST_AT_ONCE)] = 0
    max: Annotated[int, Field(ge=1, le=MOST_AT_ONCE)] | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.max is not None and self.max < self.min:
            raise fault(f"at least {self.min} and at most {self.max} exclude each other: write min: {self.max}")
        return self


class LambdaService(Service, Code):
    """A service on Lambda: called by its name, or by a URL."""

    platform: Literal["lambda"]
    http: Http | None = None
    scale: Concurrency = Concurrency()
