"""Services on `platform: lambda`: AWS Lambda runs them for as long as a request takes."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from landform.catalog.api import MOST_ROUTES, ROUTE, answered
from landform.spec.functions import Code
from landform.spec.model import Model, Text
from landform.spec.serve.service import Service
from landform.spec.serve.site import Named
from landform.spec.units import RequestRate, fault

MOST_AT_ONCE = 1_000
"""Concurrent executions of an account, of all its functions together, before AWS raises it (Lambda quotas)."""


def _route(value: str) -> str:
    if not re.fullmatch(ROUTE, value):
        raise fault(f"{value!r} is no route: write it like GET /notes/{{id}}, or ANY /{{rest+}} for all that is left")
    return value


Route = Annotated[Text, AfterValidator(_route), Field(max_length=256, json_schema_extra={"pattern": ROUTE})]
"""A method and a path, as API Gateway writes them: ``GET /notes/{id}``; ``ANY`` is every method."""

EVERYTHING = ("ANY /", "ANY /{rest+}")
"""Every method on every path: what a URL of a function lets through."""


def _once(routes: tuple[str, ...]) -> tuple[str, ...]:
    seen: dict[str, str] = {}
    for route in routes:
        other = seen.setdefault(answered(route), "")
        if other:
            raise fault(f"{route!r} and {other!r} answer the same: leave one out")
        seen[answered(route)] = route
    return routes


class Http(Named):
    """A URL, for callers that sign their requests: the function's own, or that of an API before it.

    An API answers on its `routes` alone, lets so many requests through in a second as `limit` says, and may have a
    name of its own.
    """

    auth: Literal["iam"]
    via: Literal["url", "api"] = "url"
    routes: Annotated[
        tuple[Route, ...], Field(strict=False, min_length=1, max_length=MOST_ROUTES), AfterValidator(_once)
    ] = EVERYTHING
    limit: RequestRate = Field(default=1_000, json_schema_extra={"default": "1000 requests/s"})

    @model_validator(mode="after")
    def _of_an_api(self) -> Self:
        ours = ("routes", "limit", "domain", "zone", "certificate")
        said = next((key for key in ours if key in self.model_fields_set), None)
        if said and self.via == "url":
            raise fault(f"the URL of a function knows no `{said}`: add `via: api`, or leave it out")
        if self.domain and not self.certificate:
            raise fault("an API is served by TLS alone: add the `certificate` of `domain`")
        return self


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
