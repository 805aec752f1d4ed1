# The first model, and the endpoint that serves it. All of this is made once. What comes after is deployed, with
# RetainAllVariantProperties, from the definition that stands in SSM: an endpoint starts machines from the model and the
# configuration that it has, so Terraform must not exchange them under it.

resource "aws_s3_object" "model" {
  for_each = try(var.archive.source, null) == null ? {} : { first = var.archive }

  bucket = each.value.bucket
  key    = each.value.key
  source = each.value.source

  # An object takes ten tags at most, fewer than a system may have; the bucket's tags stand for it.
  override_provider {
    default_tags {
      tags = {}
    }
  }

  lifecycle {
    # Machines that join later fetch the archive again: it stays what the others have.
    ignore_changes = [bucket, key, source, etag]
  }
}

resource "aws_sagemaker_model" "this" {
  for_each = local.stands

  #checkov:skip=CKV_AWS_370:the caller decides with isolated; a container that reads or calls anything cannot be
  name                     = var.name
  execution_role_arn       = aws_iam_role.this.arn
  enable_network_isolation = var.isolated

  primary_container {
    image              = var.model_package == null ? var.image : null
    model_data_url     = var.model_package == null ? local.archive : null
    model_package_name = var.model_package
    environment        = var.environment
  }

  vpc_config {
    security_group_ids = [aws_security_group.this.id]
    subnets            = values(var.subnets)
  }

  lifecycle {
    ignore_changes = [enable_network_isolation, execution_role_arn, primary_container, vpc_config]
  }

  # SageMaker tries image and archive with the role when the model is made.
  depends_on = [aws_iam_role_policy.endpoint_apis, aws_iam_role_policy.endpoint_edges, aws_s3_object.model, aws_vpc_security_group_egress_rule.this]
}

resource "aws_sagemaker_endpoint_configuration" "this" {
  for_each = aws_sagemaker_model.this

  #checkov:skip=CKV_AWS_98:machines with disks of their own take no key, what is on those is encrypted by the hardware; all others are given one
  name        = var.name
  kms_key_arn = var.volume_key_arn

  production_variants {
    variant_name           = local.variant
    model_name             = each.value.name
    instance_type          = var.instance_type
    initial_instance_count = var.scale.min
    initial_variant_weight = 1
  }

  dynamic "data_capture_config" {
    for_each = var.capture[*]

    content {
      enable_capture              = true
      initial_sampling_percentage = data_capture_config.value.percent
      destination_s3_uri          = local.capture
      kms_key_id                  = data_capture_config.value.key_arn

      capture_options {
        capture_mode = "Input"
      }

      capture_options {
        capture_mode = "Output"
      }

      capture_content_type_header {
        csv_content_types  = ["text/csv"]
        json_content_types = ["application/json", "application/jsonlines"]
      }
    }
  }

  lifecycle {
    ignore_changes = [data_capture_config, kms_key_arn, production_variants]
  }
}

resource "aws_sagemaker_endpoint" "this" {
  for_each = aws_sagemaker_endpoint_configuration.this

  name                 = var.name
  endpoint_config_name = each.value.name

  lifecycle {
    ignore_changes = [deployment_config, endpoint_config_name]
  }

  depends_on = [aws_cloudwatch_log_group.this]
}

# --- how many machines it has

# A schedule moves the bounds of what scales, and an apply is not to move them back: they change where the spec's do,
# by a new registration, which starts and ends no machine.
resource "terraform_data" "bounds" {
  for_each = local.scaled

  input = { min = var.scale.min, max = var.scale.max }
}

resource "aws_appautoscaling_target" "this" {
  for_each = local.scaled

  service_namespace  = "sagemaker"
  resource_id        = "endpoint/${each.value.name}/variant/${local.variant}"
  scalable_dimension = "sagemaker:variant:DesiredInstanceCount"
  min_capacity       = var.scale.min
  max_capacity       = var.scale.max

  lifecycle {
    ignore_changes       = [max_capacity, min_capacity]
    replace_triggered_by = [terraform_data.bounds[each.key]]
  }
}

resource "aws_appautoscaling_policy" "this" {
  for_each = var.scale.invocations_per_minute == null ? {} : aws_appautoscaling_target.this

  name               = var.name
  policy_type        = "TargetTrackingScaling"
  service_namespace  = each.value.service_namespace
  resource_id        = each.value.resource_id
  scalable_dimension = each.value.scalable_dimension

  target_tracking_scaling_policy_configuration {
    target_value = var.scale.invocations_per_minute
    # Machines take minutes to come: out at once, in only when it has been quiet for a while.
    scale_out_cooldown = 60
    scale_in_cooldown  = 600

    predefined_metric_specification {
      predefined_metric_type = "SageMakerVariantInvocationsPerInstance"
    }
  }

  lifecycle {
    # A registration that ends takes its policies with it.
    replace_triggered_by = [terraform_data.bounds[each.key]]
  }
}

resource "aws_appautoscaling_scheduled_action" "this" {
  for_each = length(local.scaled) == 0 ? {} : var.scale.schedule

  name               = "${var.name}-${each.key}"
  service_namespace  = aws_appautoscaling_target.this["first"].service_namespace
  resource_id        = aws_appautoscaling_target.this["first"].resource_id
  scalable_dimension = aws_appautoscaling_target.this["first"].scalable_dimension
  schedule           = each.value.at
  timezone           = "UTC"

  scalable_target_action {
    min_capacity = each.value.min
    max_capacity = each.value.max
  }

  lifecycle {
    replace_triggered_by = [terraform_data.bounds["first"]]
  }
}

locals {
  scaled = var.scale.max > var.scale.min || length(var.scale.schedule) > 0 ? aws_sagemaker_endpoint.this : {}
}
