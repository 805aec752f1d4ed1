"""What files of the user's own, beside the root module, add to a system: read from the plan, and said.

They are the way to add what the language lacks, so they are no mistake; but nobody should have to find out by reading
them that a role, a door or a way into a store came with them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from landform.diagnostics import Diagnostic, note, warning
from landform.proof.evaluate import as_list
from landform.proof.planned import Resource
from landform.scan.elsewhere import logs_elsewhere
from landform.scan.policies import documents
from landform.scan.readable import holds_statements, statements_in
from landform.scan.subject import Subject

_REMEDY: Final = "Review it as you would the spec: no edge asked for it, and the proof takes it as it stands."
_DOORS: Final = ("aws_security_group", "aws_security_group_rule", "aws_vpc_security_group_ingress_rule")


def own_files(subject: Subject) -> Iterator[Diagnostic]:
    """What is in no module of the output is of the user's own: each permission and door, and the rest in a line."""
    own = {r.address: r for r in subject.planned.resources if subject.is_own(r)}
    for document in documents(subject):
        if document.resource.address in own:
            for statement in document.statements:
                yield _adds(document.resource, _allows(statement))
    for resource in own.values():
        if resource.type in _DOORS and (door := _lets_in(resource.values)):
            yield _adds(resource, door)
        if resource.type in _ACCESS:
            yield _adds(resource, _access(resource))
        for bucket in logs_elsewhere(subject, resource):
            yield _adds(resource, f"writes logs to {bucket}, a bucket that the plan does not make")
        yield from (_adds(resource, f"acts as {role}") for role in _acts_as(subject, resource, own))
        for argument, text in resource.values.items():
            if isinstance(text, str) and holds_statements(text) and statements_in(text) is None:
                yield _adds(resource, f"holds a policy within `{argument}`, which is not read")
        for argument in _POLICIES:
            if resource.unknown.get(argument) is True:
                yield _adds(resource, f"holds a policy, `{argument}`, that nobody knows before an apply")
    if own:
        kinds = Counter(resource.type for resource in own.values())
        listed = ", ".join(f"{kind} ({count})" if count > 1 else kind for kind, count in sorted(kinds.items()))
        fact = f"files of your own beside the root module add {len(own)} resources: {listed}."
        yield note("LF0815", (), fact, "They are scanned and proven with the rest.")


_POLICIES: Final = ("access_policy", "policy", "policy_document", "resource_policy")
_ACCESS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "aws_iam_access_key": ("makes a key, which stands in the state, for", ("user",)),
    "aws_iam_group_membership": ("puts people into a group:", ("group", "users")),
    "aws_iam_group_policy_attachment": ("attaches a policy:", ("group", "policy_arn")),
    "aws_iam_group_policy_attachments_exclusive": ("attaches policies:", ("group_name", "policy_arns")),
    "aws_iam_openid_connect_provider": ("lets another say who somebody is:", ("url",)),
    "aws_iam_policy_attachment": ("attaches a policy:", ("roles", "users", "groups", "policy_arn")),
    "aws_iam_role_policy_attachment": ("attaches a policy:", ("role", "policy_arn")),
    "aws_iam_role_policy_attachments_exclusive": ("attaches policies:", ("role_name", "policy_arns")),
    "aws_iam_saml_provider": ("lets another say who somebody is:", ("name",)),
    "aws_iam_user": ("makes somebody with credentials of their own:", ("name",)),
    "aws_iam_user_group_membership": ("puts people into groups:", ("user", "groups")),
    "aws_iam_user_login_profile": ("gives a password to", ("user",)),
    "aws_iam_user_policy_attachment": ("attaches a policy:", ("user", "policy_arn")),
    "aws_iam_user_policy_attachments_exclusive": ("attaches policies:", ("user_name", "policy_arns")),
    "aws_s3_access_point": ("makes another way into", ("bucket",)),
}
"""Type that gives access without a policy of its own → what it does, and the arguments that tell to whom."""


def _access(resource: Resource) -> str:
    does, arguments = _ACCESS[resource.type]
    told = [", ".join(map(str, as_list(resource.values.get(a) or "what an apply will tell"))) for a in arguments]
    return f"{does} {'; '.join(told)}"


def _acts_as(subject: Subject, resource: Resource, own: Mapping[str, Resource]) -> Iterator[str]:
    """Yield the roles of the system, and profiles of them, that something of the user's own is given."""
    given = {t.address for argument in resource.expressions for t in subject.planned.targets(resource, argument)}
    written = {str(value) for value in resource.values.values() if isinstance(value, str)}
    for each in subject.planned.of_type("aws_iam_role", "aws_iam_instance_profile"):
        name = str(each.values.get("name") or each.address)
        called = any(text == name or text.endswith((f":role/{name}", f":instance-profile/{name}")) for text in written)
        if each.address not in own and (called or each.address in given) and not resource.type.startswith("aws_iam_"):
            yield each.address


def _adds(resource: Resource, what: str) -> Diagnostic:
    return warning("LF0815", (), f"{resource.address}, of a file of your own, {what}.", _REMEDY)


def _allows(statement: Mapping[str, Any]) -> str:
    verb = "allows" if statement.get("Effect") == "Allow" else "denies"
    actions = as_list(statement.get("Action") or f"all but {statement.get('NotAction')}")
    said = f"{verb} {', '.join(map(str, actions))}"
    return f"{said} on {', '.join(map(str, as_list(statement['Resource'])))}" if "Resource" in statement else said


def _lets_in(values: Mapping[str, Any]) -> str:
    """Say whom a group or a rule lets in; empty for nobody, and for what goes out."""
    if values.get("type") == "egress":
        return ""
    rules = values.get("ingress") if "ingress" in values else [values]
    return "; ".join(f"lets in {_from(rule)} on {_ports(rule)}" for rule in rules or ())


def _from(rule: Mapping[str, Any]) -> str:
    blocks = [rule.get("cidr_ipv4"), rule.get("cidr_ipv6"), *(rule.get("cidr_blocks") or ())]
    named = [str(block) for block in (*blocks, *(rule.get("ipv6_cidr_blocks") or ())) if block]
    return ", ".join(named) or "another group"


def _ports(rule: Mapping[str, Any]) -> str:
    protocol = str(rule.get("ip_protocol") or rule.get("protocol") or "")
    first, last = rule.get("from_port"), rule.get("to_port")
    if protocol.lower() in ("-1", "all") or first is None:
        return "every port"
    return f"{protocol} port {first}" if first == last else f"{protocol} ports {first} to {last}"
