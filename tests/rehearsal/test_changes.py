"""Edits of a spec whose system stands: a plan shows what it should and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from landform.emit.files import write
from landform.emit.modules import provide
from landform.emit.tree import modules_of, tree
from landform.pipeline import analyse
from landform.rehearse.embedded import EmbeddedAws
from landform.rehearse.stage import stage, swap_in
from landform.rehearse.terraform import Change, Terraform

HEAD = 'version: 1\nsystem: stores\naccount: "123456789012"\nenvironment: development\n'
BEFORE = HEAD + dedent("""\
    regions: {primary: us-east-1, replicas: [eu-west-1]}
    data:
      events: {kind: bucket, retain: 30d}
      models: {kind: bucket, replicate: true}
    """)

Planned = Callable[[str], tuple[Change, ...]]


def compiled(spec: str, project: Path) -> Path:
    """Compile a spec into a project of its own; return the output."""
    file = project / "specs" / "stores.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(spec)
    analysis = analyse(file)
    assert analysis.sound and analysis.plan, analysis.diagnostics
    folder = project / "generated" / "stores" / "development"
    files = tree(analysis.plan)
    write(folder, files)
    provide(project, modules_of(files))
    return folder


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planned]:
    """The system stands on an embedded AWS; `planned(spec)` says what an edited spec would change."""
    folder = tmp_path_factory.mktemp("applied")
    with EmbeddedAws("123456789012") as aws:
        terraform = Terraform(stage(compiled(BEFORE, folder / "before"), folder / "staged", aws.target), aws.target)
        terraform.init()
        terraform.apply()
        edits = iter(range(100))

        def plan(spec: str) -> tuple[Change, ...]:
            output = compiled(spec, folder / f"edit-{next(edits)}")
            swap_in(output, terraform.workdir, aws.target)
            terraform.init()
            return terraform.plan("edit.tfplan").changes

        yield plan


def actions(changes: tuple[Change, ...]) -> dict[str, set[str]]:
    """Action → modules that it touches."""
    found: dict[str, set[str]] = {}
    for change in changes:
        found.setdefault(change.action, set()).add(change.address.split(".")[1])
    return found


def test_what_stands_is_what_is_written(planned: Planned) -> None:
    assert planned(BEFORE) == ()


def test_another_order_changes_nothing(planned: Planned) -> None:
    lines = BEFORE.splitlines(keepends=True)
    assert planned("".join((*lines[:-2], lines[-1], lines[-2]))) == ()


def test_a_new_entry_touches_itself_alone(planned: Planned) -> None:
    assert actions(planned(BEFORE + "  extra: {kind: bucket}\n")) == {"create": {"data_extra"}}


def test_a_dropped_entry_goes_and_nothing_else(planned: Planned) -> None:
    spec = BEFORE.replace("  events: {kind: bucket, retain: 30d}\n", "")
    assert actions(planned(spec)) == {"delete": {"data_events"}}


def test_an_edited_entry_is_updated_in_place(planned: Planned) -> None:
    assert actions(planned(BEFORE.replace("30d", "60d"))) == {"update": {"data_events"}}


def test_a_renamed_entry_is_moved_and_keeps_its_bucket(planned: Planned) -> None:
    spec = BEFORE.replace("events: {kind: bucket", "occurrences: {kind: bucket, was: events")
    changes = actions(planned(spec))
    assert changes == {"move": {"data_occurrences"}}


def test_a_renamed_entry_takes_its_replica_along(planned: Planned) -> None:
    spec = BEFORE.replace("models: {kind: bucket", "weights: {kind: bucket, was: models")
    assert actions(planned(spec)) == {"move": {"data_weights", "data_weights_eu_west_1"}}


def test_a_retired_region_is_emptied(planned: Planned) -> None:
    spec = BEFORE.replace("replicas: [eu-west-1]", "retired: [eu-west-1]")
    changes = planned(spec)
    deleted = actions(tuple(c for c in changes if c.action == "delete"))
    assert deleted["delete"] == {"data_models_eu_west_1", "keys_eu_west_1", "data_models"}
    # In the primary only the replication to the retired region goes, with its role.
    of_primary = {c.address for c in changes if c.address.startswith("module.data_models.")}
    assert all("replication" in address for address in of_primary)
    assert {c.action for c in changes} == {"delete"}
