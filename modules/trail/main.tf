locals {
  # Literals, not references: bucket and trail name each other, and policies stay readable in the plan.
  bucket_arn = "arn:aws:s3:::${var.bucket_name}"
  trail_arn  = "arn:aws:cloudtrail:${var.region}:${var.account}:trail/${var.name}"
}

resource "aws_cloudtrail" "this" {
  #checkov:skip=CKV_AWS_252:alarms read the log group; a notification for each delivered file would reach nobody
  name                          = var.name
  s3_bucket_name                = aws_s3_bucket.this.bucket
  kms_key_id                    = var.key_arn
  is_multi_region_trail         = true
  include_global_service_events = true
  enable_log_file_validation    = true
  enable_logging                = true
  cloud_watch_logs_group_arn    = "${aws_cloudwatch_log_group.this.arn}:*"
  cloud_watch_logs_role_arn     = aws_iam_role.trail_logs.arn

  advanced_event_selector {
    name = "Management events"

    field_selector {
      field  = "eventCategory"
      equals = ["Management"]
    }
  }

  # For each, not for any: a list with no bucket would otherwise select the objects of all buckets.
  dynamic "advanced_event_selector" {
    for_each = length(var.data_event_bucket_arns) > 0 ? { objects = var.data_event_bucket_arns } : {}

    content {
      name = "Reads and writes of objects"

      field_selector {
        field  = "eventCategory"
        equals = ["Data"]
      }

      field_selector {
        field  = "resources.type"
        equals = ["AWS::S3::Object"]
      }

      field_selector {
        field = "resources.ARN"
        # The slash keeps buckets out whose names merely begin alike.
        starts_with = [for arn in advanced_event_selector.value : "${arn}/"]
      }
    }
  }

  dynamic "advanced_event_selector" {
    for_each = var.data_events

    content {
      name = "Uses of ${advanced_event_selector.key}"

      field_selector {
        field  = "eventCategory"
        equals = ["Data"]
      }

      field_selector {
        field  = "resources.type"
        equals = [advanced_event_selector.key]
      }

      field_selector {
        field       = "resources.ARN"
        equals      = advanced_event_selector.value.inside == "" ? advanced_event_selector.value.arns : null
        starts_with = advanced_event_selector.value.inside == "" ? null : [for arn in advanced_event_selector.value.arns : "${arn}${advanced_event_selector.value.inside}"]
      }
    }
  }

  # CreateTrail tries bucket and role at once. On destroy the trail stops before the policy that lets it write goes.
  depends_on = [
    aws_s3_bucket_policy.this,
    aws_s3_bucket_server_side_encryption_configuration.this,
    aws_s3_bucket_object_lock_configuration.this,
    aws_iam_role_policy.trail_logs,
  ]
}

resource "aws_cloudwatch_log_group" "this" {
  name              = var.log_group
  retention_in_days = var.log_retention_days
  kms_key_id        = var.key_arn
}

resource "aws_iam_role" "trail_logs" {
  name                 = var.log_role_name
  description          = "CloudTrail writes the record of ${var.name} to CloudWatch Logs"
  path                 = var.iam_path
  permissions_boundary = var.permissions_boundary

  # No aws:SourceArn: CloudTrail does not send it here ("confused deputy prevention is not applicable", CloudTrail
  # User Guide, role policy for CloudWatch Logs). Only a caller of this account who may pass the role can use it.
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "CloudTrailWritesLogs"
      Effect    = "Allow"
      Principal = { Service = "cloudtrail.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })

  tags = { Name = var.log_role_name }
}

resource "aws_iam_role_policy" "trail_logs" {
  name = "logs"
  role = aws_iam_role.trail_logs.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid    = "WriteStreamsOfThisTrail"
      Effect = "Allow"
      Action = ["logs:CreateLogStream", "logs:PutLogEvents"]
      # The names that CloudTrail gives its streams: <account>_CloudTrail_<region>, numbered when there are several.
      Resource = "arn:aws:logs:${var.region}:${var.account}:log-group:${var.log_group}:log-stream:${var.account}_CloudTrail_*"
    }]
  })
}
