"""Rules on whom policies let in, and on the denials that must stand: what checkov passes, and what no identity's own
policy shows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from landform.catalog.endpoints import GATEWAYS, INTERFACES
from landform.diagnostics import Diagnostic, error
from landform.proof.evaluate import as_list
from landform.proof.placed import parts_of
from landform.proof.planned import Resource
from landform.scan.policies import allowing, documents, named, too_wide
from landform.scan.subject import Subject
from landform.scan.whose import accounts, held_to_account, names


def foreign_account(subject: Subject) -> Iterator[Diagnostic]:
    """A policy that names another account hands it what this account is answerable for."""
    for document, statement in allowing(subject):
        own = {subject.account, "aws"}
        others = sorted({a for n in names(statement, "AWS", "Federated") for a in accounts(n)} - own)
        # Names that S3 and IAM know accounts and identities by, and that tell nobody else whose they are.
        coded = [n for n in names(statement, "AWS") if n != "*" and not accounts(n)]
        strangers = [f"account {a}" for a in others] + coded + names(statement, "CanonicalUser")
        if strangers:
            fact = f"{named(document, statement)} lets {', '.join(strangers)} in."
            yield too_wide(subject, document, fact, "Name identities of this account, or share by a copy.")


def trust(subject: Subject) -> Iterator[Diagnostic]:
    """A role is for one service. Trust in an identity lets it act as the role, whatever its own policies say; trust in
    another account's pool, or in one without a subject, in whoever that admits.
    """
    for document, statement in allowing(subject):
        if document.kind != "trust":
            continue
        identities = [n for n in names(statement, "AWS") if n != "*"]
        pools = [] if _has_subject(statement) else names(statement, "Federated")
        for whom in [*identities, *pools]:
            fact = f"{named(document, statement)} lets {whom} act as the role."
            remedy = "Name a service; of a pool, the subject: a branch, an environment, a service account."
            yield too_wide(subject, document, fact, remedy)
    for document in documents(subject):
        allowed = [s for s in document.statements if s.get("Effect") == "Allow"] if document.kind == "trust" else []
        services = list(dict.fromkeys(name for statement in allowed for name in names(statement, "Service")))
        if len(services) > 1:
            fact = f"{document.resource.address} is for {', '.join(services)}: each has what is meant for the others."
            yield too_wide(subject, document, fact, "Give each service a role of its own.")


def _has_subject(statement: Mapping[str, Any]) -> bool:
    """Tell whether a condition says which subject of a pool is meant, and not just any."""
    lines = [
        (key, as_list(values))
        for operator, keys in (statement.get("Condition") or {}).items()
        if operator in ("StringEquals", "StringLike")
        for key, values in keys.items()
    ]
    return any(key.endswith(":sub") and values and all(map(_is_subject, values)) for key, values in lines)


# What stands before the first wildcard: of GitHub a repository, of GitLab a project, of Kubernetes a namespace, to
# their ends, or `acme/lake*` is also acme/lake-of-another-team ("Security hardening with OpenID Connect", GitHub;
# "ID token authentication", GitLab; "IAM roles for service accounts", EKS user guide; read 2026-11-29).
_SUBJECTS: Final = {
    "repo:": re.compile(r"repo:[^/:]+/[^/:]+:"),
    "project_path:": re.compile(r"project_path:[^/:]+/[^:]+:"),
    "system:serviceaccount:": re.compile(r"system:serviceaccount:[^:]+:"),
}
_ANY_SUBJECT: Final = re.compile(r"[^:]+:[^:]+")


def _is_subject(value: str) -> bool:
    head, *wild = re.split(r"[*?]", value, maxsplit=1)
    form = next((f for start, f in _SUBJECTS.items() if head.startswith(start)), _ANY_SUBJECT)
    return bool(form.match(head)) if wild else bool(head)


# Services that take a role, or write into a store, for whichever customer names it, and say for whom they act. Those
# that do not, as of 2026-11: EC2 and Lambda, which hand a role to the machine or function it was passed to; S3
# replication, CloudTrail, Beanstalk and AWS Backup for their roles ("The confused deputy problem", IAM user guide, and
# each service's own guide; of AWS Backup "IAM service roles", whose trust policy asks nothing, read 2026-11-29).
_SILENT: Final = frozenset(
    {
        *("ec2.amazonaws.com", "lambda.amazonaws.com", "s3.amazonaws.com", "cloudtrail.amazonaws.com"),
        *("elasticbeanstalk.amazonaws.com", "backup.amazonaws.com"),
    }
)


def deputy(subject: Subject) -> Iterator[Diagnostic]:
    """A service acts for every customer of AWS: a policy that lets one in must say that it acts for this account."""
    for document, statement in allowing(subject):
        services = names(statement, "Service")
        asked = [s for s in services if document.kind != "trust" or s not in _SILENT]
        if asked and not held_to_account(subject, statement, service=True):
            fact = f"{named(document, statement)} lets {', '.join(asked)} in, on behalf of anyone."
            yield too_wide(subject, document, fact, "Say aws:SourceAccount, or aws:SourceArn with this account.")


# What lets a principal in, or data out, by an argument of its own and no policy (AWS provider 5.100, each resource's
# page, read 2026-11-30).
HANDED_TO: Final[Mapping[str, tuple[str, ...]]] = {
    "aws_ami_launch_permission": ("account_id", "group", "organization_arn", "organizational_unit_arn"),
    "aws_backup_plan": ("rule",),
    "aws_cloudwatch_event_permission": ("principal",),
    "aws_cloudwatch_event_target": ("arn",),
    "aws_cloudwatch_log_subscription_filter": ("destination_arn",),
    "aws_cloudwatch_metric_stream": ("firehose_arn",),
    "aws_db_cluster_snapshot": ("shared_accounts",),
    "aws_db_snapshot": ("shared_accounts",),
    "aws_db_snapshot_copy": ("shared_accounts",),
    "aws_dynamodb_kinesis_streaming_destination": ("stream_arn",),
    "aws_ec2_transit_gateway_peering_attachment": ("peer_account_id",),
    "aws_flow_log": ("log_destination",),
    "aws_kms_grant": ("grantee_principal", "retiring_principal"),
    "aws_lakeformation_permissions": ("principal",),
    "aws_lambda_layer_version_permission": ("principal",),
    "aws_ram_principal_association": ("principal",),
    "aws_rds_cluster_snapshot_copy": ("shared_accounts",),
    "aws_redshift_endpoint_authorization": ("account",),
    "aws_s3_bucket_inventory": ("destination",),
    "aws_s3_bucket_notification": ("lambda_function", "queue", "topic"),
    "aws_s3_bucket_replication_configuration": ("rule",),
    "aws_scheduler_schedule": ("target",),
    "aws_snapshot_create_volume_permission": ("account_id",),
    "aws_sns_topic_subscription": ("endpoint",),
    "aws_ssm_document": ("permissions",),
    "aws_vpc_endpoint_service_allowed_principal": ("principal_arn",),
    "aws_vpc_peering_connection": ("peer_owner_id",),
}
HANDS_OUT: Final[Mapping[str, tuple[str, str]]] = {
    "aws_kms_grant": (
        "is a grant: it gives a key past every policy of identities",
        "Give the spec the edge that needs the key.",
    ),
    # Route 53 asks for one where zone and network are of two accounts, and only there ("Associating an Amazon VPC and
    # a private hosted zone that you created with different AWS accounts", read 2026-11-30); it names the network alone.
    "aws_route53_vpc_association_authorization": (
        "lets a network of another account learn the names of a zone",
        "Associate networks of this account: they need no authorization.",
    ),
}
"""What hands something on, or out, whatever its arguments say."""
_ALL: Final = frozenset({"*", "all"})


def handed_out(subject: Subject) -> Iterator[Diagnostic]:
    """What is handed to another account, or to all, goes past every policy that is proven."""
    for resource in subject.planned.of_type(*HANDED_TO):
        for argument in HANDED_TO[resource.type]:
            for value in dict.fromkeys(_leaves(resource.values.get(argument))):
                strangers = set(_accounts_in(value)) - {subject.account, "aws"}
                if value.lower() in _ALL or strangers:
                    fact = f"{resource.address} hands to {value}, by `{argument}`, what is this account's."
                    remedy = "Keep it within the account, or share by a copy."
                    yield error("LF0805", subject.places.path(resource.address), fact, remedy)
    for resource in subject.planned.of_type(*HANDS_OUT):
        does, remedy = HANDS_OUT[resource.type]
        yield error("LF0805", subject.places.path(resource.address), f"{resource.address} {does}.", remedy)


def _leaves(value: Any) -> Iterator[str]:
    """Yield the texts of an argument, those in its blocks among them."""
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else None
    if inner is None:
        yield str(value or "")
    else:
        yield from (leaf for each in inner for leaf in _leaves(each))


def _accounts_in(value: str) -> list[str]:
    """The accounts of an ARN, of a number or of several; an address of mail or of the web is of none."""
    numbers = [n for n in map(str.strip, value.split(",")) if len(n) == len("123456789012") and n.isdigit()]
    return accounts(value) if value.startswith("arn:") else numbers


_CARRIERS: Final = {
    "aws_s3_bucket": ("bucket", "aws_s3_bucket_policy"),
    "aws_sqs_queue": ("queue_url", "aws_sqs_queue_policy"),
    "aws_sns_topic": ("arn", "aws_sns_topic_policy"),
}
"""What carries data → the argument by which a policy names it, and the policy's type."""


