"""The schema-only provider refuses what version 6 of the real one refuses by its schema."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Terraform

MISTAKES = {
    "an unknown argument": ('aws_s3_bucket" "a', 'buckket = "x"', 'An argument named "buckket" is not expected here'),
    "an unknown block": ('aws_s3_bucket" "b', "lock {}", 'Blocks of type "lock" are not expected here'),
    "a wrong type": ('aws_s3_bucket" "c', "tags = 1", "map of string required"),
    "too many blocks": ('aws_s3_bucket" "d', "logging {}\n logging {}", 'No more than 1 "logging" blocks are allowed'),
    "a missing argument": ('aws_s3_bucket_policy" "e', 'bucket = "x"', 'The argument "policy" is required'),
    "what version 6 dropped": ('aws_eip" "f', "vpc = true", 'An argument named "vpc" is not expected here'),
    "an unknown type": ('aws_opsworks_stack" "g', "", 'does not support resource type "aws_opsworks_stack"'),
}


@pytest.fixture(scope="module")
def refusal(tmp_path_factory: pytest.TempPathFactory, on_schema: Terraform) -> str:
    folder = tmp_path_factory.mktemp("mistakes")
    resources = (f'resource "{labels}" {{\n {body}\n}}\n' for labels, body, _ in MISTAKES.values())
    (folder / "main.tf").write_text("".join(resources))
    on_schema(folder, "init")
    return " ".join(on_schema(folder, "validate", "-no-color").stderr.split())


@pytest.mark.parametrize("told", [told for _, _, told in MISTAKES.values()], ids=MISTAKES)
def test_a_mistake_is_told(told: str, refusal: str) -> None:
    assert told in refusal


def test_what_version_6_brought_is_taken(tmp_path: Path, on_schema: Terraform) -> None:
    (tmp_path / "main.tf").write_text('resource "aws_s3_bucket" "this" {\n  region = "us-east-1"\n}\n')
    on_schema(tmp_path, "init")
    assert on_schema(tmp_path, "validate").returncode == 0
