# AWS Config records what stands, and judges it by rules. There is one recorder and one channel in an account and region.

locals {
  recorded = var.config == null ? {} : { this = var.config }
}

resource "aws_config_configuration_recorder" "this" {
  #checkov:skip=CKV2_AWS_48:what is of no region, IAM above all, is recorded in the primary alone; again in each replica it would be paid for and told as often
  for_each = local.recorded

  name = var.name
  # AWS's own role, whose permissions follow what AWS Config learns to record. It is not Terraform's to make: it may exist.
  role_arn = "arn:aws:iam::${each.value.account}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"

  recording_group {
    # All of it, since nobody else can have another recorder here, and Security Hub judges what this one records.
    all_supported                 = true
    include_global_resource_types = each.value.records_iam
  }
}

resource "aws_config_delivery_channel" "this" {
  for_each = local.recorded

  name           = var.name
  s3_bucket_name = each.value.bucket

  snapshot_delivery_properties {
    delivery_frequency = "TwentyFour_Hours"
  }

  depends_on = [aws_config_configuration_recorder.this]
}

resource "aws_config_configuration_recorder_status" "this" {
  for_each = local.recorded

  name       = aws_config_configuration_recorder.this[each.key].name
  is_enabled = true

  # It is switched on once there is where to deliver to, and off before that goes.
  depends_on = [aws_config_delivery_channel.this]
}

resource "aws_config_config_rule" "this" {
  for_each = var.config == null ? {} : var.config.rules

  name        = each.key
  description = each.value.description

  source {
    owner             = "AWS"
    source_identifier = each.value.identifier
  }

  tags = { Name = each.key }

  depends_on = [aws_config_configuration_recorder_status.this]
}