def plain_text(subject: Subject) -> Iterator[Diagnostic]:
    """Buckets, queues and topics refuse what is not sent by TLS."""
    for kind, (argument, part) in _CARRIERS.items():
        held = parts_of(subject.planned, kind, argument, part)
        for carrier in subject.planned.of_type(kind):
            policies = held.get(carrier.address, ())
            if not any(_denies_plain_text(s, carrier) for p in policies for s in _statements(p)):
                holder = policies[0].address if policies else carrier.address
                fact = f"{holder} lets {carrier.address} be used without TLS."
                remedy = "Deny everyone everything where aws:SecureTransport is false."
                yield error("LF0805", subject.places.path(carrier.address), fact, remedy)


def _statements(resource: Resource) -> list[Mapping[str, Any]]:
    text = resource.values.get("policy")
    return as_list(json.loads(text)["Statement"]) if text else []


# Everything; a topic's policy may not say so ("Policy statement action out of service scope"), and what carries data
# to a topic is Publish (SNS developer guide, "Enforce encryption of data in transit", read 2026-11-29).
_EVERYTHING: Final = {
    "aws_s3_bucket": {"*", "s3:*"},
    "aws_sqs_queue": {"*", "sqs:*"},
    "aws_sns_topic": {"*", "sns:*", "sns:publish"},
}


