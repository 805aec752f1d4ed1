from __future__ import annotations

import platform
import sys
from pathlib import Path

import pytest

from landform.rehearse.provider import ADDRESS, find_provider

ARCHITECTURE = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
TARGET = f"{sys.platform}_{ARCHITECTURE}"


def unpacked(mirror: Path, version: str) -> Path:
    (mirror / ADDRESS / version / TARGET).mkdir(parents=True)
    return mirror


def packed(mirror: Path, version: str) -> Path:
    (mirror / ADDRESS).mkdir(parents=True, exist_ok=True)
    (mirror / ADDRESS / f"terraform-provider-aws_{version}_{TARGET}.zip").touch()
    return mirror


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """An environment of a user who has nothing."""
    return {"HOME": str(tmp_path / "home"), "XDG_DATA_DIRS": str(tmp_path / "share")}


def test_the_users_own_installation_method_comes_first(tmp_path: Path, home: dict[str, str]) -> None:
    config = tmp_path / "rc"
    config.write_text(
        'credentials "app.terraform.io" {\n  token = "hidden"\n}\n'
        'provider_installation {\n  # a } in a comment\n  network_mirror { url = "https://mirror/" }\n}\n'
        "disable_checkpoint = true\n"
    )
    cache = unpacked(tmp_path / "cache", "5.100.0")
    found = find_provider(home | {"TF_CLI_CONFIG_FILE": str(config), "TF_PLUGIN_CACHE_DIR": str(cache)}, prefixes=())
    assert found.cli_config.startswith("provider_installation {")
    assert "https://mirror/" in found.cli_config
    assert found.cli_config.rstrip().endswith("}")
    assert "hidden" not in found.cli_config
    assert "checkpoint" not in found.cli_config


def test_a_configuration_file_that_is_not_there_is_no_obstacle(tmp_path: Path, home: dict[str, str]) -> None:
    mirror = unpacked(tmp_path / "opt" / "mirror", "5.100.0")
    found = find_provider(home | {"TF_CLI_CONFIG_FILE": str(tmp_path / "gone")}, [tmp_path / "opt"])
    assert found.origin == f"the mirror {mirror} (5.100.0)"


@pytest.mark.parametrize(
    ("folder", "variables"),
    [
        ("cache", {"TF_PLUGIN_CACHE_DIR": "{root}/cache"}),
        ("home/.terraform.d/plugins", {}),
        ("share/terraform/plugins", {}),
        ("home/.local/share/terraform/plugins", {}),
        ("home/.cache/landform/terraform-plugins", {}),
        ("opt/mirror", {}),
        ("opt/vendor/mirror", {}),
    ],
)
def test_each_place_is_looked_at(tmp_path: Path, home: dict[str, str], folder: str, variables: dict[str, str]) -> None:
    mirror = unpacked(tmp_path / folder, "6.2.0")
    environ = home | {k: v.format(root=tmp_path) for k, v in variables.items()}
    found = find_provider(environ, [tmp_path / "opt"])
    assert f'path    = "{mirror}"' in found.cli_config
    assert "6.2.0" in found.origin


def test_the_newest_version_that_the_modules_take_counts(tmp_path: Path, home: dict[str, str]) -> None:
    mirror = packed(tmp_path / "opt" / "mirror", "5.99.1")
    for version in ("5.100.0", "6.10.0", "6.9.0", "6.11.0-beta1", "7.0.0"):
        packed(mirror, version)
    assert "(6.10.0)" in find_provider(home, [tmp_path / "opt"]).origin


def test_a_mirror_without_a_suitable_version_is_passed_over(tmp_path: Path, home: dict[str, str]) -> None:
    packed(tmp_path / "opt" / "old", "4.67.0")
    assert find_provider(home, [tmp_path / "opt"]).origin == "the Terraform registry"


def test_what_comes_from_the_registry_is_kept_for_the_next_run(tmp_path: Path, home: dict[str, str]) -> None:
    first = find_provider(home, prefixes=())
    config = first.write(tmp_path)
    assert first.downloads is not None
    assert first.downloads.is_dir()
    assert str(first.downloads) in config.read_text()
    unpacked(first.downloads, "6.62.0")
    assert "6.62.0" in find_provider(home, prefixes=()).origin
