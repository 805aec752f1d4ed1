"""Refused names, tags and identifiers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from landform.catalog.refused import NAMINGS, Naming
from landform.proof.planned import Resource
from landform.scan.policies import documents
from landform.scan.refusals.model import Found, Refusal
from landform.scan.subject import Subject

MOST_TAGS: Final = 50
MOST_KEY: Final = 128
MOST_VALUE: Final = 256
"""Of one resource, and of a tag ("Tag naming limits and requirements", AWS general reference, as of 2026-11)."""


def _misnamed(naming: Naming, subject: Subject) -> Iterator[Found]:
    for resource in subject.planned.of_type(naming.type):
        name = resource.values.get(naming.argument)
        if not isinstance(name, str):
            continue
        if len(name) > naming.most:
            yield resource, f"has a {naming.argument} of {len(name)} characters: {naming.most} at most"
        elif not re.fullmatch(naming.pattern, name, re.ASCII):
            yield resource, f"cannot be called {name!r}"


def _tags(subject: Subject) -> Iterator[Found]:
    for resource in subject.planned.resources:
        tags = {**(resource.values.get("tags_all") or {}), **(_plain(resource) or {})}
        if len(tags) > MOST_TAGS:
            yield resource, f"has {len(tags)} tags: {MOST_TAGS} at most"
        for key, value in tags.items():
            if key.lower().startswith("aws:"):
                yield resource, f"has the tag {key!r}: `aws:` is AWS's own"
            elif len(key) > MOST_KEY or len(str(value or "")) > MOST_VALUE:
                yield resource, f"has a tag {key[:20]!r} of more than {MOST_KEY} and {MOST_VALUE} characters"


def _plain(resource: Resource) -> dict[str, str]:
    tags = resource.values.get("tags")
    return tags if isinstance(tags, dict) else {}


def _sids(subject: Subject) -> Iterator[Found]:
    for document in documents(subject):
        sids = [str(s["Sid"]) for s in document.statements if s.get("Sid")]
        for sid in sids:
            if document.kind == "identity" and not re.fullmatch(r"[A-Za-z0-9]+", sid):
                yield document.resource, f"has the statement id {sid!r}: letters and digits only"
        for sid in sorted({s for s in sids if sids.count(s) > 1}):
            yield document.resource, f"has two statements {sid}"


def _rule(naming: Naming) -> Refusal:
    kind = naming.type.removeprefix("aws_").replace("_", "-")
    says = f"`{naming.argument}` of {naming.type}: at most {naming.most} characters, of `{naming.pattern}`"
    return Refusal(f"name-of-{kind}", says, naming.source, partial(_misnamed, naming))


REFUSALS: Final = (
    *map(_rule, NAMINGS),
    Refusal(
        "tags",
        f"a resource has {MOST_TAGS} tags at most, none begins with `aws:`, keys have {MOST_KEY} and values "
        f"{MOST_VALUE} characters",
        "AWS general reference, Tag naming limits and requirements",
        _tags,
    ),
    Refusal(
        "statement-ids",
        "statement ids of IAM are letters and digits, and no two of a policy are alike",
        "IAM user guide, IAM JSON policy elements: Sid",
        _sids,
    ),
)