def _denies_plain_text(statement: Mapping[str, Any], carrier: Resource) -> bool:
    everything = bool(_EVERYTHING[carrier.type] & _actions(statement))
    by_tls = _conditions(statement) == [("bool", "aws:securetransport", ["false"])]
    return _denies_everyone(statement) and everything and by_tls and _covers(statement, carrier, within=True)


def _denies_everyone(statement: Mapping[str, Any]) -> bool:
    principal = statement.get("Principal")
    everyone = principal == "*" or (isinstance(principal, Mapping) and as_list(principal.get("AWS", ())) == ["*"])
    return statement["Effect"] == "Deny" and everyone


def _actions(statement: Mapping[str, Any]) -> set[str]:
    return {str(action).lower() for action in as_list(statement.get("Action", ()))}


def _conditions(statement: Mapping[str, Any]) -> list[tuple[str, str, list[str]]]:
    return [
        (operator.lower(), key.lower(), [str(value).lower() for value in as_list(values)])
        for operator, lines in (statement.get("Condition") or {}).items()
        for key, values in lines.items()
    ]


def _covers(statement: Mapping[str, Any], carrier: Resource, *, within: bool) -> bool:
    """Tell whether a statement is about the whole carrier; of a bucket about its objects also, where `within` asks."""
    named = {str(resource) for resource in as_list(statement.get("Resource", ()))}
    if carrier.type == "aws_s3_bucket":
        own = f"arn:aws:s3:::{carrier.values.get('bucket')}"
        asked = {own, f"{own}/*"} if within else {own}
        return bool(named & {"*", "arn:aws:s3:::*", f"{own}*"}) or asked <= named
    return "*" in named or any(resource.split(":")[-1] == carrier.values.get("name") for resource in named)


