mock_provider "aws" {
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/mock" }
  }
}

variables {
  name           = "demo-prd-score"
  account        = "123456789012"
  region         = "eu-west-1"
  vpc_id         = "vpc-0a1b2c3d"
  subnets        = { euw1-az1 = "subnet-0a1b2c3d", euw1-az2 = "subnet-0d4e5f6a" }
  egress         = { https = { port = 443, cidrs = ["0.0.0.0/0"] } }
  key_arn        = "arn:aws:kms:eu-west-1:123456789012:key/11111111-1111-1111-1111-111111111111"
  volume_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/22222222-2222-2222-2222-222222222222"
  role_name      = "demo-prd-score-eu-west-1"
  log_days       = 365
  parameter_name = "/landform/demo/production/serve/score"
  package_group  = "demo-prd-score"
  isolated       = true
  instance_type  = "ml.c7i.xlarge"
  image          = "141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:1.7-1"
  archive        = { bucket = "demo-prd-artifacts", key = "models/serve-score/score-0.tar.gz", source = "score-0.tar.gz" }
  scale          = { min = 2, max = 20, invocations_per_minute = 800 }
  capture = {
    percent = 20
    bucket  = "demo-prd-artifacts"
    prefix  = "capture/serve-score/"
    key_arn = "arn:aws:kms:eu-west-1:123456789012:key/11111111-1111-1111-1111-111111111111"
  }

  statements = [{ sid = "Model", actions = ["s3:GetObject"], resources = ["arn:aws:s3:::demo-prd-artifacts/models/serve-score/*"] }]
}

run "an_archive_is_put_in_place_and_served" {
  command = plan

  assert {
    condition     = aws_s3_object.model["first"].key == "models/serve-score/score-0.tar.gz"
    error_message = "the archive is not put where the model is read"
  }

  assert {
    condition     = aws_sagemaker_model.this["first"].primary_container[0].model_data_url == "s3://demo-prd-artifacts/models/serve-score/score-0.tar.gz" && aws_sagemaker_model.this["first"].primary_container[0].image == var.image
    error_message = "another model is served"
  }

  assert {
    condition     = aws_sagemaker_endpoint.this["first"].name == "demo-prd-score" && aws_sagemaker_endpoint.this["first"].endpoint_config_name == "demo-prd-score"
    error_message = "the endpoint has another name"
  }

  assert {
    condition     = aws_ssm_parameter.model["first"].insecure_value == "s3://demo-prd-artifacts/models/serve-score/score-0.tar.gz"
    error_message = "it does not stand in SSM what is in force"
  }
}

run "isolated_in_the_network_under_its_key" {
  command = plan

  assert {
    condition     = aws_sagemaker_model.this["first"].enable_network_isolation && length(aws_sagemaker_model.this["first"].vpc_config[0].subnets) == 2
    error_message = "the container is not isolated, or not in the network"
  }

  assert {
    condition     = aws_sagemaker_endpoint_configuration.this["first"].kms_key_arn == var.volume_key_arn
    error_message = "the disks are not encrypted with the key given"
  }

  assert {
    condition     = aws_cloudwatch_log_group.this.name == "/aws/sagemaker/Endpoints/demo-prd-score" && aws_cloudwatch_log_group.this.kms_key_id == var.key_arn
    error_message = "the log is another group, or not encrypted"
  }
}

run "disks_of_the_machine_take_no_key" {
  command = plan

  variables {
    volume_key_arn = ""
  }

  assert {
    condition     = aws_sagemaker_endpoint_configuration.this["first"].kms_key_arn == ""
    error_message = "SageMaker refuses a key for machines with disks of their own"
  }
}

run "requests_and_answers_are_kept_in_part" {
  command = plan

  assert {
    condition     = aws_sagemaker_endpoint_configuration.this["first"].data_capture_config[0].initial_sampling_percentage == 20 && aws_sagemaker_endpoint_configuration.this["first"].data_capture_config[0].destination_s3_uri == "s3://demo-prd-artifacts/capture/serve-score/"
    error_message = "another share is kept, or elsewhere"
  }

  assert {
    condition     = [for o in aws_sagemaker_endpoint_configuration.this["first"].data_capture_config[0].capture_options : o.capture_mode] == ["Input", "Output"] && aws_sagemaker_endpoint_configuration.this["first"].data_capture_config[0].kms_key_id == var.capture.key_arn
    error_message = "only one side is kept, or not under the key of the bucket"
  }
}

run "a_bucket_of_somebody_else_s_encrypts_as_it_does" {
  command = plan

  variables {
    capture = { percent = 20, bucket = "acme-kept", prefix = "capture/" }
  }

  assert {
    condition     = aws_sagemaker_endpoint_configuration.this["first"].data_capture_config[0].kms_key_id == null
    error_message = "a key is named that nobody gave"
  }
}

run "machines_come_with_the_invocations" {
  command = plan

  assert {
    condition     = aws_appautoscaling_target.this["first"].min_capacity == 2 && aws_appautoscaling_target.this["first"].max_capacity == 20 && aws_appautoscaling_target.this["first"].resource_id == "endpoint/demo-prd-score/variant/AllTraffic"
    error_message = "other bounds, or another variant"
  }

  assert {
    condition     = aws_appautoscaling_policy.this["first"].target_tracking_scaling_policy_configuration[0].target_value == 800 && aws_appautoscaling_policy.this["first"].target_tracking_scaling_policy_configuration[0].predefined_metric_specification[0].predefined_metric_type == "SageMakerVariantInvocationsPerInstance"
    error_message = "another target"
  }
}

