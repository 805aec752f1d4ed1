"""A copy of a compiled tree that cannot reach AWS: made-up keys, a local state, endpoints on loopback.

What differs from the tree stands in one `*_override.tf.json` of the copy; the tree stays as it is. The endpoint
stands in the environment (`sealed`): there it holds for every service, and the provider takes 4 s longer to
start with an `endpoints` block of whatever length (5.100, 2026-11).
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from landform.diagnostics import Diagnostic, error
from landform.rehearse.hcl import blocks, string_argument

OVERRIDE: Final = "zzzz_landform_override.tf.json"
"""Terraform merges override files in the order of their names: this one comes last."""

_ENDPOINTS: Final = re.compile(r"^\s*(dynamic\s+\"endpoints\"|endpoints)\s*\{", re.MULTILINE)

REFUSED: Final = "http://127.0.0.1:9"
"""The discard port: an endpoint that refuses whatever is sent to it."""


class RemoteEndpoint(Exception):  # noqa: N818
    """The copy could reach a real account; `diagnostic` says by which way."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.text)
        self.diagnostic = diagnostic


@dataclass(frozen=True)
class Target:
    """What the provider talks to instead of AWS."""

    endpoint: str
    answers: bool
    """False where nothing listens: then the provider must not ask which account it is in."""


NOWHERE: Final = Target(REFUSED, answers=False)


def stage(tree: Path, into: Path, target: Target) -> Path:
    """Copy `tree` and the modules it calls below `into`; return the copy, ready for `terraform init`.

    Raises `RemoteEndpoint` (LF0909) where the copy would not be confined to loopback.
    """
    tree = tree.resolve()
    require_loopback(target.endpoint)
    modules = tree.parents[2] / "modules"
    _refuse_providers_in_modules(modules)
    _refuse_own_endpoints(tree)
    if modules.is_dir():
        shutil.copytree(modules, into / "modules", ignore=shutil.ignore_patterns(".terraform*", "tests"))
    copy = into / "generated" / tree.parent.name / tree.name
    swap_in(tree, copy, target)
    return copy


def swap_in(tree: Path, copy: Path, target: Target) -> None:
    """Put the files of `tree` into `copy`; state and installed providers there stay."""
    copy.mkdir(parents=True, exist_ok=True)
    for old in (*copy.glob("*.tf"), *copy.glob("*.tf.json")):
        old.unlink()
    skipped = shutil.ignore_patterns(".terraform*", "*.tfstate*", "*.tfplan")
    shutil.copytree(tree, copy, ignore=skipped, dirs_exist_ok=True)
    override = {
        "terraform": {"backend": {"local": {"path": "terraform.tfstate"}}},
        "provider": {"aws": [_confined(alias, target.answers) for alias in sorted(aliases(tree))]},
    }
    (copy / OVERRIDE).write_text(json.dumps(override, indent=2), "utf-8")


def aliases(tree: Path) -> set[str]:
    """The aliases of every `aws` provider block in the root module, the user's own files too.

    "" is the default; the default provider is always there: Terraform makes one where no block does.
    """
    found = {""}
    for path in tree.glob("*.tf.json"):
        found |= {block.get("alias", "") for block in _json_provider_blocks(path)}
    for path in tree.glob("*.tf"):
        found |= {string_argument(block, "alias") or "" for block in _provider_blocks(path)}
    return found


def sealed(environ: Mapping[str, str], target: Target) -> dict[str, str]:
    """An environment in which no AWS client finds credentials, a profile or a way off the machine.

    Every endpoint that nothing else sets is the target's; what goes elsewhere meets a proxy that refuses it.
    """
    kept = {k: v for k, v in environ.items() if not k.startswith(("AWS_", "TF_", "HTTP", "http", "NO_", "no_"))}
    return kept | {
        "AWS_ENDPOINT_URL": target.endpoint,
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
        "HTTPS_PROXY": REFUSED,
        "HTTP_PROXY": REFUSED,
        "NO_PROXY": "127.0.0.1,localhost,::1",
    }


def require_loopback(endpoint: str) -> None:
    """Raise `RemoteEndpoint` (LF0909) unless the host of `endpoint` is this machine's loopback."""
    host = urlsplit(endpoint).hostname or ""
    try:
        inside = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        inside = False
    if not inside:
        raise RemoteEndpoint(
            error(
                "LF0909",
                (),
                f"the endpoint {endpoint} is not on this machine.",
                "A rehearsal only ever talks to an embedded AWS on loopback.",
            )
        )


def _confined(alias: str, answers: bool) -> dict[str, Any]:
    block: dict[str, Any] = {
        "access_key": "landform",
        "secret_key": "landform",
        "skip_credentials_validation": True,
        "skip_metadata_api_check": True,
        "skip_region_validation": True,
        "s3_use_path_style": True,
        # A missing answer of the embedded AWS then shows in seconds, not in minutes;
        # an answer that a busy machine lost is asked for again.
        "max_retries": 4,
    }
    if not answers:
        # The provider refuses account ids that it is not allowed to compare.
        block |= {"skip_requesting_account_id": True, "allowed_account_ids": []}
    return block | ({"alias": alias} if alias else {})


def _refuse_providers_in_modules(modules: Path) -> None:
    """An override does not reach a provider block inside a module: it would talk to the real account."""
    for path in sorted(modules.glob("*/*.tf")):
        for _ in _provider_blocks(path):
            raise RemoteEndpoint(
                error(
                    "LF0909",
                    (),
                    f"modules/{path.parent.name}/{path.name} has a provider block of its own, "
                    "which would reach a real account.",
                    "Declare providers in the root module and pass them to the module.",
                )
            )


def _refuse_own_endpoints(tree: Path) -> None:
    """An endpoint in a provider block would win over the environment's."""
    written = {p.name for p in tree.glob("*.tf.json") for b in _json_provider_blocks(p) if b.get("endpoints")}
    written |= {p.name for p in tree.glob("*.tf") for b in _provider_blocks(p) if _ENDPOINTS.search(b)}
    for name in sorted(written):
        raise RemoteEndpoint(
            error(
                "LF0909",
                (),
                f"{name} sets endpoints in a provider block, and so could reach another machine.",
                "Set them in your shell with AWS_ENDPOINT_URL instead.",
            )
        )


def _json_provider_blocks(path: Path) -> list[dict[str, Any]]:
    declared = json.loads(path.read_text("utf-8")).get("provider", {}).get("aws", [])
    return [declared] if isinstance(declared, dict) else declared


def _provider_blocks(path: Path) -> Iterator[str]:
    return blocks(path.read_text("utf-8"), r'provider\s+"?aws"?')
