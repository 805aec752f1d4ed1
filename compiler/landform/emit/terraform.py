"""The root module, written by cdktf core: its App, stack, module calls, providers, outputs and backend.

One construct for each component and none for a resource: every construct crosses to Node and back.
"""

import json
import shlex
import tempfile
from collections.abc import Mapping
from typing import Any, Final

import jsii

from landform.emit.cdk import cdk
from landform.emit.document import written
from landform.root import Contents, Given, Location, Module, Output, Provider, Root, Variable

REQUIRED_TERRAFORM: Final = ">= 1.10"
"""The first version whose S3 backend locks with a file."""

REQUIRED_PROVIDER: Final = ">= 5.100, < 7"
PROVIDER_SOURCE: Final = "hashicorp/aws"
MODULES: Final = "../../../modules"


def main_tf_json(root: Root) -> bytes:
    """Return main.tf.json: sorted, without time stamps or paths of this machine."""
    # An App makes its folder at once, used or not: not in the user's project.
    with tempfile.TemporaryDirectory(prefix="landform-") as unused:
        stack = cdk.TerraformStack(cdk.App(skip_validation=True, outdir=unused), "root")
    providers = {p.alias: _Aws(stack, p) for p in root.providers}
    for module in root.modules:
        _module(stack, module, providers)
    if root.variables:
        stack.add_override("variable", {name: _variable(name, each) for name, each in root.variables.items()})
    for name, (description, value) in root.outputs.items():
        cdk.TerraformOutput(stack, name, value=encode(value), description=description)
    if root.moved:
        stack.add_override("moved", [{"from": a, "to": b} for a, b in root.moved])
    _settings(stack, root)
    return written(_without_metadata(stack.to_terraform()))


def encode(value: Any) -> Any:
    """Return a value as Terraform's JSON syntax wants it: references as templates, all else literally."""
    match value:
        case str():
            return literal(value)
        case Output() | Contents() | Location() | Given():
            return _reference(value)
        case Mapping():
            return {_key(str(k)): encode(v) for k, v in value.items() if v is not None}
        case list() | tuple():
            return [encode(v) for v in value]
    return value


def _key(text: str) -> str:
    """Return a key; as a template where jsii, which stands between here and cdktf, would take it for its own."""
    return f'${{"{text}"}}' if text == "__proto__" or text.startswith("$jsii.") else literal(text)


def _reference(value: Output | Contents | Location | Given) -> str:
    match value:
        case Output(module, name, keys):
            return "${module." + module + "." + name + "".join(f"[{json.dumps(k)}]" for k in keys) + "}"
        case Contents(file, told):
            script = f'${{file("${{path.module}}/{file}")}}'
            lines = [f"{name}={_quoted(value)}\n" for name, value in told.items()]
            return "".join(["#!/bin/bash\n", *lines, script]) if told else script
        case Location(file):
            return f"${{path.module}}/{file}"
        case Given(variable, keys):
            return "${try(var." + variable + "".join(f"[{json.dumps(k)}]" for k in keys) + ", null)}"


def _quoted(value: Output | str) -> str:
    """Return a value as a shell takes it."""
    return literal(shlex.quote(value)) if isinstance(value, str) else f"'{_reference(value)}'"


def literal(text: str) -> str:
    """Return text that neither Terraform nor cdktf takes for a template.

    ``TfToken[`` is how cdktf marks references of its own; the bracket as a template keeps it from seeing one.
    """
    return text.replace("${", "$${").replace("%{", "%%{").replace("TfToken[", 'TfToken${"["}')


class _Aws(cdk.TerraformProvider):
    """The generic provider, whose alias cdktf core would leave out."""

    def __init__(self, scope: cdk.TerraformStack, provider: Provider) -> None:
        super().__init__(
            scope,
            f"aws-{provider.region}",
            terraform_resource_type="aws",
            terraform_provider_source=PROVIDER_SOURCE,
        )
        self._alias = provider.alias
        self._attributes = {
            "region": provider.region,
            "allowed_account_ids": [provider.account],
            "default_tags": [{"tags": encode(provider.tags)}],
        }

    @property
    def alias(self) -> str | None:
        return self._alias

    @alias.setter
    def alias(self, value: str | None) -> None:
        self._alias = value

    @property
    def fqn(self) -> str:
        return f"aws.{self._alias}" if self._alias else "aws"

    @jsii.member(jsii_name="synthesizeAttributes")
    def _synthesize_attributes(self) -> dict[str, Any]:
        return self._attributes | ({"alias": self._alias} if self._alias else {})


def _module(stack: cdk.TerraformStack, module: Module, providers: Mapping[str | None, _Aws]) -> None:
    own = providers[module.provider]
    cdk.TerraformHclModule(
        stack,
        module.address,
        source=f"{MODULES}/{module.source}",
        skip_asset_creation_from_local_modules=True,
        providers=[own] if own.alias else None,
        variables=encode(module.variables),
    )


def _variable(name: str, own: Variable) -> dict[str, Any]:
    """Return a variable; a key that leads to nothing is refused, since it would be passed over in silence."""
    checks, place = [], f"var.{name}"
    for known in own.keys:
        told = json.dumps(list(known))
        condition = f"${{length(setsubtract(flatten([keys({place})]), {told})) == 0}}"
        checks.append({"condition": condition, "error_message": f"{name} may name {', '.join(known)} here."})
        place = f"merge(values({place})...)"
    given = {"type": own.type, "description": own.description, "default": own.default, "nullable": False}
    return given | ({"validation": checks} if checks else {})


def _settings(stack: cdk.TerraformStack, root: Root) -> None:
    stack.add_override("terraform.required_version", REQUIRED_TERRAFORM)
    stack.add_override("terraform.required_providers.aws.version", REQUIRED_PROVIDER)
    if root.backend is None:
        # cdktf's own default is an absolute path.
        cdk.LocalBackend(stack, path="terraform.tfstate")
        return
    own = root.backend
    cdk.S3Backend(stack, bucket=own.bucket, key=own.key, region=own.region, encrypt=True)
    stack.add_override("terraform.backend.s3.use_lockfile", True)


def _without_metadata(document: Any) -> Any:
    """Leave out cdktf's comments (construct paths); a ``//`` deeper down is a key of the user's."""
    blocks = {
        kind: {k: _uncommented(v) for k, v in block.items()} if isinstance(block, dict) else block
        for kind, block in _uncommented(document).items()
    }
    return {kind: block for kind, block in blocks.items() if block}


def _uncommented(block: Any) -> Any:
    return {k: v for k, v in block.items() if k != "//"} if isinstance(block, dict) else block
