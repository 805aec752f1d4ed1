"""What Terraform asks of AWS for one resource of each type: the call that makes it, and the one that ends it.

Written from the Service Authorization Reference (actions, their resources, read 2026-11-29) and the provider's code.
A line is `action resource circumstances`: `new` is a request that gives the system's tags, `ours` a thing that has
them, `bounded` a role that has the boundary, `to:` a role that is passed to a service, `bare` none of it; where a call
is judged on several resources, each has a line.
"""

from __future__ import annotations

SENT = {
    "aws_accessanalyzer_analyzer": "access-analyzer:CreateAnalyzer access-analyzer:{r}:{a}:analyzer/{p} new",
    "aws_apigatewayv2_api": (
        "apigateway:POST apigateway:{r}::/apis new;apigateway:DELETE apigateway:{r}::/apis/x ours"
    ),
    "aws_apigatewayv2_api_mapping": (
        "apigateway:POST apigateway:{r}::/domainnames/x/apimappings ours;"
        "apigateway:DELETE apigateway:{r}::/domainnames/x/apimappings/y ours"
    ),
    "aws_apigatewayv2_domain_name": (
        "apigateway:POST apigateway:{r}::/domainnames new;apigateway:DELETE apigateway:{r}::/domainnames/x ours"
    ),
    "aws_appautoscaling_target": (
        "application-autoscaling:RegisterScalableTarget application-autoscaling:{r}:{a}:x bare"
    ),
    "aws_autoscaling_group": (
        "autoscaling:CreateAutoScalingGroup autoscaling:{r}:{a}:autoScalingGroup:x:autoScalingGroupName/{p}-x new;"
        "ec2:RunInstances ec2:{r}:{a}:launch-template/lt ours;"
        "ssm:GetParameters ssm:{r}::parameter/aws/service/ami-amazon-linux-latest/x bare"
    ),
    "aws_backup_plan": "backup:CreateBackupPlan backup:{r}:{a}:backup-plan:* new",
    "aws_backup_vault": "backup:CreateBackupVault backup:{r}:{a}:backup-vault:{p} new",
    "aws_batch_compute_environment": "batch:CreateComputeEnvironment batch:{r}:{a}:compute-environment/{p}-x new",
    "aws_batch_job_definition": "batch:RegisterJobDefinition batch:{r}:{a}:job-definition/{p}-x new",
    "aws_batch_job_queue": "batch:CreateJobQueue batch:{r}:{a}:job-queue/{p}-x new",
    "aws_budgets_budget": "budgets:ModifyBudget budgets::{a}:budget/{p} bare",
    "aws_cloudtrail": (
        "cloudtrail:CreateTrail cloudtrail:{r}:{a}:trail/{p}-audit new;"
        "cloudtrail:StartLogging cloudtrail:{r}:{a}:trail/{p}-audit ours;"
        "cloudtrail:PutEventSelectors cloudtrail:{r}:{a}:trail/{p}-audit ours"
    ),
    "aws_cloudwatch_composite_alarm": "cloudwatch:PutCompositeAlarm cloudwatch:{r}:{a}:alarm:{p}-x new",
    "aws_cloudwatch_dashboard": "cloudwatch:PutDashboard cloudwatch::{a}:dashboard/{p} bare",
    "aws_cloudwatch_event_bus": "events:CreateEventBus events:{r}:{a}:event-bus/{p}-x new",
    "aws_cloudwatch_event_rule": "events:PutRule events:{r}:{a}:rule/{p}-x new",
    "aws_cloudwatch_event_target": "events:PutTargets events:{r}:{a}:rule/{p}-x ours",
    "aws_cloudwatch_log_anomaly_detector": "logs:CreateLogAnomalyDetector logs:{r}:{a}:anomaly-detector:x bare",
    "aws_cloudwatch_log_group": (
        "logs:CreateLogGroup logs:{r}:{a}:log-group:/landform/{s}/{e}/x new;"
        "logs:PutRetentionPolicy logs:{r}:{a}:log-group:/landform/{s}/{e}/x bare"
    ),
    "aws_cloudwatch_log_metric_filter": "logs:PutMetricFilter logs:{r}:{a}:log-group:/landform/{s}/{e}/audit bare",
    "aws_cloudwatch_metric_alarm": "cloudwatch:PutMetricAlarm cloudwatch:{r}:{a}:alarm:{p}-x new",
    "aws_cloudwatch_query_definition": "logs:PutQueryDefinition logs:{r}:{a}:query-definition:* bare",
    "aws_config_config_rule": "config:PutConfigRule config:{r}:{a}:config-rule/* new",
    "aws_config_configuration_recorder": (
        "config:PutConfigurationRecorder config:{r}:{a}:configuration-recorder/x bare"
    ),
    "aws_config_configuration_recorder_status": (
        "config:StartConfigurationRecorder config:{r}:{a}:configuration-recorder/x bare"
    ),
    "aws_config_delivery_channel": "config:PutDeliveryChannel * bare",
    "aws_default_security_group": (
        "ec2:RevokeSecurityGroupIngress ec2:{r}:{a}:security-group/sg bare;"
        "ec2:CreateTags ec2:{r}:{a}:security-group/sg new"
    ),
    "aws_dynamodb_table": "dynamodb:CreateTable dynamodb:{r}:{a}:table/{p}-x new",
    "aws_dynamodb_table_replica": "dynamodb:UpdateTable dynamodb:{r}:{a}:table/{p}-x ours",
    "aws_ebs_volume": "ec2:CreateVolume ec2:{r}:{a}:volume/* new; ec2:DeleteVolume ec2:{r}:{a}:volume/v ours",
    "aws_efs_access_point": "elasticfilesystem:CreateAccessPoint elasticfilesystem:{r}:{a}:file-system/fs ours",
    "aws_efs_file_system": (
        "elasticfilesystem:CreateFileSystem elasticfilesystem:{r}:{a}:file-system/* new;"
        "elasticfilesystem:DeleteFileSystem elasticfilesystem:{r}:{a}:file-system/fs ours"
    ),
    "aws_efs_mount_target": (
        "elasticfilesystem:CreateMountTarget elasticfilesystem:{r}:{a}:file-system/fs ours;"
        "ec2:DescribeSubnets * bare;ec2:DescribeNetworkInterfaces * bare;"
        "ec2:CreateNetworkInterface ec2:{r}:{a}:subnet/s ours;"
        "ec2:CreateNetworkInterface ec2:{r}:{a}:security-group/g ours;"
        "ec2:CreateNetworkInterface ec2:{r}:{a}:network-interface/* bare;"
        "ec2:DeleteNetworkInterface ec2:{r}:{a}:network-interface/eni bare"
    ),
    "aws_eip": "ec2:AllocateAddress ec2:{r}:{a}:elastic-ip/* new; ec2:ReleaseAddress ec2:{r}:{a}:elastic-ip/e ours",
    "aws_elastic_beanstalk_application": (
        "elasticbeanstalk:CreateApplication elasticbeanstalk:{r}:{a}:application/{p}-x new"
    ),
    "aws_elastic_beanstalk_environment": (
        "elasticbeanstalk:CreateEnvironment elasticbeanstalk:{r}:{a}:environment/{p}-x/{p}-x new"
    ),
    "aws_flow_log": "ec2:CreateFlowLogs ec2:{r}:{a}:vpc-flow-log/* new; ec2:CreateFlowLogs ec2:{r}:{a}:vpc/v ours",
    "aws_fsx_lustre_file_system": "fsx:CreateFileSystem fsx:{r}:{a}:file-system/* new",
    "aws_guardduty_detector": "guardduty:CreateDetector guardduty:{r}:{a}:detector/* new",
    "aws_iam_instance_profile": "iam:CreateInstanceProfile iam::{a}:instance-profile{path}{p}-x new",
    "aws_iam_role": (
        "iam:CreateRole iam::{a}:role{path}{p}-x bounded; iam:DeleteRole iam::{a}:role{path}{p}-x ours;"
        "iam:PassRole iam::{a}:role{path}{p}-x to:ec2;iam:PassRole iam::{a}:role{path}{p}-x to:lambda"
    ),
    "aws_iam_role_policy": "iam:PutRolePolicy iam::{a}:role{path}{p}-x bounded",
    "aws_instance": (
        "ec2:RunInstances ec2:{r}:{a}:instance/* new; ec2:RunInstances ec2:{r}:{a}:volume/* new;"
        "ec2:RunInstances ec2:{r}::image/ami-1 bare; ec2:RunInstances ec2:{r}:{a}:network-interface/* bare;"
        "ec2:RunInstances ec2:{r}:{a}:subnet/s ours; ec2:RunInstances ec2:{r}:{a}:security-group/g ours;"
        "ec2:TerminateInstances ec2:{r}:{a}:instance/i ours;"
        "ssm:GetParameters ssm:{r}::parameter/aws/service/ami-amazon-linux-latest/x bare"
    ),
    "aws_internet_gateway": "ec2:CreateInternetGateway ec2:{r}:{a}:internet-gateway/* new",
    "aws_kinesis_stream": "kinesis:CreateStream kinesis:{r}:{a}:stream/{p}-x new",
    "aws_kms_alias": "kms:CreateAlias kms:{r}:{a}:alias/{p}/shared bare; kms:CreateAlias kms:{r}:{a}:key/k ours",
    "aws_kms_key": (
        "kms:CreateKey * new;kms:PutKeyPolicy kms:{r}:{a}:key/k ours;kms:TagResource kms:{r}:{a}:key/k new"
    ),
    "aws_lambda_event_source_mapping": "lambda:CreateEventSourceMapping * new",
    "aws_lambda_function": "lambda:CreateFunction lambda:{r}:{a}:function:{p}-x new",
    "aws_lambda_permission": "lambda:AddPermission lambda:{r}:{a}:function:{p}-x ours",
    "aws_launch_template": "ec2:CreateLaunchTemplate ec2:{r}:{a}:launch-template/* new",
    "aws_lb": "elasticloadbalancing:CreateLoadBalancer elasticloadbalancing:{r}:{a}:loadbalancer/app/{p}-x/* new",
    "aws_lb_listener": (
        "elasticloadbalancing:CreateListener elasticloadbalancing:{r}:{a}:loadbalancer/app/{p}-x/1 ours"
    ),
    "aws_lb_target_group": (
        "elasticloadbalancing:CreateTargetGroup elasticloadbalancing:{r}:{a}:targetgroup/{p}-x/* new"
    ),
    "aws_nat_gateway": (
        "ec2:CreateNatGateway ec2:{r}:{a}:natgateway/* new;ec2:CreateNatGateway ec2:{r}:{a}:subnet/s ours"
    ),
    "aws_network_acl": (
        "ec2:CreateNetworkAcl ec2:{r}:{a}:network-acl/* new;ec2:CreateNetworkAcl ec2:{r}:{a}:vpc/v ours"
    ),
    "aws_placement_group": "ec2:CreatePlacementGroup ec2:{r}:{a}:placement-group/{p}-x new",
    "aws_route": "ec2:CreateRoute ec2:{r}:{a}:route-table/t ours",
    "aws_route53_health_check": "route53:CreateHealthCheck * bare",
    "aws_route_table": "ec2:CreateRouteTable ec2:{r}:{a}:route-table/* new",
    "aws_s3_bucket": "s3:CreateBucket s3:::{p}-x-1 bare; s3:PutBucketTagging s3:::{p}-x-1 bare",
    "aws_s3_bucket_policy": "s3:PutBucketPolicy s3:::{p}-x-1 bare",
    "aws_s3_object": "s3:PutObject s3:::{p}-artifacts-1/x bare",
    "aws_sagemaker_domain": (
        "sagemaker:CreateDomain sagemaker:{r}:{a}:domain/* new;sagemaker:DeleteDomain sagemaker:{r}:{a}:domain/d ours"
    ),
    "aws_sagemaker_endpoint": "sagemaker:CreateEndpoint sagemaker:{r}:{a}:endpoint/{p}-x new",
    "aws_sagemaker_model": "sagemaker:CreateModel sagemaker:{r}:{a}:model/{p}-x new",
    "aws_scheduler_schedule": "scheduler:CreateSchedule scheduler:{r}:{a}:schedule/{p}-x/{p}-x bare",
    "aws_scheduler_schedule_group": "scheduler:CreateScheduleGroup scheduler:{r}:{a}:schedule-group/{p}-x new",
    "aws_security_group": (
        "ec2:CreateSecurityGroup ec2:{r}:{a}:security-group/* new;"
        "ec2:DeleteSecurityGroup ec2:{r}:{a}:security-group/g ours"
    ),
    "aws_securityhub_account": "securityhub:EnableSecurityHub securityhub:{r}:{a}:hub/default bare",
    "aws_sfn_state_machine": (
        "states:CreateStateMachine states:{r}:{a}:stateMachine:{p}-x new;"
        "iam:PassRole iam::{a}:role{path}{p}-x to:states"
    ),
    "aws_sns_topic": "sns:CreateTopic sns:{r}:{a}:{p}-x new",
    "aws_sns_topic_subscription": "sns:Subscribe sns:{r}:{a}:{p}-x ours",
    "aws_sqs_queue": "sqs:CreateQueue sqs:{r}:{a}:{p}-x new",
    "aws_ssm_parameter": "ssm:PutParameter ssm:{r}:{a}:parameter/landform/{s}/{e}/train/x new",
    "aws_subnet": "ec2:CreateSubnet ec2:{r}:{a}:subnet/* new; ec2:CreateSubnet ec2:{r}:{a}:vpc/v ours",
    "aws_volume_attachment": (
        "ec2:AttachVolume ec2:{r}:{a}:volume/v ours;ec2:AttachVolume ec2:{r}:{a}:instance/i ours"
    ),
    "aws_vpc": (
        "ec2:CreateVpc ec2:{r}:{a}:vpc/* new;"
        "ec2:DeleteVpc ec2:{r}:{a}:vpc/v ours;"
        "ec2:ModifyVpcAttribute ec2:{r}:{a}:vpc/v ours"
    ),
    "aws_vpc_endpoint": (
        "ec2:CreateVpcEndpoint ec2:{r}:{a}:vpc-endpoint/* new;ec2:CreateVpcEndpoint ec2:{r}:{a}:vpc/v ours"
    ),
    "aws_vpc_security_group_egress_rule": (
        "ec2:AuthorizeSecurityGroupEgress ec2:{r}:{a}:security-group/g ours;"
        "ec2:AuthorizeSecurityGroupEgress ec2:{r}:{a}:security-group-rule/* new"
    ),
    "aws_vpc_security_group_ingress_rule": (
        "ec2:AuthorizeSecurityGroupIngress ec2:{r}:{a}:security-group/g ours;"
        "ec2:AuthorizeSecurityGroupIngress ec2:{r}:{a}:security-group-rule/* new"
    ),
    "aws_wafv2_web_acl": "wafv2:CreateWebACL wafv2:{r}:{a}:regional/webacl/{p}-x/* new",
    "aws_backup_selection": (
        "backup:CreateBackupSelection backup:{r}:{a}:backup-plan:x ours;"
        "iam:PassRole iam::{a}:role{path}{p}-backup to:backup"
    ),
    "aws_backup_vault_lock_configuration": (
        "backup:PutBackupVaultLockConfiguration backup:{r}:{a}:backup-vault:{p} ours"
    ),
    "aws_backup_vault_policy": "backup:PutBackupVaultAccessPolicy backup:{r}:{a}:backup-vault:{p} ours",
    "aws_efs_backup_policy": "elasticfilesystem:PutBackupPolicy elasticfilesystem:{r}:{a}:file-system/fs ours",
    "aws_efs_file_system_policy": (
        "elasticfilesystem:PutFileSystemPolicy elasticfilesystem:{r}:{a}:file-system/fs ours"
    ),
    "aws_efs_replication_configuration": (
        "elasticfilesystem:CreateReplicationConfiguration elasticfilesystem:{r}:{a}:file-system/fs ours"
    ),
    "aws_elastic_beanstalk_application_version": (
        "elasticbeanstalk:CreateApplicationVersion elasticbeanstalk:{r}:{a}:applicationversion/{p}-x/1 new"
    ),
    "aws_fsx_data_repository_association": (
        "fsx:CreateDataRepositoryAssociation fsx:{r}:{a}:file-system/fs ours;"
        "fsx:CreateDataRepositoryAssociation fsx:{r}:{a}:association/fs/* new"
    ),
    "aws_guardduty_detector_feature": "guardduty:UpdateDetector guardduty:{r}:{a}:detector/d ours",
    "aws_iam_policy": "iam:CreatePolicy iam::{a}:policy{path}{p}-x new",
    "aws_iam_role_policy_attachment": "iam:AttachRolePolicy iam::{a}:role{path}{p}-x bounded",
    "aws_kinesis_stream_consumer": "kinesis:RegisterStreamConsumer kinesis:{r}:{a}:stream/{p}-x bare",
    "aws_lambda_alias": "lambda:CreateAlias lambda:{r}:{a}:function:{p}-x ours",
    "aws_lambda_function_event_invoke_config": (
        "lambda:PutFunctionEventInvokeConfig lambda:{r}:{a}:function:{p}-x ours"
    ),
    "aws_lambda_function_url": "lambda:CreateFunctionUrlConfig lambda:{r}:{a}:function:{p}-x ours",
    "aws_lambda_provisioned_concurrency_config": (
        "lambda:PutProvisionedConcurrencyConfig lambda:{r}:{a}:function:{p}-x:live ours"
    ),
    "aws_route_table_association": (
        "ec2:AssociateRouteTable ec2:{r}:{a}:route-table/t ours;ec2:AssociateRouteTable ec2:{r}:{a}:subnet/s ours"
    ),
    "aws_s3_bucket_cors_configuration": "s3:PutBucketCORS s3:::{p}-x-1 bare",
    "aws_s3_bucket_lifecycle_configuration": "s3:PutLifecycleConfiguration s3:::{p}-x-1 bare",
    "aws_s3_bucket_logging": "s3:PutBucketLogging s3:::{p}-x-1 bare",
    "aws_s3_bucket_notification": "s3:PutBucketNotification s3:::{p}-x-1 bare",
    "aws_s3_bucket_object_lock_configuration": "s3:PutBucketObjectLockConfiguration s3:::{p}-x-1 bare",
    "aws_s3_bucket_ownership_controls": "s3:PutBucketOwnershipControls s3:::{p}-x-1 bare",
    "aws_s3_bucket_public_access_block": "s3:PutBucketPublicAccessBlock s3:::{p}-x-1 bare",
    "aws_s3_bucket_replication_configuration": (
        "s3:PutReplicationConfiguration s3:::{p}-x-1 bare;iam:PassRole iam::{a}:role{path}{p}-replication-x to:s3"
    ),
    "aws_s3_bucket_server_side_encryption_configuration": "s3:PutEncryptionConfiguration s3:::{p}-x-1 bare",
    "aws_s3_bucket_versioning": "s3:PutBucketVersioning s3:::{p}-x-1 bare",
    "aws_sagemaker_endpoint_configuration": (
        "sagemaker:CreateEndpointConfig sagemaker:{r}:{a}:endpoint-config/{p}-x new"
    ),
    "aws_sagemaker_model_package_group": (
        "sagemaker:CreateModelPackageGroup sagemaker:{r}:{a}:model-package-group/{p}-x new"
    ),
    "aws_sagemaker_space": "sagemaker:CreateSpace sagemaker:{r}:{a}:space/d/{p}-x new",
    "aws_sagemaker_studio_lifecycle_config": (
        "sagemaker:CreateStudioLifecycleConfig sagemaker:{r}:{a}:studio-lifecycle-config/{p}-x new"
    ),
    "aws_sagemaker_user_profile": "sagemaker:CreateUserProfile sagemaker:{r}:{a}:user-profile/d/{p}-x new",
    "aws_sns_topic_policy": "sns:SetTopicAttributes sns:{r}:{a}:{p}-x ours",
    "aws_sqs_queue_policy": "sqs:SetQueueAttributes sqs:{r}:{a}:{p}-x ours",
    "aws_sqs_queue_redrive_allow_policy": "sqs:SetQueueAttributes sqs:{r}:{a}:{p}-x ours",
    "aws_wafv2_web_acl_association": (
        "wafv2:AssociateWebACL wafv2:{r}:{a}:regional/webacl/{p}-x/1 ours;"
        "elasticloadbalancing:SetWebACL elasticloadbalancing:{r}:{a}:loadbalancer/app/{p}-x/1 ours"
    ),
    "aws_wafv2_web_acl_logging_configuration": (
        "wafv2:PutLoggingConfiguration wafv2:{r}:{a}:regional/webacl/{p}-x/1 ours;logs:CreateLogDelivery * bare"
    ),
}
"""Type of resource → its requests."""

SAME_AS = {
    "aws_apigatewayv2_integration": "aws_apigatewayv2_api",
    "aws_apigatewayv2_route": "aws_apigatewayv2_api",
    "aws_apigatewayv2_stage": "aws_apigatewayv2_api",
    "aws_appautoscaling_policy": "aws_appautoscaling_target",
    "aws_appautoscaling_scheduled_action": "aws_appautoscaling_target",
    "aws_autoscaling_policy": "aws_autoscaling_group",
}
"""Parts that are asked for with the same actions on the same resources as the whole."""
