"""What AWS refuses and the embedded AWS accepts: each rule finds its mistake in the plan of a whole system."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import botocore.session
import pytest
from support.orders import ACCOUNT, Plan, copied, drop, orders, plant, saying, silent, values

from landform.catalog.functions import RESERVED_VARIABLES
from landform.catalog.refused import NAMINGS, RETENTIONS, Naming
from landform.proof.planned import read_plan
from landform.scan.refusals import DATED, REFUSALS, many_addresses, refused
from landform.scan.subject import Subject

FUNCTION = "module.functions_ingest.aws_lambda_function.this"
GROUP = "module.train_fit.aws_autoscaling_group.this"
TEMPLATE = "module.machines_workbench.aws_launch_template.this"
QUEUE = "module.data_retries.aws_sqs_queue.this"
ALARM = 'module.audit.aws_cloudwatch_metric_alarm.this["orders-prd-audit-bucket-policy-changes"]'
KEY = 'module.keys_us_east_1.aws_kms_key.this["data-transactions"]'
EDGES = 'module.functions_ingest.aws_iam_role_policy.function["edges"]'
POLICY = "module.data_transactions.aws_s3_bucket_policy.this"
SUBNET = 'module.network_us_east_1.aws_subnet.isolated["use1-az1"]'
BATCH = "module.train_embed.aws_batch_compute_environment.this"


def own(kind: str, **given: Any) -> Callable[[Plan], None]:
    return lambda plan: plant(plan, kind, "own", **given)


def both(kind: str, **given: Any) -> Callable[[Plan], None]:
    """Plant two resources that are equal but for their addresses."""

    def mutate(plan: Plan) -> None:
        plant(plan, kind, "one", **given)
        plant(plan, kind, "two", **given)

    return mutate


def setting(address: str, **given: Any) -> Callable[[Plan], None]:
    return lambda plan: values(plan, address).update(given)


def all_of(*several: Callable[[Plan], None]) -> Callable[[Plan], None]:
    def mutate(plan: Plan) -> None:
        for each in several:
            each(plan)

    return mutate


def batch(plan: Plan) -> Plan:
    address = next(
        r["address"]
        for m in plan["planned_values"]["root_module"]["child_modules"]
        for r in m["resources"]
        if r["address"].startswith(BATCH)
    )
    found: Plan = values(plan, address)["compute_resources"][0]
    return found


def spot_nodes(plan: Plan) -> None:
    batch(plan)["type"] = "SPOT"
    values(plan, "module.train_embed.aws_batch_job_definition.this")["type"] = "multinode"


def unversioned(plan: Plan) -> None:
    versions = values(plan, "module.data_transactions.aws_s3_bucket_versioning.this")
    versions["versioning_configuration"] = [{"status": "Suspended"}]


def keyed_logs(plan: Plan) -> None:
    address = "module.logs_us_east_1.aws_s3_bucket_server_side_encryption_configuration.this"
    rule = values(plan, address)["rule"][0]
    rule["apply_server_side_encryption_by_default"] = [{"sse_algorithm": "aws:kms"}]


def crowded(plan: Plan) -> None:
    launch = values(plan, GROUP)["mixed_instances_policy"][0]["launch_template"][0]
    launch["override"] = [{"instance_type": f"c{n}.large"} for n in range(41)]


def by_requirements(plan: Plan) -> None:
    launch = values(plan, GROUP)["mixed_instances_policy"][0]["launch_template"][0]
    launch["override"] = [{"instance_requirements": [{"vcpu_count": [{"min": 8}]}]}]


def impatient(plan: Plan) -> None:
    stopping = {"StoppingCondition": {"MaxRuntimeInSeconds": 3600, "MaxWaitTimeInSeconds": 60}}
    plant(plan, "aws_ssm_parameter", "own", name="/own/job", value=json.dumps(stopping))


def twice_numbered(plan: Plan) -> None:
    address = 'module.network_us_east_1.aws_network_acl.tier["isolated"]'
    rules = values(plan, address)["ingress"]
    rules.append({**rules[0], "cidr_block": "10.9.0.0/16"})


def denied_trail(plan: Plan) -> None:
    for sid in ("CloudTrailChecksOwnership", "CloudTrailWrites"):
        silent("module.audit.aws_s3_bucket_policy.this", sid)(plan)


def unadmitted(plan: Plan) -> None:
    values(plan, 'module.functions_ingest.aws_lambda_permission.bucket["bucket"]')["principal"] = "sns.amazonaws.com"


def mapped(**given: Any) -> Callable[[Plan], None]:
    return all_of(
        own("aws_sqs_queue", name="own", visibility_timeout_seconds=30),
        own("aws_lambda_function", function_name="own", timeout=120),
        own(
            "aws_lambda_event_source_mapping",
            event_source_arn="aws_sqs_queue.own",
            function_name="aws_lambda_function.own",
            **given,
        ),
    )


ROLE = f"arn:aws:iam::{ACCOUNT}:role/orders-prd-workbench-us-east-1"
LOG_BUCKET = "module.logs_us_east_1.aws_s3_bucket.this"
EFS = "aws_efs_file_system.own"
LISTENER = {"protocol": "HTTPS", "port": 443}
PLANTED: dict[str, tuple[Callable[[Plan], None], str]] = {
    "tags": (setting(QUEUE, tags={"aws:mine": "x"}), QUEUE),
    "statement-ids": (saying(EDGES, Sid="a b", Action="x:y", Resource="x"), "function"),
    "log-retention": (own("aws_cloudwatch_log_group", name="own", retention_in_days=42), "the nearest is 30"),
    "key-waiting-period": (setting(KEY, deletion_window_in_days=3), KEY),
    "queue-retention": (setting(QUEUE, message_retention_seconds=30), QUEUE),
    "queue-visibility": (setting(QUEUE, visibility_timeout_seconds=90_000), QUEUE),
    "stream-retention": (setting("module.data_clicks.aws_kinesis_stream.this", retention_period=12), "data_clicks"),
    "replicates-versions": (unversioned, "replication_configuration"),
    "access-logs-under-a-key": (keyed_logs, LOG_BUCKET),
    "access-logs-locked": (own("aws_s3_bucket_object_lock_configuration", bucket=LOG_BUCKET), LOG_BUCKET),
    "one-bucket-policy": (
        own("aws_s3_bucket_policy", bucket="module.data_transactions.aws_s3_bucket.this", policy=None),
        POLICY,
    ),
    "one-bucket-notification": (both("aws_s3_bucket_notification", bucket="b"), "aws_s3_bucket_notification.two"),
    "one-bucket-replication": (both("aws_s3_bucket_replication_configuration", bucket="b"), "_configuration.one"),
    "one-queue-policy": (both("aws_sqs_queue_policy", queue_url="q"), "aws_sqs_queue_policy.one"),
    "key-lockout": (silent(KEY, "DelegateToIdentityPolicies"), KEY),
    "missing-principals": (saying(POLICY, Action="s3:GetObject", Resource="x", Principal={"AWS": ROLE}), POLICY),
    "queue-hides-too-briefly": (mapped(batch_size=10), "hidden for 30 s"),
    "batch-without-window": (mapped(batch_size=100), "more than 10"),
    "table-attributes": (
        setting("module.data_features.aws_dynamodb_table.this", range_key="day"),
        "keys use account_id, day",
    ),
    "fifo-names": (setting(QUEUE, fifo_queue=True), QUEUE),
    "lustre-sizes": (own("aws_fsx_lustre_file_system", storage_capacity=3600), "3600 GiB"),
    "mount-targets": (
        both("aws_efs_mount_target", file_system_id=EFS, subnet_id="subnet-1"),
        "aws_efs_mount_target.two",
    ),
    "network-size": (own("aws_vpc", cidr_block="10.0.0.0/8"), "aws_vpc.own"),
    "subnets": (setting(SUBNET, cidr_block="10.64.0.0/20"), "overlaps"),
    "second-endpoint": (
        both("aws_vpc_endpoint", vpc_id="vpc-1", service_name="com.amazonaws.us-east-1.sqs"),
        "aws_vpc_endpoint.two",
    ),
    "rule-numbers": (twice_numbered, "same number"),
    "second-route": (both("aws_route", route_table_id="rtb-1", destination_cidr_block="0.0.0.0/0"), "aws_route.two"),
    "balancer-zones": (own("aws_lb", name="own", load_balancer_type="application", subnets=["subnet-1"]), "aws_lb.own"),
    "listener-certificate": (own("aws_lb_listener", **LISTENER), "without a certificate"),
    "firewall-logs": (
        own(
            "aws_wafv2_web_acl_logging_configuration",
            log_destination_configs=["arn:aws:logs:us-east-1:1:log-group:own"],
        ),
        "logs to own",
    ),
    "record-zone": (own("aws_route53_record", name="a.example.com", type="A"), "aws_route53_record.own"),
    "group-descriptions": (own("aws_security_group", description="für alle"), "ü"),
    "user-data-size": (setting(TEMPLATE, user_data="QUFB" * 6_000), "18,000 bytes"),
    "disk-iops": (own("aws_ebs_volume", type="io2", size=100), "io2 without iops"),
    "resolved-image": (
        setting("module.machines_workbench.aws_instance.this", ami="resolve:ssm:/x"),
        "aws_instance.this",
    ),
    "requirements-and-resolved-image": (by_requirements, GROUP),
    "group-sizes": (setting(GROUP, min_size=3), "wants 0 of 3 to 2"),
    "group-types": (crowded, "41 instance types"),
    "multi-node-on-spot": (spot_nodes, "aws_batch_job_definition.this"),
    "environment-vcpus": (lambda plan: batch(plan).update(min_vcpus=8), "keeps 8 vCPUs of 4"),
    "spot-wait": (impatient, "waits for 60 s and runs for 3600 s"),
    "function-environment": (setting(FUNCTION, environment=[{"variables": {"LONG": "x" * 5_000}}]), FUNCTION),
    "alarm-looks-back": (setting(ALARM, period=300, evaluation_periods=300), "90,000 s"),
    "cron-fields": (own("aws_scheduler_schedule", name="own", schedule_expression="cron(0 3 * * *)"), "six fields"),
    "second-detector": (both("aws_guardduty_detector"), "aws_guardduty_detector.two"),
    "second-recorder": (both("aws_config_configuration_recorder"), "recorder.two"),
    "second-hub": (both("aws_securityhub_account"), "aws_securityhub_account.two"),
    "second-analyzer": (both("aws_accessanalyzer_analyzer", type="ACCOUNT"), "analyzer.two"),
    "second-provider": (both("aws_iam_openid_connect_provider", url="https://token.example.com/"), "provider.two"),
    "unsatisfied-target": (unadmitted, "does not admit S3"),
    "trail-bucket": (denied_trail, "does not admit CloudTrail"),
}

MISNAMED = {
    "aws_iam_role": "a role",
    "aws_iam_role_policy": "a/b",
    "aws_iam_policy": "ä",
    "aws_iam_instance_profile": "a b",
    "aws_s3_bucket": "xn--mine",
    "aws_kms_alias": "alias/aws/s3",
    "aws_cloudwatch_log_group": "a b",
    "aws_sqs_queue": "a.b",
    "aws_sns_topic": "a b",
    "aws_lambda_function": "a.b",
    "aws_dynamodb_table": "ab",
    "aws_kinesis_stream": "a b",
    "aws_launch_template": "a b",
    "aws_lb": "internal-mine",
    "aws_lb_target_group": "mine-",
    "aws_cloudtrail": "a..b",
    "aws_security_group": "sg-mine",
    "aws_cloudwatch_event_rule": "a b",
    "aws_scheduler_schedule": "a/b",
    "aws_ssm_parameter": "/aws/mine",
    "aws_batch_job_definition": "-mine",
    "aws_efs_file_system": "",
    "aws_wafv2_web_acl": "a.b",
    "aws_sagemaker_model": "mine-",
}


def found(mutate: Callable[[Plan], None]) -> list[str]:
    plan = copied(orders().plan)
    mutate(plan)
    return [d.message for d in refused(Subject(read_plan(plan), ACCOUNT, orders().places))]


def test_nothing_of_the_system_as_it_is_would_be_refused() -> None:
    assert found(lambda plan: None) == []


@pytest.mark.parametrize("name", PLANTED)
def test_what_would_be_refused_is_found(name: str) -> None:
    mutate, told = PLANTED[name]
    assert any(message.endswith(f"({name}).") and told in message for message in found(mutate)), found(mutate)


@pytest.mark.parametrize("naming", NAMINGS, ids=lambda naming: naming.type)
def test_a_name_that_would_be_refused_is_found(naming: Naming) -> None:
    name = f"name-of-{naming.type.removeprefix('aws_').replace('_', '-')}"
    for wrong in (MISNAMED[naming.type], "a" * (naming.most + 1)):
        messages = found(own(naming.type, **{naming.argument: wrong}))
        assert any(f"{naming.type}.own " in m and m.endswith(f"({name}).") for m in messages), (wrong, messages)


@pytest.mark.parametrize("variable", sorted(RESERVED_VARIABLES))
def test_a_variable_of_lambda_itself_is_found(variable: str) -> None:
    messages = found(setting(FUNCTION, environment=[{"variables": {variable: "x"}}]))
    assert any(f"sets {variable}, which Lambda sets itself" in m for m in messages), messages


def test_a_wrapper_of_a_function_is_meant_to_be_set() -> None:
    assert found(setting(FUNCTION, environment=[{"variables": {"AWS_LAMBDA_EXEC_WRAPPER": "/opt/otel"}}])) == []


@pytest.mark.parametrize(
    ("kind", "given", "size"),
    [
        ("aws_instance", {"user_data": "ü" * 8_193}, "16,386 bytes"),
        ("aws_instance", {"user_data_base64": "QUFB" * 6_000}, "18,000 bytes"),
        ("aws_launch_template", {"user_data": "no base64! " * 2_000}, "22,000 bytes"),
    ],
)
def test_user_data_is_counted_in_the_bytes_that_a_machine_gets(kind: str, given: dict[str, str], size: str) -> None:
    assert any(size in m and m.endswith("(user-data-size).") for m in found(own(kind, **given)))


@pytest.mark.parametrize(
    "given", [{"user_data": "x" * 16_384}, {"user_data_base64": "QUFB" * 5_000}, {"user_data_base64": "no base64!"}]
)
def test_user_data_that_fits(given: dict[str, str]) -> None:
    assert found(own("aws_instance", **given)) == []


@pytest.mark.parametrize(
    ("period", "count", "refused"),
    [
        (300, 288, False),
        (300, 289, True),
        (3_600, 168, False),
        (3_600, 169, True),
        (86_400, 7, False),
        (86_400, 8, True),
    ],
)
def test_how_far_an_alarm_looks_back(period: int, count: int, refused: bool) -> None:
    messages = found(setting(ALARM, period=period, evaluation_periods=count))
    assert any(m.endswith("(alarm-looks-back).") for m in messages) is refused, messages


@pytest.mark.parametrize(("count", "told"), [(5, 0), (6, 1)])
def test_more_addresses_than_an_account_begins_with_are_a_warning(count: int, told: int) -> None:
    """The account may have been given more: preflight asks it."""
    plan = copied(orders().plan)
    for address in read_plan(plan).of_type("aws_eip"):
        drop(plan, address.address)
    for number in range(count):
        plant(plan, "aws_eip", f"own{number}")
    subject = Subject(read_plan(plan), ACCOUNT, orders().places)
    assert not any("public addresses" in d.message for d in refused(subject))
    assert len(warnings := list(many_addresses(subject))) == told
    assert all(str(w.severity) == "warning" and "landform preflight" in w.remedy for w in warnings)


def certified(plan: Plan) -> None:
    arn = f"arn:aws:acm:eu-west-1:{ACCOUNT}:certificate/1"
    plant(plan, "aws_lb_listener", "own", region="us-east-1", certificate_arn=arn, **LISTENER)


def test_a_certificate_of_another_region_is_found() -> None:
    assert any(m.endswith("(certificate-region).") for m in found(certified))


def test_every_rule_is_planted_and_there_are_forty() -> None:
    names = {refusal.name for refusal in REFUSALS}
    tried = {*PLANTED, "certificate-region"}
    assert {name for name in names if not name.startswith("name-of-")} == tried
    assert {n.type for n in NAMINGS} == set(MISNAMED)
    assert len(names) == len(REFUSALS) >= 40


@pytest.mark.parametrize("naming", [n for n in NAMINGS if n.model], ids=lambda naming: naming.type)
def test_names_are_what_the_service_models_say(naming: Naming) -> None:
    service, operation, member = naming.model
    shape = botocore.session.get_session().get_service_model(service).operation_model(operation).input_shape
    said = shape.members[member].metadata
    assert said["max"] == naming.most
    # The same set of characters, in whichever order a model lists them.
    assert sorted(said.get("pattern", ".+").replace("\\", "").strip("^$")) == sorted(naming.pattern.replace("\\", ""))


def test_log_groups_keep_for_the_days_that_the_provider_knows() -> None:
    assert {0, 1, 3, 365, 3653} <= RETENTIONS
    assert len(RETENTIONS) == 23


HEAD = f"""\
# What AWS refuses and an embedded AWS accepts

`landform scan` finds these in a plan (LF0817), so that nobody waits for half an apply to learn of them: a green
rehearsal proves nothing about what is in this list. As of {DATED}; written from `compiler/landform/scan/refusals/` by
`make golden`. Beside them scan finds an ARN literal where Terraform needs the order (LF0807), policies over the size
that AWS takes (LF0808), topics that nobody may tell (LF0809) and edges without a way (LF0812). More public addresses in
a region than an account begins with are a warning, since it may have been given more: `landform preflight` asks it.

| rule | what | where AWS says it |
| --- | --- | --- |
"""


def test_the_page_of_refusals_is_current(golden: Callable[[str, str], None]) -> None:
    rows = (f"| {r.name} | {r.says.replace('|', chr(92) + '|')} | {r.source} |\n" for r in REFUSALS)
    golden("../../docs/refusals.md", HEAD + "".join(rows))