run "a_fixed_number_does_not_scale" {
  command = plan

  variables {
    scale = { min = 2, max = 2 }
  }

  assert {
    condition     = length(aws_appautoscaling_target.this) == 0 && length(aws_appautoscaling_policy.this) == 0
    error_message = "what is always there does not scale"
  }

  assert {
    condition     = aws_sagemaker_endpoint_configuration.this["first"].production_variants[0].initial_instance_count == 2
    error_message = "there are not as many machines as asked for"
  }
}

run "a_schedule_moves_the_bounds" {
  command = plan

  variables {
    scale = { min = 2, max = 20, schedule = { morning = { at = "cron(0 6 ? * MON-FRI *)", min = 8, max = 20 } } }
  }

  assert {
    condition     = aws_appautoscaling_scheduled_action.this["morning"].scalable_target_action[0].min_capacity == "8" && length(aws_appautoscaling_policy.this) == 0
    error_message = "the schedule moves nothing, or there is a target"
  }
}

run "without_a_model_all_but_the_endpoint_stands" {
  command = plan

  variables {
    archive = null
  }

  assert {
    condition     = length(aws_sagemaker_model.this) + length(aws_sagemaker_endpoint.this) + length(aws_appautoscaling_target.this) + length(aws_ssm_parameter.model) == 0
    error_message = "something stands that needs a model"
  }

  assert {
    condition     = aws_sagemaker_model_package_group.this["packages"].model_package_group_name == "demo-prd-score" && aws_iam_role.this.name == "demo-prd-score-eu-west-1"
    error_message = "what a model is registered in is missing"
  }
}

run "a_package_adds_the_endpoint" {
  command = plan

  variables {
    archive       = null
    model_package = "arn:aws:sagemaker:eu-west-1:123456789012:model-package/demo-prd-score/1"
  }

  assert {
    condition     = aws_sagemaker_model.this["first"].primary_container[0].model_package_name == var.model_package && aws_sagemaker_model.this["first"].primary_container[0].image == null
    error_message = "the package is not what is served"
  }

  assert {
    condition     = aws_ssm_parameter.model["first"].insecure_value == var.model_package && length(aws_sagemaker_endpoint.this) == 1
    error_message = "the package is not in force"
  }
}

run "sagemaker_takes_the_role_for_this_account_only" {
  command = plan

  assert {
    condition     = jsondecode(aws_iam_role.this.assume_role_policy).Statement[0].Condition.StringEquals["aws:SourceAccount"] == var.account
    error_message = "any customer of SageMaker could use the role"
  }
}

run "refuses_a_package_of_another_region" {
  command = plan

  variables {
    model_package = "arn:aws:sagemaker:us-east-1:123456789012:model-package/demo-prd-score/1"
  }

  expect_failures = [var.model_package]
}

run "refuses_an_archive_without_a_container" {
  command = plan

  variables {
    image = null
  }

  expect_failures = [var.image]
}

run "refuses_bounds_that_exclude_each_other" {
  command = plan

  variables {
    scale = { min = 3, max = 2 }
  }

  expect_failures = [var.scale]
}

run "refuses_a_share_of_nothing" {
  command = plan

  variables {
    capture = { percent = 0, bucket = "demo-prd-artifacts", prefix = "capture/", key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1" }
  }

  expect_failures = [var.capture]
}

run "what_is_deployed_next_stands_in_ssm" {
  command = apply

  assert {
    condition     = jsondecode(aws_ssm_parameter.definition.insecure_value).EndpointConfig.ProductionVariants[0].InstanceType == "ml.c7i.xlarge" && jsondecode(aws_ssm_parameter.definition.insecure_value).EndpointConfig.DataCaptureConfig.InitialSamplingPercentage == 20
    error_message = "the definition is not what the spec says"
  }

  assert {
    condition     = jsondecode(aws_ssm_parameter.definition.insecure_value).Model.ExecutionRoleArn == aws_iam_role.this.arn && jsondecode(aws_ssm_parameter.definition.insecure_value).Model.PrimaryContainer.Image == var.image
    error_message = "the next model has another role or container"
  }
}

# After the run before, the endpoint stands: what the spec says now is for a deployment.
run "terraform_exchanges_nothing_under_an_endpoint" {
  command = apply

  variables {
    instance_type = "ml.c7i.2xlarge"
    archive       = { bucket = "demo-prd-artifacts", key = "models/serve-score/score-1.tar.gz", source = "score-1.tar.gz" }
    capture       = null

    volume_key_arn = ""
  }

  assert {
    condition     = aws_sagemaker_endpoint_configuration.this["first"].production_variants[0].instance_type == "ml.c7i.xlarge" && aws_sagemaker_endpoint_configuration.this["first"].kms_key_arn != "" && aws_s3_object.model["first"].key == "models/serve-score/score-0.tar.gz"
    error_message = "the configuration or the archive that machines start from has changed"
  }

  assert {
    condition     = jsondecode(aws_ssm_parameter.definition.insecure_value).EndpointConfig.ProductionVariants[0].InstanceType == "ml.c7i.2xlarge" && !can(jsondecode(aws_ssm_parameter.definition.insecure_value).EndpointConfig.KmsKeyId) && aws_ssm_parameter.model["first"].insecure_value == "s3://demo-prd-artifacts/models/serve-score/score-0.tar.gz"
    error_message = "the next deployment does not know of the change, or what is in force is said wrongly"
  }
}
