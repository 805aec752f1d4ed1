"""What an AWS holds, listed through its API: to see that a destroy leaves nothing behind."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from landform.rehearse.applied import Applied
from landform.rehearse.embedded import EmbeddedAws


@dataclass(frozen=True)
class Kind:
    """How to list one kind of thing: an operation of a service and the JMESPath of the ids that are alive."""

    service: str
    operation: str
    ids: str
    everywhere: bool = False
    """Whether one answer holds for all regions."""
    asked: tuple[Mapping[str, str], ...] = ({},)
    """What the operation has to be told, for each time that it is asked; ``{account}`` is the account."""


KINDS: Final = {
    "aws_appautoscaling_target": Kind(
        "application-autoscaling",
        "describe_scalable_targets",
        "ScalableTargets[].ScalableTargetARN",
        asked=({"ServiceNamespace": "dynamodb"}, {"ServiceNamespace": "sagemaker"}),
    ),
    "aws_accessanalyzer_analyzer": Kind("accessanalyzer", "list_analyzers", "analyzers[].name"),
    "aws_apigatewayv2_api": Kind("apigatewayv2", "get_apis", "Items[].ApiId"),
    "aws_apigatewayv2_domain_name": Kind("apigatewayv2", "get_domain_names", "Items[].DomainName"),
    "aws_autoscaling_group": Kind(
        "autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups[].AutoScalingGroupName"
    ),
    "aws_autoscaling_policy": Kind("autoscaling", "describe_policies", "ScalingPolicies[].PolicyName"),
    "aws_backup_plan": Kind("backup", "list_backup_plans", "BackupPlansList[].BackupPlanId"),
    "aws_backup_vault": Kind("backup", "list_backup_vaults", "BackupVaultList[].BackupVaultName"),
    "aws_batch_compute_environment": Kind(
        "batch", "describe_compute_environments", "computeEnvironments[].computeEnvironmentName"
    ),
    "aws_batch_job_definition": Kind(
        "batch", "describe_job_definitions", "jobDefinitions[?status=='ACTIVE'].jobDefinitionArn"
    ),
    "aws_batch_job_queue": Kind("batch", "describe_job_queues", "jobQueues[].jobQueueName"),
    "aws_budgets_budget": Kind(
        "budgets", "describe_budgets", "Budgets[].BudgetName", everywhere=True, asked=({"AccountId": "{account}"},)
    ),
    "aws_cloudtrail": Kind("cloudtrail", "list_trails", "Trails[].TrailARN"),
    "aws_cloudwatch_dashboard": Kind("cloudwatch", "list_dashboards", "DashboardEntries[].DashboardName"),
    "aws_cloudwatch_event_bus": Kind("events", "list_event_buses", "EventBuses[?Name!='default'].Name"),
    "aws_cloudwatch_event_rule": Kind("events", "list_rules", "Rules[].Name"),
    "aws_cloudwatch_log_group": Kind("logs", "describe_log_groups", "logGroups[].logGroupName"),
    "aws_cloudwatch_log_anomaly_detector": Kind(
        "logs", "list_log_anomaly_detectors", "anomalyDetectors[].anomalyDetectorArn"
    ),
    "aws_cloudwatch_metric_alarm": Kind(
        "cloudwatch", "describe_alarms", "[MetricAlarms, CompositeAlarms][][].AlarmName"
    ),
    "aws_cloudwatch_query_definition": Kind("logs", "describe_query_definitions", "queryDefinitions[].name"),
    "aws_dynamodb_table": Kind("dynamodb", "list_tables", "TableNames[]"),
    "aws_config_config_rule": Kind("config", "describe_config_rules", "ConfigRules[].ConfigRuleName"),
    "aws_config_configuration_recorder": Kind(
        "config", "describe_configuration_recorders", "ConfigurationRecorders[].name"
    ),
    "aws_config_delivery_channel": Kind("config", "describe_delivery_channels", "DeliveryChannels[].name"),
    "aws_ebs_snapshot": Kind("ec2", "describe_snapshots", "Snapshots[].SnapshotId"),
    "aws_ebs_volume": Kind("ec2", "describe_volumes", "Volumes[].VolumeId"),
    "aws_efs_access_point": Kind("efs", "describe_access_points", "AccessPoints[].AccessPointId"),
    "aws_efs_file_system": Kind("efs", "describe_file_systems", "FileSystems[].FileSystemId"),
    "aws_eip": Kind("ec2", "describe_addresses", "Addresses[].AllocationId"),
    "aws_flow_log": Kind("ec2", "describe_flow_logs", "FlowLogs[].FlowLogId"),
    "aws_elastic_beanstalk_application": Kind(
        "elasticbeanstalk", "describe_applications", "Applications[].ApplicationName"
    ),
    "aws_elastic_beanstalk_application_version": Kind(
        "elasticbeanstalk", "describe_application_versions", "ApplicationVersions[].VersionLabel"
    ),
    "aws_elastic_beanstalk_environment": Kind(
        "elasticbeanstalk", "describe_environments", "Environments[].EnvironmentName"
    ),
    "aws_fsx_data_repository_association": Kind(
        "fsx", "describe_data_repository_associations", "Associations[].AssociationId"
    ),
    "aws_fsx_lustre_file_system": Kind("fsx", "describe_file_systems", "FileSystems[].FileSystemId"),
    "aws_guardduty_detector": Kind("guardduty", "list_detectors", "DetectorIds[]"),
    "aws_iam_instance_profile": Kind(
        "iam", "list_instance_profiles", "InstanceProfiles[].InstanceProfileName", everywhere=True
    ),
    "aws_iam_policy": Kind("iam", "list_policies", "Policies[].PolicyName", everywhere=True),
    # A service-linked role is AWS's own: it came with the first use of a service, and stays.
    "aws_iam_role": Kind(
        "iam", "list_roles", "Roles[?!starts_with(Path, '/aws-service-role/')].RoleName", everywhere=True
    ),
    "aws_instance": Kind(
        "ec2", "describe_instances", "Reservations[].Instances[?State.Name!='terminated'][].InstanceId"
    ),
    "aws_internet_gateway": Kind("ec2", "describe_internet_gateways", "InternetGateways[].InternetGatewayId"),
    "aws_key_pair": Kind("ec2", "describe_key_pairs", "KeyPairs[].KeyName"),
    "aws_kinesis_stream": Kind("kinesis", "list_streams", "StreamNames[]"),
    "aws_kms_alias": Kind("kms", "list_aliases", "Aliases[?!starts_with(AliasName, 'alias/aws/')].AliasName"),
    "aws_kms_key": Kind("kms", "list_keys", "Keys[].KeyId"),
    "aws_lambda_event_source_mapping": Kind("lambda", "list_event_source_mappings", "EventSourceMappings[].UUID"),
    "aws_lambda_function": Kind("lambda", "list_functions", "Functions[].FunctionName"),
    "aws_lb": Kind("elbv2", "describe_load_balancers", "LoadBalancers[].LoadBalancerName"),
    "aws_lb_target_group": Kind("elbv2", "describe_target_groups", "TargetGroups[].TargetGroupName"),
    "aws_launch_template": Kind("ec2", "describe_launch_templates", "LaunchTemplates[].LaunchTemplateId"),
    "aws_nat_gateway": Kind("ec2", "describe_nat_gateways", "NatGateways[?State!='deleted'].NatGatewayId"),
    "aws_network_acl": Kind("ec2", "describe_network_acls", "NetworkAcls[].NetworkAclId"),
    "aws_network_interface": Kind("ec2", "describe_network_interfaces", "NetworkInterfaces[].NetworkInterfaceId"),
    "aws_placement_group": Kind("ec2", "describe_placement_groups", "PlacementGroups[].GroupName"),
    "aws_route53_health_check": Kind("route53", "list_health_checks", "HealthChecks[].Id", everywhere=True),
    # Zones are not the system's: one that holds a record still was not left as it was found.
    "aws_route53_record": Kind(
        "route53", "list_hosted_zones", "HostedZones[?ResourceRecordSetCount > `0`].Id", everywhere=True
    ),
    "aws_route_table": Kind("ec2", "describe_route_tables", "RouteTables[].RouteTableId"),
    "aws_s3_bucket": Kind("s3", "list_buckets", "Buckets[].Name", everywhere=True),
    "aws_sagemaker_app": Kind("sagemaker", "list_apps", "Apps[?Status!='Deleted'].AppName"),
    "aws_sagemaker_domain": Kind("sagemaker", "list_domains", "Domains[].DomainId"),
    "aws_sagemaker_endpoint": Kind("sagemaker", "list_endpoints", "Endpoints[].EndpointName"),
    "aws_sagemaker_endpoint_configuration": Kind(
        "sagemaker", "list_endpoint_configs", "EndpointConfigs[].EndpointConfigName"
    ),
    "aws_sagemaker_model": Kind("sagemaker", "list_models", "Models[].ModelName"),
    "aws_sagemaker_model_package_group": Kind(
        "sagemaker", "list_model_package_groups", "ModelPackageGroupSummaryList[].ModelPackageGroupName"
    ),
    "aws_sagemaker_space": Kind("sagemaker", "list_spaces", "Spaces[].SpaceName"),
    "aws_sagemaker_studio_lifecycle_config": Kind(
        "sagemaker", "list_studio_lifecycle_configs", "StudioLifecycleConfigs[].StudioLifecycleConfigName"
    ),
    "aws_sagemaker_user_profile": Kind("sagemaker", "list_user_profiles", "UserProfiles[].UserProfileName"),
    "aws_securityhub_account": Kind("securityhub", "describe_hub", "[HubArn]"),
    "aws_security_group": Kind("ec2", "describe_security_groups", "SecurityGroups[].GroupId"),
    "aws_sfn_state_machine": Kind("stepfunctions", "list_state_machines", "stateMachines[].stateMachineArn"),
    "aws_sns_topic": Kind("sns", "list_topics", "Topics[].TopicArn"),
    "aws_spot_instance_request": Kind(
        "ec2",
        "describe_spot_instance_requests",
        "SpotInstanceRequests[?State=='open' || State=='active'].SpotInstanceRequestId",
    ),
    "aws_scheduler_schedule": Kind("scheduler", "list_schedules", "Schedules[].Name"),
    "aws_scheduler_schedule_group": Kind("scheduler", "list_schedule_groups", "ScheduleGroups[?Name!='default'].Name"),
    "aws_sqs_queue": Kind("sqs", "list_queues", "QueueUrls[]"),
    "aws_ssm_parameter": Kind("ssm", "describe_parameters", "Parameters[].Name"),
    "aws_subnet": Kind("ec2", "describe_subnets", "Subnets[].SubnetId"),
    "aws_wafv2_web_acl": Kind("wafv2", "list_web_acls", "WebACLs[].Name", asked=({"Scope": "REGIONAL"},)),
    "aws_vpc": Kind("ec2", "describe_vpcs", "Vpcs[].VpcId"),
    "aws_vpc_endpoint": Kind("ec2", "describe_vpc_endpoints", "VpcEndpoints[?State!='deleted'].VpcEndpointId"),
}
"""Terraform's type of a thing → how to list all of them."""

