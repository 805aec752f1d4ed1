"""The section `monitor`: what is watched, who is told, and where one looks."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from landform.spec.model import Model, Text
from landform.spec.names import Name
from landform.spec.units import Days, fault


def _email(value: str) -> str:
    name, at, domain = value.partition("@")
    if not (name and at and "." in domain.strip(".")) or any(c.isspace() or c == "@" for c in name + domain):
        raise fault(f"{value!r} is not an e-mail address: write it like oncall@example.com")
    return value


Email = Annotated[Text, AfterValidator(_email), Field(max_length=320)]


def _one(value: object) -> object:
    return [value] if isinstance(value, str) else value


Told = Annotated[
    tuple[Text, ...],
    BeforeValidator(_one, json_schema_input_type=str | list[str]),
    Field(strict=False),
]
"""Names of `notify`: one, or several."""


class Logs(Model):
    """What holds for every log group of the system."""

    retain: Days | None = None
    anomalies: bool = False


class Alarm(Model):
    """An alarm on one component; `when` is a condition in the words of the language."""

    of: Text
    when: Annotated[Text, Field(min_length=1, max_length=200)]
    tell: Told = ()


class Query(Model):
    """A saved query of CloudWatch Logs Insights over the logs of one component."""

    of: Text
    where: Annotated[Text, Field(min_length=1, max_length=2_000)] | None = None
    count_by: Annotated[Text, Field(min_length=1, max_length=200)] | None = None
    fields: Annotated[tuple[Annotated[Text, Field(min_length=1, max_length=200)], ...], Field(strict=False)] = ()


class Monitor(Model):
    """Alarms, dashboards, saved queries, and who hears of what; `tell` is who hears of the default alarms."""

    notify: dict[Name, Annotated[tuple[Email, ...], Field(strict=False, min_length=1)]] = {}
    tell: Told = ()
    dashboard: Literal["auto", "none"] = "auto"
    defaults: Literal["auto", "none"] = "auto"
    logs: Logs = Logs()
    alarms: dict[Name, Alarm] = {}
    queries: dict[Name, Query] = {}
