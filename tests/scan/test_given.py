"""A plan that is given: what is none is told, whatever it is, and nothing counts as scanned."""

from pathlib import Path

import pytest
from support.projects import landform, project


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "null", "[]", "5", '"plan"', '{"planned_values": 5}', '{"resource_changes": [5]}'),
        '{"planned_values": {"root_module": {"resources": [{"mode": "managed"}]}}}',
        '{"configuration": {"root_module": 5}, "planned_values": {"root_module": {"resources":'
        ' [{"mode": "managed", "type": "a", "name": "b", "address": "a.b"}]}}}',
    ],
)
def test_what_is_no_plan_is_told(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text(text)
    assert landform("scan", project(tmp_path), "--plan", plan) == 1
    assert f"{plan} is not the JSON of a plan" in capsys.readouterr().err