INBORN: Final = frozenset(type_ for type_, kind in KINDS.items() if kind.service == "ec2")
"""Types of which an account has some before anybody makes one: its default network, the images' public snapshots."""

PARTS: Final = frozenset(
    {
        "aws_apigatewayv2_api_mapping",
        "aws_apigatewayv2_integration",
        "aws_apigatewayv2_route",
        "aws_apigatewayv2_stage",
        "aws_appautoscaling_policy",
        "aws_appautoscaling_scheduled_action",
        "aws_autoscaling_lifecycle_hook",
        "aws_backup_selection",
        "aws_backup_vault_lock_configuration",
        "aws_backup_vault_policy",
        "aws_cloudwatch_composite_alarm",
        "aws_cloudwatch_event_target",
        "aws_cloudwatch_log_metric_filter",
        "aws_config_configuration_recorder_status",
        "aws_default_network_acl",
        "aws_default_security_group",
        "aws_dynamodb_table_replica",
        "aws_efs_backup_policy",
        "aws_efs_file_system_policy",
        "aws_efs_mount_target",
        "aws_efs_replication_configuration",
        "aws_guardduty_detector_feature",
        "aws_iam_role_policy",
        "aws_iam_role_policy_attachment",
        "aws_kinesis_stream_consumer",
        "aws_lambda_alias",
        "aws_lambda_function_event_invoke_config",
        "aws_lambda_function_url",
        "aws_lambda_permission",
        "aws_lambda_provisioned_concurrency_config",
        "aws_route",
        "aws_route_table_association",
        "aws_s3_bucket_cors_configuration",
        "aws_s3_bucket_lifecycle_configuration",
        "aws_s3_bucket_logging",
        "aws_s3_bucket_notification",
        "aws_s3_bucket_object_lock_configuration",
        "aws_s3_bucket_ownership_controls",
        "aws_s3_bucket_policy",
        "aws_s3_bucket_public_access_block",
        "aws_s3_bucket_replication_configuration",
        "aws_s3_bucket_server_side_encryption_configuration",
        "aws_s3_bucket_versioning",
        "aws_s3_object",
        "aws_sns_topic_policy",
        "aws_sns_topic_subscription",
        "aws_sqs_queue_policy",
        "aws_sqs_queue_redrive_allow_policy",
        "aws_autoscaling_policy",
        "aws_lb_listener",
        "aws_volume_attachment",
        "aws_wafv2_web_acl_association",
        "aws_wafv2_web_acl_logging_configuration",
        "aws_vpc_security_group_egress_rule",
        "aws_vpc_security_group_ingress_rule",
        "terraform_data",
    }
)
"""Types that are part of another and cannot outlive it, or are listed with it, or stand in the state alone."""

