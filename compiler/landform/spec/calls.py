"""Calls: how a workload names the services that it calls."""

from typing import Annotated

from pydantic import AfterValidator, Field

from landform.spec.model import Text
from landform.spec.units import fault


def _service(value: str) -> str:
    section, _, entry = value.rpartition(".")
    if section == "functions":
        raise fault(f"{value} is run by its trigger, and by nobody else: call a service of `serve`")
    if section != "serve" or not entry:
        raise fault(f"{value!r} is not a service: write it like serve.{entry or 'score'}")
    return value


Called = Annotated[Text, AfterValidator(_service), Field(json_schema_extra={"pattern": r"^serve\..+$"})]
"""A service, by its section and name."""
