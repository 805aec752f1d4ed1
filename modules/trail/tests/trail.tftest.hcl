mock_provider "aws" {
  # The provider looks at the form of these ARNs; a mock's random words are refused.
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/mock" }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/demo/prd/audit" }
  }
}

variables {
  name               = "demo-prd"
  account            = "123456789012"
  region             = "eu-west-1"
  bucket_name        = "demo-prd-audit-123456789012-eu-west-1"
  key_arn            = "arn:aws:kms:eu-west-1:123456789012:key/11111111-1111-1111-1111-111111111111"
  log_group          = "/demo/prd/audit"
  log_role_name      = "demo-prd-audit-eu-west-1"
  retention_days     = 365
  log_retention_days = 365
  protect            = true
}

run "records_everywhere_provably_and_encrypted" {
  command = apply

  assert {
    condition = alltrue([
      aws_cloudtrail.this.is_multi_region_trail,
      aws_cloudtrail.this.include_global_service_events,
      aws_cloudtrail.this.enable_log_file_validation,
      aws_cloudtrail.this.enable_logging,
      aws_cloudtrail.this.kms_key_id == var.key_arn,
    ])
    error_message = "calls go unrecorded, or the record can be changed or read by others"
  }

  assert {
    condition     = aws_cloudtrail.this.s3_bucket_name == var.bucket_name && aws_cloudtrail.this.cloud_watch_logs_group_arn == "arn:aws:logs:eu-west-1:123456789012:log-group:/demo/prd/audit:*"
    error_message = "the record goes elsewhere"
  }

  assert {
    condition     = aws_cloudwatch_log_group.this.kms_key_id == var.key_arn && aws_cloudwatch_log_group.this.retention_in_days == 365
    error_message = "the log group is not encrypted, or kept for another time"
  }

  assert {
    condition     = one(aws_cloudtrail.this.advanced_event_selector).name == "Management events"
    error_message = "without buckets asked for, management events alone are recorded"
  }

  assert {
    condition     = output.bucket == var.bucket_name && output.log_group == var.log_group && output.trail_arn == aws_cloudtrail.this.arn
    error_message = "the outputs name something else"
  }
}

run "only_this_trail_writes_to_the_bucket" {
  command = plan

  assert {
    condition = {
      for statement in jsondecode(aws_s3_bucket_policy.this.policy).Statement :
      statement.Sid => [statement.Resource, statement.Condition.StringEquals["aws:SourceArn"]] if statement.Effect == "Allow"
      } == {
      CloudTrailChecksOwnership = ["arn:aws:s3:::demo-prd-audit-123456789012-eu-west-1", "arn:aws:cloudtrail:eu-west-1:123456789012:trail/demo-prd"]
      CloudTrailWrites          = ["arn:aws:s3:::demo-prd-audit-123456789012-eu-west-1/AWSLogs/123456789012/*", "arn:aws:cloudtrail:eu-west-1:123456789012:trail/demo-prd"]
    }
    error_message = "another trail may write here, or ours may write elsewhere"
  }

  assert {
    condition     = [for statement in jsondecode(aws_s3_bucket_policy.this.policy).Statement : statement.Sid if statement.Effect == "Deny"] == ["DenyPlaintextTransport", "DenyDeletionOfTheBucket"]
    error_message = "plaintext or the deletion of a protected bucket is let through"
  }

  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.this.block_public_acls,
      aws_s3_bucket_public_access_block.this.block_public_policy,
      aws_s3_bucket_public_access_block.this.ignore_public_acls,
      aws_s3_bucket_public_access_block.this.restrict_public_buckets,
      aws_s3_bucket_ownership_controls.this.rule[0].object_ownership == "BucketOwnerEnforced",
      aws_s3_bucket_versioning.this.versioning_configuration[0].status == "Enabled",
      one(one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default).kms_master_key_id == var.key_arn,
    ])
    error_message = "the record could be made public, overwritten or read without the key"
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.trail_logs.policy).Statement[0].Resource == "arn:aws:logs:eu-west-1:123456789012:log-group:/demo/prd/audit:log-stream:123456789012_CloudTrail_*"
    error_message = "the role writes to more than the trail's own streams"
  }
}

run "unlocked" {
  command = plan

  assert {
    condition     = aws_s3_bucket.this.object_lock_enabled == false && length(aws_s3_bucket_object_lock_configuration.this) == 0
    error_message = "a lock stands that nobody asked for, and that nobody can take off"
  }

  assert {
    condition     = one(aws_s3_bucket_lifecycle_configuration.this.rule[0].expiration).days == 365
    error_message = "the record is kept for another time"
  }
}

run "governance" {
  command = plan

  variables {
    locked = "governance"
  }

  assert {
    condition     = aws_s3_bucket.this.object_lock_enabled && [for rule in aws_s3_bucket_object_lock_configuration.this["default"].rule : [rule.default_retention[0].mode, rule.default_retention[0].days]] == [["GOVERNANCE", 365]]
    error_message = "the record is not locked for as long as it is kept"
  }
}

run "compliance" {
  command = plan

  variables {
    locked = "compliance"
  }

  assert {
    condition     = aws_s3_bucket_object_lock_configuration.this["default"].rule[0].default_retention[0].mode == "COMPLIANCE"
    error_message = "the record is not locked against everybody"
  }
}

run "unprotected_it_leaves_without_a_trace" {
  command = plan

  variables {
    protect = false
  }

  assert {
    condition     = aws_s3_bucket.this.force_destroy && !strcontains(aws_s3_bucket_policy.this.policy, "s3:DeleteBucket")
    error_message = "an unprotected bucket would stay"
  }
}