Inventory = frozenset[tuple[str, str, str]]
"""(Terraform type, region or "" where it has none, id)."""


def take_inventory(aws: EmbeddedAws, regions: Sequence[str], types: Collection[str] = KINDS.keys()) -> Inventory:
    """List everything of `types` in `regions`."""
    return frozenset(
        (type_, "" if kind.everywhere else region, id_)
        for type_, kind in KINDS.items()
        if type_ in types
        for region in (regions[:1] if kind.everywhere else regions)
        for id_ in _listed(aws.client(kind.service, region), _told(kind, aws.account))
    )


def _told(kind: Kind, account: str) -> Kind:
    told = ({name: value.format(account=account) for name, value in asked.items()} for asked in kind.asked)
    return replace(kind, asked=tuple(told))


def left_behind(before: Inventory, after: Inventory, applied: Iterable[Applied]) -> Inventory:
    """What a destroy should have removed.

    A final snapshot is meant to stay: the module asks for it where data is protected.
    """
    snapshotted = any(r.values.get("final_snapshot") for r in applied)
    gone = frozenset(thing for thing in after - before if not (snapshotted and thing[0] == "aws_ebs_snapshot"))
    return gone - meant_to_stay(before, after, applied)


def meant_to_stay(before: Inventory, after: Inventory, applied: Iterable[Applied]) -> Inventory:
    """What stays of an environment of Beanstalk when that goes.

    AWS keeps the bucket that an account has in every region for all its environments. Terraform keeps the groups of
    the logs where it was told to, which the module does where the system is protected.
    """
    made = tuple(applied)
    told = [r for r in made if r.type == _LOG_GROUP and r.values.get("skip_destroy")]
    groups = {(r.region, r.values["name"]) for r in told if r.values["name"].startswith("/aws/elasticbeanstalk/")}
    return frozenset(
        (type_, region, id_)
        for type_, region, id_ in after - before
        if (type_ == _LOG_GROUP and (region, id_) in groups) or (type_ == "aws_s3_bucket" and is_beanstalks(id_, made))
    )


