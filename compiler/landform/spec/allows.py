"""The raw door: permissions that no edge of the language means, each with its reason and its end."""

import re
from datetime import date
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from landform.catalog.escalation import ESCALATION
from landform.catalog.raw_door import why_not
from landform.catalog.unscoped_actions import UNSCOPED_ACTIONS
from landform.spec.model import Model, Text
from landform.spec.units import fault

MOST: Final = 10
"""Of one workload, and of actions or resources in one of them: whoever needs more needs an edge."""

SHORTEST: Final = 10
LONGEST: Final = 500
"""Characters of a reason."""

_WHY: Final = {"type": "string", "minLength": SHORTEST, "maxLength": LONGEST}
_ACTION: Final = re.compile(r"[a-z][a-z0-9-]*:[A-Za-z0-9]+")
_ARN: Final = re.compile(r"arn:aws(-[a-z]+)*:[a-z0-9-]+:[a-z0-9-]*:(\d{12})?:[^\s*?]+(/\*)?")
_WIDENS: Final = frozenset(action.lower() for action in ESCALATION)


def _action(value: str) -> str:
    if "*" in value or "?" in value:
        raise fault(f"{value} is a pattern, which allows what AWS will add next year: list the actions")
    if not _ACTION.fullmatch(value):
        raise fault(f"{value!r} is no action of AWS: write it like sns:Publish")
    if value.lower() in _WIDENS:
        raise fault(f"by {value} a workload widens its own access: leave it to who applies Terraform")
    if why := why_not(value):
        raise fault(f"{value} {why}: leave it to who applies Terraform")
    return value


def _resource(value: str) -> str:
    if value != "*" and not _ARN.fullmatch(value):
        raise fault(f"{value!r} is no ARN without wildcards: write it out; only objects may end in /*")
    if "${" in value:
        raise fault(f"{value} has a variable of IAM, which is decided when it is called: write the resource out")
    if value.endswith("/*") and not value.startswith("arn:aws:s3:::"):
        raise fault(f"{value} is a pattern: only objects of a bucket may end in /*")
    return value


def _why(value: str) -> str:
    if not SHORTEST <= len(value) <= LONGEST:
        raise fault(f"a reason has {SHORTEST} to {LONGEST} characters: say what it is for, and why no edge does")
    return value


def _until(value: object) -> date:
    try:
        if isinstance(value, str) and len(value) == len("2027-03-31"):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise fault(f"{value!r} is no day: write it like 2027-03-31")


Until = Annotated[
    date,
    BeforeValidator(_until),
    WithJsonSchema({"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$", "format": "date"}),
]
Some = Field(min_length=1, max_length=MOST, strict=False)


class Allow(Model):
    """Actions on resources that no edge means: why, and the last day on which that holds."""

    actions: Annotated[tuple[Annotated[Text, AfterValidator(_action)], ...], Some]
    resources: Annotated[tuple[Annotated[Text, AfterValidator(_resource)], ...], Some]
    why: Annotated[Text, AfterValidator(_why), WithJsonSchema(_WHY)]
    until: Until


def _scoped(several: tuple[Allow, ...]) -> tuple[Allow, ...]:
    for each in several:
        narrow = [action for action in each.actions if action not in UNSCOPED_ACTIONS]
        if "*" in each.resources and narrow:
            raise fault(f"{narrow[0]} knows resources, and `*` is all of them: name them by ARN")
    return several


Allows = Annotated[tuple[Allow, ...], Field(max_length=MOST, strict=False), AfterValidator(_scoped)]
