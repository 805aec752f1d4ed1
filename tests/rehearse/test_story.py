"""Whole rehearsals: the real Terraform and provider against the embedded AWS."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from landform.rehearse.embedded import EmbeddedAws
from landform.rehearse.story import Step, Verdict, rehearse

ACCOUNT = "111122223333"
LEAKY = """
resource "aws_s3_bucket" "open" {
  bucket = "sample-dev-open"
  tags   = { at = timestamp() }
}

resource "aws_cloudwatch_log_group" "kept" {
  name         = "/sample/kept"
  skip_destroy = true
}
"""


def edited(tree: Path, **modules: dict[str, Any]) -> Path:
    """A copy of a tree with other arguments of some modules."""
    copy = tree.with_name(tree.name + "-edited")
    shutil.copytree(tree, copy)
    root = json.loads((copy / "main.tf.json").read_text())
    for name, arguments in modules.items():
        root["module"].setdefault(name, {}).update(arguments)
    (copy / "main.tf.json").write_text(json.dumps(root))
    return copy


def run(tree: Path, changed: Path, expect: str) -> tuple[Verdict, list[Step]]:
    told: list[Step] = []
    with EmbeddedAws(ACCOUNT) as aws:
        verdict = rehearse(aws, tree, changed, ["us-east-1", "eu-west-1"], frozenset({expect}), told.append)
    return verdict, told


def test_a_sound_tree_passes(sample: Path) -> None:
    verdict, told = run(sample, edited(sample, data_notes={"purpose": "letters"}), "module.data_notes")
    assert verdict.diagnostics == ()
    assert verdict.passed
    assert [step.name for step in verdict.steps] == [
        "install", "build", "plan again", "look", "change one input", "destroy",
    ]  # fmt: skip
    assert all(step.state == "done" for step in verdict.steps)
    lines = {step.name: step.line for step in verdict.steps}
    assert "Built 5 resources in us-east-1 and eu-west-1" in lines["build"]
    assert "1 bucket" in lines["look"]
    assert "1 resource would follow, all in module.data_notes" in lines["change one input"]
    assert "nothing is left" in lines["destroy"]
    assert any(step.state == "running" and step.line == "Building: 3 of 5" for step in told)
    assert sorted(p.name for p in sample.iterdir()) == ["main.tf.json", "sourcemap.json"]


def test_each_planted_fault_is_found(sample: Path) -> None:
    leaky = sample.parents[2] / "modules" / "leaky"
    leaky.mkdir()
    (leaky / "main.tf").write_text(LEAKY)
    tree = edited(sample, data_leaky={"source": "../../../modules/leaky"})
    (tree / "sourcemap.json").write_text('{"module.data_leaky": "data.leaky"}')
    verdict, _ = run(tree, edited(tree, data_notes={"purpose": "letters"}), "module.data_notes")

    found = {(d.code, d.path): d.message for d in verdict.diagnostics}
    at = ("data", "leaky")
    assert "module.data_leaky.aws_s3_bucket.open is not at rest: tags" in found["LF0905", at]
    looked = [d.message for d in verdict.diagnostics if d.code == "LF0906"]
    for lack in ("encryption", "block public access", "without TLS", "versioning never set"):
        assert any("module.data_leaky.aws_s3_bucket.open" in m and lack in m for m in looked), lack
    assert "also touches module.data_leaky.aws_s3_bucket.open: tags" in found["LF0907", at]
    kept = "module.data_leaky.aws_cloudwatch_log_group.kept /sample/kept in us-east-1"
    assert f"{kept} is still there" in found["LF0908", at]
    assert {d.code for d in verdict.diagnostics} == {"LF0905", "LF0906", "LF0907", "LF0908"}
    assert [s.name for s in verdict.steps if s.state == "done"] == ["install", "build"]


def test_what_terraform_refuses_is_told_with_its_place(sample: Path) -> None:
    tree = edited(sample, data_notes={"name": "Not_A_Bucket_Name!"})
    verdict, _ = run(tree, tree, "module.data_notes")
    (found,) = verdict.diagnostics
    assert (found.code, found.path) == ("LF0904", ("data", "notes"))
    assert "module.data_notes.aws_s3_bucket.this" in found.message
    assert [(s.name, s.state) for s in verdict.steps] == [("install", "done"), ("build", "failed")]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_nothing_stays_behind_an_interrupted_rehearsal(sample: Path, tmp_path: Path, number: int) -> None:
    temporary = tmp_path / "t"
    temporary.mkdir()
    program = (
        "import signal, sys; from pathlib import Path\n"
        "from landform.rehearse.embedded import EmbeddedAws; from landform.rehearse.story import rehearse\n"
        # Tests that a shell runs in the background have their interrupts ignored, and so would this have.
        "signal.signal(signal.SIGINT, signal.default_int_handler); tree = Path(sys.argv[1])\n"
        "tell = lambda step: print(step.line, flush=True)\n"
        f"with EmbeddedAws('{ACCOUNT}') as aws: rehearse(aws, tree, tree, ['us-east-1'], frozenset(), tell)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(sample)],
        env=os.environ | {"TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("Building"):
                break
        children = running_below(temporary)
        process.send_signal(number)
        process.communicate(timeout=40)
    assert children, "Terraform was not running when the signal came"
    assert process.returncode != 0
    assert not list(temporary.glob("landform-*"))
    assert not running_below(temporary)


def running_below(folder: Path) -> list[str]:
    """Processes that work in `folder` or talk through sockets and files there."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink().is_relative_to(folder):
                found.append((process / "cmdline").read_text())
        except OSError:
            continue
    return found
