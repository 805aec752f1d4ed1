"""What AWS writes into a bucket that is not in the plan, without any policy that would show it."""

from __future__ import annotations

from typing import Any

import pytest
from support.orders import ACCOUNT, Mutate, Plan, orders, plant, setting

from landform.diagnostics import Diagnostic, Severity
from landform.proof.grants import Grant
from landform.scan import elsewhere
from landform.scan.elsewhere import written_by

from .test_hidden import MODELS, errors, is_told

ELSEWHERE = "acme-elsewhere"
ARN = f"arn:aws:s3:::{ELSEWHERE}"
OURS = MODELS.rpartition(":")[2]
LOCATION = f"arn:aws:datasync:us-east-1:{ACCOUNT}:location/loc-1"

DATA = [
    ("aws_kinesis_firehose_delivery_stream", "extended_s3_configuration.bucket_arn", ARN),
    ("aws_kinesis_firehose_delivery_stream", "extended_s3_configuration.s3_backup_configuration.bucket_arn", ARN),
    ("aws_kinesis_firehose_delivery_stream", "http_endpoint_configuration.s3_configuration.bucket_arn", ARN),
    ("aws_datasync_location_s3", "s3_bucket_arn", ARN),
    ("aws_s3_bucket_replication_configuration", "rule.destination.bucket", ARN),
    ("aws_s3_bucket_inventory", "destination.bucket.bucket_arn", ARN),
    (
        "aws_s3_bucket_analytics_configuration",
        "storage_class_analysis.data_export.destination.s3_bucket_destination.bucket_arn",
        ARN,
    ),
    ("aws_dynamodb_table_export", "s3_bucket", ELSEWHERE),
    ("aws_rds_export_task", "s3_bucket_name", ELSEWHERE),
    ("aws_ses_receipt_rule", "s3_action.bucket_name", ELSEWHERE),
    ("aws_appflow_flow", "destination_flow_config.destination_connector_properties.s3.bucket_name", ELSEWHERE),
    ("aws_athena_database", "bucket", ELSEWHERE),
    ("aws_athena_workgroup", "configuration.result_configuration.output_location", f"s3://{ELSEWHERE}/results/"),
    ("aws_bedrock_custom_model", "output_data_config.s3_uri", f"s3://{ELSEWHERE}/models/"),
    ("aws_bedrock_model_invocation_logging_configuration", "logging_config.s3_config.bucket_name", ELSEWHERE),
    ("aws_datasync_location_object_storage", "bucket_name", ELSEWHERE),
    ("aws_imagebuilder_distribution_configuration", "distribution.s3_export_configuration.s3_bucket", ELSEWHERE),
    ("aws_iot_topic_rule", "error_action.s3.bucket_name", ELSEWHERE),
    ("aws_s3_bucket", "replication_configuration.rules.destination.bucket", ARN),
    ("aws_sagemaker_endpoint_configuration", "data_capture_config.destination_s3_uri", f"s3://{ELSEWHERE}/"),
    ("aws_sagemaker_feature_group", "offline_store_config.s3_storage_config.s3_uri", f"s3://{ELSEWHERE}/"),
    (
        "aws_transfer_workflow",
        "steps.copy_step_details.destination_file_location.s3_file_location.bucket",
        ELSEWHERE,
    ),
]
LOGS = [
    ("aws_s3_bucket_logging", "target_bucket", ELSEWHERE),
    ("aws_lb", "access_logs.bucket", ELSEWHERE),
    ("aws_lb", "connection_logs.bucket", ELSEWHERE),
    ("aws_alb", "access_logs.bucket", ELSEWHERE),
    ("aws_elb", "access_logs.bucket", ELSEWHERE),
    ("aws_cloudfront_distribution", "logging_config.bucket", f"{ELSEWHERE}.s3.amazonaws.com"),
    ("aws_cloudfront_distribution", "logging_config.bucket", f"{ELSEWHERE}.s3.eu-west-1.amazonaws.com"),
    (
        "aws_cloudwatch_log_delivery_destination",
        "delivery_destination_configuration.destination_resource_arn",
        ARN,
    ),
    ("aws_flow_log", "log_destination", f"{ARN}/flows/"),
    ("aws_cloudtrail", "s3_bucket_name", ELSEWHERE),
    ("aws_config_delivery_channel", "s3_bucket_name", ELSEWHERE),
    ("aws_globalaccelerator_accelerator", "attributes.flow_logs_s3_bucket", ELSEWHERE),
    (
        "aws_networkfirewall_logging_configuration",
        "logging_configuration.log_destination_config.log_destination.bucketName",
        ELSEWHERE,
    ),
    ("aws_wafv2_web_acl_logging_configuration", "log_destination_configs", ARN),
    ("aws_route53_resolver_query_log_config", "destination_arn", ARN),
    ("aws_vpclattice_access_log_subscription", "destination_arn", ARN),
    ("aws_guardduty_publishing_destination", "destination_arn", ARN),
    ("aws_verifiedaccess_instance_logging_configuration", "access_logs.s3.bucket_name", ELSEWHERE),
    ("aws_msk_cluster", "logging_info.broker_logs.s3.bucket", ELSEWHERE),
    ("aws_redshift_logging", "bucket_name", ELSEWHERE),
    ("aws_spot_datafeed_subscription", "bucket", ELSEWHERE),
    ("aws_ssm_resource_data_sync", "s3_destination.bucket_name", ELSEWHERE),
    ("aws_backup_report_plan", "report_delivery_channel.s3_bucket_name", ELSEWHERE),
    ("aws_bcmdataexports_export", "export.destination_configurations.s3_destination.s3_bucket", ELSEWHERE),
    ("aws_codebuild_project", "logs_config.s3_logs.location", f"{ELSEWHERE}/builds"),
    ("aws_config_conformance_pack", "delivery_s3_bucket", ELSEWHERE),
    ("aws_cur_report_definition", "s3_bucket", ELSEWHERE),
    ("aws_ecs_cluster", "configuration.execute_command_configuration.log_configuration.s3_bucket_name", ELSEWHERE),
    ("aws_emr_cluster", "log_uri", f"s3://{ELSEWHERE}/emr/"),
    ("aws_globalaccelerator_custom_routing_accelerator", "attributes.flow_logs_s3_bucket", ELSEWHERE),
    ("aws_imagebuilder_infrastructure_configuration", "logging.s3_logs.s3_bucket_name", ELSEWHERE),
    ("aws_internetmonitor_monitor", "internet_measurements_log_delivery.s3_config.bucket_name", ELSEWHERE),
    ("aws_macie2_classification_export_configuration", "s3_destination.bucket_name", ELSEWHERE),
    ("aws_mskconnect_connector", "log_delivery.worker_log_delivery.s3.bucket", ELSEWHERE),
    ("aws_pipes_pipe", "log_configuration.s3_log_destination.bucket_name", ELSEWHERE),
    ("aws_redshift_cluster", "logging.bucket_name", ELSEWHERE),
    ("aws_s3_bucket", "logging.target_bucket", ELSEWHERE),
    ("aws_sns_sms_preferences", "usage_report_s3_bucket", ELSEWHERE),
    ("aws_ssm_association", "output_location.s3_bucket_name", ELSEWHERE),
    (
        "aws_ssm_maintenance_window_task",
        "task_invocation_parameters.run_command_parameters.output_s3_bucket",
        ELSEWHERE,
    ),
    ("aws_synthetics_canary", "artifact_s3_location", f"s3://{ELSEWHERE}/canary"),
]


