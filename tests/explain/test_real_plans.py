"""`landform explain --plan` of real plans: of a system that was applied to the embedded AWS, and edited.

The system is that of plans/nothing.yaml; the plans are what `terraform show -json` says, cut down to the resources that
change.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.projects import landform

PLANS = Path(__file__).parent / "plans"

LOST, LOOK, FINE = (
    "do not apply: stored data of production would be lost",
    "look at the risks before you apply",
    "the apply puts nothing stored at risk",
)

EDITS = {
    "edge": (0, FINE),
    "expiring-rows": (0, LOOK),
    "image": (0, LOOK),
    "instance": (0, LOOK),
    "larger-disk": (0, FINE),
    "longer": (0, FINE),
    "lost-name": (1, LOST),
    "machine-gone": (1, LOST),
    "machine-renamed": (0, LOOK),
    "new": (0, LOOK),
    "nothing": (0, "what stands is what the spec says"),
    "queue": (1, LOST),
    "rekeyed-table": (1, LOST),
    "renamed": (0, LOOK),
    "replicated": (0, FINE),
    "shorter": (1, LOST),
    "smaller-disk": (0, LOOK),
    "unprotected": (1, LOST),
    "vanished": (1, LOST),
    "way-out": (0, FINE),
}


@pytest.mark.parametrize("edit", EDITS)
def test_a_real_plan_has_its_verdict(
    edit: str, capsys: pytest.CaptureFixture[str], golden: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(PLANS)
    status = landform("explain", f"{edit}.yaml", "--plan", f"{edit}.json")
    text = capsys.readouterr().out
    assert (status, text.splitlines()[1]) == (EDITS[edit][0], f"verdict  {EDITS[edit][1]}")
    golden(f"explain/plan-{edit}.txt", text)


def test_each_edit_has_a_plan() -> None:
    assert {path.stem for path in PLANS.glob("*.json")} == set(EDITS)
    assert len(EDITS) == 20


@pytest.mark.parametrize("edit", EDITS)
def test_no_script_of_a_real_plan_is_shown(edit: str) -> None:
    shown = (Path(__file__).parents[1] / "golden" / "explain" / f"plan-{edit}.txt").read_text()
    for change in json.loads((PLANS / f"{edit}.json").read_text())["resource_changes"]:
        for values in (change["change"]["before"] or {}, change["change"]["after"] or {}):
            assert not values.get("user_data") or values["user_data"] not in shown
