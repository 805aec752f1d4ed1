"""What AWS writes into a bucket for whoever asks: the name of a bucket tells nobody whose it is.

No policy of a role shows it, since a service writes by itself, or under a role that the plan may not hold. Asked is
what stands in the plan as text: what is known only once it is applied is made by the same apply.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from landform.diagnostics import Diagnostic, error
from landform.proof.grants import Grant
from landform.proof.placed import parts_of
from landform.proof.planned import Resource
from landform.scan.subject import Subject

# Where it names the bucket, beginning at whatever depth (AWS provider 5.100, each resource's page and the provider's
# schema, read 2026-11-30).
DATA: Final[Mapping[str, str]] = {
    "aws_appflow_flow": "destination_connector_properties.bucket_name",
    "aws_athena_database": "bucket",
    "aws_athena_workgroup": "output_location",
    "aws_bedrock_custom_model": "output_data_config.s3_uri",
    "aws_bedrock_model_invocation_logging_configuration": "bucket_name",
    "aws_datasync_location_object_storage": "bucket_name",
    "aws_datasync_location_s3": "s3_bucket_arn",
    "aws_dynamodb_table_export": "s3_bucket",
    "aws_imagebuilder_distribution_configuration": "s3_bucket",
    "aws_iot_topic_rule": "s3.bucket_name",
    "aws_kinesis_firehose_delivery_stream": "bucket_arn",
    "aws_rds_export_task": "s3_bucket_name",
    "aws_s3_bucket": "replication_configuration.destination.bucket",
    "aws_s3_bucket_analytics_configuration": "bucket_arn",
    "aws_s3_bucket_inventory": "bucket_arn",
    "aws_s3_bucket_replication_configuration": "destination.bucket",
    "aws_sagemaker_endpoint_configuration": "destination_s3_uri",
    "aws_sagemaker_feature_group": "s3_storage_config.s3_uri",
    "aws_ses_receipt_rule": "s3_action.bucket_name",
    "aws_transfer_workflow": "destination_file_location.bucket",
}
LOGS: Final[Mapping[str, str]] = {
    "aws_alb": "bucket",
    "aws_backup_report_plan": "s3_bucket_name",
    "aws_bcmdataexports_export": "s3_bucket",
    "aws_cloudfront_distribution": "logging_config.bucket",
    "aws_cloudtrail": "s3_bucket_name",
    "aws_cloudwatch_log_delivery_destination": "destination_resource_arn",
    "aws_codebuild_project": "s3_logs.location",
    "aws_config_conformance_pack": "delivery_s3_bucket",
    "aws_config_delivery_channel": "s3_bucket_name",
    "aws_cur_report_definition": "s3_bucket",
    "aws_ecs_cluster": "log_configuration.s3_bucket_name",
    "aws_elb": "access_logs.bucket",
    "aws_emr_cluster": "log_uri",
    "aws_flow_log": "log_destination",
    "aws_globalaccelerator_accelerator": "flow_logs_s3_bucket",
    "aws_globalaccelerator_custom_routing_accelerator": "flow_logs_s3_bucket",
    "aws_guardduty_publishing_destination": "destination_arn",
    "aws_imagebuilder_infrastructure_configuration": "s3_logs.s3_bucket_name",
    "aws_internetmonitor_monitor": "s3_config.bucket_name",
    "aws_lb": "bucket",
    "aws_macie2_classification_export_configuration": "bucket_name",
    "aws_msk_cluster": "s3.bucket",
    "aws_mskconnect_connector": "s3.bucket",
    "aws_networkfirewall_logging_configuration": "log_destination.bucketName",
    "aws_pipes_pipe": "s3_log_destination.bucket_name",
    "aws_redshift_cluster": "logging.bucket_name",
    "aws_redshift_logging": "bucket_name",
    "aws_route53_resolver_query_log_config": "destination_arn",
    "aws_s3_bucket": "target_bucket",
    "aws_s3_bucket_logging": "target_bucket",
    "aws_sns_sms_preferences": "usage_report_s3_bucket",
    "aws_spot_datafeed_subscription": "bucket",
    "aws_ssm_association": "output_location.s3_bucket_name",
    "aws_ssm_maintenance_window_task": "output_s3_bucket",
    "aws_ssm_resource_data_sync": "bucket_name",
    "aws_synthetics_canary": "artifact_s3_location",
    "aws_verifiedaccess_instance_logging_configuration": "s3.bucket_name",
    "aws_vpclattice_access_log_subscription": "destination_arn",
    "aws_wafv2_web_acl_logging_configuration": "log_destination_configs",
}
BY_SETTING: Final = {"aws_elastic_beanstalk_environment": "AccessLogsS3Bucket"}
"""Type that names the bucket of its logs among settings, each a name and a value → the name."""


def written_elsewhere(subject: Subject) -> Iterator[Diagnostic]:
    """What AWS carries out of the system must arrive in a bucket of the plan, or in one that an edge writes to.

    Logs of the user's own files are said (`own`) and no error: they may go to the account's central bucket, which no
    plan but that of its keeper shows, and into which no edge leads.
    """
    for resource in subject.planned.resources:
        logs = () if subject.is_own(resource) else logs_elsewhere(subject, resource)
        for bucket in (*_beyond(subject, _data(subject, resource)), *logs):
            fact = f"{resource.address} writes to {bucket}, a bucket that the plan does not make."
            remedy = "Make the bucket in the plan, or give the spec the edge that writes there."
            yield error("LF0805", subject.places.path(resource.address), fact, remedy)


def logs_elsewhere(subject: Subject, resource: Resource) -> tuple[str, ...]:
    """Return the buckets beyond the plan that logs of a resource go to."""
    return _beyond(subject, _logs(resource))


def _beyond(subject: Subject, named: Iterator[str]) -> tuple[str, ...]:
    """Return the buckets among what is named that neither plan nor spec answers for."""
    known = {str(bucket.values.get("bucket")) for bucket in subject.planned.of_type("aws_s3_bucket")}
    told = dict.fromkeys(bucket for each in named if (bucket := _bucket(each)))
    return tuple(bucket for bucket in told if bucket not in known | subject.written)


def written_by(grants: tuple[Grant, ...]) -> frozenset[str]:
    """Return the buckets that edges of the spec write to, those that no plan makes among them."""
    led_to = (resource for grant in grants if "s3:PutObject" in grant.actions for resource in grant.resources)
    return frozenset(_bucket(arn) for arn in led_to) - {""}


def _data(subject: Subject, resource: Resource) -> Iterator[str]:
    path = DATA.get(resource.type)
    if path and not (resource.type.startswith("aws_datasync_") and _is_only_read(subject, resource)):
        yield from _said(resource.values, *path.split("."))


def _logs(resource: Resource) -> Iterator[str]:
    if setting := BY_SETTING.get(resource.type):
        settings = resource.values.get("setting") or ()
        yield from (str(each.get("value") or "") for each in settings if each.get("name") == setting)
    if path := LOGS.get(resource.type):
        yield from _said(resource.values, *path.split("."))


def _said(within: Any, *path: str) -> Iterator[str]:
    """Yield the texts at the ends of a path, which may begin at whatever depth; not those of what is not enabled."""
    if isinstance(within, list):
        yield from (text for each in within for text in _said(each, *path))
    elif isinstance(within, str) and not path:
        yield within
    elif isinstance(within, Mapping) and within.get("enabled") is not False:
        for name, inner in within.items():
            yield from _said(inner, *(path[1:] if path and name == path[0] else path))


_S3: Final = re.compile(r"^(arn:aws[a-z-]*:s3:::|s3://)")
_HOST: Final = re.compile(r"\.s3[.-]([a-z0-9-]+\.)?amazonaws\.com(\.cn)?$")


def _bucket(said: str) -> str:
    """The bucket that a name, an ARN or an address is of; empty for what is none of S3's."""
    bare = _S3.sub("", said)
    return "" if bare.startswith("arn:") else _HOST.sub("", bare.partition("/")[0])


def _is_only_read(subject: Subject, location: Resource) -> bool:
    """Tell whether tasks of DataSync take from a place, and none puts anything there."""
    read, written = (
        location.address in parts_of(subject.planned, location.type, f"{side}_location_arn", "aws_datasync_task")
        for side in ("source", "destination")
    )
    return read and not written