def test_each_kind_is_planted() -> None:
    assert {kind for kind, *_ in DATA} == elsewhere.DATA.keys()
    assert {kind for kind, *_ in LOGS} == elsewhere.LOGS.keys()


def planting(kind: str, path: str, value: str) -> Mutate:
    """Plant a resource with a value at the end of a path of blocks."""
    given: Any = value
    first, *blocks = path.split(".")
    for block in reversed(blocks):
        given = [{block: given}]
    return lambda plan: plant(plan, kind, "own", **{first: given})


@pytest.mark.parametrize(("kind", "path", "value"), DATA)
def test_data_that_goes_to_a_bucket_of_nobody_knows_whom_is_found(kind: str, path: str, value: str) -> None:
    found = errors(planting(kind, path, value))
    assert is_told(found, f"{kind}.own writes to {ELSEWHERE}, a bucket that the plan does not make.")


@pytest.mark.parametrize(("kind", "path", "value"), LOGS)
def test_logs_of_ones_own_that_go_there_are_said(kind: str, path: str, value: str) -> None:
    said = f"{kind}.own, of a file of your own, writes logs to {ELSEWHERE}, a bucket that the plan does not make."
    found = [d for d in orders().spoiled(planting(kind, path, value)) if ELSEWHERE in d.message]
    assert [(d.code, d.severity, d.message) for d in found] == [("LF0815", Severity.WARNING, said)]


