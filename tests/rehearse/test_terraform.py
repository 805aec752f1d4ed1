from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from landform.rehearse.provider import find_provider
from landform.rehearse.stage import NOWHERE, stage
from landform.rehearse.terraform import Terraform, TerraformFailed, ToolMissing, find_terraform, offline_plan


def fake_terraform(folder: Path, script: str) -> dict[str, str]:
    folder.mkdir()
    (folder / "terraform").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "terraform").chmod(0o755)
    return {"PATH": f"{folder}:/usr/bin:/bin"}


def test_no_terraform_on_the_path(tmp_path: Path) -> None:
    with pytest.raises(ToolMissing) as caught:
        find_terraform({"PATH": str(tmp_path)})
    assert caught.value.diagnostic.code == "LF0901"
    assert "developer.hashicorp.com/terraform/install" in caught.value.diagnostic.remedy


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("""echo '{"terraform_version": "1.9.8"}'""", "Terraform 1.9.8"),
        ("echo 'cannot execute binary file' >&2; exit 126", "cannot execute binary file"),
    ],
)
def test_a_terraform_that_will_not_do(tmp_path: Path, script: str, said: str) -> None:
    with pytest.raises(ToolMissing) as caught:
        find_terraform(fake_terraform(tmp_path / "bin", script))
    assert caught.value.diagnostic.code == "LF0901"
    assert said in caught.value.diagnostic.message
    assert "1.10 or newer" in caught.value.diagnostic.remedy


def test_a_terraform_new_enough(tmp_path: Path) -> None:
    environ = fake_terraform(tmp_path / "bin", """echo '{"terraform_version": "1.10.0"}'""")
    assert find_terraform(environ) == str(tmp_path / "bin" / "terraform")


@pytest.mark.parametrize("source", ["an empty mirror", "no registry"])
def test_no_provider_anywhere(sample: Path, tmp_path: Path, source: str) -> None:
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "HTTPS_PROXY": "http://127.0.0.1:9"}
    if source == "an empty mirror":
        (tmp_path / "empty").mkdir()
        config = tmp_path / "rc"
        config.write_text(f'provider_installation {{\n filesystem_mirror {{ path = "{tmp_path}/empty" }}\n}}\n')
        environ["TF_CLI_CONFIG_FILE"] = str(config)
    workdir = stage(sample, tmp_path / "copy", NOWHERE)
    terraform = Terraform(workdir, provider=find_provider(environ, prefixes=()), environ=environ)
    with pytest.raises(ToolMissing) as caught:
        terraform.init()
    assert caught.value.diagnostic.code == "LF0902"
    assert "terraform providers mirror" in caught.value.diagnostic.remedy


def test_a_plan_needs_neither_account_nor_network(sample: Path) -> None:
    plan = offline_plan(sample)
    bucket = "module.data_notes.aws_s3_bucket.this"
    planned = next(c["change"] for c in plan["resource_changes"] if c["address"] == bucket)
    assert planned["actions"] == ["create"]
    assert planned["after"]["tags_all"] == {"purpose": "notes", "system": "sample"}
    assert sorted(p.name for p in sample.iterdir()) == ["main.tf.json", "sourcemap.json"]


def test_terraforms_own_message_comes_through(sample: Path, tmp_path: Path) -> None:
    root = json.loads((sample / "main.tf.json").read_text())
    root["module"]["data_notes"]["nmae"] = "typo"
    (sample / "main.tf.json").write_text(json.dumps(root))
    terraform = Terraform(stage(sample, tmp_path / "copy", NOWHERE))
    terraform.init()
    with pytest.raises(TerraformFailed) as caught:
        terraform.validate()
    (found,) = caught.value.diagnostics
    assert found.code == "LF0904"
    assert "nmae" in found.message
    assert "main.tf.json:" in found.message
