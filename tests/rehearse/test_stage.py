from __future__ import annotations

import json
from pathlib import Path

import pytest

from landform.rehearse.stage import NOWHERE, OVERRIDE, RemoteEndpoint, Target, aliases, sealed, stage


def test_every_provider_block_is_confined(sample: Path, tmp_path: Path) -> None:
    (sample / "own.tf").write_text('provider "aws" {\n  alias = "tokyo"\n  region = "ap-northeast-1"\n}\n')
    copy = stage(sample, tmp_path / "copy", NOWHERE)
    override = json.loads((copy / OVERRIDE).read_text())
    confined = override["provider"]["aws"]
    assert [block.get("alias") for block in confined] == [None, "eu_west_1", "tokyo"]
    assert {block["access_key"] for block in confined} == {"landform"}
    assert list(override["terraform"]["backend"]) == ["local"]


def test_the_default_provider_is_confined_even_where_no_block_stands(tmp_path: Path) -> None:
    assert aliases(tmp_path) == {""}


@pytest.mark.parametrize(
    "endpoint",
    ["https://s3.amazonaws.com", "http://10.0.0.7:5000", "http://127.0.0.1.example.com", "nonsense"],
)
def test_an_endpoint_off_this_machine_is_refused(sample: Path, tmp_path: Path, endpoint: str) -> None:
    with pytest.raises(RemoteEndpoint) as caught:
        stage(sample, tmp_path / "copy", Target(endpoint, answers=True))
    assert caught.value.diagnostic.code == "LF0909"
    assert not (tmp_path / "copy").exists()


def test_a_provider_block_inside_a_module_is_refused(sample: Path, tmp_path: Path) -> None:
    module = sample.parents[2] / "modules" / "store" / "main.tf"
    module.write_text('provider "aws" {\n  region = "us-east-1"\n}\n' + module.read_text())
    with pytest.raises(RemoteEndpoint) as caught:
        stage(sample, tmp_path / "copy", NOWHERE)
    assert caught.value.diagnostic.code == "LF0909"
    assert "modules/store/main.tf" in caught.value.diagnostic.message


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("own.tf", 'provider "aws" {\n  endpoints {\n    s3 = "https://s3.amazonaws.com"\n  }\n}\n'),
        ("own.tf", 'provider aws {\n  dynamic "endpoints" {\n    for_each = [1]\n  }\n}\n'),
        ("own.tf.json", '{"provider": {"aws": {"endpoints": [{"s3": "https://s3.amazonaws.com"}]}}}'),
    ],
)
def test_endpoints_in_a_provider_block_are_refused(sample: Path, tmp_path: Path, name: str, text: str) -> None:
    (sample / name).write_text(text)
    with pytest.raises(RemoteEndpoint) as caught:
        stage(sample, tmp_path / "copy", NOWHERE)
    assert caught.value.diagnostic.code == "LF0909"
    assert name in caught.value.diagnostic.message


def test_state_and_lock_of_the_tree_stay_out(sample: Path, tmp_path: Path) -> None:
    for name in ("terraform.tfstate", ".terraform.lock.hcl"):
        (sample / name).write_text("{}")
    copy = stage(sample, tmp_path / "copy", NOWHERE)
    assert sorted(p.name for p in copy.iterdir()) == ["main.tf.json", "sourcemap.json", OVERRIDE]


def test_no_credentials_or_endpoints_of_the_user_come_along() -> None:
    environ = {
        "PATH": "/bin",
        "AWS_PROFILE": "production",
        "AWS_ENDPOINT_URL_S3": "https://s3",
        "TF_LOG": "trace",
    }
    seen = sealed(environ, NOWHERE)
    assert seen["AWS_ENDPOINT_URL"] == NOWHERE.endpoint
    assert "production" not in seen.values()
    assert {"AWS_ENDPOINT_URL_S3", "TF_LOG"}.isdisjoint(seen)
