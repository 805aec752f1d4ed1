"""Policies that name what AWS has yet to give an id: as they will be, by addresses in the place of ids.

Before an apply, Terraform knows nothing of a policy in which a single ARN is missing. What will stand in it stands in
the root module, in the arguments of the module that writes it down word for word, as references. Here a reference and,
after an apply, the ARN itself become the same name: the one by which grants speak of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from landform.proof.callers import API, ends_of
from landform.proof.planned import Planned, Resource

_CALLING: Final = ("batch", "beanstalk", "endpoint", "fleet", "function", "job", "machine", "web")
WRITERS: Final = {
    **dict.fromkeys(("batch_mounts", "fleet_mounts", "machine_mounts", "web_mounts"), "file_systems"),
    **dict.fromkeys((f"{module}_apis" for module in _CALLING), "apis"),
}
"""Resources that write the statements of one element of an argument, and nothing else: block → argument."""


def foreseen(planned: Planned, root: Mapping[str, Any], account: str) -> Planned:
    """Return a plan in which policies on file systems and APIs are known, by the names that grants have for them.

    `root` is the root module as it stands in main.tf.json.
    """
    named = (*_of_stores(planned, account), *_of_apis(planned, account))
    references = {text: name for store in named for text, name in store.items()}
    return replace(planned, resources=tuple(_foreseen(r, root, references) for r in planned.resources))


def _of_stores(planned: Planned, account: str) -> Iterator[Mapping[str, str]]:
    """Yield reference → name, and ARN → name where there is an ARN, of each file system and access point."""
    for store in planned.of_type("aws_efs_file_system"):
        own = store.module.removeprefix("module.")
        name = f"arn:aws:elasticfilesystem:{store.region}:{account}:file-system/{own}"
        yield {f"${{module.{own}.arn}}": name} | _known(store, name)
    for point in planned.of_type("aws_efs_access_point"):
        own, key = point.module.removeprefix("module."), str(point.key)
        name = f"arn:aws:elasticfilesystem:{point.region}:{account}:access-point/{own}/{key}"
        yield {f'${{module.{own}.access_points["{key}"]["arn"]}}': name} | _known(point, name)


def _of_apis(planned: Planned, account: str) -> Iterator[Mapping[str, str]]:
    """Yield reference → name, and ARN → name where there is an ARN, of all that an API answers on."""
    for api in planned.of_type(API):
        own, real = api.module.removeprefix("module."), api.values.get("execution_arn")
        name = f"arn:aws:execute-api:{api.region}:{account}:{own}"
        for end in ends_of(planned, api):
            yield {f'${{module.{own}.invoked["{end}"]}}': f"{name}/{end}"} | (
                {f"{real}/{end}": f"{name}/{end}"} if real else {}
            )


def _known(resource: Resource, name: str) -> dict[str, str]:
    arn = resource.values.get("arn")
    return {str(arn): name} if arn else {}


def _foreseen(resource: Resource, root: Mapping[str, Any], names: Mapping[str, str]) -> Resource:
    policy = resource.values.get("policy")
    if isinstance(policy, str) and any(arn in policy for arn in names):
        return replace(resource, values={**resource.values, "policy": json.dumps(_named(json.loads(policy), names))})
    if policy is None and resource.type == "aws_iam_role_policy" and resource.name in WRITERS:
        call = root.get("module", {}).get(resource.module.removeprefix("module."), {})
        statements = call.get(WRITERS[resource.name], {}).get(resource.key, {}).get("statements", [])
        document = {"Version": "2012-10-17", "Statement": [_written(s) for s in _named(statements, names)]}
        unknown = {k: v for k, v in resource.unknown.items() if k != "policy"}
        return replace(resource, values={**resource.values, "policy": json.dumps(document)}, unknown=unknown)
    if policy is None and resource.type == "aws_efs_file_system_policy":
        return _admitting(resource, root)
    return resource


def _admitting(resource: Resource, root: Mapping[str, Any]) -> Resource:
    """Return the policy of a file system with what it allows; what it denies is no matter of what is proven."""
    own = resource.module.removeprefix("module.")
    admitted = root.get("module", {}).get(own, {}).get("without_identity")
    if not admitted:
        return resource
    writes = ["elasticfilesystem:ClientWrite"] if admitted["write"] else []
    document = {
        "Version": "2012-10-17",
        "Statement": {
            "Sid": "AllowWhomTheNetworkLetsIn",
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": ["elasticfilesystem:ClientMount", *writes],
            "Resource": "*",
            "Condition": {"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}},
        },
    }
    unknown = {k: v for k, v in resource.unknown.items() if k != "policy"}
    return replace(resource, values={**resource.values, "policy": json.dumps(document)}, unknown=unknown)


def _named(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, Mapping):
        return {key: _named(inner, names) for key, inner in value.items()}
    return [_named(inner, names) for inner in value] if isinstance(value, list) else value


def _written(statement: Mapping[str, Any]) -> dict[str, Any]:
    """Write a statement as the modules do."""
    conditions = statement.get("conditions")
    document = {
        "Sid": statement["sid"],
        "Effect": "Allow",
        "Action": statement["actions"],
        "Resource": statement["resources"],
    }
    return {**document, **({"Condition": conditions} if conditions else {})}