run "records_reads_and_writes_of_named_buckets" {
  command = plan

  variables {
    data_event_bucket_arns = ["arn:aws:s3:::demo-prd-orders", "arn:aws:s3:::demo-prd-people"]
  }

  assert {
    condition = flatten([
      for selector in aws_cloudtrail.this.advanced_event_selector : [
        for field in selector.field_selector : field.starts_with if field.field == "resources.ARN"
      ]
    ]) == ["arn:aws:s3:::demo-prd-orders/", "arn:aws:s3:::demo-prd-people/"]
    error_message = "objects of other buckets are recorded, or of these are not"
  }

  assert {
    condition     = [for selector in aws_cloudtrail.this.advanced_event_selector : selector.name] == ["Management events", "Reads and writes of objects"]
    error_message = "one kind of events pushes the other out"
  }
}

run "records_uses_of_other_stores" {
  command = plan

  variables {
    data_events = {
      "AWS::DynamoDB::Table"  = { arns = ["arn:aws:dynamodb:eu-west-1:123456789012:table/demo-prd-people"] }
      "AWS::DynamoDB::Stream" = { arns = ["arn:aws:dynamodb:eu-west-1:123456789012:table/demo-prd-people"], inside = "/stream/" }
    }
  }

  assert {
    condition = flatten([
      for selector in aws_cloudtrail.this.advanced_event_selector : [
        for field in selector.field_selector : coalescelist(field.equals, field.starts_with) if field.field == "resources.ARN"
      ]
      ]) == [
      "arn:aws:dynamodb:eu-west-1:123456789012:table/demo-prd-people/stream/",
      "arn:aws:dynamodb:eu-west-1:123456789012:table/demo-prd-people",
    ]
    error_message = "other tables are recorded, or this one is not"
  }
}

run "refuses_a_type_without_stores" {
  command = plan

  variables {
    data_events = { "AWS::DynamoDB::Table" = { arns = [] } }
  }

  expect_failures = [var.data_events]
}

run "writes_an_access_log" {
  command = plan

  variables {
    access_logs = { bucket = "demo-prd-logs", prefix = "audit/" }
  }

  assert {
    condition     = [for log in aws_s3_bucket_logging.this : [log.target_bucket, log.target_prefix]] == [["demo-prd-logs", "audit/"]]
    error_message = "nobody would know who read the record"
  }
}

run "refuses_an_unknown_lock" {
  command = plan

  variables {
    locked = "GOVERNANCE"
  }

  expect_failures = [var.locked]
}

run "refuses_compliance_without_protection" {
  command = plan

  variables {
    locked  = "compliance"
    protect = false
  }

  expect_failures = [var.protect]
}

run "refuses_a_period_that_logs_do_not_know" {
  command = plan

  variables {
    log_retention_days = 366
  }

  expect_failures = [var.log_retention_days]
}

run "refuses_to_record_itself" {
  command = plan

  variables {
    data_event_bucket_arns = ["arn:aws:s3:::demo-prd-audit-123456789012-eu-west-1"]
  }

  expect_failures = [var.data_event_bucket_arns]
}

run "refuses_all_buckets" {
  command = plan

  variables {
    data_event_bucket_arns = ["arn:aws:s3:::*"]
  }

  expect_failures = [var.data_event_bucket_arns]
}

run "refuses_a_name_that_cloudtrail_refuses" {
  command = plan

  variables {
    name = "demo prd"
  }

  expect_failures = [var.name]
}

run "refuses_an_alias_as_key" {
  command = plan

  variables {
    key_arn = "alias/demo"
  }

  expect_failures = [var.key_arn]
}

run "the_record_is_watched" {
  command = plan

  variables {
    watched = {
      demo-audit-root-use = { metric = "RootUse", pattern = "{$.userIdentity.type=\"Root\"}", description = "somebody works as root" }
    }
    metric_namespace = "landform/demo/audit"
    topic_arns       = ["arn:aws:sns:eu-west-1:123456789012:demo-pager"]
  }

  assert {
    condition     = aws_cloudwatch_log_metric_filter.this["demo-audit-root-use"].metric_transformation[0].name == aws_cloudwatch_metric_alarm.this["demo-audit-root-use"].metric_name && aws_cloudwatch_log_metric_filter.this["demo-audit-root-use"].metric_transformation[0].namespace == aws_cloudwatch_metric_alarm.this["demo-audit-root-use"].namespace
    error_message = "The alarm looks at another metric than the filter counts with."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["demo-audit-root-use"].actions_enabled && aws_cloudwatch_metric_alarm.this["demo-audit-root-use"].alarm_actions == toset(var.topic_arns)
    error_message = "Nobody is told."
  }
}

run "maintenance_silences" {
  command = plan

  variables {
    watched     = { demo-audit-root-use = { metric = "RootUse", pattern = "{$.a=1}", description = "root" } }
    maintenance = true
  }

  assert {
    condition     = !aws_cloudwatch_metric_alarm.this["demo-audit-root-use"].actions_enabled
    error_message = "Somebody is told in spite of the maintenance."
  }
}

run "refuses_two_filters_that_count_as_one" {
  command = plan

  variables {
    watched = {
      one = { metric = "RootUse", pattern = "{$.a=1}", description = "root" }
      two = { metric = "RootUse", pattern = "{$.a=2}", description = "root" }
    }
  }

  expect_failures = [var.watched]
}