@pytest.mark.parametrize(("kind", "path", "value"), [*DATA, *LOGS])
def test_a_bucket_of_the_plan_is_no_finding(kind: str, path: str, value: str) -> None:
    assert told(orders().spoiled(planting(kind, path, value.replace(ELSEWHERE, OURS)))) == []


def test_logs_of_an_environment_of_beanstalk_are_said() -> None:
    def setting_of(name: str) -> Mutate:
        block = {"name": name, "namespace": "aws:elbv2:loadbalancer", "value": ELSEWHERE}
        return lambda plan: plant(plan, "aws_elastic_beanstalk_environment", "own", setting=[block])

    assert len(told(orders().spoiled(setting_of("AccessLogsS3Bucket")))) == 1
    assert told(orders().spoiled(setting_of("AnotherBucket"))) == []


def told(found: tuple[Diagnostic, ...]) -> list[str]:
    return [d.message for d in found if "a bucket that the plan does not make" in d.message]


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        ("aws_lb", {"access_logs": [{"enabled": False, "bucket": ELSEWHERE}]}),
        ("aws_lb", {"access_logs": [{"enabled": False, "bucket": ""}]}),
        ("aws_flow_log", {"log_destination": f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:x"}),
        ("aws_s3_bucket_replication_configuration", {"bucket": ELSEWHERE, "rule": []}),
    ],
)
def test_what_writes_to_no_other_bucket_is_no_finding(kind: str, arguments: dict[str, Any]) -> None:
    assert told(orders().spoiled(lambda plan: plant(plan, kind, "own", **arguments))) == []


def transfer(side: str) -> Mutate:
    def mutate(plan: Plan) -> None:
        plant(plan, "aws_datasync_location_s3", "own", s3_bucket_arn=ARN, arn=LOCATION)
        plant(plan, "aws_datasync_task", "own", **{f"{side}_location_arn": LOCATION})

    return mutate


@pytest.mark.parametrize(("side", "count"), [("source", 0), ("destination", 1)])
def test_a_place_that_is_only_read_takes_nothing(side: str, count: int) -> None:
    assert len(told(orders().spoiled(transfer(side)))) == count


@pytest.mark.parametrize(
    ("address", "argument"),
    [
        ('module.data_transactions.aws_s3_bucket_logging.this["access"]', "target_bucket"),
        ("module.audit.aws_cloudtrail.this", "s3_bucket_name"),
    ],
)
def test_logs_of_the_output_arrive_in_the_plan(address: str, argument: str) -> None:
    found = errors(setting(address, **{argument: ELSEWHERE}))
    assert is_told(found, f"{address} writes to {ELSEWHERE}, a bucket that the plan does not make")


def test_a_bucket_that_an_edge_writes_to_is_the_spec_s_to_answer_for() -> None:
    def grant(action: str, bucket: str) -> Grant:
        return Grant("role", "", (action,), (f"arn:aws:s3:::{bucket}/out/*",), {}, "train.fit.output.out")

    assert written_by((grant("s3:PutObject", "written"), grant("s3:GetObject", "read"))) == {"written"}


def test_an_authorization_to_learn_the_names_of_a_zone_is_found() -> None:
    kind = "aws_route53_vpc_association_authorization"
    found = errors(lambda plan: plant(plan, kind, "own", vpc_id="vpc-0", zone_id="Z1"))
    assert is_told(found, f"{kind}.own lets a network of another account learn the names of a zone")
