"""What a user is told of each fault: where it is and what to do."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from landform.diagnostics import Diagnostic
from landform.rehearse.applied import Applied
from landform.rehearse.embedded import EmbeddedAws
from landform.rehearse.inspection import Finding, Standing
from landform.rehearse.stage import NOWHERE, stage
from landform.rehearse.telling import FAULT, placed, told_again, told_change, told_destroy, told_look
from landform.rehearse.terraform import PlanResult, Terraform

VOLUME = Applied("module.machines_bench.aws_ebs_volume.data[0]", "aws_ebs_volume", "us-east-1", {"id": "vol-1"})
BUCKET = "module.data_notes.aws_s3_bucket.this"


@pytest.fixture
def planned(sample: Path, tmp_path: Path) -> tuple[Terraform, PlanResult]:
    """A plan that is not empty: nothing stands yet."""
    terraform = Terraform(stage(sample, tmp_path / "copy", NOWHERE))
    terraform.init()
    return terraform, terraform.plan()


def told(found: Iterable[Diagnostic]) -> dict[str, str]:
    return {d.message: d.remedy for d in found}


def test_what_a_plan_would_change_is_told_with_a_remedy(planned: tuple[Terraform, PlanResult]) -> None:
    _, unrest = told_again(*planned)
    _, strays = told_change(*planned, frozenset({"module.data_other"}))
    for code, found in (("LF0905", unrest), ("LF0907", strays)):
        assert any(BUCKET in message for message in told(found)), code
        assert {d.code for d in found} == {code}
        assert all(remedy.endswith(FAULT) for remedy in told(found).values())
    assert "the output notes is not at rest." in told(unrest)


def test_an_edit_without_effect_is_told_where_it_was_made() -> None:
    nowhere: Any = None
    _, found = told_change(nowhere, PlanResult(Path(), (), ()), frozenset({"module.data_notes"}))
    assert told(found) == {
        "the edited input changes nothing in module.data_notes that Terraform sees.": f"Here {FAULT}"
    }


def test_what_does_not_stand_as_it_should_is_told_with_a_remedy() -> None:
    standing = Standing(EmbeddedAws("111122223333"), ("us-east-1",), (VOLUME,), {})
    _, found = told_look(standing, [Finding(VOLUME.address, "is not encrypted")])
    assert told(found) == {
        f"{VOLUME.address} is not encrypted.": f"In a .tf of your own, say it there; otherwise {FAULT}"
    }


@pytest.mark.parametrize(
    ("thing", "name"),
    [
        (("aws_ebs_volume", "us-east-1", "vol-1"), "module.machines_bench.aws_ebs_volume.data[0] vol-1 in us-east-1"),
        (("aws_ebs_volume", "eu-west-1", "vol-1"), "aws_ebs_volume vol-1 in eu-west-1"),
        (("aws_ebs_volume", "us-east-1", "vol-2"), "aws_ebs_volume vol-2 in us-east-1"),
        (("aws_iam_role", "", "left"), "aws_iam_role left"),
    ],
)
def test_what_is_left_is_called_by_its_address_where_it_has_one(thing: tuple[str, str, str], name: str) -> None:
    _, (found,) = told_destroy([VOLUME], frozenset({thing}))
    assert (found.code, found.message) == ("LF0908", f"{name} is still there after destroy.")
    assert found.remedy.endswith(FAULT)


def test_a_fault_stands_at_the_entry_that_its_module_is_of(tmp_path: Path) -> None:
    (tmp_path / "sourcemap.json").write_text(json.dumps({"module.machines_bench": "machines.bench"}))
    _, (known,) = told_destroy([VOLUME], frozenset({("aws_ebs_volume", "us-east-1", "vol-1")}))
    _, (unknown,) = told_destroy([VOLUME], frozenset({("aws_ebs_volume", "us-east-1", "vol-2")}))
    assert placed(tmp_path, known).path == ("machines", "bench")
    assert placed(tmp_path, unknown).path == ()


def test_what_is_meant_to_stay_is_told_and_no_fault() -> None:
    logs = "/aws/elasticbeanstalk/demo/var/log"
    kept = {
        ("aws_s3_bucket", "", "elasticbeanstalk-eu-west-1-123456789012"),
        *(("aws_cloudwatch_log_group", "eu-west-1", f"{logs}/{file}") for file in ("eb-engine.log", "web.stdout.log")),
    }
    line, found = told_destroy([VOLUME], frozenset(), frozenset(kept))
    assert found == []
    assert line.endswith(
        "nothing is left but what AWS made for itself and keeps: "
        "/aws/elasticbeanstalk/demo/*, elasticbeanstalk-eu-west-1-123456789012."
    )
