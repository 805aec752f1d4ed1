"""Rules on policy documents: what is too wide in them, whoever wrote them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from landform.catalog import limits
from landform.catalog.endpoints import GATEWAYS, INTERFACES
from landform.catalog.unscoped_actions import UNSCOPED_ACTIONS
from landform.diagnostics import Diagnostic, error
from landform.proof.evaluate import as_list
from landform.proof.planned import Resource
from landform.scan.readable import statements_in
from landform.scan.subject import Subject
from landform.scan.whose import held_to_account


@dataclass(frozen=True, slots=True)
class Document:
    """A policy that an argument of a planned resource holds; `kind`: identity, trust, endpoint or resource."""

    resource: Resource
    kind: str
    text: str
    statements: tuple[Mapping[str, Any], ...]


def documents(subject: Subject) -> Iterator[Document]:
    """Every policy in the plan: any argument whose text is JSON with statements at its top."""
    for resource in subject.planned.resources:
        for argument, text in resource.values.items():
            if isinstance(text, str) and (statements := statements_in(text)) is not None:
                yield Document(resource, _kind(resource.type, argument), text, statements)


def _kind(resource_type: str, argument: str) -> str:
    if argument == "assume_role_policy":
        return "trust"
    if resource_type.startswith("aws_iam_"):
        return "identity"
    return "endpoint" if resource_type.startswith("aws_vpc_endpoint") else "resource"


def action_wildcard(subject: Subject) -> Iterator[Diagnostic]:
    """A wildcard allows what AWS will add next year. Two may have one: the delegation of a key to its account alone,
    and an endpoint that lets an account's identities reach the account's own by its one service: it grants nothing.
    """
    for document, statement in allowing(subject):
        wild = [a for a in as_list(statement.get("Action", ())) if "*" in a or "?" in a]
        filters = _within_account(subject, document, statement) and wild == _all_of_service(document.resource)
        if wild and not filters and not _delegation(document, statement):
            fact = f"{named(document, statement)} allows {', '.join(wild)}."
            yield too_wide(subject, document, fact, "List the actions that are called.")


def _delegation(document: Document, statement: Mapping[str, Any]) -> bool:
    """A key's policy that lets the account's identity policies decide: AWS's own form, and no other."""
    names = as_list((statement.get("Principal") or {}).get("AWS", ())) if _is_map(statement) else []
    to_root = len(names) == 1 and str(names[0]).startswith("arn:aws:iam::") and str(names[0]).endswith(":root")
    return document.resource.type.startswith("aws_kms_") and to_root and as_list(statement["Action"]) == ["kms:*"]


def _is_map(statement: Mapping[str, Any]) -> bool:
    return isinstance(statement.get("Principal"), Mapping)


def resource_wildcard(subject: Subject) -> Iterator[Diagnostic]:
    """`*` as resource is for actions that know no resource; AWS's list of them is dated in the catalog.

    A resource's own policy may say `*`: there it means the resource. An endpoint's may, where it lets the account's
    identities reach the account's own, and nothing else.
    """
    for document, statement in allowing(subject):
        wide = document.kind in ("identity", "endpoint") and "*" in as_list(statement.get("Resource", ()))
        scoped = [a for a in as_list(statement.get("Action", ())) if a not in UNSCOPED_ACTIONS]
        if wide and scoped and not _within_account(subject, document, statement):
            fact = f"{named(document, statement)} allows {', '.join(scoped[:3])} on every resource."
            yield too_wide(subject, document, fact, "Name the resources by ARN.")


def _within_account(subject: Subject, document: Document, statement: Mapping[str, Any]) -> bool:
    """Whether an endpoint lets identities of the subject's account reach what is the account's: this form, no other."""
    condition = statement.get("Condition") or {}
    lines = {key.lower(): as_list(values) for key, values in condition.get("StringEquals", {}).items()}
    own = {key: [subject.account] for key in ("aws:principalaccount", "aws:resourceaccount")}
    endpoint = document.resource.type == "aws_vpc_endpoint"
    return endpoint and bool(subject.account) and set(condition) == {"StringEquals"} and lines == own


def _all_of_service(endpoint: Resource) -> list[str]:
    """Every action of an endpoint's own service, as a policy says it."""
    service = str(endpoint.values.get("service_name", "")).split(".", 3)[-1]
    return [f"{(GATEWAYS | INTERFACES).get(service, service)}:*"]


def inverted_element(subject: Subject) -> Iterator[Diagnostic]:
    """NotAction, NotResource and NotPrincipal reach whatever nobody thought of."""
    for document in documents(subject):
        for statement in document.statements:
            if found := sorted({"NotAction", "NotResource", "NotPrincipal"} & set(statement)):
                fact = f"{named(document, statement)} uses {', '.join(found)}."
                yield too_wide(subject, document, fact, "Say what is meant, not what is not.")