def undeletable(subject: Subject) -> Iterator[Diagnostic]:
    """What holds data of production refuses its deletion by AWS's own means, since Terraform's do not bind people.

    A bucket that `force_destroy` would not empty is one of them.
    """
    policies = parts_of(subject.planned, "aws_s3_bucket", "bucket", "aws_s3_bucket_policy")
    for bucket in subject.planned.of_type("aws_s3_bucket"):
        said = [s for p in policies.get(bucket.address, ()) for s in _statements(p)]
        guarded = any(_denies_deletion(statement, bucket) for statement in said)
        if bucket.values.get("force_destroy") is False and not guarded:
            holder = next((p.address for p in policies.get(bucket.address, ())), bucket.address)
            fact = f"{holder} does not deny s3:DeleteBucket on {bucket.address}, which is not to be destroyed."
            yield error("LF0805", subject.places.path(bucket.address), fact, "Deny it to everyone.")
    for table in subject.planned.of_type("aws_dynamodb_table"):
        production = (table.values.get("tags_all") or {}).get("landform:environment") == "production"
        if production and table.values.get("deletion_protection_enabled") is not True:
            fact = f"{table.address} is of production, and is not protected against its deletion."
            remedy = "Set deletion_protection_enabled."
            yield error("LF0805", subject.places.path(table.address), fact, remedy)


def _denies_deletion(statement: Mapping[str, Any], bucket: Resource) -> bool:
    deletion = bool({"*", "s3:*", "s3:deletebucket"} & _actions(statement))
    always = not statement.get("Condition")
    return _denies_everyone(statement) and deletion and always and _covers(statement, bucket, within=False)


def open_endpoint(subject: Subject) -> Iterator[Diagnostic]:
    """An endpoint without a policy lets everything through: whatever gets hold of a host carries data anywhere."""
    for endpoint in subject.planned.of_type("aws_vpc_endpoint"):
        service = str(endpoint.values.get("service_name", "")).split(".", 3)[-1]
        text = endpoint.values.get("policy")
        if not text and not endpoint.unknown.get("policy") and service in GATEWAYS | INTERFACES:
            fact = f"{endpoint.address} has no policy of its own: it lets everyone through to everything."
            remedy = "Admit what the workloads are granted."
            yield error("LF0805", subject.places.path(endpoint.address), fact, remedy)


def open_url(subject: Subject) -> Iterator[Diagnostic]:
    """A function's URL without IAM is anybody's."""
    for url in subject.planned.of_type("aws_lambda_function_url"):
        if url.values.get("authorization_type") != "AWS_IAM":
            fact = f"{url.address} lets everyone call the function."
            yield error("LF0805", subject.places.path(url.address), fact, 'Set authorization_type = "AWS_IAM".')


def granting(subject: Subject) -> Iterator[Diagnostic]:
    """A grant on a key hands its use on, past every policy: only services may make one, for a resource of AWS."""
    for document, statement in allowing(subject):
        condition = (statement.get("Condition") or {}).get("Bool", {})
        for_aws = as_list(condition.get("kms:GrantIsForAWSResource")) == ["true"]
        if "kms:CreateGrant" in as_list(statement.get("Action", ())) and not for_aws:
            fact = f"{named(document, statement)} allows kms:CreateGrant for anything."
            yield too_wide(subject, document, fact, "Ask for kms:GrantIsForAWSResource.")
