"""Tables.

Limits: DynamoDB developer guide, "Service, account, and table quotas" and "Naming rules"; the target of scaling:
Application Auto Scaling, TargetTrackingScalingPolicyConfiguration for DynamoDB (all read 2026-11-23).
"""

import re
from collections.abc import Iterator
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from landform.spec.model import Model, Text, Was
from landform.spec.units import Attribute, Count, KeyAttribute, Percent, Range, fault

MOST_INDEXES: Final = 20
MOST_PROJECTED: Final = 100
"""Attributes that the indexes of a table may name, all together."""


def _attribute(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_.:-]{1,255}", name):
        raise fault(f"'{name}' is no attribute here: use letters, digits and _ . : -")
    return name


def _index_name(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_.-]{3,255}", name):
        raise fault(f"'{name}' is no name of an index: use 3 to 255 letters, digits and _ . -")
    return name


def _units(units: Range) -> Range:
    if units.high is None or units.low < 1:
        raise fault(f"{units} is no capacity: write the least and the most units a second, 5..100")
    return units


def _fixed(units: Range) -> Range:
    if units.low != units.high:
        raise fault(f"the capacity of an index is fixed, and {units} is a range: write one number")
    return _units(units)


def _target(percent: int) -> int:
    if not 20 <= percent <= 90:
        raise fault(f"DynamoDB scales to 20% to 90% of what is used, not {percent}%: write 70%")
    return percent


Units = Annotated[Count, AfterValidator(_units)]
FixedUnits = Annotated[Count, AfterValidator(_fixed)]


class Provisioned(Model):
    """Units of capacity that are there all the time, scaled to what is used."""

    read: Units
    write: Units
    target: Annotated[Percent, AfterValidator(_target)] = Field(default=70, json_schema_extra={"default": "70%"})


class IndexCapacity(Model):
    """Units of an index: fixed, for Terraform cannot tell what scaling did to an index from what the spec says."""

    read: FixedUnits
    write: FixedUnits


class Index(Model):
    """Another order of the same rows: a global secondary index."""

    key: KeyAttribute
    sort: KeyAttribute | None = None
    project: Literal["all", "keys"] | Annotated[tuple[Text, ...], Field(strict=False, min_length=1)] = "all"
    capacity: IndexCapacity | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.sort and self.sort.name == self.key.name:
            raise fault(f"'{self.key.name}' cannot be `key` and `sort` at once: leave `sort` out")
        return self


IndexName = Annotated[
    Text, AfterValidator(_index_name), Field(json_schema_extra={"pattern": "^[A-Za-z0-9_.-]{3,255}$"})
]


class Table(Model):
    """A DynamoDB table, encrypted with a key of the system, that can be restored to any second of the last 35 days."""

    kind: Literal["table"]
    data_class: Literal["pii"] | None = Field(default=None, alias="class")
    key: KeyAttribute
    sort: KeyAttribute | None = None
    ttl: Annotated[Text, AfterValidator(_attribute)] | None = None
    capacity: Literal["on-demand"] | Provisioned = "on-demand"
    indexes: dict[IndexName, Index] = {}
    replicate: bool = False
    was: Was = ()

    @property
    def attributes(self) -> dict[str, str]:
        """The attributes of all keys with their types; what is nowhere typed is a string."""
        named = [attribute for _, attribute in self._keys()]
        typed = {attribute.name: attribute.type for attribute in named if attribute.type}
        return {attribute.name: typed.get(attribute.name, "string") for attribute in named}

    def _keys(self) -> Iterator[tuple[str, Attribute]]:
        """Yield every key and sort key, and where it stands, the table's own first."""
        yield from (("the table's own key", each) for each in (self.key, self.sort) if each)
        for name, index in self.indexes.items():
            yield from ((f"the index {name}", each) for each in (index.key, index.sort) if each)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.sort and self.sort.name == self.key.name:
            raise fault(f"'{self.key.name}' cannot be `key` and `sort` at once: leave `sort` out")
        self._check_types()
        self._check_indexes()
        if self.replicate and self.capacity != "on-demand":
            raise fault("a table that is replicated has its capacity on demand: leave `capacity` out")
        return self

    def _check_types(self) -> None:
        first: dict[str, tuple[str, str]] = {}
        for where, attribute in self._keys():
            known, place = first.setdefault(attribute.name, (attribute.type or "", where))
            if known and attribute.type and known != attribute.type:
                raise fault(
                    f"'{attribute.name}' is a {known} in {place} and a {attribute.type} in {where}: use one type"
                )
            if not known and attribute.type:
                first[attribute.name] = (attribute.type, where)
        if self.ttl and self.attributes.get(self.ttl, "number") != "number":
            remedy = f"write `{self.ttl} number`"
            raise fault(f"rows end at a time in seconds, and the key '{self.ttl}' is no number: {remedy}")

    def _check_indexes(self) -> None:
        if len(self.indexes) > MOST_INDEXES:
            raise fault(f"a table has at most {MOST_INDEXES} indexes, not {len(self.indexes)}: leave some out")
        projected = 0
        for name, index in self.indexes.items():
            if (index.key.name, index.sort and index.sort.name) == (self.key.name, self.sort and self.sort.name):
                raise fault(f"the index {name} has the order of the table itself: leave it out")
            if (index.capacity is None) != (self.capacity == "on-demand"):
                raise fault(_index_capacity(name, index))
            if isinstance(index.project, tuple):
                projected += len(index.project)
                self._check_projection(name, index.project, index)
        if projected > MOST_PROJECTED:
            raise fault(
                f"the indexes name {projected} attributes, and {MOST_PROJECTED} is the most: use `project: all`"
            )

    def _check_projection(self, name: str, project: tuple[str, ...], index: Index) -> None:
        keys = {each.name for each in (self.key, self.sort, index.key, index.sort) if each}
        for attribute in project:
            if attribute in keys:
                raise fault(f"keys are in every index, so '{attribute}' need not be in {name}: leave it out")
        if len(set(project)) < len(project):
            raise fault(f"an attribute stands twice in `project` of {name}: leave one out")


def _index_capacity(name: str, index: Index) -> str:
    if index.capacity is None:
        return f"the index {name} of a table with provisioned capacity has none: add `capacity: {{read: 5, write: 5}}`"
    return f"the capacity of the index {name} is on demand, as its table's is: leave it out there"
