"""Every module: its files, its form, both versions of the provider, its own tests."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from landform.passes.check import RULES
from landform.rehearse.terraform import Terraform as RealTerraform
from landform.rehearse.terraform import TerraformFailed, find_terraform

from .conftest import MODULES, NAMES, Terraform


def text_of(module: Path) -> str:
    """All that a module says."""
    return "\n".join(path.read_text() for path in sorted(module.glob("*.tf")))


def calling(modules: Path) -> Path:
    """A root beside `modules` that calls each with every argument unknown: one command validates them all."""
    root = modules.parent / "root"
    root.mkdir()
    calls: dict[str, dict[str, str]] = {}
    variables: dict[str, dict[str, str]] = {}
    for name in NAMES:
        taken = re.findall(r'^variable "(\w+)"', text_of(modules / name), re.MULTILINE)
        calls[name] = {"source": f"../modules/{name}"} | {v: f"${{var.{name}_{v}}}" for v in taken}
        variables |= {f"{name}_{v}": {"type": "any"} for v in taken}
    (root / "main.tf.json").write_text(json.dumps({"module": calls, "variable": variables}))
    return root


def test_the_modules_of_the_core_are_there() -> None:
    assert {"bucket", "fleet", "key", "machine", "network", "trail"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_module_has_its_files_and_no_others(name: str) -> None:
    folder = MODULES / name
    assert {"main.tf", "variables.tf", "outputs.tf", "versions.tf"} <= {p.name for p in folder.iterdir()}
    assert list(folder.glob("tests/*.tftest.hcl"))
    assert {p.name for p in folder.iterdir() if p.suffix != ".tf" and not p.name.startswith(".terraform")} == {"tests"}


@pytest.mark.parametrize("kind", ["variable", "output"])
@pytest.mark.parametrize("name", NAMES)
def test_everything_on_the_outside_is_described(name: str, kind: str) -> None:
    blocks = re.split(rf'^{kind} "', text_of(MODULES / name), flags=re.MULTILINE)[1:]
    assert blocks
    assert [b.split('"')[0] for b in blocks if not re.search(r"^  description +=", b, re.MULTILINE)] == []


WAITS = {
    "batch": ("aws_batch_job_definition.this",),
    "beanstalk": ("aws_elastic_beanstalk_environment.this",),
    "fleet": ("aws_autoscaling_group.this", "aws_autoscaling_group.spare"),
    "job": ("aws_ssm_parameter.definition",),
    "machine": ("aws_instance.this",),
    "watch": ("aws_autoscaling_group.this",),
    "web": ("aws_autoscaling_group.this",),
}
"""Module → what starts what has to reach others, by itself or for whoever asks for it."""

LEAD_TO_IT = {
    "beanstalk": {"aws_vpc_security_group_ingress_rule.world"},
    "fleet": {"aws_vpc_security_group_ingress_rule.this"},
    "machine": {"aws_vpc_security_group_ingress_rule.this"},
    "web": {f"aws_vpc_security_group_{way}" for way in ("ingress_rule.world", "egress_rule.hosts")},
}
"""Module → ways to what stands already: nobody waits for them."""


@pytest.mark.parametrize("name", [*WAITS])
def test_what_reaches_others_starts_when_each_way_is_open(name: str) -> None:
    text = text_of(MODULES / name)
    rules = re.findall(r'^resource "(aws_vpc_security_group_(?:e|in)gress_rule)" "(\w+)"', text, re.MULTILINE)
    ways = {f"{kind}.{rule}" for kind, rule in rules} - LEAD_TO_IT.get(name, set())
    # A watch talks to AWS alone.
    assert len(ways) >= (1 if name == "watch" else 4)
    for starter in WAITS[name]:
        kind, label = starter.split(".")
        (block,) = re.findall(rf'^resource "{kind}" "{label}" {{\n(.*?)^}}$', text, re.DOTALL | re.MULTILINE)
        (waited,) = re.findall(r"^  depends_on = \[([^]]*)]", block, re.MULTILINE)
        assert ways - {line.strip().rstrip(",") for line in waited.splitlines()} == set()


@pytest.mark.parametrize("name", NAMES)
def test_a_module_asks_the_cloud_nothing_and_names_no_provider(name: str) -> None:
    assert re.findall(r'^(?:data|provider) "', text_of(MODULES / name), re.MULTILINE) == []


def test_the_waiver_of_backups_names_the_rule_that_holds_it() -> None:
    (reason,) = re.findall(r"checkov:skip=CKV2_AWS_18:(.*)", text_of(MODULES / "efs"))
    assert {rule.__name__ for rule in RULES} & set(re.findall(r"\w+", reason)) == {"production_is_backed_up"}


def test_formatted() -> None:
    found = subprocess.run(
        [find_terraform(), "fmt", "-check", "-diff", "-recursive", MODULES],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert found.returncode == 0, found.stdout + found.stderr


def test_valid_on_the_provider_of_this_machine(modules: Path) -> None:
    terraform = RealTerraform(calling(modules))
    terraform.init()
    terraform.validate()


def test_the_provider_of_this_machine_finds_a_wrong_value(modules: Path) -> None:
    key = modules / "key" / "main.tf"
    key.write_text(key.read_text() + '\nresource "aws_eip" "wrong" {\n  domain = "vcp"\n}\n')
    terraform = RealTerraform(calling(modules))
    terraform.init()
    with pytest.raises(TerraformFailed, match="expected domain to be one of"):
        terraform.validate()


def test_valid_on_provider_6(modules: Path, on_schema: Terraform) -> None:
    root = calling(modules)
    assert on_schema(root, "init").returncode == 0
    validated = on_schema(root, "validate", "-no-color")
    assert validated.returncode == 0, validated.stdout + validated.stderr


@pytest.mark.parametrize("name", NAMES)
def test_terraform_test(name: str, modules: Path, on_schema: Terraform) -> None:
    folder = modules / name
    assert on_schema(folder, "init", "-backend=false").returncode == 0
    tested = on_schema(folder, "test", "-no-color")
    assert tested.returncode == 0, tested.stdout + tested.stderr
    assert re.search(r"[1-9]\d* passed, 0 failed", tested.stdout)


def test_terraform_test_sees_a_wrong_value(modules: Path, on_schema: Terraform) -> None:
    folder = modules / "bucket"
    main = folder / "main.tf"
    main.write_text(main.read_text().replace("block_public_policy     = true", "block_public_policy     = false"))
    on_schema(folder, "init", "-backend=false")
    tested = on_schema(folder, "test", "-no-color")
    assert tested.returncode == 1
    assert "the bucket could be made public" in tested.stdout + tested.stderr
