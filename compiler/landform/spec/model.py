"""What all models of the language share."""

from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from landform.spec.names import Name
from landform.spec.units import fault

ACTIONS: Final = ("reads", "writes", "deletes")
"""The verbs of the language that this version knows."""


class Model(BaseModel):
    """Frozen, strict, and without room for unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


def _text(value: object) -> object:
    if isinstance(value, bool | int | float):
        raise fault(f"{value} is a number or a truth value where text is meant: write it in quotes")
    return value


Text = Annotated[str, BeforeValidator(_text)]
"""Text that the user did not mean as a number: ``4711`` unquoted is refused, never changed."""

Given = Annotated[Text, Field(min_length=1)]
"""Text that says something."""

Variable = Annotated[Text, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,127}$")]


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Was = Annotated[
    tuple[Name, ...],
    BeforeValidator(_as_list, json_schema_input_type=str | list[str]),
    Field(strict=False),
]
"""Earlier names of an entry, the oldest first: what AWS calls it stays as the oldest had it."""
