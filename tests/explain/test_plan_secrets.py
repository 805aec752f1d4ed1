"""`landform explain --plan` shows no secret of a plan, and nothing that a terminal would obey."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.projects import landform

from landform.explain.changes import MASKED, changes

from .test_plan import BUCKET, resource, told, written

SECRETS = [
    ({"password": "hunter2secret"}, {}),
    ({"master_user_secret": "hunter2secret"}, {}),
    ({"user_data": "echo hunter2secret"}, {}),
    ({"value": "hunter2secret"}, {"after_sensitive": {"value": True}}),
    ({"settings": [{"name": "hunter2secret"}]}, {"after_sensitive": {"settings": [{"name": True}]}}),
    ({"environment": [{"variables": {"KEY": "hunter2secret"}}]}, {}),
    ({"environment": [{"variables": {"ONE": "hunter2secret", "TWO": "hunter2secret", "THREE": "hunter2secret"}}]}, {}),
    ({"settings": [{"name": "a", "api_key": "hunter2secret", "more": 1}]}, {}),
    ({"description": "AKIAHUNTER2SECRETSXX"}, {}),
    ({"block": [{"api_key": "hunter2secret"}]}, {}),
    ({"value": "hunter2secret"}, {"after_sensitive": True}),
]


@pytest.mark.parametrize(
    ("values", "sensitive"), SECRETS, ids=[f"{next(iter(v))}-{n}" for n, (v, _) in enumerate(SECRETS)]
)
@pytest.mark.parametrize("form", ["text", "json"])
def test_a_secret_is_never_shown(
    values: dict[str, Any], sensitive: dict[str, Any], form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec, plan = written(tmp_path, resource("module.machines_work.aws_thing.this", ["update"], {}, values, **sensitive))
    landform("explain", spec, "--plan", plan, "--format", form)
    shown = "".join(capsys.readouterr())
    assert next(iter(values)) in shown
    assert "unter2secret" not in shown.lower().replace("akia", "")
    assert MASKED in shown or "****" in shown


def test_a_value_of_before_is_hidden_as_well() -> None:
    (change,) = changes(
        {
            "format_version": "1.2",
            "resource_changes": [
                resource("aws_x.y", ["update"], {"v": "old"}, {"v": "new"}, before_sensitive={"v": True})
            ],
        }
    )
    assert [(edit.before, edit.after) for edit in change.edits] == [(MASKED, MASKED)]


def test_control_characters_do_not_reach_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change = resource(BUCKET, ["update"], {"bucket": "a"}, {"bucket": "b\x1b[2J\u202e"})
    _, text = told(tmp_path, capsys, change)
    assert "\x1b" not in text
    assert "\u202e" not in text
