"""Text of a spec in the policies of IAM: no word of it becomes a variable or a wildcard there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from landform.diagnostics import Severity
from landform.pipeline import planned
from landform.proof.evaluate import read_policy
from landform.proof.grants import as_policy, read_grants
from landform.source import parse

ROOT = Path(__file__).parents[2]
SPECS = [
    *(ROOT / "specs" / f"{n}.yaml" for n in ("nightly", "shared-files")),
    ROOT / "tests/support/orders/orders.yaml",
]


def texts(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, Any, tuple[Any, ...]]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        if isinstance(inner, str):
            yield value, key, (*path, key)
        yield from texts(inner, (*path, key))


@pytest.mark.parametrize("hostile", ["a${aws:username}b", "a*b", "a?b/"])
@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.stem)
def test_no_text_is_more_than_itself(spec: Path, hostile: str) -> None:
    """Each text of the sample in turn is replaced: it is refused where it stands, or it is nowhere in a policy."""
    source, _ = parse(spec.read_bytes(), spec.name)
    assert source is not None
    whole = json.dumps(source.data)
    for number in range(len(list(texts(source.data)))):
        data = json.loads(whole)
        holder, key, path = list(texts(data))[number]
        holder[key] = f"{holder[key]}{hostile}" if holder[key].startswith("s3://") else hostile
        plan, found = planned(data, spec)
        if plan is None or any(d.severity is Severity.ERROR and d.path[: len(path)] == path for d in found):
            continue
        for grant in plan.grants:
            said = json.dumps([grant.statement.resources, grant.statement.conditions])
            assert hostile.strip("/") not in said, path


@pytest.mark.parametrize("tree", sorted((ROOT / "generated").glob("*/*/grants.json")), ids=lambda tree: tree.parts[-3])
def test_grants_go_through_the_reader_of_policies_and_come_out_as_they_went_in(tree: Path) -> None:
    for grant in read_grants(json.loads(tree.read_text())):
        (statement,) = as_policy([grant]).statements
        assert {statement.spelt[a] for a in statement.actions.texts} == set(grant.actions)
        assert statement.resources.texts == grant.resources
        said = {(c.operator, c.key): c.values for c in statement.conditions}
        assert said == {
            (operator, key.lower()): tuple(values)
            for operator, lines in grant.conditions.items()
            for key, values in lines.items()
        }


@pytest.mark.parametrize("file", sorted((ROOT / "generated").glob("*/*/main.tf.json")), ids=lambda f: f.parts[-3])
def test_every_document_in_the_root_module_is_read_by_the_reader_of_policies(file: Path) -> None:
    for text in _documents(json.loads(file.read_text())):
        assert read_policy(text).statements


def _documents(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _documents(inner)
    elif isinstance(value, str) and value.startswith("{") and '"Statement"' in value:
        yield value
