"""Where the AWS provider comes from: what a user's machine has first, the registry last.

The outcome is the text of a CLI configuration for the run. The user's own one is read, never written.
"""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from landform.rehearse.hcl import blocks, string_argument

ADDRESS: Final = "registry.terraform.io/hashicorp/aws"
OLDEST: Final = (5, 100)
"""The modules' own lower bound (`versions.tf`)."""
BEYOND: Final = (7,)
"""The first version that the modules refuse."""

PREFIXES: Final = tuple(map(Path, ("/opt", "/usr/local/share", "/usr/local/lib", "/usr/lib", "/srv")))
"""Where software is commonly put; a mirror may lie one or two folders below."""

_ARCHITECTURES: Final = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


@dataclass(frozen=True)
class ProviderSource:
    """A place that Terraform can take the AWS provider from."""

    origin: str
    """Where that is, in words: ``the mirror /opt/terraform (5.100.0)``."""
    cli_config: str
    """Text of a Terraform CLI configuration that takes the provider from there."""
    downloads: Path | None = None
    """Where downloads are kept; Terraform wants the folder to exist. None where nothing is downloaded."""

    def write(self, folder: Path) -> Path:
        """Write the configuration into `folder` for one run and return its path."""
        if self.downloads:
            self.downloads.mkdir(parents=True, exist_ok=True)
        path = folder / "terraform.rc"
        path.write_text(self.cli_config, "utf-8")
        return path


def find_provider(environ: Mapping[str, str] = os.environ, prefixes: Iterable[Path] = PREFIXES) -> ProviderSource:
    """Find the AWS provider as this machine has it.

    In this order: an installation method in the user's CLI configuration, the plugin cache, Terraform's
    implied mirror directories, mirrors under `prefixes`, what an earlier run downloaded, the registry.
    Nothing is downloaded here, so a registry that does not answer shows only in `Terraform.init`.
    """
    user_config = _user_config(environ)
    if block := next(blocks(user_config, "provider_installation"), None):
        return ProviderSource("your Terraform CLI configuration", block + "\n")
    for mirror in _candidates(environ, user_config, prefixes):
        if version := _newest_version(mirror):
            return ProviderSource(f"the mirror {mirror} ({version})", _mirror_config(mirror))
    cache = _download_cache(environ)
    return ProviderSource("the Terraform registry", f"plugin_cache_dir = {_quoted(cache)}\n", cache)


def _user_config(environ: Mapping[str, str]) -> str:
    """Text of the configuration that Terraform would read, empty where there is none."""
    named = environ.get("TF_CLI_CONFIG_FILE") or environ.get("TERRAFORM_CONFIG")
    if named:
        path = Path(named)
    elif sys.platform == "win32":
        path = Path(environ.get("APPDATA", "")) / "terraform.rc"
    else:
        path = _home(environ) / ".terraformrc"
    try:
        return path.read_text("utf-8")
    except OSError:
        return ""


def _candidates(environ: Mapping[str, str], user_config: str, prefixes: Iterable[Path]) -> Iterator[Path]:
    if cache := environ.get("TF_PLUGIN_CACHE_DIR"):
        yield Path(cache)
    if cache := string_argument(user_config, "plugin_cache_dir"):
        yield Path(cache.replace("$HOME", str(_home(environ))))
    yield from _implied_mirrors(environ)
    for prefix in prefixes:
        for pattern in ("*", "*/*"):
            yield from sorted(p.parents[2] for p in prefix.glob(f"{pattern}/{ADDRESS}"))
    yield _download_cache(environ)


def _implied_mirrors(environ: Mapping[str, str]) -> Iterator[Path]:
    """The directories of https://developer.hashicorp.com/terraform/cli/config/config-file (2026-11)."""
    home = _home(environ)
    if sys.platform == "win32":
        roots = [Path(environ.get("APPDATA", "")) / name for name in ("terraform.d", "HashiCorp/Terraform")]
    elif sys.platform == "darwin":
        support = Path("Library/Application Support/io.terraform")
        roots = [home / ".terraform.d", home / support, Path("/") / support]
    else:
        shared = environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
        data = [environ.get("XDG_DATA_HOME") or str(home / ".local/share"), *shared.split(":")]
        roots = [home / ".terraform.d", *(Path(d) / "terraform" for d in data)]
    yield from (root / "plugins" for root in roots)


def _newest_version(mirror: Path) -> str | None:
    """The newest version there that the modules take and this machine runs; both layouts of a mirror."""
    machine = platform.machine().lower()
    target = f"{sys.platform.replace('win32', 'windows')}_{_ARCHITECTURES.get(machine, machine)}"
    folder = mirror / ADDRESS
    unpacked = (path.parent.name for path in folder.glob(f"*/{target}"))
    packed = (
        path.name.removeprefix("terraform-provider-aws_").removesuffix(f"_{target}.zip")
        for path in folder.glob(f"terraform-provider-aws_*_{target}.zip")
    )
    suited = {_numbers(v): v for v in (*unpacked, *packed) if OLDEST <= _numbers(v) < BEYOND}
    return suited[max(suited)] if suited else None


def _numbers(version: str) -> tuple[int, ...]:
    """``5.100.0`` as numbers; anything else, a pre-release too, sorts before every version."""
    return tuple(map(int, version.split("."))) if re.fullmatch(r"\d+(\.\d+)*", version) else ()


def _mirror_config(mirror: Path) -> str:
    return (
        "provider_installation {\n"
        f'  filesystem_mirror {{\n    path    = {_quoted(mirror)}\n    include = ["{ADDRESS}"]\n  }}\n'
        f'  direct {{\n    exclude = ["{ADDRESS}"]\n  }}\n'
        "}\n"
    )


def _download_cache(environ: Mapping[str, str]) -> Path:
    """Where a provider from the registry is kept, so that it is downloaded once and not for every run."""
    root = environ.get("XDG_CACHE_HOME") or str(_home(environ) / ".cache")
    return Path(root) / "landform" / "terraform-plugins"


def _home(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("HOME") or environ.get("USERPROFILE") or Path.home())


def _quoted(path: Path) -> str:
    return '"' + path.as_posix().replace("\\", "\\\\").replace('"', '\\"') + '"'