_MOUNTED: Final = ("elasticfilesystem:accessedviamounttarget", "true")
"""Through a mount target comes only whom its security group lets in: such a policy is not public (EFS user guide,
"Blocking public access to EFS file systems")."""


def anyone(subject: Subject) -> Iterator[Diagnostic]:
    """A policy of a resource that allows everyone must say by condition that it means who is of this account.

    An endpoint's policy is no permission, only a filter: there everyone may pass to resources that are named.
    """
    for document, statement in allowing(subject):
        passes = document.kind == "endpoint" and "*" not in as_list(statement.get("Resource", "*"))
        told = _by_mount_target(statement) or held_to_account(subject, statement, service=False)
        if document.kind != "trust" and _everyone(statement) and not passes and not told:
            fact = f"{named(document, statement)} allows everyone."
            yield too_wide(subject, document, fact, "Name the account, by aws:PrincipalAccount or aws:PrincipalArn.")


def trust_for_anyone(subject: Subject) -> Iterator[Diagnostic]:
    """A role that everyone may assume is everyone's; a condition is easily too wide here, so none is accepted."""
    for document, statement in allowing(subject):
        if document.kind == "trust" and _everyone(statement):
            fact = f"{named(document, statement)} lets everyone assume the role."
            yield too_wide(subject, document, fact, "Name the service or the role that assumes it.")


def _everyone(statement: Mapping[str, Any]) -> bool:
    principal = statement.get("Principal")
    if isinstance(principal, Mapping):
        return any("*" in as_list(names) for names in principal.values())
    return principal == "*"


def _by_mount_target(statement: Mapping[str, Any]) -> bool:
    condition = (statement.get("Condition") or {}).get("Bool", {})
    return any((key.lower(), str(value).lower()) == _MOUNTED for key, value in condition.items())


def pass_role(subject: Subject) -> Iterator[Diagnostic]:
    """Who may pass any role has any role's permissions."""
    for document, statement in allowing(subject):
        passes = "iam:passrole" in [a.lower() for a in as_list(statement.get("Action", ()))]
        wild = [r for r in as_list(statement.get("Resource", "*")) if "*" in r or "?" in r]
        if passes and wild:
            fact = f"{named(document, statement)} passes roles by the pattern {wild[0]}."
            yield too_wide(subject, document, fact, "Name the one role, and iam:PassedToService.")


_SIZES: Final = {
    "aws_iam_role_policy": limits.ROLE_POLICY,
    "aws_iam_policy": limits.MANAGED_POLICY,
    "aws_iam_role": limits.TRUST_POLICY,
    "aws_s3_bucket_policy": limits.BUCKET_POLICY,
    "aws_kms_key": limits.KEY_POLICY,
    "aws_kms_key_policy": limits.KEY_POLICY,
    "aws_vpc_endpoint": limits.ENDPOINT_POLICY,
    "aws_vpc_endpoint_policy": limits.ENDPOINT_POLICY,
}
"""Type of resource → how long its policy may be."""


def policy_size(subject: Subject) -> Iterator[Diagnostic]:
    """AWS refuses a policy over its limit at apply; all inline policies of a role count as one."""
    sizes: dict[tuple[str, str], tuple[Document, int]] = {}
    for document in documents(subject):
        kind = document.resource.type
        size = len("".join(document.text.split())) if kind.startswith("aws_iam_") else len(document.text)
        owner = subject.role_of(document.resource) if kind == "aws_iam_role_policy" else document.resource.address
        sizes[kind, owner] = (document, sizes.get((kind, owner), (document, 0))[1] + size)
    for (kind, owner), (document, size) in sizes.items():
        if size > _SIZES.get(kind, size):
            yield error(
                "LF0808",
                subject.places.path(document.resource.address),
                f"The policy of {owner} has {size:,} characters; AWS takes {_SIZES[kind]:,} for {kind}.",
                "Split the entry, or reach fewer stores from it.",
            )


def allowing(subject: Subject) -> Iterator[tuple[Document, Mapping[str, Any]]]:
    """Every statement in the plan that allows something, with the policy that it is in."""
    for document in documents(subject):
        for statement in document.statements:
            if statement.get("Effect") == "Allow":
                yield document, statement


def named(document: Document, statement: Mapping[str, Any]) -> str:
    """Return what a finding calls a statement."""
    sid = statement.get("Sid")
    return f"Statement {sid} of {document.resource.address}" if sid else f"A statement of {document.resource.address}"


def too_wide(subject: Subject, document: Document, fact: str, remedy: str) -> Diagnostic:
    """Report a policy, at the entry that it belongs to."""
    return error("LF0805", subject.places.path(document.resource.address), fact, remedy)