_ENVIRONMENT: Final = "aws_elastic_beanstalk_environment"
_LOG_GROUP: Final = "aws_cloudwatch_log_group"


def is_beanstalks(bucket: str, applied: Iterable[Applied]) -> bool:
    """Whether a bucket is the one that Beanstalk makes for itself where an environment of the system is."""
    return bucket.startswith(tuple(f"elasticbeanstalk-{r.region}-" for r in applied if r.type == _ENVIRONMENT))


def unlisted(applied: Iterable[Applied]) -> frozenset[str]:
    """Types of the state that no inventory covers: resources of the user's own beside the compiled ones."""
    return frozenset(r.type for r in applied) - KINDS.keys() - PARTS


def _listed(client: Any, kind: Kind) -> Iterable[str]:
    if kind.operation == "list_keys":
        # Deleting a key only schedules it: what waits for its deletion is gone for all purposes. AWS's own stay.
        keys = (client.describe_key(KeyId=k)["KeyMetadata"] for k in _paged(client, kind))
        ours = (key for key in keys if key["KeyManager"] == "CUSTOMER")
        return [key["KeyId"] for key in ours if key["KeyState"] != "PendingDeletion"]
    if kind.operation == "describe_hub":
        try:
            return _paged(client, kind)
        except client.exceptions.InvalidAccessException:
            return []
    return _paged(client, kind)


def _paged(client: Any, kind: Kind) -> list[str]:
    return [id_ for asked in kind.asked for id_ in _answered(client, kind, asked)]


def _answered(client: Any, kind: Kind, asked: Mapping[str, str]) -> list[str]:
    if client.can_paginate(kind.operation):
        found = client.get_paginator(kind.operation).paginate(**asked).search(kind.ids)
        # A page that holds nothing may lack the list itself.
        return [id_ for id_ in found if id_ is not None]
    import jmespath  # type: ignore[import-untyped]

    return list(jmespath.search(kind.ids, getattr(client, kind.operation)(**asked)) or [])
